//! P-384 (SP 800-186, 3.2.1.4), over fourteen non-negative limbs of 28 bits.

use crate::built_on_use::BuiltOnUse;
use crate::curve::Curve;
use crate::field::{Columns, Field, column, fold, reduce_columns};
use crate::scalar::Order;
use crate::table::{GENERATOR_FREE_USES, Table};
use crate::words::Words;

/// P-384 and its field, `p = 2^384 - 2^128 - 2^96 + 2^32 - 1`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct P384;

/// Limbs of a field element.
pub(crate) const LIMBS: usize = 14;

const HALF: usize = LIMBS / 2;

/// The columns of a product by Karatsuba's identity over halves of seven limbs, 147 limb products instead of 196:
/// `(a0 + a1·t)(b0 + b1·t) = a0·b0 + (a0·b0 + a1·b1 + (a0 - a1)(b1 - b0))·t + a1·b1·t²`, `t = 2^(7·28)`.
///
/// The middle product is up to twice as wide as the operands each, so its columns may leave 64 bits where the whole
/// does not. All of it is exact modulo 2^64, and the bounds of [`field`](crate::field) are those of the whole column.
pub(crate) struct Karatsuba {
    low: [i64; LIMBS],
    high: [i64; LIMBS],
    middle: [i64; LIMBS],
}

#[inline(always)]
fn half_product(a: &[i64; HALF], b: &[i64; HALF]) -> [i64; LIMBS] {
    macro_rules! columns {
        ($($k:literal)*) => { [$(column::<HALF, $k>(a, b)),*] };
    }
    columns!(0 1 2 3 4 5 6 7 8 9 10 11 12 13)
}

impl Karatsuba {
    #[inline(always)]
    fn new(a: &[i64; LIMBS], b: &[i64; LIMBS]) -> Self {
        let low = |x: &[i64; LIMBS]| -> [i64; HALF] { core::array::from_fn(|i| x[i]) };
        let high = |x: &[i64; LIMBS]| -> [i64; HALF] { core::array::from_fn(|i| x[i + HALF]) };
        let less = |x: [i64; HALF], y: [i64; HALF]| -> [i64; HALF] { core::array::from_fn(|i| x[i] - y[i]) };
        let (a0, a1, b0, b1) = (low(a), high(a), low(b), high(b));
        Self {
            low: half_product(&a0, &b0),
            high: half_product(&a1, &b1),
            middle: half_product(&less(a0, a1), &less(b1, b0)),
        }
    }
}

impl Columns<LIMBS> for Karatsuba {
    #[inline(always)]
    fn at<const K: usize>(&self) -> i64 {
        let mut sum = 0i64;
        if K < LIMBS {
            sum = self.low[K];
        }
        if K >= HALF && K - HALF < LIMBS {
            let i = K - HALF;
            sum = sum.wrapping_add(self.middle[i]).wrapping_add(self.low[i]).wrapping_add(self.high[i]);
        }
        if K >= LIMBS {
            sum = sum.wrapping_add(self.high[K - LIMBS]);
        }
        sum
    }
}

impl Field<LIMBS> for P384 {
    const BITS: u32 = 28;
    const CENTRE: i64 = 0;
    const CAPACITY: i64 = 9;
    const TERMS: [(usize, u32, i64); 4] = [(1, 4, 1), (3, 12, -1), (4, 16, -1), (13, 20, 1)];
    const P: Words = [
        0xffffffff, 0, 0, 0xffffffff, 0xfffffffe, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff,
        0xffffffff, 0xffffffff,
    ];
    const R2: [i64; LIMBS] = [0x10000, 0xfe00000, 0xffffff, 0, 2, 0, 0xffffe00, 0xfff, 0x20000, 0x100000, 0, 0, 0, 0];

    type Product = Karatsuba;

    #[inline(always)]
    fn product(a: &[i64; LIMBS], b: &[i64; LIMBS]) -> Self::Product {
        Karatsuba::new(a, b)
    }

    #[inline(always)]
    fn reduce(columns: &impl Columns<LIMBS>) -> [i64; LIMBS] {
        reduce_columns!(
            P384, 14, columns,
            [0 1 2 3 4 5 6 7 8 9 10 11 12 13], [14 15 16 17 18 19 20 21 22 23 24 25 26], 27
        )
    }
}

impl Curve<LIMBS> for P384 {
    const B: Words = [
        0xd3ec2aef, 0x2a85c8ed, 0x8a2ed19d, 0xc656398d, 0x5013875a, 0x0314088f, 0xfe814112, 0x181d9c6e, 0xe3f82d19,
        0x988e056b, 0xe23ee7e4, 0xb3312fa7,
    ];
    const G: (Words, Words) = (
        [
            0x72760ab7, 0x3a545e38, 0xbf55296c, 0x5502f25d, 0x82542a38, 0x59f741e0, 0x8ba79b98, 0x6e1d3b62, 0xf320ad74,
            0x8eb1c71e, 0xbe8b0537, 0xaa87ca22,
        ],
        [
            0x90ea0e5f, 0x7a431d7c, 0x1d7e819d, 0x0a60b1ce, 0xb5f0b8c0, 0xe9da3113, 0x289a147c, 0xf8f41dbd, 0x9292dc29,
            0x5d9e98bf, 0x96262c6f, 0x3617de4a,
        ],
    );
    const ORDER: Order = Order {
        modulus: [
            0xccc52973, 0xecec196a, 0x48b0a77a, 0x581a0db2, 0xf4372ddf, 0xc7634d81, 0xffffffff, 0xffffffff, 0xffffffff,
            0xffffffff, 0xffffffff, 0xffffffff,
        ],
        r2: [
            0x19b409a9, 0x2d319b24, 0xdf1aa419, 0xff3d81e5, 0xfcb82947, 0xbc3e483a, 0x4aab1cc5, 0xd40d4917, 0x28266895,
            0x3fb05b7a, 0x2b39bf21, 0x0c84ee01,
        ],
        len: 12,
    };

    fn generator() -> &'static BuiltOnUse<Table<Self, LIMBS>> {
        static TABLE: BuiltOnUse<Table<P384, LIMBS>> = BuiltOnUse::new(GENERATOR_FREE_USES);
        &TABLE
    }
}
