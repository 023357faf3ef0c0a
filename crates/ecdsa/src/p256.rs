//! P-256 (SP 800-186, 3.2.1.3), over nine centred limbs of 29 bits.

use crate::built_on_use::BuiltOnUse;
use crate::curve::Curve;
use crate::field::{Columns, Field, Schoolbook, fold, reduce_columns};
use crate::scalar::Order;
use crate::table::{GENERATOR_FREE_USES, Table};
use crate::words::Words;

/// P-256 and its field, `p = 2^256 - 2^224 + 2^192 + 2^96 - 1`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct P256;

/// Limbs of a field element.
pub(crate) const LIMBS: usize = 9;

impl Field<LIMBS> for P256 {
    const BITS: u32 = 29;
    const CENTRE: i64 = 1 << 28;
    const CAPACITY: i64 = 14;
    const TERMS: [(usize, u32, i64); 4] = [(3, 9, 1), (6, 18, 1), (7, 21, -1), (8, 24, 1)];
    const P: Words = [0xffffffff, 0xffffffff, 0xffffffff, 0, 0, 0, 1, 0xffffffff, 0, 0, 0, 0];
    const R2: [i64; LIMBS] = [0xc00, 0, 0x1fff0000, 0x1fdfffff, 0x1fbfffff, 0x1fffffff, 0x1fffffff, 0x1ffffffe, 0x13];

    type Product = Schoolbook<LIMBS>;

    #[inline(always)]
    fn product(a: &[i64; LIMBS], b: &[i64; LIMBS]) -> Self::Product {
        Schoolbook(*a, *b)
    }

    #[inline(always)]
    fn reduce(columns: &impl Columns<LIMBS>) -> [i64; LIMBS] {
        reduce_columns!(P256, 9, columns, [0 1 2 3 4 5 6 7 8], [9 10 11 12 13 14 15 16], 17)
    }
}

impl Curve<LIMBS> for P256 {
    const B: Words =
        [0x27d2604b, 0x3bce3c3e, 0xcc53b0f6, 0x651d06b0, 0x769886bc, 0xb3ebbd55, 0xaa3a93e7, 0x5ac635d8, 0, 0, 0, 0];
    const G: (Words, Words) = (
        [0xd898c296, 0xf4a13945, 0x2deb33a0, 0x77037d81, 0x63a440f2, 0xf8bce6e5, 0xe12c4247, 0x6b17d1f2, 0, 0, 0, 0],
        [0x37bf51f5, 0xcbb64068, 0x6b315ece, 0x2bce3357, 0x7c0f9e16, 0x8ee7eb4a, 0xfe1a7f9b, 0x4fe342e2, 0, 0, 0, 0],
    );
    const ORDER: Order = Order {
        modulus: [0xfc632551, 0xf3b9cac2, 0xa7179e84, 0xbce6faad, 0xffffffff, 0xffffffff, 0, 0xffffffff, 0, 0, 0, 0],
        r2: [
            0xbe79eea2, 0x83244c95, 0x49bd6fa6, 0x4699799c, 0x2b6bec59, 0x2845b239, 0xf3d95620, 0x66e12d94, 0, 0, 0, 0,
        ],
        len: 8,
    };

    fn generator() -> &'static BuiltOnUse<Table<Self, LIMBS>> {
        static TABLE: BuiltOnUse<Table<P256, LIMBS>> = BuiltOnUse::new(GENERATOR_FREE_USES);
        &TABLE
    }
}
