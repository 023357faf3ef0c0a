//! Attack 9: another log's id, origin or key id; a log's key outside its window.

use serde_json::{Value, json};

use crate::edit::{CHECKPOINT, ENTRY, at, text, with};
use crate::key::{Secret, sha256};
use crate::note;
use crate::rekor::Log;
use crate::signing::Signing;
use crate::stack::Stack;
use crate::text::base64;
use crate::time::{NOW, rfc3339};
use crate::vectors::{ARTIFACT, Case, Vectors};

pub(crate) fn add(vectors: &mut Vectors, stack: &Stack) {
    let v2 = || Signing::new(stack).message(ARTIFACT.as_bytes());
    let v1 = || Signing::v1(stack).message(ARTIFACT.as_bytes());
    let mut refuse = |name: &str, title: &str, code: &str, twin: &str, bundle: Value| {
        let case = Case::keyless(title, "attacks 9", bundle).refused(code).twin(&format!("honest/keyless-{twin}"));
        vectors.add(&format!("log-identity/{name}"), case);
    };
    let log_id = format!("{ENTRY}/logId/keyId");

    let stated = |bundle: Value, id: &[u8]| with(bundle, |b| *at(b, &log_id) = json!(base64(id)));
    let foreign = sha256("another log");
    refuse("v2-unknown-id", "the log id of an unknown log", "ERR_LOG_UNTRUSTED", "v2", stated(v2(), &foreign));
    refuse("v1-unknown-id", "the log id of an unknown log", "ERR_LOG_UNTRUSTED", "v1", stated(v1(), &foreign));
    let (id1, id2) = (stack.rekor1.id(), stack.rekor2.id());
    let title = "the log id of the other pinned log";
    refuse("v2-other-pinned-id", title, "ERR_CHECKPOINT_ORIGIN", "v2", stated(v2(), &id1));
    refuse("v1-other-pinned-id", title, "ERR_SET_INVALID", "v1", stated(v1(), &id2));
    let truncated = stated(v2(), &id2[..31]);
    refuse("v2-short-id", "the log id cut by an octet", "ERR_LOG_UNTRUSTED", "v2", truncated);

    // The log's own key signs a note about another origin.
    let origins = [
        ("other-host", "rekor.example"),
        ("suffix", "log2026-1.rekor.forge.test.evil.example"),
        ("prefix", "evil-log2026-1.rekor.forge.test"),
        ("upper-case", "LOG2026-1.rekor.forge.test"),
        ("v1-form", "log2026-1.rekor.forge.test - 1193050959916656506"),
        ("scheme", "https://log2026-1.rekor.forge.test"),
    ];
    for (name, origin) in origins {
        let bundle = with(v2(), |b| resign(&stack.rekor2, b, origin, &stack.rekor2.host));
        let title = format!("the log's key signed a checkpoint of the origin {origin}");
        refuse(&format!("v2-origin-{name}"), &title, "ERR_CHECKPOINT_ORIGIN", "v2", bundle);
    }
    for (name, origin) in [
        ("other-host", "rekor.example - 1193050959916656506"),
        ("no-tree", "rekor1.forge.test"),
        ("no-digits", "rekor1.forge.test - x193050959916656506"),
        ("no-number", "rekor1.forge.test - "),
        ("twice", "rekor1.forge.test - 1 - 2"),
    ] {
        let bundle = with(v1(), |b| resign(&stack.rekor1, b, origin, &stack.rekor1.host));
        let title = format!("the log's key signed a checkpoint of the origin {origin}");
        refuse(&format!("v1-origin-{name}"), &title, "ERR_CHECKPOINT_ORIGIN", "v1", bundle);
    }
    let renamed = with(v2(), |b| resign(&stack.rekor2, b, &stack.rekor2.host, "rekor.example"));
    refuse("v2-key-name", "the signature line names another log", "ERR_CHECKPOINT_UNSIGNED", "v2", renamed);
    let hinted = with(v2(), |b| {
        let body = body(b);
        let line = note::line(&stack.rekor2.host, &[9, 9, 9, 9], &stack.rekor2.key.sign(body.as_bytes()));
        *at(b, CHECKPOINT) = json!(note::note(&body, &[line]));
    });
    refuse("v2-key-id", "the signature line has another key's id", "ERR_CHECKPOINT_UNSIGNED", "v2", hinted);
    let usurped = with(v2(), |b| {
        let body = body(b);
        let line = note::line(
            &stack.rekor2.host,
            &note::key_id(&stack.rekor2.host, &stack.rekor2.key),
            &Secret::ed25519("attacker").sign(body.as_bytes()),
        );
        *at(b, CHECKPOINT) = json!(note::note(&body, &[line]));
    });
    refuse(
        "v2-other-key",
        "another key signed under the log's name and key id",
        "ERR_CHECKPOINT_SIGNATURE",
        "v2",
        usurped,
    );

    windows(vectors, stack);
    key_ids(vectors, stack);
    pem_like(vectors, stack);
    stated_origins(vectors, stack);
    other_instance(vectors, stack);
}

/// The signed text of a bundle's checkpoint.
fn body(bundle: &Value) -> String {
    text(bundle, CHECKPOINT).split_once("\n\n").map(|(body, _)| format!("{body}\n")).unwrap()
}

/// Signs the same size and root under another origin or key name.
fn resign(log: &Log, bundle: &mut Value, origin: &str, key_name: &str) {
    let old = body(bundle);
    let (_, rest) = old.split_once('\n').unwrap();
    let body = format!("{origin}\n{rest}");
    // The key id stays that of the log's own name.
    let line = note::line(key_name, &note::key_id(&log.host, &log.key), &log.key.sign(body.as_bytes()));
    *at(bundle, CHECKPOINT) = json!(note::note(&body, &[line]));
}

/// The window of a pinned log's key, both ends inclusive.
fn windows(vectors: &mut Vectors, stack: &Stack) {
    for (era, index) in [("v1", 0), ("v2", 1)] {
        let signing = if era == "v1" { Signing::v1(stack) } else { Signing::new(stack) };
        let bundle = signing.message(ARTIFACT.as_bytes());
        let window = format!("/tlogs/{index}/publicKey/validFor");
        for (name, start, end, accepted) in [
            ("ends-now", None, Some(NOW), true),
            ("ended", None, Some(NOW - 1), false),
            ("starts-now", Some(NOW), None, true),
            ("not-begun", Some(NOW + 1), None, false),
        ] {
            let root = with(stack.trust_root(), |root| {
                let window = at(root, &window);
                if let Some(start) = start {
                    window["start"] = json!(rfc3339(start));
                }
                if let Some(end) = end {
                    window["end"] = json!(rfc3339(end));
                }
            });
            let title = format!("the log's key and the signing time: the window {}", name.replace('-', " "));
            let mut case = Case::keyless(&title, "attacks 9; design 2, ends inclusive", bundle.clone()).root(root);
            if !accepted {
                let twin = if end.is_some() { "ends-now" } else { "starts-now" };
                case = case.refused("ERR_LOG_KEY_VALIDITY").twin(&format!("log-identity/{era}-key-{twin}"));
            }
            vectors.add(&format!("log-identity/{era}-key-{name}"), case);
        }
    }
}

/// Trust roots v0.2: the checkpoint's key id is stated.
fn key_ids(vectors: &mut Vectors, stack: &Stack) {
    let bundle = Signing::new(stack).message(ARTIFACT.as_bytes());
    let root = |id: &[u8]| {
        with(stack.trust_root(), |root| {
            root["mediaType"] = json!("application/vnd.dev.sigstore.trustedroot.v0.2+json");
            root["tlogs"][1]["checkpointKeyId"] = json!({ "keyId": base64(id) });
        })
    };
    vectors.add(
        "log-identity/checkpoint-key-id",
        Case::keyless("the trust root states the key id of checkpoints", "formats, trust root", bundle)
            .root(root(&note::key_id(&stack.rekor2.host, &stack.rekor2.key))),
    );
}

/// One log id with two keys, and a log whose id is not the hash of its key.
fn pem_like(vectors: &mut Vectors, stack: &Stack) {
    let bundle = Signing::v1(stack).message(ARTIFACT.as_bytes());
    let two_windows = with(stack.trust_root(), |root| {
        let mut retired = root["tlogs"][0].clone();
        retired["publicKey"]["validFor"]["end"] = json!(rfc3339(NOW - 1));
        root["tlogs"].as_array_mut().unwrap().insert(0, retired);
    });
    vectors.add(
        "log-identity/pinned-twice",
        Case::keyless("a log is pinned twice, once with a window that ended", "formats, trust root", bundle)
            .root(two_windows),
    );
    let arbitrary = sha256("an id of its own");
    let bundle = with(Signing::v1(stack).message(ARTIFACT.as_bytes()), |b| {
        *at(b, &format!("{ENTRY}/logId/keyId")) = json!(base64(&arbitrary));
        stack.rekor1.promise(at(b, ENTRY));
    });
    let root = with(stack.trust_root(), |root| root["tlogs"][0]["logId"]["keyId"] = json!(base64(&arbitrary)));
    vectors.add(
        "log-identity/stated-id",
        Case::keyless("the trust root's log id is not the hash of the key", "formats, trust root", bundle).root(root),
    );
}

/// The operator states the origins of a log whose address does not imply them. Rekor v1 signs under its host's name,
/// and in Kubernetes that is the name of a pod.
fn stated_origins(vectors: &mut Vectors, stack: &Stack) {
    let (one, other) = ("rekor-server-xk2lp - 2718281828459045235", "rekor-server-q9w4z - 2718281828459045235");
    let signed = |origin: &str| {
        let name = origin.split(" - ").next().unwrap();
        with(Signing::v1(stack).message(ARTIFACT.as_bytes()), |b| {
            let old = body(b);
            let (_, rest) = old.split_once('\n').unwrap();
            let body = format!("{origin}\n{rest}");
            let id = note::key_id(&stack.rekor1.host, &stack.rekor1.key);
            let line = note::line(name, &id, &stack.rekor1.key.sign(body.as_bytes()));
            *at(b, CHECKPOINT) = json!(note::note(&body, &[line]));
        })
    };
    let address = text(&stack.trust_root(), "/tlogs/0/baseUrl").to_owned();
    let stated = |title: &str, bundle: Value, origins: Value| {
        Case::keyless(title, "C2SP tlog-checkpoint; design 5", bundle)
            .root_source(json!({ "file": "forged/trusted_root.json", "origins": origins }))
    };
    let both = json!({ &address: [one, other] });
    vectors.add("log-identity/stated-origin", stated("the stated origin", signed(one), json!({ &address: [one] })));
    vectors.add("log-identity/stated-origins-first", stated("the first of two origins", signed(one), both.clone()));
    vectors.add("log-identity/stated-origins-second", stated("the second of two origins", signed(other), both));
    let mut refuse = |name: &str, title: &str, code: &str, bundle: Value, origins: Value| {
        let case = stated(title, bundle, origins).refused(code).twin("log-identity/stated-origin");
        vectors.add(&format!("log-identity/stated-origin-{name}"), case);
    };
    let (origin, option) = ("ERR_CHECKPOINT_ORIGIN", "ERR_OPTION_INVALID");
    refuse("other", "another origin is stated", origin, signed(other), json!({ &address: [one] }));
    refuse("none", "no origin is stated", origin, signed(one), json!({}));
    refuse(
        "of-another-log",
        "the origin is stated for another log",
        origin,
        signed(one),
        json!({ text(&stack.trust_root(), "/tlogs/1/baseUrl"): [one] }),
    );
    let usual = Signing::v1(stack).message(ARTIFACT.as_bytes());
    refuse(
        "not-the-host",
        "another origin is stated than the address implies",
        origin,
        usual,
        json!({ &address: [one] }),
    );
    refuse(
        "unknown-address",
        "an origin of a log that the root does not have",
        option,
        signed(one),
        json!({ "https://rekor.example": [one] }),
    );
    refuse(
        "slash",
        "the address with a slash at its end",
        option,
        signed(one),
        json!({ format!("{address}/"): [one] }),
    );
    refuse("empty-list", "an empty list of origins", option, signed(one), json!({ &address: [] }));
    refuse("text", "an origin that is no list", option, signed(one), json!({ &address: one }));
    refuse(
        "two-lines",
        "an origin with a line end in it",
        option,
        signed(one),
        json!({ &address: [format!("{one}\n")] }),
    );
}

/// A bundle of another instance, with the thresholds of an instance without logs. The trust root is the cause, not the
/// threshold.
fn other_instance(vectors: &mut Vectors, stack: &Stack) {
    let thresholds = json!({ "logEntries": 0, "timestamps": 1, "scts": 0 });
    let root = with(stack.trust_root(), |root| root["tlogs"] = json!([]));
    let case = |title: &str, bundle: Value| {
        Case::keyless(title, "issue 11, section 7", bundle).root(root.clone()).thresholds(thresholds.clone())
    };
    let stamped = Signing::v1(stack).stamped(true).message(ARTIFACT.as_bytes());
    vectors.add(
        "log-identity/no-log-timestamped",
        case("a log that is not pinned nor required, and a timestamp", stamped),
    );
    let bare = Signing::v1(stack).message(ARTIFACT.as_bytes());
    vectors.add(
        "log-identity/no-log-no-timestamp",
        case("a log that is not pinned, and no timestamp", bare)
            .refused("ERR_LOG_UNTRUSTED")
            .twin("log-identity/no-log-timestamped"),
    );
}
