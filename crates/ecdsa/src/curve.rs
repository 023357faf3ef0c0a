//! The parameters of the two curves, besides those of their fields.

use crate::built_on_use::BuiltOnUse;
use crate::field::Field;
use crate::scalar::Order;
use crate::table::Table;
use crate::words::Words;

/// A short Weierstrass curve `y² = x³ - 3x + b` of prime order over the field it also is (SP 800-186, 3.2.1).
pub(crate) trait Curve<const N: usize>: Field<N> {
    /// The coefficient `b`.
    const B: Words;
    /// The generator's coordinates.
    const G: (Words, Words);
    /// The group's order.
    const ORDER: Order;

    /// The generator's table. There is one for each process.
    fn generator() -> &'static BuiltOnUse<Table<Self, N>>;
}
