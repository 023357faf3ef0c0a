//! Witness policies (C2SP tlog-policy): which files are valid, which logs they cover, and what cannot be required.

use serde_json::{Value, json};

use super::cosignatures::{Witness, cosigned, post_quantum_vkey, three, two_of_three};
use crate::key::Secret;
use crate::note;
use crate::rekor::Log;
use crate::signing::Signing;
use crate::stack::Stack;
use crate::vectors::{ARTIFACT, Case, Vectors};

const SOURCE: &str = "issue 6; C2SP tlog-policy";
const TWIN: &str = "witnesses/v2-quorum";

pub(crate) fn add(vectors: &mut Vectors, stack: &Stack) {
    let quorum = |text: &str| ["a", "b"].map(|letter| Witness::new(letter).line(text)).to_vec();
    let v1 = cosigned(&stack.rekor1, Signing::v1(stack).message(ARTIFACT.as_bytes()), quorum);
    let v2 = cosigned(&stack.rekor2, Signing::new(stack).message(ARTIFACT.as_bytes()), quorum);
    texts(vectors, stack, &v2);
    logs(vectors, stack, &v1, &v2);
    options(vectors, &v2);
}

fn case(title: &str, bundle: &Value, policy: &str) -> Case {
    Case::keyless(title, SOURCE, bundle.clone()).witnesses(policy, "require")
}

/// Texts that are a policy, and texts that are none.
fn texts(vectors: &mut Vectors, stack: &Stack, v2: &Value) {
    let blank = format!("\n# witnesses\n\t # of ours\n{}group\tsome  2 \t a b c \nquorum  some\t\n", three());
    vectors.add("witness-policies/blanks-and-comments", case("blanks, tabs, comments, empty lines", v2, &blank));
    let urls = two_of_three().replace('\n', " https://witness.example/\n").replace("c https", "c\n# https");
    let urls = urls.replace("some https", "some\n# https");
    vectors.add("witness-policies/urls", case("URLs after the keys", v2, &urls));
    let single = three() + "quorum b\n";
    vectors.add("witness-policies/one-witness", case("the quorum is a single witness", v2, &single));

    let (a, b) = (Witness::new("a"), Witness::new("b"));
    let witness = |name: &str, vkey: &str| format!("{}witness {name} {vkey}\nquorum a\n", three());
    let twice = note::vkey("z", &note::typed_id("z", 4, &b.key.ed25519_bytes()), 4, &b.key.ed25519_bytes());
    let bare = note::vkey("z", &note::key_id("z", &Secret::ed25519("z")), 1, &Secret::ed25519("z").ed25519_bytes());
    let d = Witness::new("d").vkey();
    let own = note::typed_id("z", 4, &stack.rekor2.key.ed25519_bytes());
    let own = note::vkey("z", &own, 4, &stack.rekor2.key.ed25519_bytes());
    let small_order = [&[1], [0; 31].as_slice()].concat();
    let small_order = note::vkey("z", &note::typed_id("z", 4, &small_order), 4, &small_order);
    let refused: Vec<(&str, &str, String)> = vec![
        ("no-line-end", "the last line is cut", two_of_three().trim_end().into()),
        ("line-ends-crlf", "lines that end in CR LF", two_of_three().replace('\n', "\r\n")),
        ("no-quorum", "no quorum line", three()),
        ("two-quorums", "two quorum lines", two_of_three() + "quorum some\n"),
        ("quorum-unknown", "the quorum is a name that nobody has", three() + "quorum d\n"),
        (
            "quorum-first",
            "the quorum is named before it is defined",
            format!("quorum some\n{}group some 2 a b c\n", three()),
        ),
        ("quorum-comment", "a comment behind the quorum", three() + "quorum a # for now\n"),
        ("keyword-unknown", "a line that is none of the format's", two_of_three() + "minimum 2\n"),
        ("keyword-case", "a keyword in upper case", two_of_three().replace("quorum", "QUORUM")),
        ("name-twice", "one name for two witnesses", witness("a", &d)),
        ("name-none", "a witness with the name none", witness("none", &d)),
        ("key-twice", "one key under two names counts twice", witness("d", &twice)),
        ("key-id-wrong", "a key id that does not follow from name and key", witness("d", &d.replacen("d.", "x.", 1))),
        ("key-id-upper-case", "a key id in upper case", witness("d", &upper_id(&d))),
        ("key-padding", "padding behind a key that needs none", witness("d", &format!("{d}="))),
        ("key-of-a-log", "a witness's key of the type 0x01", witness("d", &bare)),
        ("key-cut", "a witness's key cut by an octet", witness("d", &d[..d.len() - 4])),
        ("key-of-small-order", "a witness's key under which one signature fits many texts", witness("d", &small_order)),
        ("key-of-the-log", "a witness with the key of a log of the trust root", witness("d", &own)),
        ("member-twice", "a witness in two groups", three() + "group x any a b\ngroup y all x a\nquorum y\n"),
        ("member-none", "none as a member", three() + "group x any a none\nquorum x\n"),
        (
            "member-later",
            "a member that is defined later",
            format!("{}group x any a d\nwitness d {d}\nquorum x\n", three()),
        ),
        ("group-empty", "a group without members", three() + "group x all\nquorum x\n"),
        ("group-zero", "none of three", three() + "group x 0 a b c\nquorum x\n"),
        ("group-four", "four of three", three() + "group x 4 a b c\nquorum x\n"),
        ("group-leading-zero", "a number with a leading zero", three() + "group x 02 a b c\nquorum x\n"),
        ("group-word", "neither a number, all nor any", three() + "group x most a b c\nquorum x\n"),
        ("log-with-witness-key", "a log's key of the type 0x04", two_of_three() + &format!("log {d}\n")),
        (
            "log-key-as-witness",
            "a log of the policy as a witness",
            format!("log {}\n", log_vkey(&stack.rekor2)) + &witness("d", &own),
        ),
        ("another-format", "JSON", json!({ "witnesses": [a.vkey(), b.vkey()] }).to_string() + "\n"),
    ];
    for (name, title, policy) in refused {
        let case = case(title, v2, &policy).refused("ERR_WITNESS_POLICY").twin(TWIN);
        vectors.add(&format!("witness-policies/{name}"), case);
    }
}

/// The key id in upper case.
fn upper_id(vkey: &str) -> String {
    let parts: Vec<&str> = vkey.splitn(3, '+').collect();
    format!("{}+{}+{}", parts[0], parts[1].to_uppercase(), parts[2])
}

/// A log's key as text: under the name that it signs with.
fn log_vkey(log: &Log) -> String {
    let id = note::key_id(&log.host, &log.key);
    match &log.key {
        Secret::Ed25519(_) => note::vkey(&log.host, &id, 1, &log.key.ed25519_bytes()),
        key => note::vkey(&log.host, &id, 2, &key.spki()),
    }
}

/// A policy that names logs is about these alone.
fn logs(vectors: &mut Vectors, stack: &Stack, v1: &Value, v2: &Value) {
    let both = format!("log {} https://log.example\nlog {}\n", log_vkey(&stack.rekor1), log_vkey(&stack.rekor2));
    let policy = |lines: &str| format!("{lines}{}", two_of_three());
    for (era, bundle) in [("v1", v1), ("v2", v2)] {
        let (own, other) = if era == "v1" { (&stack.rekor1, &stack.rekor2) } else { (&stack.rekor2, &stack.rekor1) };
        let twin = format!("witness-policies/{era}-log-named");
        vectors.add(&twin, case("the policy names the log", bundle, &policy(&both)));
        let usurper = Log { key: Secret::ed25519("another log"), ..own.clone() };
        let renamed = Log { host: "rekor.example".into(), ..own.clone() };
        for (name, title, log) in [
            ("log-not-named", "the policy names another log of the trust root", other),
            ("log-of-another-key", "the policy names a log of this name with another key", &usurper),
            ("log-of-another-name", "the policy names this key under another name", &renamed),
        ] {
            let case = case(title, bundle, &policy(&format!("log {}\n", log_vkey(log))));
            // The id of an ECDSA key does not depend on its name: the vkey is well-formed.
            vectors.add(&format!("witness-policies/{era}-{name}"), case.refused("ERR_WITNESS_QUORUM").twin(&twin));
        }
    }
    let reported = case(
        "a log that the policy does not name, only reported",
        v2,
        &policy(&format!("log {}\n", log_vkey(&stack.rekor1))),
    );
    vectors.add(
        "witness-policies/log-not-named-reported",
        reported.witnesses(&policy(&format!("log {}\n", log_vkey(&stack.rekor1))), "report"),
    );
}

/// A policy that can never be met throws before anything is verified.
fn options(vectors: &mut Vectors, v2: &Value) {
    let none = three() + "quorum none\n";
    vectors.add(
        "witness-policies/none-reported",
        Case::keyless("the quorum none, reported", SOURCE, v2.clone()).witnesses(&none, "report"),
    );
    let mut refuse = |name: &str, title: &str, code: &str, twin: &str, option: Value| {
        let case = Case::keyless(title, SOURCE, v2.clone()).option("witnesses", option);
        vectors.add(&format!("witness-policies/{name}"), case.refused(code).twin(twin));
    };
    let policy = two_of_three();
    let invalid = "ERR_OPTION_INVALID";
    refuse(
        "none-required",
        "the quorum none cannot be required: it asks for nobody",
        invalid,
        "witness-policies/none-reported",
        json!({ "policy": none, "mode": "require" }),
    );
    refuse("no-mode", "neither reported nor required", invalid, TWIN, json!({ "policy": policy }));
    refuse("no-policy", "a mode without a policy", invalid, TWIN, json!({ "mode": "require" }));
    refuse("empty", "an empty policy", invalid, TWIN, json!({ "policy": "", "mode": "require" }));
    refuse("mode-unknown", "a mode of another name", invalid, TWIN, json!({ "policy": policy, "mode": "off" }));
    refuse("mode-flag", "a mode that is no text", invalid, TWIN, json!({ "policy": policy, "mode": true }));
    let option = json!({ "policy": policy, "mode": "require", "quorum": 2 });
    refuse("option-unknown", "an option of another name", "ERR_OPTION_UNKNOWN", TWIN, option);
    refuse("only-text", "a policy without an object around it", invalid, TWIN, json!(policy));
    let unread = format!("witness p {}\nquorum p\n", post_quantum_vkey());
    refuse(
        "ml-dsa-alone",
        "the only witness has an ML-DSA-44 key",
        "ERR_WITNESS_POLICY",
        TWIN,
        json!({ "policy": unread, "mode": "require" }),
    );
    let unlogged = Case::keyless("no log entry is required, witnesses are", SOURCE, v2.clone())
        .witnesses(&policy, "require")
        .thresholds(json!({ "logEntries": 0 }));
    vectors.add("witness-policies/no-entry-required", unlogged.refused(invalid).twin(TWIN));
}
