//! Multiples of one point, prepared so that a scalar multiplication needs (almost) no doublings.
//!
//! With signed windows of [`WINDOW`] bits, `k·P = Σ digit[i]·2^(WINDOW·i)·P`. The table holds `d·2^(WINDOW·i)·P` for
//! every digit `d` in `1..=2^(WINDOW-1)`, but only for each [`STRIDE`]th window `i`; the windows between are reached by
//! `WINDOW·(STRIDE-1)` doublings of a partial sum, which all scalars of one sum share (the comb of Lim and Lee, "More
//! flexible exponentiation with precomputation", 1994, with windows for teeth). So a table takes a `STRIDE`th of the
//! memory and of the time to build it that one without doublings would.

use crate::curve::Curve;
use crate::field::Element;
use crate::point::{Affine, Jacobian};
use crate::recode::{self, Digits};
use crate::words::{self, Words};
use alloc::vec::Vec;

/// Bits a window.
pub(crate) const WINDOW: u32 = 8;

/// Windows for each row of the table.
pub(crate) const STRIDE: usize = 2;

/// Verifications without a table that lose a key about what its table costs: twelve once an engine has optimised the
/// code, more in a young process, whose table is built by code that is not yet.
pub(crate) const KEY_FREE_USES: u32 = 32;

/// The same for the generator beside keys without a table, where its table saves less. A key's table brings it at once,
/// as no doublings are spared before both terms have one.
pub(crate) const GENERATOR_FREE_USES: u32 = 128;

/// Points a row: the multiples 1 to 128.
const ROW: usize = 1 << (WINDOW - 1);

/// Rows of multiples: entry `ROW·g + d - 1` is `d·2^(WINDOW·STRIDE·g)·P`.
#[derive(Clone, Debug)]
pub(crate) struct Table<C, const N: usize>(Vec<Affine<C, N>>);

impl<C: Curve<N>, const N: usize> Table<C, N> {
    /// How many rows: windows divided by the stride, rounded up.
    fn count() -> usize {
        (32 * C::ORDER.len).div_ceil(WINDOW as usize).div_ceil(STRIDE)
    }

    /// Builds the table of a point: its doublings, then `m+1 … 2m` times each row's first point from `1 … m` times it,
    /// for `m` = 1, 2, 4 …, in affine coordinates with one inversion for all rows. A point costs about eight
    /// multiplications.
    #[inline(never)]
    pub(crate) fn new(point: &Affine<C, N>) -> Self {
        let rows = Self::count();
        let mut points = alloc::vec![*point; rows * ROW];
        let mut doubled = Vec::with_capacity(rows);
        let mut next = point.to_jacobian(false);
        for _ in 1..rows {
            for _ in 0..WINDOW as usize * STRIDE {
                next.double();
            }
            doubled.push(next);
        }
        normalize(&doubled, &mut points, ROW);
        let mut m = 1;
        while m < ROW {
            double_rows(&mut points, m);
            m *= 2;
        }
        Self(points)
    }

    /// What the table takes on the heap.
    pub(crate) fn bytes() -> usize {
        Self::count() * ROW * size_of::<Affine<C, N>>()
    }

    /// The rows, of the multiples 1 to 128 of their first point each.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &[Affine<C, N>]> {
        self.0.chunks_exact(ROW)
    }

    /// The digits of a scalar below the order: one for each window, `STRIDE·g + step` being the digit for row `g` after
    /// all but `WINDOW·step` doublings.
    ///
    /// Of `k` and `k - n` the one within `±2^(32·len - 1)` is taken, lest there be a carry out of the top window, which
    /// would ask for another row.
    pub(crate) fn digits(k: &Words) -> Digits {
        let bits = 32 * C::ORDER.len;
        if words::bits(k, bits - 1, 1) == 0 {
            return recode::windows(k, bits, WINDOW);
        }
        let mut digits = recode::windows(&words::sub(&C::ORDER.modulus, k), bits, WINDOW);
        for digit in &mut digits {
            *digit = -*digit;
        }
        digits
    }
}

/// Fills `m+1 … 2m` times each row's first point from `1 … m` times it.
#[inline(never)]
fn double_rows<C: Curve<N>, const N: usize>(points: &mut [Affine<C, N>], m: usize) {
    let one = Element::one();
    let mut inverses = Vec::new();
    for row in points.chunks_exact(ROW) {
        let (last_x, last_y) = row[m - 1].coordinates();
        for point in &row[..m - 1] {
            inverses.push(last_x.plus(-1, &point.x()));
        }
        inverses.push(last_y.plus(1, &last_y));
    }
    invert_all(&mut inverses);
    for (row, inverses) in points.chunks_exact_mut(ROW).zip(inverses.chunks_exact(m)) {
        let (last_x, last_y) = row[m - 1].coordinates();
        for (i, inverse) in inverses.iter().enumerate() {
            let (x, y) = row[i].coordinates();
            // The chord's slope, or the tangent's, (3x² - 3) / 2y.
            let mut slope = last_y.plus(-1, &y);
            if i + 1 == m {
                let difference = x.square().plus(-1, &one);
                slope = difference.plus(2, &difference);
            }
            slope.mul_assign(inverse); // 2·3 = 6 wide
            // Products with one keep widths and values from growing level after level.
            let mut sum_x = x.plus(1, &last_x);
            let others = sum_x.mul(&one); // 2 wide
            sum_x.set_square_sub(&slope, &others);
            slope.mul_assign(&x.plus(-1, &sum_x)); // 2 wide
            let sum_y = slope.plus(-1, &y.mul(&one)); // 2 wide
            row[m + i] = Affine::new(&sum_x, &sum_y);
        }
    }
}

/// Writes the affine coordinates of all points, none of them infinity, to `out[step]`, `out[2·step]` …, by one inversion.
#[inline(never)]
pub(crate) fn normalize<C: Curve<N>, const N: usize>(points: &[Jacobian<C, N>], out: &mut [Affine<C, N>], step: usize) {
    let mut inverses: Vec<_> = points.iter().map(|point| point.z).collect();
    invert_all(&mut inverses);
    for (i, (point, z)) in points.iter().zip(&inverses).enumerate() {
        let zz = z.square();
        out[(i + 1) * step] = Affine::new(&point.x.mul(&zz), &point.y.mul(&zz.mul(z)));
    }
}

/// Inverts all, none of them zero, by one inversion and three multiplications each (Montgomery's trick).
#[inline(never)]
fn invert_all<C: Curve<N>, const N: usize>(values: &mut [Element<C, N>]) {
    let mut products = Vec::with_capacity(values.len());
    let mut product = Element::one();
    for value in values.iter() {
        products.push(product);
        product.mul_assign(value);
    }
    let mut inverse = product.invert();
    for (value, before) in values.iter_mut().zip(&products).rev() {
        let own = inverse.mul(before);
        inverse.mul_assign(value);
        *value = own;
    }
}
