//! Honest bundles of every shape: what must verify.

use crate::signing::Signing;
use crate::stack::Stack;
use crate::vectors::{ARTIFACT, Case, Vectors};

pub(crate) fn add(vectors: &mut Vectors, stack: &Stack) {
    let artifact = ARTIFACT.as_bytes();
    vectors.add(
        "honest/keyless-v2",
        Case::keyless(
            "a P-256 leaf, hashedrekord 0.0.2 in Rekor v2, an RFC 3161 timestamp",
            "client-spec section 4",
            Signing::new(stack).message(artifact),
        ),
    );
    vectors.add(
        "honest/keyless-v1",
        Case::keyless(
            "a P-256 leaf, hashedrekord 0.0.1 in Rekor v1, dated by its promise",
            "client-spec section 4",
            Signing::v1(stack).message(artifact),
        ),
    );
}
