//! Points and their addition, in Jacobian coordinates: `(X, Y, Z)` is the point `(X/Z², Y/Z³)`.
//!
//! # Exceptional cases
//! The additions here are *incomplete*: they are wrong for `P + P` and for `P - P`. They are also *absorbing*: in both cases they give
//! `Z = 0` modulo the prime, every later doubling or addition keeps `Z = 0` since the new `Z` is a multiple of the old, and
//! without an exceptional case `Z` is never 0, as the group has odd order and no point with `Y = 0`. So a sequence of
//! them is right if and only if its final `Z` is not 0, and a caller looks once, at the end.
//!
//! # Bounds
//! Widths are those of [`field`](crate::field); `3 wide` beside an operation means its product's width for P-256, where a
//! difference is as wide as both sides together. For P-384 it is at most that, as differences of non-negative limbs are one
//! wide. Values, in multiples of the prime, by interval arithmetic to a fixed point over all three formulas:
//! `X` in -3.5..2.1, `Y` in -0.5..1.3, `Z` in -2.3..1.3; everything on the way in -8..10.

use crate::curve::Curve;
use crate::field::Element;

/// A point other than infinity; coordinates one wide and between -0.5 and 1.5 times the prime.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Affine<C, const N: usize> {
    pub(crate) x: Element<C, N>,
    pub(crate) y: Element<C, N>,
}

/// A point, infinity (or an unnoticed exceptional case) having `Z = 0`; coordinates one wide.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Jacobian<C, const N: usize> {
    pub(crate) x: Element<C, N>,
    pub(crate) y: Element<C, N>,
    pub(crate) z: Element<C, N>,
}

/// A point to be added more than once, with the powers of its `Z`.
#[derive(Clone, Copy)]
pub(crate) struct Cached<C, const N: usize> {
    point: Jacobian<C, N>,
    zz: Element<C, N>,
    zzz: Element<C, N>,
}

impl<C: Curve<N>, const N: usize> Affine<C, N> {
    pub(crate) fn generator() -> Self {
        Self { x: Element::from_words(&C::G.0), y: Element::from_words(&C::G.1) }
    }

    /// `y² = x³ - 3x + b`
    pub(crate) fn is_on_curve(&self) -> bool {
        let three = Element::one().times(3);
        let b = Element::from_words(&C::B);
        let right = self.x.square().sub(&three).mul_sub(&self.x, &Element::ZERO.sub(&b)); // 4 wide
        self.y.square_sub(&right).is_zero()
    }

    /// `-P`
    pub(crate) fn negate(&self) -> Self {
        Self { x: self.x, y: Element::ZERO.sub(&self.y) }
    }

    pub(crate) fn to_jacobian(self) -> Jacobian<C, N> {
        Jacobian { x: self.x, y: self.y, z: Element::one() }
    }
}

impl<C: Curve<N>, const N: usize> Cached<C, N> {
    /// The point or its negative.
    pub(crate) fn signed(&self, negative: bool) -> Jacobian<C, N> {
        let y = if negative { Element::ZERO.sub(&self.point.y) } else { self.point.y };
        Jacobian { y, ..self.point }
    }
}

impl<C: Curve<N>, const N: usize> Jacobian<C, N> {
    /// `2P`, 3M + 5S: "dbl-2001-b" of the Explicit-Formulas Database (Bernstein), for `a = -3`. Infinity stays infinity.
    pub(crate) fn double(&self) -> Self {
        let delta = self.z.square();
        let gamma = self.y.square();
        let beta4 = self.x.mul(&gamma.times(4)); // 4 wide
        let alpha = self.x.sub(&delta).mul(&self.x.add(&delta).times(3)); // 2·6 = 12 wide
        let x = alpha.square_sub(&beta4.times(2));
        let y = alpha.mul_sub_8_square(&beta4.sub(&x), &gamma); // 1·2 + 8 = 10 wide
        let z = self.y.add(&self.z).square_sub(&gamma.add(&delta)); // 4 wide
        Self { x, y, z }
    }

    /// `P + Q`, 8M + 3S: Cohen, Miyaji, Ono, "Efficient elliptic curve exponentiation using mixed coordinates" (1998), 3.3, with
    /// `Z2 = 1`. Gives `Z = 0` for `P = ±Q` and for `P` infinity.
    pub(crate) fn add_affine(&self, q: &Affine<C, N>) -> Self {
        let zz = self.z.square();
        let h = q.x.mul_sub(&zz, &self.x);
        let zzz = self.z.mul(&zz);
        let r = q.y.mul_sub(&zzz, &self.y);
        self.finish(&h, &r, &self.x, &self.y, self.z.mul(&h))
    }

    /// `P + Q`, 12M + 3S (of 12M + 4S, `Z2²` and `Z2³` being at hand): the same with `Z2`. Gives `Z = 0` for `P = ±Q` and for `P` infinity.
    pub(crate) fn add_cached(&self, q: &Cached<C, N>, negative: bool) -> Self {
        let zz = self.z.square();
        let u = self.x.mul(&q.zz);
        let h = q.point.x.mul_sub(&zz, &u);
        let zzz = self.z.mul(&zz);
        let s = self.y.mul(&q.zzz);
        let qy = if negative { Element::ZERO.sub(&q.point.y) } else { q.point.y };
        let r = qy.mul_sub(&zzz, &s);
        self.finish(&h, &r, &u, &s, self.z.mul(&q.point.z).mul(&h))
    }

    /// Both additions from `H = U2 - U1`, `r = S2 - S1`, `U1`, `S1` and the new `Z`.
    #[inline(always)]
    fn finish(
        &self,
        h: &Element<C, N>,
        r: &Element<C, N>,
        u: &Element<C, N>,
        s: &Element<C, N>,
        z: Element<C, N>,
    ) -> Self {
        let hh = h.square();
        let hhh = h.mul(&hh);
        let v = u.mul(&hh);
        let x = r.square_sub(&hhh.add(&v.times(2)));
        let y = r.mul_sub_mul(&v.sub(&x), s, &hhh); // 2 + 1 = 3 wide
        Self { x, y, z }
    }

    pub(crate) fn to_cached(self) -> Cached<C, N> {
        let zz = self.z.square();
        Cached { point: self, zz, zzz: zz.mul(&self.z) }
    }

    /// `P + Q` in every case, for `P` not infinity; nothing stands for infinity.
    pub(crate) fn add_complete(&self, q: &Affine<C, N>) -> Option<Self> {
        let sum = self.add_affine(q);
        if !sum.z.is_zero() {
            return Some(sum);
        }
        // The same x: one point and itself, or and its negative.
        let zzz = self.z.mul(&self.z.square());
        q.y.mul_sub(&zzz, &self.y).is_zero().then(|| self.double())
    }

    /// Whether the point's affine x is the integer `x`: `x·Z² = X`, without a division. The point is not infinity.
    pub(crate) fn has_x(&self, x: &crate::words::Words) -> bool {
        Element::from_words(x).mul_sub(&self.z.square(), &self.x).is_zero()
    }
}
