//! Attack 11: a leaf without a valid SCT from a pinned CT log.

use serde_json::{Value, json};

use crate::ct::{self, CtLog};
use crate::der;
use crate::edit::{at, with};
use crate::key::{Secret, sha256};
use crate::signing::Signing;
use crate::stack::{self, Stack};
use crate::text::base64;
use crate::time::{NOW, rfc3339};
use crate::vectors::{ARTIFACT, Case, Vectors};
use crate::x509::{self, Template};

pub(crate) fn add(vectors: &mut Vectors, stack: &Stack) {
    let artifact = ARTIFACT.as_bytes();
    let signing = || Signing::new(stack);
    let twin = "honest/keyless-v2";
    let mut refuse = |name: &str, title: &str, code: &str, bundle: Value| {
        vectors.add(
            &format!("ct/{name}"),
            Case::keyless(title, "attacks 11; RFC 6962 section 3", bundle).refused(code).twin(twin),
        );
    };
    refuse("none", "no SCT", "ERR_SCT_MISSING", signing().scts(Vec::clear).message(artifact));
    let foreign = signing().scts(|scts| scts[0].log_id = sha256("another ct log")).message(artifact);
    refuse("unknown-log", "the SCT of an unknown log", "ERR_SCT_UNTRUSTED", foreign);
    let other = CtLog::new("attacker");
    let usurped = signed_by(stack, &other, artifact, |sct| sct.log_id = stack.ct.id());
    refuse("another-key", "an SCT in the log's name by another key", "ERR_SCT_SIGNATURE", usurped);
    refuse(
        "flipped",
        "the SCT's signature changed",
        "ERR_SCT_SIGNATURE",
        signing().scts(|scts| scts[0].flip = true).message(artifact),
    );
    let altered = signing().sealed(|leaf| leaf.serial = vec![0x77]).message(artifact);
    refuse("another-certificate", "an SCT over another certificate", "ERR_SCT_SIGNATURE", altered);
    let time = signing().sealed(|leaf| change_list(leaf, |list| list[48] ^= 1)).message(artifact);
    refuse("time-changed", "the SCT's time changed", "ERR_SCT_SIGNATURE", time);
    let extended = signing()
        .scts(|scts| scts[0].extensions = vec![1, 2, 3])
        .sealed(|leaf| change_list(leaf, |list| list[51] ^= 1));
    refuse("extensions-changed", "the SCT's extensions changed", "ERR_SCT_SIGNATURE", extended.message(artifact));

    for (name, title, change) in [
        ("list-trailing", "octets after the list of SCTs", (|list: &mut Vec<u8>| list.push(0)) as fn(&mut Vec<u8>)),
        ("list-short", "a list cut by an octet", |list| {
            list.pop();
        }),
        ("list-empty", "an empty list", |list| *list = vec![0, 0]),
        ("item-empty", "an empty SCT", |list| *list = vec![0, 2, 0, 0]),
        ("item-short", "an SCT of one octet", |list| *list = vec![0, 3, 0, 1, 0]),
        ("item-trailing", "an octet after an SCT's signature", |list| {
            list.push(0);
            let length = list.len() - 2;
            list[..2].copy_from_slice(&(length as u16).to_be_bytes());
            list[2..4].copy_from_slice(&((length - 2) as u16).to_be_bytes());
        }),
    ] {
        let bundle = signing().sealed(|leaf| change_list(leaf, change)).message(artifact);
        refuse(name, title, "ERR_SCT_MALFORMED", bundle);
    }
    thresholds(vectors, stack);
    windows(vectors, stack);
    keys(vectors, stack);
}

/// Changes the TLS list inside the two octet strings.
fn change_list(leaf: &mut Template, change: impl Fn(&mut Vec<u8>)) {
    let extension = leaf.extensions.iter_mut().find(|found| found.oid == x509::SCT_LIST).unwrap();
    let header = if extension.value[1] < 0x80 { 2 } else { 3 };
    let mut list = extension.value[header..].to_vec();
    change(&mut list);
    extension.value = der::octets(&list);
}

/// A bundle whose one SCT another log signs.
fn signed_by(stack: &Stack, log: &CtLog, artifact: &[u8], spoil: impl Fn(&mut ct::Sct)) -> Value {
    let issuer = stack.fulcio.issuer();
    let embed = |leaf: &mut Template| {
        let mut sct = log.sct(NOW - 60);
        spoil(&mut sct);
        let signed = log.sign(&sct, leaf, issuer);
        ct::embed(leaf, &[signed]);
    };
    Signing::new(stack).scts(Vec::clear).sealed(embed).message(artifact)
}

fn thresholds(vectors: &mut Vectors, stack: &Stack) {
    let artifact = ARTIFACT.as_bytes();
    let second = CtLog::new("second");
    let root = with(stack.trust_root(), |root| root["ctlogs"].as_array_mut().unwrap().push(stack::ct_log(&second)));
    let issuer = stack.fulcio.issuer();
    let with_both = |again: bool| {
        let embed = move |leaf: &mut Template, second: &CtLog| {
            let first = stack.ct.sign(&stack.ct.sct(NOW - 60), leaf, issuer);
            let other = if again { first.clone() } else { second.sign(&second.sct(NOW - 59), leaf, issuer) };
            ct::embed(leaf, &[first, other]);
        };
        let second = second.clone();
        Signing::new(stack).scts(Vec::clear).sealed(move |leaf| embed(leaf, &second)).message(artifact)
    };
    let case = |title: &str, bundle: Value| {
        Case::keyless(title, "attacks 11 and 18", bundle).root(root.clone()).thresholds(json!({ "scts": 2 }))
    };
    vectors.add("ct/two-required-two-logs", case("two SCTs are required, two logs gave them", with_both(false)));
    let one = Signing::new(stack).message(artifact);
    let short = case("two SCTs are required, one is there", one).refused("ERR_SCT_THRESHOLD");
    vectors.add("ct/two-required-one-there", short.twin("ct/two-required-two-logs"));
    let same = case("the same SCT twice counts once", with_both(true)).refused("ERR_SCT_THRESHOLD");
    vectors.add("ct/two-required-one-twice", same.twin("ct/two-required-two-logs"));

    vectors.add(
        "ct/unknown-beside-known",
        Case::keyless(
            "an SCT of an unknown log beside one of a pinned log is not counted",
            "attacks 18",
            with_both(false),
        ),
    );
    let bad = |leaf: &mut Template| {
        let first = stack.ct.sign(&stack.ct.sct(NOW - 60), leaf, issuer);
        let mut spoilt = second.sct(NOW - 59);
        spoilt.flip = true;
        let other = second.sign(&spoilt, leaf, issuer);
        ct::embed(leaf, &[first, other]);
    };
    vectors.add(
        "ct/bad-beside-good",
        Case::keyless(
            "a bad SCT of a second pinned log beside a good one",
            "attacks 18",
            Signing::new(stack).scts(Vec::clear).sealed(bad).message(artifact),
        )
        .root(root.clone())
        .refused("ERR_SCT_SIGNATURE")
        .twin("ct/unknown-beside-known"),
    );
    let none = Signing::new(stack).scts(Vec::clear).message(artifact);
    vectors.add(
        "ct/none-required",
        Case::keyless("no SCT, and none is required", "design 2", none).thresholds(json!({ "scts": 0 })),
    );
    let mut without = stack.trust_root();
    crate::edit::remove(&mut without, "/ctlogs");
    vectors.add(
        "ct/none-required-no-log",
        Case::keyless("no CT log is pinned, and no SCT required", "design 2", Signing::new(stack).message(artifact))
            .root(without)
            .thresholds(json!({ "scts": 0 })),
    );
}

/// The window of a CT log's key against the SCT's own time, both ends inclusive.
fn windows(vectors: &mut Vectors, stack: &Stack) {
    // The usual SCT is of NOW - 60 s + 225 ms.
    let bundle =
        Signing::new(stack).scts(|scts| scts[0].millis = (NOW - 60) as u64 * 1000).message(ARTIFACT.as_bytes());
    for (name, field, seconds, accepted) in [
        ("key-ends-then", "end", NOW - 60, true),
        ("key-ended", "end", NOW - 61, false),
        ("key-starts-then", "start", NOW - 60, true),
        ("key-not-begun", "start", NOW - 59, false),
    ] {
        let root = with(stack.trust_root(), |root| {
            at(root, "/ctlogs/0/publicKey/validFor")[field] = json!(rfc3339(seconds));
        });
        let title = format!("the CT log's {} at the SCT's time", name.replace('-', " "));
        let mut case = Case::keyless(&title, "attacks 9 and 11; ends inclusive", bundle.clone()).root(root);
        if !accepted {
            let twin = if field == "end" { "key-ends-then" } else { "key-starts-then" };
            case = case.refused("ERR_LOG_KEY_VALIDITY").twin(&format!("ct/{twin}"));
        }
        vectors.add(&format!("ct/{name}"), case);
    }
}

/// Kinds of CT log keys.
fn keys(vectors: &mut Vectors, stack: &Stack) {
    let artifact = ARTIFACT.as_bytes();
    let mut other = stack.clone();
    other.ct = CtLog { key: Secret::rsa(2048) };
    vectors.add(
        "ct/log-rsa",
        Case::keyless("a CT log with an RSA key", "RFC 6962 section 2.1.4", Signing::new(&other).message(artifact))
            .root(other.trust_root()),
    );
    let root = with(other.trust_root(), |root| {
        // A bare RSAPublicKey, as staging's old CT log has it, and an id that is no hash of it.
        let spki = other.ct.key.spki();
        root["ctlogs"][0]["publicKey"]["rawBytes"] = json!(base64(&spki[24..]));
        root["ctlogs"][0]["publicKey"]["keyDetails"] = json!("PKCS1_RSA_PKCS1V5");
        root["ctlogs"][0]["logId"]["keyId"] = json!(base64(sha256("an id of its own")));
    });
    let bundle = Signing::new(&other).scts(|scts| scts[0].log_id = sha256("an id of its own")).message(artifact);
    vectors.add(
        "ct/log-rsa-pkcs1",
        Case::keyless("a CT log with a bare RSA key and an id of its own", "formats, trust root", bundle).root(root),
    );
}
