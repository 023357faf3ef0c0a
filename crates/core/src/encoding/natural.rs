//! Natural numbers of any size, as far as [`super::number`] needs them: a few dozen words.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "sums and products of words in double words, whose bounds stand beside them"
)]

use std::cmp::Ordering;

/// Words of 32 bits, the least significant first, the last not zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Natural(Vec<u32>);

impl From<u64> for Natural {
    fn from(value: u64) -> Self {
        let mut words = Vec::new();
        push(&mut words, value);
        push(&mut words, value >> 32);
        let mut number = Self(words);
        number.trim();
        number
    }
}

/// The low word of `value`.
fn low(value: u64) -> u32 {
    u32::try_from(value & 0xffff_ffff).unwrap_or(0)
}

fn push(words: &mut Vec<u32>, value: u64) {
    words.push(low(value));
}

impl Natural {
    /// From decimal digits, the most significant first.
    pub(super) fn from_digits(digits: &[u8]) -> Self {
        let mut number = Self(Vec::new());
        for digit in digits {
            number.multiply_and_add(10, u32::from(*digit));
        }
        number
    }

    fn trim(&mut self) {
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
    }

    pub(super) fn is_zero(&self) -> bool {
        self.0.is_empty()
    }

    /// The number of bits up to the highest that is set.
    pub(super) fn bits(&self) -> i64 {
        let top = self.0.last().map_or(0, |word| word.leading_zeros());
        i64::try_from(self.0.len()).unwrap_or(i64::MAX).saturating_mul(32).saturating_sub(i64::from(top))
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
            push(&mut self.0, carry);
        }
    }

    /// Multiplies by 10^`exponent`, by a word at a time.
    pub(super) fn multiply_by_ten_to(&mut self, exponent: u64) {
        for _ in 0..exponent / 9 {
            self.multiply_and_add(1_000_000_000, 0);
        }
        for _ in 0..exponent % 9 {
            self.multiply_and_add(10, 0);
        }
    }

    /// Multiplies by 2^`count`.
    pub(super) fn shift_left(&mut self, count: u64) {
        let mut words = vec![0; usize::try_from(count / 32).unwrap_or(0)];
        let mut carry = 0;
        for word in &self.0 {
            let shifted = u64::from(*word) << (count % 32) | carry;
            push(&mut words, shifted);
            carry = shifted >> 32;
        }
        push(&mut words, carry);
        self.0 = words;
        self.trim();
    }

    pub(super) fn cmp(&self, other: &Self) -> Ordering {
        let longer = self.0.len().cmp(&other.0.len());
        longer.then_with(|| self.0.iter().rev().cmp(other.0.iter().rev()))
    }

    pub(super) fn plus(&self, other: &Self) -> Self {
        let mut words = Vec::new();
        let mut carry = 0;
        for at in 0..self.0.len().max(other.0.len()) {
            let word = |number: &Self| number.0.get(at).map_or(0, |word| u64::from(*word));
            let sum = word(self) + word(other) + carry;
            push(&mut words, sum);
            carry = sum >> 32;
        }
        push(&mut words, carry);
        let mut sum = Self(words);
        sum.trim();
        sum
    }

    /// Subtracts `factor` times `other`, which is not greater. Each sum is at most (2^32-1)² + 2^32-1 < 2^64.
    fn subtract_product(&mut self, other: &Self, factor: u64) {
        let (mut carry, mut borrow) = (0, false);
        for (at, word) in self.0.iter_mut().enumerate() {
            let product = other.0.get(at).map_or(0, |word| u64::from(*word)) * factor + carry;
            carry = product >> 32;
            let (difference, first) = word.overflowing_sub(low(product));
            let (difference, second) = difference.overflowing_sub(u32::from(borrow));
            *word = difference;
            borrow = first | second;
        }
        self.trim();
    }

    /// The quotient, which is below 2^32; the remainder stays. Takes two steps or three if the divisor's highest word has
    /// no leading zeros: each subtracts what the leading words promise at least.
    pub(super) fn divide_by(&mut self, divisor: &Self) -> u64 {
        let length = divisor.0.len();
        let above = divisor.0.last().map_or(1, |word| u64::from(*word) + 1);
        let mut quotient = 0;
        while self.cmp(divisor) != Ordering::Less {
            let word = |at: usize| self.0.get(at).map_or(0, |word| u64::from(*word));
            let leading = word(length) << 32 | word(length.saturating_sub(1));
            let least = (leading / above).max(1);
            self.subtract_product(divisor, least);
            quotient += least;
        }
        quotient
    }

    /// The quotient, which is below 2^56; of the remainder is left whether it is zero.
    pub(super) fn divide_in_place(&mut self, divisor: &Self) -> u64 {
        let zeros = divisor.leading_zeros();
        self.shift_left(zeros);
        let mut low = divisor.clone();
        low.shift_left(zeros);
        let mut high = low.clone();
        high.shift_left(32);
        let quotient = self.divide_by(&high);
        quotient << 32 | self.divide_by(&low)
    }

    /// Bits above the highest that is set, in its word.
    pub(super) fn leading_zeros(&self) -> u64 {
        self.0.last().map_or(0, |word| u64::from(word.leading_zeros()))
    }
}
