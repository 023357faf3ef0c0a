//! Points and their addition, in Jacobian coordinates: `(X, Y, Z)` is the point `(X/Z², Y/Z³)`.
//!
//! # Exceptional cases
//! The additions here are *incomplete*: they are wrong for `P + P` and for `P - P`. They are also *absorbing*: in both
//! cases they give `Z = 0` modulo the prime, every later doubling or addition keeps `Z = 0` since the new `Z` is a
//! multiple of the old, and without an exceptional case `Z` is never 0, as the group has odd order and no point with
//! `Y = 0`. So a sequence of them is right if and only if its final `Z` is not 0, and a caller looks once, at the end.
//!
//! # Bounds
//! Widths are those of [`field`](crate::field): `X` and `Z` are one wide, `Y` two. `4 wide` beside an operation is its
//! product's width for P-256, where a difference is as wide as both sides together; for P-384, where a difference of
//! non-negative limbs is as wide as one side, it is at most 9. Values, in multiples of the prime: `X` from -3.6 to 2.4,
//! `Y` from -1.5 to 1.5, `Z` from -2.4 to 1.5, and everything on the way within 11, so that top limbs stay narrow.

use crate::curve::Curve;
use crate::field::Element;
use crate::words::Words;
use core::marker::PhantomData;

/// A point other than infinity, in half the memory: limbs up to two wide fit 32 bits. The coordinates lie within 1.2
/// times the prime.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Affine<C, const N: usize> {
    x: [i32; N],
    y: [i32; N],
    curve: PhantomData<C>,
}

/// A point, infinity (or an unnoticed exceptional case) having `Z = 0`.
///
/// Operations are in place and write each coordinate where it belongs: copying an element costs a WebAssembly engine a
/// call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Jacobian<C, const N: usize> {
    pub(crate) x: Element<C, N>,
    pub(crate) y: Element<C, N>,
    pub(crate) z: Element<C, N>,
}

#[inline(never)]
fn narrow(from: &[i64], to: &mut [i32]) {
    for (from, to) in from.iter().zip(to) {
        *to = *from as i32;
    }
}

impl<C: Curve<N>, const N: usize> Affine<C, N> {
    /// From coordinates up to two wide, within the bounds above.
    pub(crate) fn new(x: &Element<C, N>, y: &Element<C, N>) -> Self {
        let mut point = Self { x: [0; N], y: [0; N], curve: PhantomData };
        narrow(&x.0, &mut point.x);
        narrow(&y.0, &mut point.y);
        point
    }

    pub(crate) fn generator() -> Self {
        Self::new(&Element::from_words(&C::G.0), &Element::from_words(&C::G.1))
    }

    /// Both coordinates, for what is not hot.
    #[inline(never)]
    pub(crate) fn coordinates(&self) -> (Element<C, N>, Element<C, N>) {
        (self.x(), self.y(false))
    }

    #[inline(always)]
    pub(crate) fn x(&self) -> Element<C, N> {
        Element::new(self.x.map(i64::from))
    }

    /// The y of the point, or of its negative.
    #[inline(always)]
    pub(crate) fn y(&self, negative: bool) -> Element<C, N> {
        // Without a branch, as signs are not to be predicted: -y = !y + 1.
        let sign = -i64::from(negative);
        Element::new(self.y.map(|limb| (i64::from(limb) ^ sign) - sign))
    }

    /// `y² = x³ - 3x + b`
    #[inline(never)]
    pub(crate) fn is_on_curve(&self) -> bool {
        let (x, y) = self.coordinates();
        let b = Element::from_words(&C::B);
        let right = x.square().plus(-3, &Element::one()).mul(&x).plus(1, &b); // 4 wide
        y.square().plus(-1, &right).is_zero()
    }

    #[inline(never)]
    pub(crate) fn to_jacobian(self, negative: bool) -> Jacobian<C, N> {
        let (x, y) = self.coordinates();
        let y = if negative { y.plus(-2, &y) } else { y };
        Jacobian { x, y, z: Element::one() }
    }
}

impl<C: Curve<N>, const N: usize> Jacobian<C, N> {
    /// `P = 2P`, 3M + 5S: "dbl-2001-b" of the Explicit-Formulas Database (Bernstein, Lange), for `a = -3`. Infinity
    /// stays infinity.
    pub(crate) fn double(&mut self) {
        let delta = self.z.square();
        let gamma = self.y.square(); // 2·2 = 4 wide
        let sum = self.y.add(&self.z);
        self.z.set_square_sub(&sum, &gamma.add(&delta)); // 3·3 = 9 wide
        let mut beta4 = gamma.times(4);
        beta4.mul_assign(&self.x); // 4 wide
        let mut alpha = self.x.sub(&delta);
        alpha.mul_assign(&self.x.add(&delta).times(3)); // 2·6 = 12 wide
        self.x.set_square_sub(&alpha, &beta4.times(2));
        self.y.set_mul_sub_8_square(&alpha, &beta4.sub(&self.x), &gamma); // 1·2 + 8 = 10 wide
    }

    /// `P = P ± Q`, 8M + 3S: the mixed addition of Cohen, Miyaji, Ono, "Efficient elliptic curve exponentiation using
    /// mixed coordinates" (1998), 3.3. Gives `Z = 0` for `P = ±Q` and for `P` infinity.
    ///
    /// `U2 = x·Z1²`, `S2 = y·Z1³`, `H = U2 - X1`, `r = S2 - Y1`, `X3 = r² - H³ - 2·X1·H²`,
    /// `Y3 = r·(X1·H² - X3) - Y1·H³`, `Z3 = Z1·H`. The curve's coefficients do not occur.
    pub(crate) fn add_affine(&mut self, q: &Affine<C, N>, negative: bool) {
        let mut zz = self.z.square();
        let (mut h, mut r) = (q.x(), q.y(negative));
        h.mul_assign(&zz);
        h = h.sub(&self.x);
        zz.mul_assign(&self.z);
        r.mul_assign(&zz); // 2 wide
        r = r.sub(&self.y);
        self.z.mul_assign(&h); // 2 wide
        let mut hh = h.square(); // 2·2 = 4 wide
        h.mul_assign(&hh); // 2 wide
        hh.mul_assign(&self.x);
        let (hhh, v) = (h, hh);
        self.x.set_square_sub(&r, &hhh.add(&v.times(2))); // 3·3 = 9 wide
        self.y.mul_assign(&hhh); // 2 wide
        r.mul_assign(&v.sub(&self.x)); // 3·2 = 6 wide
        self.y = r.sub(&self.y);
    }

    /// `P + Q` in every case, for `P` not infinity; nothing stands for infinity.
    #[inline(never)]
    pub(crate) fn add_complete(&self, q: &Affine<C, N>) -> Option<Self> {
        let mut sum = *self;
        sum.add_affine(q, false);
        if !sum.z.is_zero() {
            return Some(sum);
        }
        // The same x: one point and itself, or and its negative.
        let (_, y) = q.coordinates();
        if !y.mul(&self.z.square().mul(&self.z)).plus(-1, &self.y).is_zero() {
            return None;
        }
        sum = *self;
        sum.double();
        Some(sum)
    }

    /// Whether the point's affine x is the integer `x`: `x·Z² = X`, without a division. The point is not infinity.
    #[inline(never)]
    pub(crate) fn has_x(&self, x: &Words) -> bool {
        Element::from_words(x).mul(&self.z.square()).plus(-1, &self.x).is_zero()
    }
}

#[cfg(test)]
mod tests;
