//! Attack 18: several pieces of evidence. Evidence of an unknown log or authority is not counted. Evidence of a known
//! one must verify. Copies count once, and so do two logs of one operator.

use serde_json::{Value, json};

use crate::ca::{OIDC_ISSUER, WORKFLOW};
use crate::edit::{ENTRY, at, flip, with};
use crate::key::Secret;
use crate::rekor::{Log, Place, USUAL};
use crate::signing::{Signing, stamps};
use crate::stack::{self, Stack};
use crate::time::NOW;
use crate::tsa::Tsa;
use crate::vectors::{ARTIFACT, Case, Vectors};

const ENTRIES: &str = "/verificationMaterial/tlogEntries";

pub(crate) fn add(vectors: &mut Vectors, stack: &Stack) {
    logs(vectors, stack);
    authorities(vectors, stack);
    limits(vectors, stack);
}

fn logs(vectors: &mut Vectors, stack: &Stack) {
    let artifact = ARTIFACT.as_bytes();
    let v2 = Signing::new(stack).message(artifact);
    let entry = |bundle: &Value| bundle.pointer(ENTRY).unwrap().clone();
    let v1_entry = entry(&Signing::v1(stack).message(artifact));
    let stranger = Log::v2("rekor.stranger.test");
    let body = crate::rekor::body(&entry(&v2));
    let foreign = stranger.enter(&body, USUAL, NOW);
    let more = |entries: &[Value]| {
        with(v2.clone(), |b| at(b, ENTRIES).as_array_mut().unwrap().extend(entries.iter().cloned()))
    };
    let both = more(std::slice::from_ref(&v1_entry));
    let required = |case: Case, count: u32| case.thresholds(json!({ "logEntries": count }));
    let case = |title: &str, bundle: Value| Case::keyless(title, "attacks 18", bundle);

    vectors.add("several/two-logs", required(case("entries in two logs, two are required", both.clone()), 2));
    vectors.add(
        "several/unknown-log-beside-known",
        case("an entry of an unknown log beside a good one", more(std::slice::from_ref(&foreign))),
    );
    let first = with(v2.clone(), |b| at(b, ENTRIES).as_array_mut().unwrap().insert(0, foreign.clone()));
    vectors.add("several/unknown-log-first", case("an entry of an unknown log before a good one", first));
    let short = required(case("two entries are required, one is of an unknown log", more(&[foreign])), 2);
    vectors.add("several/unknown-log-counts-not", short.refused("ERR_LOG_THRESHOLD").twin("several/two-logs"));
    let one = required(case("two entries are required, one is there", v2.clone()), 2);
    vectors.add("several/one-log-two-required", one.refused("ERR_LOG_THRESHOLD").twin("several/two-logs"));
    let none = with(v2.clone(), |b| *at(b, ENTRIES) = json!([]));
    vectors.add("several/no-log-none-required", required(case("no entry is required, and none is there", none), 0));

    let twice = more(&[entry(&v2)]);
    vectors.add(
        "several/entry-twice",
        case("the same entry twice", twice.clone()).refused("ERR_LOG_ENTRY_DUPLICATE").twin("honest/keyless-v2"),
    );
    let twice = required(case("the same entry twice, two are required", twice), 2);
    vectors.add("several/entry-twice-two-required", twice.refused("ERR_LOG_ENTRY_DUPLICATE").twin("several/two-logs"));
    let again = stack.rekor2.enter(&body, Place { size: 9, index: 7, before: 0 }, NOW);
    let again = required(case("one log took the signature in twice: one log counts once", more(&[again])), 2);
    vectors.add("several/one-log-twice", again.refused("ERR_LOG_ENTRY_DUPLICATE").twin("several/two-logs"));

    let proof = with(both.clone(), |b| flip(b, "/verificationMaterial/tlogEntries/1/inclusionProof/hashes/0", 3));
    vectors.add(
        "several/second-proof-bad",
        case("a second entry of a pinned log with a bad proof", proof)
            .refused("ERR_INCLUSION_PROOF_INVALID")
            .twin("several/two-logs"),
    );
    let promise =
        with(both.clone(), |b| flip(b, "/verificationMaterial/tlogEntries/1/inclusionPromise/signedEntryTimestamp", 0));
    vectors.add(
        "several/second-promise-bad",
        case("a second entry of a pinned log with a bad promise", promise)
            .refused("ERR_SET_INVALID")
            .twin("several/two-logs"),
    );
    let other = entry(&Signing::v1(stack).message(b"another artifact\n"));
    let other = with(v2, |b| at(b, ENTRIES).as_array_mut().unwrap().push(other));
    vectors.add(
        "several/second-entry-of-another",
        case("a second entry, genuine, about another artifact", other)
            .refused("ERR_ENTRY_DIGEST")
            .twin("several/two-logs"),
    );

    let operated = |names: [&str; 2]| {
        with(stack.trust_root(), |root| {
            for (index, name) in names.iter().enumerate() {
                root["tlogs"][index]["operator"] = json!(name);
            }
        })
    };
    let two = required(case("two logs of two operators, two are required", both.clone()), 2)
        .root(operated(["one.example", "two.example"]));
    vectors.add("several/two-operators", two);
    let one =
        required(case("two logs of one operator count once", both), 2).root(operated(["one.example", "one.example"]));
    vectors.add("several/one-operator", one.refused("ERR_LOG_THRESHOLD").twin("several/two-operators"));
}

fn authorities(vectors: &mut Vectors, stack: &Stack) {
    let v2 = Signing::new(stack).message(ARTIFACT.as_bytes());
    let signature = super::honest::message_signature(&v2);
    let second = Tsa::with("second-tsa", Secret::p256("second tsa"), |leaf| leaf.serial = vec![0x22, 0x53]);
    let stranger = Tsa::with("stranger-tsa", Secret::p256("stranger tsa"), |leaf| leaf.serial = vec![0x66]);
    let token = |tsa: &Tsa, seconds: i64, spoil: fn(&mut crate::tsa::Token)| {
        let mut token = tsa.token(&signature, seconds);
        token.serial = seconds.to_be_bytes().to_vec();
        spoil(&mut token);
        tsa.sign(&token)
    };
    let stamped = |tokens: &[Vec<u8>]| {
        with(v2.clone(), |b| b["verificationMaterial"]["timestampVerificationData"] = stamps(tokens))
    };
    let root = |operators: Option<[&str; 2]>| {
        with(stack.trust_root(), |root| {
            let other = stack::authority("https://tsa.second.test", &second.chain());
            root["timestampAuthorities"].as_array_mut().unwrap().push(other);
            for (index, name) in operators.into_iter().flatten().enumerate() {
                root["timestampAuthorities"][index]["operator"] = json!(name);
            }
        })
    };
    let case = |title: &str, tokens: &[Vec<u8>], count: u32| {
        Case::keyless(title, "attacks 18", stamped(tokens)).root(root(None)).thresholds(json!({ "timestamps": count }))
    };
    let plain: fn(&mut crate::tsa::Token) = |_| ();
    let ours = || token(&stack.tsa, NOW, plain);
    vectors
        .add("several/second-authority", case("the second pinned authority stamped", &[token(&second, NOW, plain)], 1));
    vectors.add(
        "several/two-authorities",
        case("two authorities, two are required", &[ours(), token(&second, NOW + 1, plain)], 2),
    );
    vectors.add(
        "several/unknown-authority-beside-known",
        case("a token of an unknown authority beside a good one", &[token(&stranger, NOW, plain), ours()], 1),
    );
    vectors.add("several/token-twice", case("the same token twice, one is required", &[ours(), ours()], 1));
    vectors.add(
        "several/authorities-of-two-operators",
        case("two authorities of two operators, two are required", &[ours(), token(&second, NOW + 1, plain)], 2)
            .root(root(Some(["one.example", "two.example"]))),
    );
    let twin = "several/two-authorities";
    let threshold = "ERR_TIMESTAMP_THRESHOLD";
    let mut refuse =
        |name: &str, code: &str, case: Case| vectors.add(&format!("several/{name}"), case.refused(code).twin(twin));
    refuse("one-token-two-required", threshold, case("two are required, one is there", &[ours()], 2));
    refuse("token-twice-two-required", threshold, case("the same token twice counts once", &[ours(), ours()], 2));
    let later = token(&stack.tsa, NOW + 1, plain);
    refuse(
        "two-tokens-of-one-authority",
        threshold,
        case("two tokens of one authority count once", &[ours(), later], 2),
    );
    refuse(
        "unknown-authority-counts-not",
        threshold,
        case("two are required, one is of an unknown authority", &[ours(), token(&stranger, NOW, plain)], 2),
    );
    refuse(
        "only-unknown-authorities",
        "ERR_TIMESTAMP_UNTRUSTED",
        case("one is required, and only unknown authorities stamped", &[token(&stranger, NOW, plain)], 1),
    );
    let bad = token(&second, NOW, |token| token.signer = Some(Secret::p256("attacker")));
    refuse(
        "bad-token-beside-good",
        "ERR_TIMESTAMP_SIGNATURE",
        case("a bad token of a pinned authority beside a good one", &[ours(), bad], 1),
    );
    let foreign = token(&second, NOW, |token| token.imprint = crate::key::sha256("another"));
    refuse(
        "token-of-another-beside-good",
        "ERR_TIMESTAMP_IMPRINT",
        case("a pinned authority's token about another signature beside a good one", &[ours(), foreign], 1),
    );
    let one = case("two authorities of one operator count once", &[ours(), token(&second, NOW + 1, plain)], 2);
    refuse("authorities-of-one-operator", threshold, one.root(root(Some(["one.example", "one.example"]))));
    let v1 = Signing::v1(stack).message(ARTIFACT.as_bytes());
    let none = Case::keyless("a promise proves the time, but a timestamp is required", "design 2", v1)
        .thresholds(json!({ "timestamps": 1 }));
    vectors.add("several/v1-timestamp-required", none.refused(threshold).twin("honest/keyless-v1-timestamp"));
}

/// Lists that are too long.
fn limits(vectors: &mut Vectors, stack: &Stack) {
    let v2 = || Signing::new(stack).message(ARTIFACT.as_bytes());
    let stamps = "/verificationMaterial/timestampVerificationData/rfc3161Timestamps";
    for (name, pointer, count, item) in [
        ("log-entries", ENTRIES.to_owned(), 33, json!({})),
        ("timestamps", stamps.to_owned(), 33, json!({})),
        ("proof-hashes", format!("{ENTRY}/inclusionProof/hashes"), 65, json!("")),
    ] {
        let bundle = with(v2(), |b| *at(b, &pointer) = json!(vec![item; count]));
        let case = Case::keyless(&format!("a list of {count}: {}", name.replace('-', " ")), "attacks 17", bundle)
            .identity(json!({ "san": WORKFLOW, "issuer": OIDC_ISSUER }))
            .refused("ERR_INPUT_TOO_LARGE");
        vectors.add(&format!("several/too-many-{name}"), case.twin("honest/keyless-v2"));
    }
}
