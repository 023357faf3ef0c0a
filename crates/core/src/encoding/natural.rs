//! Natural numbers of any size, with the few operations that [`super::number`] needs. They have a few dozen words.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "sums and products of words in double words, whose bounds stand beside them"
)]

use std::cmp::Ordering;

/// The greatest power of five that fits into a word, and its exponent.
const FIVES: (u32, u64) = (1_220_703_125, 13);

/// The number of decimal digits that fit into a word.
const DIGITS: usize = 9;

/// Words of 32 bits, the least significant first, the last not zero.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Natural(Vec<u32>);

impl From<u64> for Natural {
    fn from(value: u64) -> Self {
        let mut number = Self(vec![low(value), low(value >> 32)]);
        number.trim();
        number
    }
}

/// The low word of `value`.
fn low(value: u64) -> u32 {
    u32::try_from(value & 0xffff_ffff).unwrap_or(0)
}

impl Natural {
    /// From decimal digits, the most significant first.
    pub(super) fn from_digits(digits: &[u8]) -> Self {
        let mut number = Self(Vec::new());
        for chunk in digits.chunks(DIGITS) {
            // At most nine digits: factor and value are below 10^9.
            let (factor, value) = chunk.iter().fold((1u32, 0u32), |(factor, value), digit| {
                (factor.wrapping_mul(10), value.wrapping_mul(10).wrapping_add(u32::from(*digit)))
            });
            number.multiply_and_add(factor, value);
        }
        number
    }

    fn trim(&mut self) {
        while self.0.pop_if(|last| *last == 0).is_some() {}
    }

    /// Each sum is at most (2^32-1)² + 2^32-1 < 2^64.
    fn multiply_and_add(&mut self, factor: u32, summand: u32) {
        let mut carry = u64::from(summand);
        for word in &mut self.0 {
            let sum = u64::from(*word) * u64::from(factor) + carry;
            *word = low(sum);
            carry = sum >> 32;
        }
        if carry != 0 {
            self.0.push(low(carry));
        }
    }

    /// Multiplies by 5^`exponent`, one word at a time.
    pub(super) fn multiply_by_five_to(&mut self, exponent: u64) {
        let (power, step) = FIVES;
        for _ in 0..exponent / step {
            self.multiply_and_add(power, 0);
        }
        for _ in 0..exponent % step {
            self.multiply_and_add(5, 0);
        }
    }

    /// Multiplies by 2^`count`.
    pub(super) fn shift_left(&mut self, count: u64) {
        if !count.is_multiple_of(32) {
            self.multiply_and_add(1 << (count % 32), 0);
        }
        let zeros = usize::try_from(count / 32).unwrap_or(0);
        self.0.splice(..0, std::iter::repeat_n(0, zeros));
        self.trim();
    }

    pub(super) fn cmp(&self, other: &Self) -> Ordering {
        let longer = self.0.len().cmp(&other.0.len());
        longer.then_with(|| self.0.iter().rev().cmp(other.0.iter().rev()))
    }
}
