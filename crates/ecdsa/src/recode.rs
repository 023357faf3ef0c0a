//! Scalars as signed digits.

use crate::words::{self, Words};

/// The most digits any recoding gives: one for each bit of 384, and a carry.
const MOST: usize = 385;

/// The width of [`sliding`] windows: digits are odd and below `2^(SLIDING-1)`, their odd multiples number
/// [`ODD_MULTIPLES`].
const SLIDING: u32 = 5;

/// A scalar's digits, zeros after the last.
pub(crate) type Digits = [i16; MOST];

/// The odd multiples `1, 3 … 15` that the digits of [`sliding`] ask for.
pub(crate) const ODD_MULTIPLES: usize = 1 << (SLIDING - 2);

/// Digit `i` of `k = Σ digit[i]·2^(width·i)`, from `-2^(width-1) + 1` to `2^(width-1)`, for scalars below `2^bits`.
///
/// There are `bits / width + 1` digits: the last window holds at most `width - 1` bits and a carry, so that nothing is
/// left over.
#[inline(never)]
pub(crate) fn windows(k: &Words, bits: usize, width: u32) -> Digits {
    let mut digits = [0; MOST];
    let mut carry = 0;
    for (i, digit) in digits.iter_mut().enumerate().take(bits / width as usize + 1) {
        let value = words::bits(k, i * width as usize, width) as i32 + carry;
        carry = i32::from(value > 1 << (width - 1));
        *digit = (value - (carry << width)) as i16;
    }
    digits
}

/// `k = Σ digit[i]·2^i` with digits zero or odd, at most one of any five neighbours non-zero: the width-5 non-adjacent
/// form (Solinas, "Efficient arithmetic on Koblitz curves", 2000, algorithm 4, for integers).
#[inline(never)]
pub(crate) fn sliding(k: &Words) -> Digits {
    let mut digits = [0; MOST];
    let mut carry = 0;
    let mut i = 0;
    while i < MOST {
        if words::bits(k, i, 1) == carry {
            i += 1;
            continue;
        }
        let value = words::bits(k, i, SLIDING) + carry;
        carry = value >> (SLIDING - 1) & 1;
        digits[i] = (value as i32 - ((carry as i32) << SLIDING)) as i16;
        i += SLIDING as usize;
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// `Σ digit[i]·2^(step·i)` modulo 2^384.
    fn value(digits: &[i16], step: usize) -> Words {
        let mut out = words::ZERO;
        for &digit in digits.iter().rev() {
            for _ in 0..step {
                out = words::add(&out, &out).0;
            }
            let mut magnitude = words::ZERO;
            magnitude[0] = u32::from(digit.unsigned_abs());
            out = if digit < 0 { words::sub(&out, &magnitude) } else { words::add(&out, &magnitude).0 };
        }
        out
    }

    fn check(k: &Words) {
        let digits = sliding(k);
        assert_eq!(value(&digits, 1), *k);
        assert!(digits.iter().all(|d| *d == 0 || d % 2 != 0 && d.unsigned_abs() < 16));
        for (bits, width) in [384, 256].into_iter().flat_map(|bits| (4..=8).map(move |width| (bits, width))) {
            let mut k = *k;
            k[bits / 32..].fill(0);
            let digits = windows(&k, bits, width);
            let count = bits / width as usize + 1;
            assert_eq!(value(&digits[..count], width as usize), k);
            assert!(digits[count..].iter().all(|d| *d == 0));
            assert!(digits.iter().all(|&d| (-(1 << (width - 1)) + 1..=1 << (width - 1)).contains(&i32::from(d))));
        }
    }

    #[test]
    fn edges() {
        check(&words::ZERO);
        check(&[u32::MAX; 12]);
        for i in 0..384 {
            let mut one = words::ZERO;
            one[i / 32] = 1 << (i % 32);
            check(&one);
            check(&words::sub(&words::ZERO, &one));
            check(&words::sub(&one, &[1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
        }
    }

    proptest! {
        #[test]
        fn any(k: Words) {
            check(&k);
        }
    }
}
