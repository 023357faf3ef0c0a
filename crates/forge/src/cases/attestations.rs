//! DSSE envelopes and in-toto statements, in every kind of log entry; attacks 3 and 18 on them.

use serde_json::{Value, json};

use crate::dsse::{self, IN_TOTO, statement};
use crate::edit::{ENTRY, at, remove, with};
use crate::key::{Hash, sha256};
use crate::signing::{Kind, Signing};
use crate::stack::Stack;
use crate::text::{base64, hex};
use crate::vectors::{ARTIFACT, Case, Vectors};

const TWIN: &str = "attestations/v2-hashedrekord";

pub(crate) fn add(vectors: &mut Vectors, stack: &Stack) {
    let artifact = ARTIFACT.as_bytes();
    let case = |title: &str, bundle: Value| Case::keyless(title, "client-spec 4.4 and 4.5", bundle).attestation();
    for (name, title, signing) in [
        ("v2-hashedrekord", "an envelope logged as hashedrekord 0.0.2 over its encoding", Signing::new(stack)),
        ("v2-dsse", "an envelope logged as dsse 0.0.2", Signing::new(stack).kind(Kind::Dsse)),
        ("v1-dsse", "an envelope logged as dsse 0.0.1", Signing::v1(stack).kind(Kind::Dsse)),
        ("v1-intoto", "an envelope logged as intoto 0.0.2", Signing::v1(stack).kind(Kind::Intoto)),
    ] {
        vectors.add(&format!("attestations/{name}"), case(title, signing.attest(&statement(artifact))));
    }
    let as_artifact = Case::keyless(
        "an attestation vouches for a file",
        "design 2",
        Signing::new(stack).attest(&statement(artifact)),
    );
    vectors.add("attestations/as-artifact", as_artifact);
    let message = Signing::new(stack).message(artifact);
    vectors.add(
        "attestations/message-signature",
        case("a message signature where an attestation is asked for", message).refused("ERR_BUNDLE_CONTENT").twin(TWIN),
    );

    statements(vectors, stack);
    envelopes(vectors, stack);
    entries(vectors, stack);
}

/// What the statement says.
fn statements(vectors: &mut Vectors, stack: &Stack) {
    let artifact = ARTIFACT.as_bytes();
    let attest = |title: &str, statement: Value| {
        Case::keyless(title, "in-toto Statement; client-spec 4.5", Signing::new(stack).attest(&statement)).attestation()
    };
    let changed = |change: &dyn Fn(&mut Value)| with(statement(artifact), |s| change(s));
    let digest = |hash: Hash, bytes: &[u8]| hex(hash.digest(bytes));
    vectors.add(
        "attestations/v0.1",
        attest("a statement v0.1", changed(&|s| s["_type"] = json!("https://in-toto.io/Statement/v0.1"))),
    );
    let sha512 = attest(
        "the subject's digest is SHA-512, and so is the artifact's that is given",
        changed(&|s| s["subject"][0]["digest"] = json!({ "sha512": digest(Hash::Sha512, artifact) })),
    );
    let given = json!({ "digest": format!("sha512:{}", digest(Hash::Sha512, artifact)) });
    vectors.add("attestations/sha512", sha512.artifact_source(given));
    vectors.add(
        "attestations/second-subject",
        attest(
            "the second subject is the artifact",
            changed(&|s| {
                s["subject"]
                    .as_array_mut()
                    .unwrap()
                    .insert(0, json!({ "name": "other", "digest": { "sha256": digest(Hash::Sha256, b"other") } }));
            }),
        ),
    );
    vectors.add(
        "attestations/further-digests",
        attest(
            "the subject has digests of other kinds too",
            changed(&|s| {
                s["subject"][0]["digest"]["gitCommit"] = json!("a".repeat(40));
                s["subject"][0]["digest"]["sha1"] = json!(digest(Hash::Sha1, b"other"));
            }),
        ),
    );
    vectors.add(
        "attestations/unknown-members",
        attest(
            "the statement has members that nobody knows",
            changed(&|s| {
                s["extra"] = json!({ "a": 1 });
                s["subject"][0]["annotations"] = json!({});
            }),
        ),
    );
    let mut refuse = |name: &str, title: &str, code: &str, change: &dyn Fn(&mut Value)| {
        vectors.add(&format!("attestations/{name}"), attest(title, changed(change)).refused(code).twin(TWIN));
    };
    let subject = "ERR_STATEMENT_SUBJECT";
    refuse("other-subject", "the statement is about another file", subject, &|s| *s = statement(b"another artifact\n"));
    refuse("subject-sha1", "the subject has only a SHA-1 digest", subject, &|s| {
        s["subject"][0]["digest"] = json!({ "sha1": digest(Hash::Sha1, artifact) });
    });
    refuse("subject-contradicts", "one digest of the subject is the artifact's, another is not", subject, &|s| {
        s["subject"][0]["digest"] = json!({
            "sha512": digest(Hash::Sha512, artifact),
            "sha256": digest(Hash::Sha256, b"another artifact\n"),
        });
    });
    let malformed = "ERR_STATEMENT_MALFORMED";
    refuse("no-subject", "the statement has no subject", malformed, &|s| s["subject"] = json!([]));
    refuse("no-type", "the statement has no type", malformed, &|s| {
        remove(s, "/_type");
    });
    refuse("other-type", "the statement is of another type", malformed, &|s| {
        s["_type"] = json!("https://in-toto.io/Link/v1")
    });
    refuse("no-digest", "the subject has no digest", malformed, &|s| s["subject"][0]["digest"] = json!({}));
    refuse("no-predicate-type", "the statement has no predicate type", malformed, &|s| {
        remove(s, "/predicateType");
    });
    let raw = |title: &str, payload: &[u8]| {
        Case::keyless(title, "client-spec 4.5", Signing::new(stack).attest_bytes(IN_TOTO, payload)).attestation()
    };
    vectors.add(
        "attestations/no-json",
        raw("the payload is no JSON", b"statement").refused("ERR_JSON_MALFORMED").twin(TWIN),
    );
    let text = statement(artifact).to_string();
    let twice = text.replacen(
        r#""subject":"#,
        &format!(r#""subject":[{{"name":"x","digest":{{"sha256":"{}"}}}}],"subject":"#, digest(Hash::Sha256, b"x")),
        1,
    );
    vectors.add(
        "attestations/duplicate-subject",
        raw("the statement names its subject twice", twice.as_bytes()).refused("ERR_JSON_DUPLICATE_KEY").twin(TWIN),
    );
    let other = Signing::new(stack).attest_bytes("application/vnd.in-toto+cbor", text.as_bytes());
    vectors.add(
        "attestations/payload-type",
        Case::keyless("another payload type, which is signed", "client-spec 4.5", other)
            .attestation()
            .refused("ERR_DSSE_PAYLOAD_TYPE")
            .twin(TWIN),
    );
}

/// The envelope and its signature.
fn envelopes(vectors: &mut Vectors, stack: &Stack) {
    let good = || Signing::new(stack).attest(&statement(ARTIFACT.as_bytes()));
    let case = |title: &str, bundle: Value| Case::keyless(title, "attacks 18; DSSE", bundle).attestation();
    let signatures = "/dsseEnvelope/signatures";
    let named = with(good(), |b| at(b, signatures)[0]["keyid"] = json!("publisher"));
    vectors.add("attestations/keyid", case("the signature has a key id", named));
    let mut refuse = |name: &str, title: &str, code: &str, bundle: Value| {
        vectors.add(&format!("attestations/{name}"), case(title, bundle).refused(code).twin(TWIN));
    };
    refuse(
        "no-signatures",
        "an envelope without signatures",
        "ERR_DSSE_SIGNATURES",
        with(good(), |b| *at(b, signatures) = json!([])),
    );
    let twice = with(good(), |b| {
        let first = at(b, signatures)[0].clone();
        at(b, signatures).as_array_mut().unwrap().push(first);
    });
    refuse("signature-twice", "an envelope with its signature twice", "ERR_DSSE_SIGNATURES", twice);
    let foreign = with(good(), |b| at(b, signatures).as_array_mut().unwrap().push(json!({ "sig": base64([7; 70]) })));
    refuse("foreign-signature", "an envelope with a second signature by somebody else", "ERR_DSSE_SIGNATURES", foreign);
    let payload = with(good(), |b| {
        let other = with(statement(ARTIFACT.as_bytes()), |s| s["predicate"]["catalogueVersion"] = json!(8));
        *at(b, "/dsseEnvelope/payload") = json!(base64(other.to_string()));
    });
    refuse("payload-changed", "the payload changed", "ERR_SIGNATURE_INVALID", payload);
    let kind = with(good(), |b| *at(b, "/dsseEnvelope/payloadType") = json!("application/vnd.in-toto+cbor"));
    refuse("payload-type-changed", "the payload type changed", "ERR_SIGNATURE_INVALID", kind);
    let text = statement(ARTIFACT.as_bytes()).to_string();
    let key = crate::key::Secret::p256("leaf");
    let bare = Signing::new(stack).signature(|signature| *signature = key.sign(text.as_bytes()));
    refuse(
        "payload-signed",
        "the signature covers the payload, not its encoding",
        "ERR_SIGNATURE_INVALID",
        bare.attest(&statement(ARTIFACT.as_bytes())),
    );
    let shifted = Signing::new(stack).signature(|signature| {
        *signature = key.sign(&dsse::pae("application/vnd.in-toto+jso", format!("n {text}").as_bytes()));
    });
    refuse(
        "encoding-shifted",
        "the signature covers another split of type and payload",
        "ERR_SIGNATURE_INVALID",
        shifted.attest(&statement(ARTIFACT.as_bytes())),
    );
}

/// Attack 3: entries about another envelope.
fn entries(vectors: &mut Vectors, stack: &Stack) {
    let good = statement(ARTIFACT.as_bytes());
    let other = statement(b"another artifact\n");
    let second = Signing::new(stack).sign(b"something else");
    let renewed = Signing::new(stack).leaf(|leaf| leaf.serial = vec![0x66]).certificate();
    let mut refuse = |name: &str, title: &str, code: &str, twin: &str, bundle: Value| {
        let case = Case::keyless(title, "attacks 3", bundle).attestation().refused(code);
        vectors.add(&format!("attestations/{name}"), case.twin(&format!("attestations/{twin}")));
    };
    for (twin, v1, kind, hash, signature, certificate) in [
        (
            "v2-hashedrekord",
            false,
            Kind::Hashedrekord,
            "/spec/hashedRekordV002/data/digest",
            "/spec/hashedRekordV002/signature/content",
            "/spec/hashedRekordV002/signature/verifier/x509Certificate/rawBytes",
        ),
        (
            "v2-dsse",
            false,
            Kind::Dsse,
            "/spec/dsseV002/payloadHash/digest",
            "/spec/dsseV002/signatures/0/content",
            "/spec/dsseV002/signatures/0/verifier/x509Certificate/rawBytes",
        ),
        (
            "v1-dsse",
            true,
            Kind::Dsse,
            "/spec/payloadHash/value",
            "/spec/signatures/0/signature",
            "/spec/signatures/0/verifier",
        ),
        (
            "v1-intoto",
            true,
            Kind::Intoto,
            "/spec/content/payloadHash/value",
            "/spec/content/envelope/signatures/0/sig",
            "/spec/content/envelope/signatures/0/publicKey",
        ),
    ] {
        let signing = |spoil: &dyn Fn(&mut Value)| {
            let signing = if v1 { Signing::v1(stack) } else { Signing::new(stack) };
            signing.kind(kind).body(spoil).attest(&good)
        };
        let digest = sha256("another payload");
        let digest = if v1 { hex(&digest) } else { base64(&digest) };
        refuse(
            &format!("{twin}-entry-digest"),
            "the entry records another payload",
            "ERR_ENTRY_DIGEST",
            twin,
            signing(&|body| *at(body, hash) = json!(digest)),
        );
        let encoded = if kind == Kind::Intoto { base64(base64(&second)) } else { base64(&second) };
        refuse(
            &format!("{twin}-entry-signature"),
            "the entry records another signature",
            "ERR_ENTRY_SIGNATURE",
            twin,
            signing(&|body| *at(body, signature) = json!(encoded)),
        );
        let verifier = if v1 { base64(crate::text::pem("CERTIFICATE", &renewed)) } else { base64(&renewed) };
        refuse(
            &format!("{twin}-entry-certificate"),
            "the entry records another certificate",
            "ERR_ENTRY_VERIFIER",
            twin,
            signing(&|body| *at(body, certificate) = json!(verifier)),
        );
    }
    let payload = Signing::new(stack)
        .body(|body| *at(body, "/spec/hashedRekordV002/data/digest") = json!(base64(sha256(good.to_string()))));
    refuse(
        "entry-of-the-payload",
        "the entry records the payload's digest, not the encoding's",
        "ERR_ENTRY_DIGEST",
        "v2-hashedrekord",
        payload.attest(&good),
    );
    let swapped = with(Signing::new(stack).attest(&good), |b| {
        *at(b, ENTRY) = Signing::new(stack).attest(&other).pointer(ENTRY).unwrap().clone();
    });
    refuse(
        "entry-of-another-envelope",
        "the whole entry of another envelope by the same certificate",
        "ERR_ENTRY_DIGEST",
        "v2-hashedrekord",
        swapped,
    );
    let once = Signing::v1(stack).kind(Kind::Intoto).body(|body| {
        let slot = at(body, "/spec/content/envelope/signatures/0/sig");
        *slot = json!(String::from_utf8(crate::text::from_base64(slot.as_str().unwrap())).unwrap());
    });
    refuse(
        "intoto-signature-once",
        "an intoto entry with its signature in base64 once",
        "ERR_ENTRY_MALFORMED",
        "v1-intoto",
        once.attest(&good),
    );
    let two = Signing::v1(stack).kind(Kind::Dsse).body(|body| {
        let first = at(body, "/spec/signatures/0").clone();
        at(body, "/spec/signatures").as_array_mut().unwrap().push(first);
    });
    refuse(
        "entry-with-two-signatures",
        "an entry that records two signatures",
        "ERR_ENTRY_SIGNATURE",
        "v1-dsse",
        two.attest(&good),
    );
}
