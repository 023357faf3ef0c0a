//! The cases, by area. Each attack has an honest twin, which differs in nothing else.

mod algorithms;
mod attestations;
mod binary;
mod binding;
mod bundle_form;
mod catalogue_format;
mod catalogues;
mod chain;
mod cosignatures;
mod ct;
mod digests;
mod extensions;
mod histories;
mod honest;
mod identity;
mod inclusion;
mod keyed;
mod log_identity;
mod missing;
mod name_constraints;
mod patterns;
mod release_statements;
mod releases;
mod several;
mod times;
mod timestamps;
mod trust_roots;
mod witness_policies;

use serde_json::{Value, json};

use crate::stack::Stack;
use crate::vectors::Vectors;

/// Trees that the stack's logs signed besides those of the bundles. For each size, the tree has other leaves.
fn checkpoints(stack: &Stack) -> Value {
    let signed = |size: u64| json!([&stack.rekor1, &stack.rekor2].map(|log| log.checkpoint(size, &[1; 32])));
    json!({ "4": signed(4), "5": signed(5) })
}

/// Every case.
pub(crate) fn all() -> Vectors {
    let stack = Stack::honest();
    let mut vectors = Vectors::default();
    vectors.file("forged/trusted_root.json", &stack.trust_root());
    vectors.file("forged/checkpoints.json", &checkpoints(&stack));
    for area in [
        honest::add,
        missing::add,
        binding::add,
        inclusion::add,
        log_identity::add,
        times::add,
        ct::add,
        identity::add,
        patterns::add,
        chain::add,
        extensions::add,
        algorithms::add,
        timestamps::add,
        several::add,
        digests::add,
        attestations::add,
        releases::add,
        release_statements::add,
        keyed::add,
        catalogues::add,
        catalogue_format::add,
        histories::add,
        bundle_form::add,
        binary::add,
        trust_roots::add,
        cosignatures::add,
        witness_policies::add,
    ] {
        area(&mut vectors, &stack);
    }
    vectors.settle();
    vectors
}
