//! Arithmetic modulo an odd number of any width, in Montgomery's form (Montgomery 1985; the word-by-word product is
//! CIOS of Koç, Acar and Kaliski 1996).
//!
//! Numbers are little-endian words of 32 bits, as many as the modulus has, and always below it. With `R` = 2^(32n) for
//! `n` words, a number `a` stands as `a·R mod m`, except where a function says otherwise.

use alloc::vec;
use alloc::vec::Vec;

/// A number, least significant word first.
pub(crate) type Words = Vec<u32>;

/// An odd modulus above 1, and what is computed once for it.
pub(crate) struct Modulus {
    words: Words,
    /// -1/m modulo 2^32.
    inverse: u32,
    /// 1 in Montgomery's form: `R mod m`.
    one: Words,
    /// `R² mod m`.
    square: Words,
}

impl Modulus {
    /// From big-endian bytes; nothing if it is even or below 3.
    pub(crate) fn new(bytes: &[u8]) -> Option<Self> {
        let bytes = trim(bytes);
        let words = from_be_bytes(bytes, bytes.len().div_ceil(4))?;
        let lowest = *words.first()?;
        if lowest & 1 == 0 || bytes == [1] {
            return None;
        }
        // Newton's iteration doubles the number of right bits, from three on.
        let mut inverse = lowest;
        for _ in 0..4 {
            inverse = inverse.wrapping_mul(2u32.wrapping_sub(lowest.wrapping_mul(inverse)));
        }
        let width = words.len();
        let mut modulus = Self { words, inverse: inverse.wrapping_neg(), one: Vec::new(), square: Vec::new() };
        // The highest power of two below m, doubled up to 2^(32n) = R.
        let bits = bytes.len() * 8 - bytes[0].leading_zeros() as usize;
        let mut power = vec![0; width];
        power[(bits - 1) / 32] = 1 << ((bits - 1) % 32);
        for _ in bits - 1..width * 32 {
            power = modulus.add(&power, &power);
        }
        modulus.one = power;
        // 2 in Montgomery's form, raised to 32n: 2^(32n)·R = R².
        let two = modulus.add(&modulus.one, &modulus.one);
        modulus.square = modulus.pow(&two, &((width * 32) as u32).to_be_bytes());
        Some(modulus)
    }

    /// Words of a number.
    fn width(&self) -> usize {
        self.words.len()
    }

    /// 0.
    pub(crate) fn zero(&self) -> Words {
        vec![0; self.width()]
    }

    /// 1.
    pub(crate) fn one(&self) -> &Words {
        &self.one
    }

    /// The big-endian integer `bytes`; nothing if it is not below the modulus. Leading zeros are allowed.
    pub(crate) fn parse(&self, bytes: &[u8]) -> Option<Words> {
        let words = from_be_bytes(bytes, self.width()).filter(|words| less(words, &self.words))?;
        Some(self.mul(&words, &self.square))
    }

    /// The number out of Montgomery's form, little-endian.
    pub(crate) fn value(&self, a: &Words) -> Words {
        let mut one = self.zero();
        one[0] = 1;
        self.mul(a, &one)
    }

    /// `a + b`
    pub(crate) fn add(&self, a: &Words, b: &Words) -> Words {
        let mut out = Vec::with_capacity(self.width() + 1);
        let mut carry = 0;
        for (a, b) in a.iter().zip(b) {
            let sum = u64::from(*a) + u64::from(*b) + carry;
            out.push(sum as u32);
            carry = sum >> 32;
        }
        out.push(carry as u32);
        self.reduce(out)
    }

    /// `a - b`, as `a + (m - b)`.
    pub(crate) fn sub(&self, a: &Words, b: &Words) -> Words {
        let mut negative = self.words.clone();
        subtract(&mut negative, b);
        self.add(a, &negative)
    }

    /// `a·b/R`, which is the product in Montgomery's form.
    ///
    /// Before each step `t` < 2m, with `n + 1` words. A step adds `a·b_i` and the multiple of m that clears the lowest
    /// word: each sum of a product of words, a word and a carry is at most (2^32-1)² + 2(2^32-1) = 2^64 - 1.
    pub(crate) fn mul(&self, a: &Words, b: &Words) -> Words {
        let width = self.width();
        let mut t = vec![0u32; width + 1];
        for &digit in b {
            let top = add_product(&mut t, a, digit);
            let clearing = t[0].wrapping_mul(self.inverse);
            let top = top + add_product(&mut t, &self.words, clearing);
            t.copy_within(1.., 0);
            t[width] = top;
        }
        self.reduce(t)
    }

    /// `a` to the power of a big-endian exponent.
    pub(crate) fn pow(&self, a: &Words, exponent: &[u8]) -> Words {
        let mut power: Option<Words> = None;
        for bit in bits(exponent) {
            power = power.map(|power| self.mul(&power, &power));
            if bit {
                power = Some(power.map_or_else(|| a.clone(), |power| self.mul(&power, a)));
            }
        }
        power.unwrap_or_else(|| self.one.clone())
    }

    /// `t mod m` for `t` < 2m in `n + 1` words.
    fn reduce(&self, mut t: Words) -> Words {
        let width = self.width();
        if t[width] != 0 || !less(&t[..width], &self.words) {
            subtract(&mut t, &self.words);
        }
        t.truncate(width);
        t
    }
}

/// `t += a·digit` over the words of `a` and one more; gives what left them.
fn add_product(t: &mut [u32], a: &[u32], digit: u32) -> u32 {
    let mut carry = 0;
    let (low, high) = t.split_at_mut(a.len());
    for (t, a) in low.iter_mut().zip(a) {
        let sum = u64::from(*a) * u64::from(digit) + u64::from(*t) + carry;
        *t = sum as u32;
        carry = sum >> 32;
    }
    let sum = u64::from(high[0]) + carry;
    high[0] = sum as u32;
    (sum >> 32) as u32
}

/// `a -= b`, modulo the width of `a`.
fn subtract(a: &mut [u32], b: &[u32]) {
    let mut borrow = false;
    for (i, word) in a.iter_mut().enumerate() {
        let (difference, first) = word.overflowing_sub(b.get(i).copied().unwrap_or(0));
        let (difference, second) = difference.overflowing_sub(u32::from(borrow));
        *word = difference;
        borrow = first | second;
    }
}

/// `a < b`, of one width.
fn less(a: &[u32], b: &[u32]) -> bool {
    a.iter().rev().lt(b.iter().rev())
}

/// The bits of a big-endian integer, highest first.
pub(crate) fn bits(bytes: &[u8]) -> impl Iterator<Item = bool> {
    bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1 == 1))
}

/// A big-endian integer without leading zeros.
pub(crate) fn trim(bytes: &[u8]) -> &[u8] {
    let start = bytes.iter().position(|byte| *byte != 0).unwrap_or(bytes.len());
    &bytes[start..]
}

/// The `N` lowest bytes of a value, big-endian.
pub(crate) fn to_be_bytes<const N: usize>(value: &Words) -> [u8; N] {
    let mut out = [0; N];
    for (slot, byte) in out.iter_mut().rev().zip(value.iter().flat_map(|word| word.to_le_bytes())) {
        *slot = byte;
    }
    out
}

fn from_be_bytes(bytes: &[u8], width: usize) -> Option<Words> {
    let mut words = vec![0; width];
    for (i, &byte) in trim(bytes).iter().rev().enumerate() {
        *words.get_mut(i / 4)? |= u32::from(byte) << (8 * (i % 4));
    }
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use num_bigint::BigUint;
    use proptest::prelude::*;

    fn big(words: &Words) -> BigUint {
        BigUint::new(words.clone())
    }

    /// Odd moduli of one to four words, those near the borders of words among them.
    fn moduli() -> impl Strategy<Value = Vec<u8>> {
        let edge = prop::sample::select(vec![
            vec![3],
            vec![0xff; 4],
            vec![0x80, 0, 0, 1],
            vec![1, 0, 0, 0, 1],
            vec![0xff; 16],
            vec![0xff, 0xff, 0xff, 0xff, 0, 0, 0, 1],
        ]);
        let any = prop::collection::vec(any::<u8>(), 1..17).prop_map(|mut bytes| {
            *bytes.last_mut().unwrap() |= 1;
            if trim(&bytes) == [1] { vec![3] } else { bytes }
        });
        prop_oneof![edge, any]
    }

    /// Numbers in reach of a modulus: its neighbours, small ones, any.
    fn number(modulus: &BigUint, seed: &[u8]) -> BigUint {
        let any = BigUint::from_bytes_be(seed);
        match seed.first().map_or(0, |byte| byte % 4) {
            0 => modulus - 1u8,
            1 => any % 4u8 % modulus,
            _ => any % modulus,
        }
    }

    proptest! {
        #[test]
        fn agrees_with_big_integers(
            bytes in moduli(),
            a in prop::collection::vec(any::<u8>(), 0..20),
            b in prop::collection::vec(any::<u8>(), 0..20),
        ) {
            let m = BigUint::from_bytes_be(&bytes);
            let (a, b) = (number(&m, &a), number(&m, &b));
            let modulus = Modulus::new(&bytes).unwrap();
            let (x, y) = (modulus.parse(&a.to_bytes_be()).unwrap(), modulus.parse(&b.to_bytes_be()).unwrap());
            prop_assert_eq!(big(&modulus.value(&x)), a.clone());
            prop_assert_eq!(big(&modulus.value(&modulus.add(&x, &y))), (&a + &b) % &m);
            prop_assert_eq!(big(&modulus.value(&modulus.sub(&x, &y))), (&a + &m - &b) % &m);
            prop_assert_eq!(big(&modulus.value(&modulus.mul(&x, &y))), &a * &b % &m);
            prop_assert_eq!(big(&modulus.value(&modulus.pow(&x, &b.to_bytes_be()))), a.modpow(&b, &m));
            prop_assert_eq!(big(&modulus.value(modulus.one())), BigUint::from(1u8) % &m);
            prop_assert!(modulus.parse(&m.to_bytes_be()).is_none());
            prop_assert!(modulus.parse(&(&m + &a).to_bytes_be()).is_none());
        }
    }

    #[test]
    fn only_odd_moduli_above_one() {
        for bytes in [&[][..], &[0], &[1], &[0, 1], &[2], &[0xff, 0xfe], &[1, 0, 0, 0, 0]] {
            assert!(Modulus::new(bytes).is_none(), "{bytes:?}");
        }
        assert!(Modulus::new(&[0, 0, 0, 0, 0, 3]).is_some());
    }
}
