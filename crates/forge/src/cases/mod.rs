//! The cases, by area. Each attack stands beside the honest bundle that differs from it in nothing else.

mod binding;
mod honest;
mod inclusion;
mod missing;

use crate::stack::Stack;
use crate::vectors::Vectors;

/// Every case.
pub(crate) fn all() -> Vectors {
    let stack = Stack::honest();
    let mut vectors = Vectors::default();
    vectors.file("forged/trusted_root.json", &stack.trust_root());
    for area in [honest::add, missing::add, binding::add, inclusion::add] {
        area(&mut vectors, &stack);
    }
    vectors
}
