//! Estimates a decimal number from below, in 128 bits, and says which double is nearest where the estimate is enough.
//!
//! The standard library does the same with a table of 10 KB, which does not compress. The powers are computed here.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "exponents below 2000, shifts below 128, and products of half words in double words"
)]

/// A positive number that is not above the true one: `fraction` / 2^128 · 2^`exponent`. The highest bit is set.
#[derive(Clone, Copy)]
struct Lower {
    fraction: u128,
    exponent: i64,
}

/// The greatest double that is not above the estimate.
pub(super) struct Estimate {
    pub(super) below: f64,
    /// Whether the number is nearer to `below` than to the next double. If this is unknown, the number is near the
    /// middle of the two.
    pub(super) is_below_middle: Option<bool>,
}

const ONE_FIFTH: Lower = Lower { fraction: 0xcccc_cccc_cccc_cccc_cccc_cccc_cccc_cccc, exponent: -2 };
const FIVE: Lower = Lower { fraction: 5 << 125, exponent: 3 };

/// How much a fraction may be too small. Each product loses less than 8 units, each square doubles what was lost, and an
/// exponent is below 400: together less than 2^13.
const LOST: u128 = 1 << 20;

/// The bits of a fraction that a normal double does not have.
const CUT: i64 = 128 - 53;

/// The exponent of the smallest normal double, in the terms of [`Lower`].
const SMALLEST_NORMAL: i64 = -1021;

/// The estimate of `digits` · 10^`scale`. `digits` is not zero, and `scale` is between -400 and 400. With `cut`, further
/// digits follow, and `digits` has 19 digits or more. `None` if the nearest double is infinite.
pub(super) fn estimate(digits: u64, scale: i64, cut: bool) -> Option<Estimate> {
    let mut lower = Lower::from(digits).times(power_of_five(scale));
    lower.exponent += scale;
    // The digits that follow change a number of 19 digits by less than 10^-18, which is less than 2^-59.
    let lost = if cut { LOST + (lower.fraction >> 59) } else { LOST };
    let missing = (SMALLEST_NORMAL - lower.exponent).max(0);
    let shift = u32::try_from(CUT + missing).ok()?;
    let significand = lower.fraction.checked_shr(shift).unwrap_or(0);
    let rest = lower.fraction - significand.checked_shl(shift).unwrap_or(0);
    // One that does not fit into 128 bits is larger than every rest.
    let half = 1u128.checked_shl(shift - 1).unwrap_or(u128::MAX);
    let is_below_middle = match rest.checked_add(lost) {
        Some(most) if most < half => Some(true),
        _ if rest > half => Some(false),
        _ => None,
    };
    // The highest bit of a normal significand adds one to the field of the exponent, which is at most 2046.
    let field = u64::try_from((lower.exponent - SMALLEST_NORMAL).max(0)).ok()?;
    let below = f64::from_bits((field << 52) + u64::try_from(significand).ok()?);
    (field < 2046).then_some(Estimate { below, is_below_middle })
}

impl From<u64> for Lower {
    fn from(value: u64) -> Self {
        let zeros = u128::from(value).leading_zeros();
        Self { fraction: u128::from(value) << zeros, exponent: 128 - i64::from(zeros) }
    }
}

impl Lower {
    fn times(self, other: Self) -> Self {
        let product = high(self.fraction, other.fraction);
        let zero = product.leading_zeros();
        Self { fraction: product << zero, exponent: self.exponent + other.exponent - i64::from(zero) }
    }
}

/// The high half of a product, less at most three.
fn high(a: u128, b: u128) -> u128 {
    const LOW: u128 = (1 << 64) - 1;
    let (a_high, b_high) = (a >> 64, b >> 64);
    a_high * b_high + ((a_high * (b & LOW)) >> 64) + (((a & LOW) * b_high) >> 64)
}

fn power_of_five(exponent: i64) -> Lower {
    let base = if exponent < 0 { ONE_FIFTH } else { FIVE };
    let bits = exponent.unsigned_abs();
    let mut power = Lower::from(1);
    for at in (0..u64::BITS - bits.leading_zeros()).rev() {
        power = power.times(power);
        if bits >> at & 1 == 1 {
            power = power.times(base);
        }
    }
    power
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_number_near_a_middle_is_left_undecided() {
        for (digits, scale, is_decided) in [
            (5, -324, true),
            (1, -323, true),
            (22_250_738_585_072_011, -324, true),
            (17_976_931_348_623_157, 292, true),
            (3_141_592_653_589_793_238, -18, true),
            (123_456_789_012_345_678, 0, true),
            // 2^53 + 1 is the middle itself.
            (9_007_199_254_740_993, 0, false),
            (9_007_199_254_740_993_000, -3, false),
        ] {
            let Estimate { below, is_below_middle } = estimate(digits, scale, false).unwrap();
            let nearest: f64 = format!("{digits}e{scale}").parse().unwrap();
            assert_eq!(is_below_middle.is_some(), is_decided, "{digits}e{scale}");
            let is_below = is_below_middle.unwrap_or(nearest == below);
            assert_eq!(if is_below { below } else { below.next_up() }, nearest, "{digits}e{scale}");
        }
        assert!(estimate(2, 308, false).is_none() && estimate(18, 307, false).is_none());
    }
}
