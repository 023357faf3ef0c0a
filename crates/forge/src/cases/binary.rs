//! Bundles as binary protobuf messages. They are written by code that is independent of the reader.

use serde_json::{Value, json};

use super::honest::with_chain;
use crate::dsse::statement;
use crate::edit::with;
use crate::key::Secret;
use crate::proto;
use crate::signing::Signing;
use crate::stack::Stack;
use crate::text::base64;
use crate::vectors::{ARTIFACT, Case, Vectors};

pub(crate) fn add(vectors: &mut Vectors, stack: &Stack) {
    let artifact = ARTIFACT.as_bytes();
    let binary = |bytes: &[u8]| json!({ "base64": base64(bytes) });
    let case = |title: &str, bytes: &[u8]| {
        Case::keyless(title, "issue 4; sigstore_bundle.proto", Value::Null).bundle(binary(bytes))
    };
    let v2 = proto::bundle(&Signing::new(stack).message(artifact));
    let v1 = Signing::v1(stack).message(artifact);
    vectors.add("binary/keyless-v2", case("a binary bundle, Rekor v2", &v2));
    vectors.add("binary/keyless-v1", case("a binary bundle, Rekor v1", &proto::bundle(&v1)));
    vectors.add("binary/bundle-v0.2", case("a binary bundle v0.2", &proto::bundle(&with_chain(v1, "0.2", &[]))));
    let attested = proto::bundle(&Signing::new(stack).attest(&statement(artifact)));
    vectors.add("binary/attestation", case("a binary bundle with an envelope", &attested).attestation());
    let key = Secret::p256("publisher");
    let managed = proto::bundle(&Signing::new(stack).managed(key.clone()).message(artifact));
    vectors.add(
        "binary/managed-key",
        Case::keyed("a binary bundle with a key hint", "issue 4", &[key.pem()], Value::Null).bundle(binary(&managed)),
    );

    let mut refuse = |name: &str, title: &str, code: &str, bytes: &[u8]| {
        vectors.add(&format!("binary/{name}"), case(title, bytes).refused(code).twin("binary/keyless-v2"));
    };
    refuse("truncated", "a binary bundle cut by an octet", "ERR_BUNDLE_PROTOBUF", &v2[..v2.len() - 1]);
    let extended = |number: u64, bytes: &[u8]| {
        let mut out = v2.clone();
        proto::delimited(number, bytes, &mut out);
        out
    };
    refuse(
        "unknown-field",
        "a field that the message does not define",
        "ERR_BUNDLE_UNKNOWN_FIELD",
        &extended(15, b"x"),
    );
    refuse("twice", "a message twice, which decoders merge", "ERR_BUNDLE_PROTOBUF", &extended(3, &[]));
    refuse(
        "media-type-twice",
        "a second media type, which decoders take",
        "ERR_BUNDLE_PROTOBUF",
        &extended(1, b"application/vnd.dev.sigstore.bundle.v0.3+json"),
    );
    let changed = proto::bundle(&with(Signing::new(stack).message(artifact), |b| {
        crate::edit::flip(b, "/messageSignature/messageDigest/digest", 0)
    }));
    refuse("digest", "a digest of something else", "ERR_DIGEST_MISMATCH", &changed);
}
