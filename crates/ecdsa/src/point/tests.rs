//! The formulas' bounds: limbs by running them on the widest coordinates, values by interval arithmetic. That they
//! compute the group law is for [`multiply`](crate::multiply) and the signatures to show.

use super::*;
use crate::p256::P256;
use crate::p384::P384;
use std::vec::Vec;

/// Coordinates `width` wide in several patterns of signs, values up to four times the prime.
fn extremes<C: Curve<N>, const N: usize>(width: i64, signed: bool) -> Vec<Element<C, N>> {
    // The bits of the prime in the top limb.
    let top = 1i64 << (32 * C::ORDER.len - C::BITS as usize * (N - 1));
    let patterns: [fn(usize) -> i64; 4] =
        [|_| 1, |_| -1, |i| if i % 2 == 0 { 1 } else { -1 }, |i| if i % 3 == 0 { -1 } else { 1 }];
    let mut out = Vec::new();
    for pattern in patterns {
        for top in [-4 * top, -top, 0, top, 4 * top] {
            out.push(Element::new(core::array::from_fn(|i| {
                let limb = C::U * width * pattern(i);
                let limb = if signed { limb } else { limb.max(0) - limb.signum().max(0) };
                if i + 1 == N { top } else { limb }
            })));
        }
    }
    out
}

fn is_wide<C: Curve<N>, const N: usize>(a: &Element<C, N>, width: i64) -> bool {
    a.0.iter().all(|limb| limb.abs() <= C::U * width)
}

/// Runs the formulas on all combinations of extreme coordinates. Field operations check widths against the capacity as
/// they go, and every sum for overflow; the results must be as wide as the arguments may be.
fn widths<C: Curve<N>, const N: usize>() {
    let signed = C::CENTRE != 0;
    let carried = extremes::<C, N>(1, signed);
    // The difference of two products.
    let lazy = extremes::<C, N>(if signed { 2 } else { 1 }, true);
    let check = |point: &Jacobian<C, N>| {
        assert!(is_wide(&point.x, 1) && is_wide(&point.y, 2) && is_wide(&point.z, 1));
    };
    for (i, x) in carried.iter().enumerate() {
        for (j, y) in lazy.iter().enumerate() {
            let other = Affine::new(&carried[(i + j) % carried.len()], &lazy[(i * 3 + j) % lazy.len()]);
            for z in &carried {
                let point = Jacobian { x: *x, y: *y, z: *z };
                let mut doubled = point;
                doubled.double();
                check(&doubled);
                for negative in [false, true] {
                    let mut sum = point;
                    sum.add_affine(&other, negative);
                    check(&sum);
                }
            }
        }
    }
}

#[test]
fn widths_p256() {
    widths::<P256, _>();
}

#[test]
fn widths_p384() {
    widths::<P384, _>();
}

/// All values between two multiples of the prime.
#[derive(Clone, Copy)]
struct Interval(f64, f64);

impl Interval {
    fn add(self, b: Self) -> Self {
        Self(self.0 + b.0, self.1 + b.1)
    }

    fn negate(self) -> Self {
        Self(-self.1, -self.0)
    }

    fn sub(self, b: Self) -> Self {
        self.add(b.negate())
    }

    fn either(self, b: Self) -> Self {
        Self(self.0.min(b.0), self.1.max(b.1))
    }

    fn times(self, k: f64) -> Self {
        Self(self.0 * k, self.1 * k)
    }

    /// A product before its reduction.
    fn by(self, b: Self) -> Self {
        let all = [self.0 * b.0, self.0 * b.1, self.1 * b.0, self.1 * b.1];
        Self(all.into_iter().fold(f64::INFINITY, f64::min), all.into_iter().fold(f64::NEG_INFINITY, f64::max))
    }

    fn squared(self) -> Self {
        Self(0.0, (self.0 * self.0).max(self.1 * self.1))
    }

    /// What a reduction makes of it: less than a prime is added.
    fn reduce(self, ratio: f64) -> Self {
        Self(self.0 * ratio, self.1 * ratio + 1.0)
    }

    fn is_within(self, least: f64, most: f64) -> bool {
        self.0 >= least && self.1 <= most
    }
}

/// The stated values are a fixed point: from coordinates within them, each formula leads to coordinates within them.
/// `ratio` is an upper bound of `p/R`.
fn values(ratio: f64) {
    let mul = |a: Interval, b: Interval| a.by(b).reduce(ratio);
    let square = |a: Interval| a.squared().reduce(ratio);
    let sign = |a: Interval| a.either(a.negate());
    let (x, y, z) = (Interval(-3.6, 2.4), Interval(-1.5, 1.5), Interval(-2.4, 1.5));
    let (tx, ty) = (Interval(-1.2, 1.2), Interval(-1.2, 1.2));
    let one = Interval(0.0, 1.0);
    let inside = |x: Interval, y: Interval, z: Interval| {
        assert!(x.is_within(-3.6, 2.4) && y.is_within(-1.5, 1.5) && z.is_within(-2.4, 1.5));
    };
    // Doubling.
    let (delta, gamma) = (square(z), square(y));
    let beta4 = mul(x, gamma.times(4.0));
    let alpha = mul(x.sub(delta), x.add(delta).times(3.0));
    let new_x = square(alpha).sub(beta4.times(2.0));
    let new_y = alpha.by(beta4.sub(new_x)).sub(gamma.squared().times(8.0)).reduce(ratio);
    inside(new_x, new_y, square(y.add(z)).sub(gamma.add(delta)));
    // The addition.
    let add = |x: Interval, y: Interval, (x2, y2): (Interval, Interval)| {
        let zz = square(z);
        let h = mul(x2, zz).sub(x);
        let r = mul(y2, mul(zz, z)).sub(y);
        let hh = square(h);
        let (hhh, v) = (mul(h, hh), mul(hh, x));
        let new_x = square(r).sub(hhh.add(v.times(2.0)));
        (new_x, mul(r, v.sub(new_x)).sub(mul(y, hhh)), mul(z, h))
    };
    let (new_x, new_y, new_z) = add(x, y, (tx, sign(ty)));
    inside(new_x, new_y, new_z);
    // The start of the odd multiples, `P` and `2P` on the other curve.
    let zz = square(z);
    inside(mul(tx, zz), mul(sign(ty), mul(zz, z)), mul(z, z));
    let (other_x, other_y) = (mul(x, one), mul(y, one));
    assert!(other_x.is_within(-1.2, 1.2) && other_y.is_within(-1.2, 1.2));
    // A table's level.
    let slope = sign(ty.sub(ty)).either(square(tx).sub(one).times(3.0));
    let slope = mul(slope, Interval(-0.1, 1.1));
    let new_x = square(slope).sub(mul(tx.add(tx), one));
    let new_y = mul(slope, tx.sub(new_x)).sub(mul(ty, one));
    assert!(new_x.is_within(-1.2, 1.2) && new_y.is_within(-1.2, 1.2));
}

#[test]
fn values_p256() {
    values(1.0 / 32.0);
}

#[test]
fn values_p384() {
    values(1.0 / 256.0);
}
