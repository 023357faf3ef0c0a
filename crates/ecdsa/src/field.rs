//! The prime fields: elements in unsaturated signed limbs, in Montgomery's form, reduced lazily.
//!
//! An element is `Σ limb[i]·2^(BITS·i)`, limbs being `i64`, and stands for that value divided by `R = 2^(BITS·N)`
//! modulo the prime. Nothing is ever brought into `0..p` on the way: limbs and values merely stay within bounds, in
//! which additions, subtractions and small multiples cost one instruction a limb and no carry.
//!
//! # Bounds
//! * **Limbs.** A product leaves *carried* limbs: every limb but the top one lies in `-U..U`, where `U` is 2^28 (for
//!   P-256 even limbs are centred, `-2^28..2^28` with 29 bits; for P-384 they lie in `0..2^28`). An element is called
//!   `k` wide when its limbs are at most `k·U` in absolute value; sums add widths. The top limb follows from the value
//!   and is far below `U`.
//! * **Columns.** Products are accumulated in columns of at most `N` limb products each without any carry. A product of
//!   a `j` and a `k` wide element keeps each column within `j·k·N·U²`, and its width is `j·k`; columns that are added
//!   or subtracted add their widths. The width may not pass [`Field::CAPACITY`], the largest for which the column, the
//!   digits' multiples of the prime and the carry stay below 2^63: 14 for P-256 (`9·2^56·14 = 2^62.98`), 9 for P-384
//!   (`14·2^56·9 = 2^62.98`).
//! * **Values.** With `|a|`, `|b|` the values in multiples of the prime, the product lies between `-|a||b|·p/R` and
//!   `1 + |a||b|·p/R`, where `p/R` is just below 1/32 for P-256 and 1/256 for P-384. [`point`](crate::point) states
//!   what follows for its formulas.
//!
//! # Reduction
//! Both primes are `-1 + Σ ±2^e` with four terms and `e ≥ BITS`. Hence `-1/p mod 2^BITS` is 1: the Montgomery digit of
//! a column is its own low bits `m`, and adding `m·p` clears them and adds `±m·2^e`, four shifts, to higher columns.
//! The same holds for each column in turn (Montgomery, "Modular multiplication without trial division", 1985, digit by
//! digit as in Koç, Acar, Kaliski, "Analyzing and comparing Montgomery multiplication algorithms", 1996, product
//! scanning).

use crate::inverse;
use crate::words::{self, Words};
use core::marker::PhantomData;

/// A prime field in `N` limbs, with its hot routines compiled for it.
pub(crate) trait Field<const N: usize>: Copy + 'static {
    /// Bits a limb.
    const BITS: u32;
    /// What centres a carried limb: `2^(BITS-1)`, or 0 to leave limbs non-negative.
    const CENTRE: i64;
    /// `U`, what the limbs of a carried element stay below.
    const U: i64 = 1 << 28;
    /// How many times `N·U²` a column may hold.
    const CAPACITY: i64;
    /// The terms of `p + 1 = Σ sign·2^(BITS·limb + shift)`: limb, shift, sign.
    const TERMS: [(usize, u32, i64); 4];
    /// The prime.
    const P: Words;
    /// `R² mod p`, in limbs from 0 to `2^BITS`.
    const R2: [i64; N];

    /// The columns of `a·b`.
    type Product: Columns<N>;
    fn product(a: &[i64; N], b: &[i64; N]) -> Self::Product;

    /// `columns / R` modulo the prime, in carried limbs.
    fn reduce(columns: &impl Columns<N>) -> [i64; N];
}

/// A sum of limb products (and more) for each power of `2^BITS`, uncarried, made only when asked for.
///
/// Columns `0..N` carry products only; what is added to column `N + i` is added to limb `i` of the reduced result.
pub(crate) trait Columns<const N: usize> {
    fn at<const K: usize>(&self) -> i64;
}

/// Column `K` of the product of `a` and `b`: `Σ a[i]·b[K-i]`, modulo 2^64.
#[inline(always)]
pub(crate) fn column<const N: usize, const K: usize>(a: &[i64; N], b: &[i64; N]) -> i64 {
    let end = if K < N { K + 1 } else { N };
    let mut sum = 0i64;
    let mut i = if K < N { 0 } else { K - N + 1 };
    while i < end {
        sum = sum.wrapping_add(a[i].wrapping_mul(b[K - i]));
        i += 1;
    }
    sum
}

/// The columns of `a·b`, each limb product once.
pub(crate) struct Schoolbook<const N: usize>(pub(crate) [i64; N], pub(crate) [i64; N]);

impl<const N: usize> Columns<N> for Schoolbook<N> {
    #[inline(always)]
    fn at<const K: usize>(&self) -> i64 {
        column::<N, K>(&self.0, &self.1)
    }
}

/// The columns of `c·a²` for the limbs of `a`, `c·a` and `2c·a`: half the limb products of a multiplication.
struct Square<const N: usize> {
    a: [i64; N],
    once: [i64; N],
    twice: [i64; N],
}

impl<const N: usize> Square<N> {
    #[inline(always)]
    fn new(a: &[i64; N], factor: i64) -> Self {
        Self { a: *a, once: a.map(|limb| limb * factor), twice: a.map(|limb| limb * (2 * factor)) }
    }
}

impl<const N: usize> Columns<N> for Square<N> {
    #[inline(always)]
    fn at<const K: usize>(&self) -> i64 {
        let mut sum = 0;
        let mut i = if K < N { 0 } else { K - N + 1 };
        while 2 * i < K && i < N {
            sum += self.twice[i] * self.a[K - i];
            i += 1;
        }
        if 2 * i == K && i < N {
            sum += self.once[i] * self.a[i];
        }
        sum
    }
}

/// The columns of one thing less those of another.
struct Less<A, B>(A, B);

impl<const N: usize, A: Columns<N>, B: Columns<N>> Columns<N> for Less<A, B> {
    #[inline(always)]
    fn at<const K: usize>(&self) -> i64 {
        self.0.at::<K>() - self.1.at::<K>()
    }
}

/// The columns of `R·a`: in effect `a` joins the reduced result, and is carried with it.
struct Reduced<const N: usize>([i64; N]);

impl<const N: usize> Columns<N> for Reduced<N> {
    #[inline(always)]
    fn at<const K: usize>(&self) -> i64 {
        if K < N { 0 } else { self.0[K - N] }
    }
}

/// What the digits of the columns below `K` add to column `K`: for each term of the prime, a shifted digit.
#[inline(always)]
pub(crate) fn fold<F: Field<N>, const N: usize, const K: usize>(digits: &[i64; N]) -> i64 {
    let mut sum = 0;
    let mut t = 0;
    while t < 4 {
        let (limb, shift, sign) = F::TERMS[t];
        if K >= limb && K - limb < N {
            sum += (digits[K - limb] << shift) * sign;
        }
        t += 1;
    }
    sum
}

/// The body of [`Field::reduce`], unrolled: columns that become digits, columns that become limbs, and the top one.
macro_rules! reduce_columns {
    ($field:ty, $n:literal, $columns:ident, [$($low:literal)*], [$($high:literal)*], $top:literal) => {{
        const MASK: i64 = (1 << <$field>::BITS) - 1;
        let mut digits = [0i64; $n];
        let mut out = [0i64; $n];
        let mut carry = 0i64;
        $(
            let sum = carry + fold::<$field, $n, $low>(&digits) + $columns.at::<$low>();
            digits[$low] = sum & MASK;
            carry = sum >> <$field>::BITS;
        )*
        $(
            let sum = carry + fold::<$field, $n, $high>(&digits) + $columns.at::<$high>() + <$field>::CENTRE;
            out[$high - $n] = (sum & MASK) - <$field>::CENTRE;
            carry = sum >> <$field>::BITS;
        )*
        out[$n - 1] = carry + fold::<$field, $n, $top>(&digits) + $columns.at::<$top>();
        out
    }};
}
pub(crate) use reduce_columns;

/// An element of the field `F`.
///
/// What the formulas of [`point`](crate::point) use is compiled for speed, into each place of its use. The rest is
/// compiled once, most of it for both fields, as it runs a few times a verification.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Element<F, const N: usize>(pub(crate) [i64; N], PhantomData<F>);

impl<F: Field<N>, const N: usize> Element<F, N> {
    pub(crate) const fn new(limbs: [i64; N]) -> Self {
        Self(limbs, PhantomData)
    }

    #[inline(always)]
    fn zip(&self, other: &Self, f: impl Fn(i64, i64) -> i64) -> Self {
        Self::new(core::array::from_fn(|i| f(self.0[i], other.0[i])))
    }

    /// Widths and values add.
    #[inline(always)]
    pub(crate) fn add(&self, other: &Self) -> Self {
        self.zip(other, |a, b| a + b)
    }

    /// Widths and values add (except that non-negative limbs of one width have a difference of that width).
    #[inline(always)]
    pub(crate) fn sub(&self, other: &Self) -> Self {
        self.zip(other, |a, b| a - b)
    }

    /// The width and the value are multiplied.
    #[inline(always)]
    pub(crate) fn times(&self, factor: i64) -> Self {
        Self::new(self.0.map(|limb| limb * factor))
    }

    /// `self + factor·other`: for what is not hot, one function in place of [`Self::add`], [`Self::sub`] and
    /// [`Self::times`].
    #[inline(never)]
    pub(crate) fn plus(&self, factor: i64, other: &Self) -> Self {
        self.zip(other, |a, b| a + factor * b)
    }

    /// The least `k` for which this is `k` wide.
    fn width(&self) -> i64 {
        let largest = self.0.iter().map(|limb| limb.abs()).max().unwrap_or(0);
        (largest + F::U - 1) / F::U
    }

    /// `self = self·b`, of the product of the widths.
    #[inline(never)]
    pub(crate) fn mul_assign(&mut self, b: &Self) {
        debug_assert!(self.width() * b.width() <= F::CAPACITY);
        self.0 = F::reduce(&F::product(&self.0, &b.0));
    }

    /// `self·b`, of the product of the widths.
    pub(crate) fn mul(&self, b: &Self) -> Self {
        let mut product = *self;
        product.mul_assign(b);
        product
    }

    /// `self = a·b - 8·c²`, one reduction for both; the width is that of the product and eight times that of the
    /// square.
    #[inline(never)]
    pub(crate) fn set_mul_sub_8_square(&mut self, a: &Self, b: &Self, c: &Self) {
        debug_assert!(a.width() * b.width() + 8 * c.width() * c.width() <= F::CAPACITY);
        self.0 = F::reduce(&Less(F::product(&a.0, &b.0), Square::new(&c.0, 8)));
    }

    /// `self²`
    #[inline(never)]
    pub(crate) fn square(&self) -> Self {
        debug_assert!(self.width() * self.width() <= F::CAPACITY);
        Self::new(F::reduce(&Square::new(&self.0, 1)))
    }

    /// `self = a² - b`
    #[inline(never)]
    pub(crate) fn set_square_sub(&mut self, a: &Self, b: &Self) {
        debug_assert!(a.width() * a.width() <= F::CAPACITY);
        self.0 = F::reduce(&Less(Square::new(&a.0, 1), Reduced(b.0)));
    }

    /// `R mod p`, one in Montgomery's form.
    pub(crate) fn one() -> Self {
        let mut one = words::ZERO;
        one[0] = 1;
        Self::from_words(&one)
    }

    /// The element of an integer below `2^(BITS·N)`. One wide, and two wide on the way.
    #[inline(never)]
    pub(crate) fn from_words(value: &Words) -> Self {
        let mut out = Self::new([0; N]);
        words::split(value, F::BITS, &mut out.0);
        out.mul_assign(&Self::new(F::R2));
        out
    }

    /// The integer in `0..p`. The value must be within `±R`.
    ///
    /// A product with the plain integer 1 takes the element out of Montgomery's form: `(a + m·p) / R` with `m` in
    /// `0..R` and `|a| < R` is an integer above -1 and at most `p`.
    #[inline(never)]
    pub(crate) fn to_words(mut self) -> Words {
        let mut one = [0; N];
        one[0] = 1;
        self.mul_assign(&Self::new(one));
        let out = words::join(&self.0, F::BITS);
        if words::equal(&out, &F::P) { words::ZERO } else { out }
    }

    /// Whether this is zero modulo the prime. The value must be within `±R`.
    pub(crate) fn is_zero(&self) -> bool {
        words::equal(&self.to_words(), &words::ZERO)
    }

    /// The inverse; zero for zero.
    pub(crate) fn invert(&self) -> Self {
        Self::from_words(&inverse::invert(&self.to_words(), &F::P))
    }
}

#[cfg(test)]
mod tests;
