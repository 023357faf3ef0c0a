//! Attack 10: every proven time must lie in every window; ends are inclusive.

use serde_json::{Value, json};

use crate::ca::Authority;
use crate::edit::{at, with};
use crate::signing::{Signing, stamps};
use crate::stack::Stack;
use crate::time::{DAY, NOW, rfc3339};
use crate::vectors::{ARTIFACT, Case, Vectors};

/// The leaf's window in [`crate::ca::leaf`].
const FIRST: i64 = NOW - 60;
const LAST: i64 = NOW + 540;

pub(crate) fn add(vectors: &mut Vectors, stack: &Stack) {
    let artifact = ARTIFACT.as_bytes();
    for (era, make) in [("v1", true), ("v2", false)] {
        let signing = || if make { Signing::v1(stack) } else { Signing::new(stack) };
        for (name, when, accepted) in [
            ("at-not-before", FIRST, true),
            ("at-not-after", LAST, true),
            ("before-not-before", FIRST - 1, false),
            ("after-not-after", LAST + 1, false),
            ("a-year-later", NOW + 365 * DAY, false),
        ] {
            // The SCT is of the certificate's own time, whenever the signature is made.
            let millis = (FIRST * 1000) as u64;
            let bundle = signing().when(when).scts(|scts| scts[0].millis = millis).message(artifact);
            let title = format!("signed {} of the leaf", name.replace('-', " "));
            let mut case = Case::keyless(&title, "attacks 10; RFC 5280 section 4.1.2.5", bundle);
            if !accepted {
                let twin = if when < NOW { "at-not-before" } else { "at-not-after" };
                case = case.refused("ERR_CHAIN_VALIDITY").twin(&format!("times/{era}-{twin}"));
            }
            vectors.add(&format!("times/{era}-{name}"), case);
        }
    }
    several(vectors, stack);
    nows(vectors, stack);
    authority_windows(vectors, stack);
    issuers(vectors, stack);
}

/// Two proven times of which one is outside.
fn several(vectors: &mut Vectors, stack: &Stack) {
    let artifact = ARTIFACT.as_bytes();
    let stamped = |bundle: Value, times: &[i64]| {
        with(bundle, |b| {
            let signature = super::honest::message_signature(b);
            let tokens: Vec<Vec<u8>> = times
                .iter()
                .map(|when| {
                    let mut token = stack.tsa.token(&signature, *when);
                    token.serial = when.to_be_bytes().to_vec();
                    stack.tsa.sign(&token)
                })
                .collect();
            b["verificationMaterial"]["timestampVerificationData"] = stamps(&tokens);
        })
    };
    let v1 = || Signing::v1(stack).message(artifact);
    let v2 = || Signing::new(stack).message(artifact);
    let mut refuse = |name: &str, title: &str, twin: &str, bundle: Value| {
        let case = Case::keyless(title, "attacks 10; client-spec 4.3", bundle).refused("ERR_CHAIN_VALIDITY").twin(twin);
        vectors.add(&format!("times/{name}"), case);
    };
    let twin = "honest/keyless-v1-timestamp";
    refuse(
        "promise-inside-timestamp-outside",
        "the promise is inside, the timestamp outside",
        twin,
        stamped(v1(), &[LAST + 1]),
    );
    let late = Signing::v1(stack).when(LAST + 1).scts(|scts| scts[0].millis = FIRST as u64 * 1000).message(artifact);
    refuse(
        "promise-outside-timestamp-inside",
        "the promise is outside, the timestamp inside",
        twin,
        stamped(late, &[NOW]),
    );
    refuse(
        "second-timestamp-outside",
        "one of two timestamps is outside",
        "times/two-timestamps",
        stamped(v2(), &[NOW, LAST + 1]),
    );
    refuse(
        "first-timestamp-outside",
        "one of two timestamps is outside",
        "times/two-timestamps",
        stamped(v2(), &[FIRST - 1, NOW]),
    );
    vectors.add(
        "times/two-timestamps",
        Case::keyless("two timestamps of one authority, both inside", "client-spec 4.3", stamped(v2(), &[NOW, LAST])),
    );
}

/// The caller's `now`.
fn nows(vectors: &mut Vectors, stack: &Stack) {
    for (era, bundle) in [
        ("v1", Signing::v1(stack).message(ARTIFACT.as_bytes())),
        ("v2", Signing::new(stack).message(ARTIFACT.as_bytes())),
    ] {
        let case = |title: &str, now: i64| {
            Case::keyless(title, "attacks 10", bundle.clone())
                .request(json!({ "kind": "artifact", "now": rfc3339(now) }))
        };
        vectors.add(&format!("times/{era}-now-equal"), case("signed at the caller's now", NOW));
        vectors.add(&format!("times/{era}-now-later"), case("signed long before the caller's now", NOW + 3650 * DAY));
        vectors.add(
            &format!("times/{era}-now-earlier"),
            case("signed after the caller's now", NOW - 1)
                .refused("ERR_TIME_IN_FUTURE")
                .twin(&format!("times/{era}-now-equal")),
        );
    }
}

/// The window of a pinned authority, both ends inclusive.
fn authority_windows(vectors: &mut Vectors, stack: &Stack) {
    let bundle = Signing::new(stack).message(ARTIFACT.as_bytes());
    for (kind, field, code) in [
        ("ca", "certificateAuthorities", "ERR_CHAIN_VALIDITY"),
        ("tsa", "timestampAuthorities", "ERR_TIMESTAMP_CERTIFICATE"),
    ] {
        for (name, start, end, accepted) in [
            ("ends-now", None, Some(rfc3339(NOW)), true),
            ("ended", None, Some(rfc3339(NOW - 1)), false),
            ("ended-fraction", None, Some(rfc3339(NOW - 1).replace('Z', ".999Z")), false),
            ("starts-now", Some(rfc3339(NOW)), None, true),
            ("starts-now-offset", Some("2026-06-01T14:00:00+02:00".to_owned()), None, true),
            ("not-begun", Some(rfc3339(NOW + 1)), None, false),
        ] {
            let root = with(stack.trust_root(), |root| {
                let window = at(root, &format!("/{field}/0/validFor"));
                if let Some(start) = &start {
                    window["start"] = json!(start);
                }
                if let Some(end) = &end {
                    window["end"] = json!(end);
                }
            });
            let title = format!("the {kind}'s window {}", name.replace('-', " "));
            let mut case = Case::keyless(&title, "attacks 9 and 10; ends inclusive", bundle.clone()).root(root);
            if !accepted {
                let twin = if end.is_some() { "ends-now" } else { "starts-now" };
                case = case.refused(code).twin(&format!("times/{kind}-{twin}"));
            }
            vectors.add(&format!("times/{kind}-{name}"), case);
        }
    }
}

/// The certificates of issuers have windows of their own.
fn issuers(vectors: &mut Vectors, stack: &Stack) {
    for (name, level, accepted, not_after) in [
        ("intermediate-ends-now", 1, true, NOW),
        ("intermediate-expired", 1, false, NOW - 1),
        ("anchor-expired", 0, false, NOW - 1),
    ] {
        let mut other = stack.clone();
        other.fulcio = Authority::new("forge-fulcio", 1, |at, template| {
            if at == level {
                template.not_after = not_after;
            }
        });
        let bundle = Signing::new(&other).message(ARTIFACT.as_bytes());
        let title = name.replace('-', " ");
        let mut case =
            Case::keyless(&title, "attacks 10; client-spec 4.3, the hybrid model", bundle).root(other.trust_root());
        if !accepted {
            case = case.refused("ERR_CHAIN_VALIDITY").twin("times/intermediate-ends-now");
        }
        vectors.add(&format!("times/{name}"), case);
    }
}
