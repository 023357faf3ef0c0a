//! Attack 16: digests of something else, and artifacts given as digests.

use serde_json::{Value, json};

use crate::edit::{at, with};
use crate::key::{Hash, Scheme, Secret};
use crate::signing::Signing;
use crate::stack::Stack;
use crate::text::{base64, hex};
use crate::vectors::{ARTIFACT, Case, Vectors};

pub(crate) fn add(vectors: &mut Vectors, stack: &Stack) {
    let artifact = ARTIFACT.as_bytes();
    let v2 = || Signing::new(stack).message(artifact);
    let state = |algorithm: &str, digest: Vec<u8>| {
        with(v2(), |b| {
            *at(b, "/messageSignature/messageDigest") = json!({ "algorithm": algorithm, "digest": base64(digest) })
        })
    };
    vectors.add(
        "digests/empty-artifact",
        Case::keyless("nothing is signed, and nothing given", "issue 3", Signing::new(stack).message(b"")).artifact(""),
    );
    let p384 = || Signing::new(stack).key(Secret::p384("leaf")).message(artifact);
    let given = |bundle: Value, title: &str, digest: String| {
        Case::keyless(title, "issue 3, artifacts given as digests", bundle).artifact_source(json!({ "digest": digest }))
    };
    let of = |hash: Hash, bytes: &[u8]| format!("{}:{}", hash.short(), hex(hash.digest(bytes)));
    vectors.add(
        "digests/p384-sha384-given",
        given(p384(), "a P-384 leaf and the artifact's SHA-384", of(Hash::Sha384, artifact)),
    );

    let mut refuse = |name: &str, code: &str, twin: &str, case: Case| {
        vectors.add(&format!("digests/{name}"), case.refused(code).twin(twin))
    };
    let good = "honest/keyless-v2";
    let case = |title: &str, bundle: Value| Case::keyless(title, "attacks 16", bundle);
    let other = b"another artifact\n";
    refuse(
        "stated-of-another",
        "ERR_DIGEST_MISMATCH",
        good,
        case("the stated digest is of another file", state("SHA2_256", Hash::Sha256.digest(other))),
    );
    refuse(
        "artifact-changed",
        "ERR_DIGEST_MISMATCH",
        good,
        case("the artifact changed by a byte", v2()).artifact("the bytes that were signed.\n"),
    );
    refuse(
        "artifact-longer",
        "ERR_DIGEST_MISMATCH",
        good,
        case("the artifact has a newline more", v2()).artifact("the bytes that were signed\n\n"),
    );
    refuse("artifact-empty", "ERR_DIGEST_MISMATCH", good, case("the artifact is empty", v2()).artifact(""));
    let both = case("artifact and stated digest changed alike", state("SHA2_256", Hash::Sha256.digest(other)));
    refuse(
        "artifact-and-stated-changed",
        "ERR_SIGNATURE_INVALID",
        good,
        both.artifact(std::str::from_utf8(other).unwrap()),
    );
    let algorithm = "ERR_DIGEST_ALGORITHM";
    refuse(
        "stated-sha512",
        algorithm,
        good,
        case("a right SHA-512 beside a P-256 key", state("SHA2_512", Hash::Sha512.digest(artifact))),
    );
    refuse("stated-sha3", algorithm, good, case("a digest by SHA-3", state("SHA3_256", Hash::Sha256.digest(artifact))));
    refuse(
        "stated-md5",
        algorithm,
        good,
        case("a digest by an algorithm that nobody defines", state("MD5", Hash::Sha256.digest(artifact))),
    );
    let sha512 = Signing::new(stack).signature(|signature| {
        *signature = Secret::p256("leaf").sign_with(Scheme::Ecdsa(Hash::Sha512), ARTIFACT.as_bytes())
    });
    refuse(
        "signed-sha512",
        "ERR_SIGNATURE_INVALID",
        good,
        case("a signature over the SHA-512 digest that states SHA-256", sha512.message(artifact)),
    );
    let raw = Signing::new(stack)
        .signature(|signature| *signature = Secret::p256("leaf").sign(&Hash::Sha256.digest(ARTIFACT)));
    refuse(
        "signed-digest",
        "ERR_SIGNATURE_INVALID",
        good,
        case("a signature over the digest's own digest", raw.message(artifact)),
    );

    let twin = "honest/artifact-digest";
    refuse(
        "given-of-another",
        "ERR_DIGEST_MISMATCH",
        twin,
        given(v2(), "another artifact's digest is given", of(Hash::Sha256, other)),
    );
    refuse(
        "given-sha512",
        "ERR_ARTIFACT_DIGEST",
        twin,
        given(v2(), "the SHA-512 is given, the signature needs the SHA-256", of(Hash::Sha512, artifact)),
    );
    refuse(
        "p384-sha256-given",
        "ERR_ARTIFACT_DIGEST",
        "digests/p384-sha384-given",
        given(p384(), "the SHA-256 is given, the signature needs the SHA-384", of(Hash::Sha256, artifact)),
    );
    for (name, digest) in [
        ("no-hex", "sha256:zz".to_owned()),
        ("short", "sha256:00".to_owned()),
        ("md5", format!("md5:{}", "0".repeat(32))),
        ("bare", hex(Hash::Sha256.digest(artifact))),
    ] {
        refuse(&format!("given-{name}"), "ERR_OPTION_INVALID", twin, given(v2(), "what is given is no digest", digest));
    }
}
