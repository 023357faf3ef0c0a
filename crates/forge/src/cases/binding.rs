//! Attack 3: a genuine log entry that is about something else.

use serde_json::{Value, json};

use crate::edit::{ENTRY, at, with};
use crate::key::{Secret, sha256};
use crate::rekor::USUAL;
use crate::signing::Signing;
use crate::stack::Stack;
use crate::text::{base64, hex, pem};
use crate::time::NOW;
use crate::vectors::{ARTIFACT, Case, Vectors};

/// The signature in a body of Rekor v2.
const V2: &str = "/spec/hashedRekordV002/signature";

pub(crate) fn add(vectors: &mut Vectors, stack: &Stack) {
    let artifact = ARTIFACT.as_bytes();
    let mut refuse = |name: &str, title: &str, code: &str, twin: &str, bundle: Value| {
        let case = Case::keyless(title, "attacks 3", bundle).refused(code).twin(twin);
        vectors.add(&format!("binding/{name}"), case);
    };
    let (twin1, twin2) = ("honest/keyless-v1", "honest/keyless-v2");
    let other = b"another artifact\n";

    // One member of the recorded body differs; all else is consistent.
    let v2 = |spoil: &dyn Fn(&mut Value)| Signing::new(stack).body(spoil).message(artifact);
    let v1 = |spoil: &dyn Fn(&mut Value)| Signing::v1(stack).body(spoil).message(artifact);
    refuse(
        "v2-digest",
        "the entry records another artifact's digest",
        "ERR_ENTRY_DIGEST",
        twin2,
        v2(&|body| {
            *at(body, "/spec/hashedRekordV002/data/digest") = json!(base64(sha256(other)));
        }),
    );
    refuse(
        "v1-digest",
        "the entry records another artifact's digest",
        "ERR_ENTRY_DIGEST",
        twin1,
        v1(&|body| {
            *at(body, "/spec/data/hash/value") = json!(hex(sha256(other)));
        }),
    );
    let second = Signing::new(stack).sign(other);
    refuse(
        "v2-signature",
        "the entry records another signature",
        "ERR_ENTRY_SIGNATURE",
        twin2,
        v2(&|body| {
            *at(body, &format!("{V2}/content")) = json!(base64(&second));
        }),
    );
    refuse(
        "v1-signature",
        "the entry records another signature",
        "ERR_ENTRY_SIGNATURE",
        twin1,
        v1(&|body| {
            *at(body, "/spec/signature/content") = json!(base64(&second));
        }),
    );
    let renewed = Signing::new(stack).leaf(|leaf| leaf.serial = vec![0x66]).certificate();
    refuse(
        "v2-certificate",
        "the entry records another certificate of the same key and identity",
        "ERR_ENTRY_VERIFIER",
        twin2,
        v2(&|body| *at(body, &format!("{V2}/verifier/x509Certificate/rawBytes")) = json!(base64(&renewed))),
    );
    refuse(
        "v1-certificate",
        "the entry records another certificate of the same key and identity",
        "ERR_ENTRY_VERIFIER",
        twin1,
        v1(&|body| *at(body, "/spec/signature/publicKey/content") = json!(base64(pem("CERTIFICATE", &renewed)))),
    );
    refuse(
        "v2-bare-key",
        "the entry records the leaf's key without its certificate",
        "ERR_ENTRY_VERIFIER",
        twin2,
        v2(&|body| {
            *at(body, &format!("{V2}/verifier")) = json!({
                "keyDetails": "PKIX_ECDSA_P256_SHA_256",
                "publicKey": { "rawBytes": base64(Secret::p256("leaf").spki()) },
            });
        }),
    );
    refuse(
        "v1-bare-key",
        "the entry records the leaf's key without its certificate",
        "ERR_ENTRY_VERIFIER",
        twin1,
        v1(&|body| {
            *at(body, "/spec/signature/publicKey/content") = json!(base64(Secret::p256("leaf").pem()));
        }),
    );

    swapped(&mut refuse, stack);
    kinds(&mut refuse, stack);
}

type Refuse<'r> = dyn FnMut(&str, &str, &str, &str, Value) + 'r;

/// The whole entry, genuine and proven, of another signing.
fn swapped(refuse: &mut Refuse<'_>, stack: &Stack) {
    let (ours, theirs) = (ARTIFACT.as_bytes(), b"another artifact\n".as_slice());
    let entry = |bundle: &Value| bundle.pointer(ENTRY).unwrap().clone();
    let (v1, v2) = (Signing::v1(stack), Signing::new(stack));
    let swap = |bundle: Value, other: &Value| with(bundle, |b| *at(b, ENTRY) = entry(other));
    let title = "the whole log entry of another signing by the same certificate";
    refuse("v2-entry", title, "ERR_ENTRY_DIGEST", "honest/keyless-v2", swap(v2.message(ours), &v2.message(theirs)));
    refuse("v1-entry", title, "ERR_ENTRY_DIGEST", "honest/keyless-v1", swap(v1.message(ours), &v1.message(theirs)));
    let colleague = Signing::new(stack).key(Secret::p256("colleague")).message(ours);
    let title = "the whole log entry of another signer of the same artifact";
    refuse(
        "v2-entry-of-another-signer",
        title,
        "ERR_ENTRY_SIGNATURE",
        "honest/keyless-v2",
        swap(v2.message(ours), &colleague),
    );
    let colleague = Signing::v1(stack).key(Secret::p256("colleague")).message(ours);
    refuse(
        "v1-entry-of-another-signer",
        title,
        "ERR_ENTRY_SIGNATURE",
        "honest/keyless-v1",
        swap(v1.message(ours), &colleague),
    );
}

/// Bodies that are not what the entry says, or of no known kind.
fn kinds(refuse: &mut Refuse<'_>, stack: &Stack) {
    let artifact = ARTIFACT.as_bytes();
    let v2 = || Signing::new(stack).message(artifact);
    let v1 = || Signing::v1(stack).message(artifact);
    let (twin1, twin2) = ("honest/keyless-v1", "honest/keyless-v2");
    let state = |bundle: Value, kind: &str, version: &str| {
        with(bundle, |b| *at(b, &format!("{ENTRY}/kindVersion")) = json!({ "kind": kind, "version": version }))
    };
    refuse(
        "v2-stated-as-dsse",
        "the entry states dsse, its body hashedrekord",
        "ERR_ENTRY_MALFORMED",
        twin2,
        state(v2(), "dsse", "0.0.2"),
    );
    refuse(
        "v1-stated-as-dsse",
        "the entry states dsse, its body hashedrekord",
        "ERR_ENTRY_MALFORMED",
        twin1,
        state(v1(), "dsse", "0.0.1"),
    );
    let title = "a body of Rekor v1 stated as one of Rekor v2, to be spared the promise";
    refuse("v1-stated-as-v2", title, "ERR_ENTRY_MALFORMED", "honest/keyless-v1-timestamp", {
        let bundle = state(Signing::v1(stack).stamped(true).message(artifact), "hashedrekord", "0.0.2");
        with(bundle, |b| {
            let entry = at(b, ENTRY).as_object_mut().unwrap();
            entry.shift_remove("inclusionPromise");
            entry.shift_remove("integratedTime");
        })
    });
    for (name, kind, version) in
        [("rekord", "rekord", "0.0.1"), ("future", "hashedrekord", "0.0.3"), ("intoto-0.0.1", "intoto", "0.0.1")]
    {
        let bundle = with(v2(), |b| {
            let body = json!({ "apiVersion": version, "kind": kind, "spec": {} });
            *at(b, ENTRY) = stack.rekor2.enter(&body, USUAL, NOW);
        });
        refuse(
            &format!("kind-{name}"),
            &format!("an entry of the kind {kind} {version}"),
            "ERR_ENTRY_KIND",
            twin2,
            bundle,
        );
    }
    for (name, title, bytes) in [
        ("no-json", "a body that is no JSON", b"hashedrekord".to_vec()),
        ("two-values", "a body with a second JSON value", [body_of(&v2()), b"{}".to_vec()].concat()),
        ("duplicate-key", "a body that names one key twice", {
            let text = String::from_utf8(body_of(&v2())).unwrap();
            text.replacen(
                r#"{"data":"#,
                &format!(r#"{{"data":{{"algorithm":"SHA2_256","digest":"{}"}},"data":"#, base64(sha256("x"))),
                1,
            )
            .into_bytes()
        }),
        ("unknown-field", "a body with a field that its type does not define", {
            let text = String::from_utf8(body_of(&v2())).unwrap();
            text.replacen(r#"{"data":"#, r#"{"extra":1,"data":"#, 1).into_bytes()
        }),
    ] {
        let kind = json!({ "kind": "hashedrekord", "apiVersion": "0.0.2" });
        let bundle = with(v2(), |b| *at(b, ENTRY) = stack.rekor2.enter_bytes(&bytes, &kind, USUAL, NOW));
        refuse(&format!("body-{name}"), title, "ERR_ENTRY_MALFORMED", twin2, bundle);
    }
    refuse(
        "body-without-verifier",
        "a body without a verifier",
        "ERR_ENTRY_MALFORMED",
        twin2,
        Signing::new(stack)
            .body(|body| {
                crate::edit::remove(body, &format!("{V2}/verifier"));
            })
            .message(artifact),
    );
    let sha1 = Signing::v1(stack)
        .body(|body| {
            *at(body, "/spec/data/hash") =
                json!({ "algorithm": "sha1", "value": hex(crate::key::Hash::Sha1.digest(ARTIFACT)) });
        })
        .message(artifact);
    refuse("v1-digest-sha1", "the entry records a SHA-1 digest", "ERR_ENTRY_MALFORMED", twin1, sha1);
    let envelope = Signing::new(stack).kind(crate::signing::Kind::Dsse).attest(&crate::dsse::statement(artifact));
    let bundle = with(v2(), |b| *at(b, ENTRY) = envelope.pointer(ENTRY).unwrap().clone());
    refuse("v2-envelope-entry", "an envelope's entry beside a message signature", "ERR_ENTRY_KIND", twin2, bundle);
}

fn body_of(bundle: &Value) -> Vec<u8> {
    serde_json::to_vec(&crate::rekor::body(bundle.pointer(ENTRY).unwrap())).unwrap()
}
