//! The cases, by area. Each attack stands beside the honest bundle that differs from it in nothing else.

mod honest;

use crate::stack::Stack;
use crate::vectors::Vectors;

/// Every case.
pub(crate) fn all() -> Vectors {
    let stack = Stack::honest();
    let mut vectors = Vectors::default();
    vectors.file("forged/trusted_root.json", &stack.trust_root());
    honest::add(&mut vectors, &stack);
    vectors
}
