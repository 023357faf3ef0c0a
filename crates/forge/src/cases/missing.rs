//! Attacks 1 and 2: evidence that is left out.

use serde_json::{Value, json};

use super::honest::with_chain;
use crate::edit::{ENTRY, at, remove, with};
use crate::key::Secret;
use crate::signing::Signing;
use crate::stack::Stack;
use crate::vectors::{ARTIFACT, Case, Vectors};

pub(crate) fn add(vectors: &mut Vectors, stack: &Stack) {
    let artifact = ARTIFACT.as_bytes();
    let v2 = || Signing::new(stack).message(artifact);
    let v1 = || Signing::v1(stack).message(artifact);
    let v1_stamped = || Signing::v1(stack).stamped(true).message(artifact);

    trust(vectors, stack, v2());

    let mut refuse = |name: &str, title: &str, code: &str, twin: &str, bundle: Value| {
        let case = Case::keyless(title, "attacks 2", bundle).refused(code).twin(&format!("honest/{twin}"));
        vectors.add(&format!("missing/{name}"), case);
    };
    let entries = "/verificationMaterial/tlogEntries";
    let without = |mut bundle: Value, pointer: &str| {
        remove(&mut bundle, pointer);
        bundle
    };
    let proof = format!("{ENTRY}/inclusionProof");
    let promise = format!("{ENTRY}/inclusionPromise");
    let stamps = "/verificationMaterial/timestampVerificationData";

    refuse("v2-entry", "no log entry", "ERR_LOG_ENTRY_MISSING", "keyless-v2", without(v2(), entries));
    let emptied = with(v2(), |b| *at(b, entries) = json!([]));
    refuse("v2-entry-empty-list", "an empty list of log entries", "ERR_LOG_ENTRY_MISSING", "keyless-v2", emptied);
    let entry = without(v1_stamped(), entries);
    refuse(
        "v1-entry-timestamp",
        "no log entry, but a timestamp",
        "ERR_LOG_ENTRY_MISSING",
        "keyless-v1-timestamp",
        entry,
    );
    refuse("v1-entry", "no log entry and so no time", "ERR_TIME_MISSING", "keyless-v1", without(v1(), entries));

    refuse("v1-promise", "no signed entry timestamp", "ERR_SET_MISSING", "keyless-v1", without(v1(), &promise));
    let beside = without(v1_stamped(), &promise);
    refuse(
        "v1-promise-timestamp",
        "no signed entry timestamp, but an RFC 3161 one",
        "ERR_SET_MISSING",
        "keyless-v1-timestamp",
        beside,
    );
    let empty = with(v1(), |b| *at(b, &format!("{promise}/signedEntryTimestamp")) = json!(""));
    refuse("v1-promise-empty", "an empty signed entry timestamp", "ERR_SET_MISSING", "keyless-v1", empty);

    refuse(
        "v2-timestamp",
        "no timestamp: nothing dates a Rekor v2 entry",
        "ERR_TIME_MISSING",
        "keyless-v2",
        without(v2(), stamps),
    );
    let emptied = with(v2(), |b| *at(b, stamps) = json!({}));
    refuse("v2-timestamp-empty-list", "an empty list of timestamps", "ERR_TIME_MISSING", "keyless-v2", emptied);

    refuse("v2-proof", "no inclusion proof", "ERR_INCLUSION_PROOF_MISSING", "keyless-v2", without(v2(), &proof));
    refuse(
        "v1-proof",
        "no inclusion proof, but a promise",
        "ERR_INCLUSION_PROOF_MISSING",
        "keyless-v1",
        without(v1(), &proof),
    );
    let old = without(with_chain(v1(), "0.1", &[]), &proof);
    refuse("v0.1-proof", "a bundle v0.1 with a promise only", "ERR_INCLUSION_PROOF_MISSING", "bundle-v0.1", old);
    let checkpoint = format!("{proof}/checkpoint");
    refuse("v2-checkpoint", "no checkpoint", "ERR_CHECKPOINT_MISSING", "keyless-v2", without(v2(), &checkpoint));
    refuse("v1-checkpoint", "no checkpoint", "ERR_CHECKPOINT_MISSING", "keyless-v1", without(v1(), &checkpoint));
    let empty = with(v2(), |b| *at(b, &checkpoint) = json!({ "envelope": "" }));
    refuse("v2-checkpoint-empty", "an empty checkpoint", "ERR_CHECKPOINT_MISSING", "keyless-v2", empty);
    let old = without(with_chain(v1(), "0.1", &[]), &checkpoint);
    refuse(
        "v0.1-checkpoint",
        "a bundle v0.1 with a proof but no checkpoint",
        "ERR_CHECKPOINT_MISSING",
        "bundle-v0.1",
        old,
    );

    let signature = without(v2(), "/messageSignature/signature");
    refuse("signature", "no signature", "ERR_BUNDLE_MALFORMED", "keyless-v2", signature);
    refuse("content", "nothing signed", "ERR_BUNDLE_MALFORMED", "keyless-v2", without(v2(), "/messageSignature"));
    let certificate = without(v2(), "/verificationMaterial/certificate");
    refuse("certificate", "no certificate", "ERR_BUNDLE_MALFORMED", "keyless-v2", certificate);
    let body = without(v2(), &format!("{ENTRY}/canonicalizedBody"));
    refuse("v2-body", "no body", "ERR_BUNDLE_MALFORMED", "keyless-v2", body);
    let log = without(v2(), &format!("{ENTRY}/logId"));
    refuse("v2-log-id", "no log id", "ERR_BUNDLE_MALFORMED", "keyless-v2", log);
    let digest = without(v2(), "/messageSignature/messageDigest");
    refuse("message-digest", "no message digest", "ERR_BUNDLE_MALFORMED", "keyless-v2", digest);
    let managed = Signing::new(stack).managed(Secret::p256("publisher")).message(artifact);
    refuse(
        "identity",
        "a managed key where an identity is pinned",
        "ERR_BUNDLE_CERTIFICATE_MISSING",
        "keyless-v2",
        managed,
    );
}

/// Attack 1: no trust root, or one that pins nothing.
fn trust(vectors: &mut Vectors, stack: &Stack, bundle: Value) {
    let mut refuse = |name: &str, title: &str, code: &str, root: Value| {
        let case = Case::keyless(title, "attacks 1", bundle.clone()).root_source(root).refused(code);
        vectors.add(&format!("missing/{name}"), case.twin("honest/keyless-v2"));
    };
    refuse("trust-root", "no trust root is given", "ERR_OPTION_INVALID", Value::Null);
    refuse(
        "trust-root-empty-object",
        "the trust root is an empty object",
        "ERR_TRUST_ROOT_MALFORMED",
        json!({ "json": {} }),
    );
    let nothing = json!({ "mediaType": stack.trust_root()["mediaType"] });
    refuse(
        "trust-root-pins-nothing",
        "the trust root pins nothing",
        "ERR_TRUST_ROOT_MALFORMED",
        json!({ "json": nothing }),
    );
    for (name, field) in [("authorities", "certificateAuthorities"), ("logs", "tlogs"), ("ct-logs", "ctlogs")] {
        let mut root = stack.trust_root();
        remove(&mut root, &format!("/{field}"));
        let title = format!("the trust root has no {field}");
        refuse(&format!("trust-root-without-{name}"), &title, "ERR_TRUST_ROOT_INCOMPLETE", json!({ "json": root }));
    }
    let mut root = stack.trust_root();
    remove(&mut root, "/timestampAuthorities");
    refuse(
        "trust-root-without-timestamp-authorities",
        "the trust root has no timestamp authority, and nothing else dates the signature",
        "ERR_TIMESTAMP_UNTRUSTED",
        json!({ "json": root }),
    );
    let mut root = stack.trust_root();
    remove(&mut root, "/tlogs/1");
    refuse(
        "trust-root-without-the-log",
        "the trust root has another log's key only",
        "ERR_LOG_UNTRUSTED",
        json!({ "json": root }),
    );
}
