//! What the two curves differ in, beyond their fields.

use crate::field::Field;
use crate::scalar::Order;
use crate::table::Table;
use crate::words::Words;
use std::sync::OnceLock;

/// A short Weierstrass curve `y² = x³ - 3x + b` of prime order over the field it also is (SP 800-186, 3.2.1).
pub(crate) trait Curve<const N: usize>: Field<N> {
    /// The coefficient `b`.
    const B: Words;
    /// The generator's coordinates.
    const G: (Words, Words);
    /// The group's order.
    const ORDER: Order;

    /// The generator's table, built once a process.
    ///
    /// This is the crate's need of `std`: a value built at first use and shared between threads takes either a lock or
    /// `unsafe`, and `core` has neither. On `wasm32-unknown-unknown`, without threads, the lock is a plain flag.
    fn generator() -> &'static OnceLock<Table<Self, N>>;
}
