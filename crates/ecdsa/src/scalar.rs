//! Integers modulo a curve's order: only what the two factors `u1 = e/s` and `u2 = r/s` need (SEC 1, 4.1.4).

use crate::inverse;
use crate::words::{self, Words};

/// The order of a curve's group, and what Montgomery multiplication modulo it needs.
pub(crate) struct Order {
    pub(crate) modulus: Words,
    /// `2^(64·len) mod modulus`, `len` the number of words in use.
    pub(crate) r2: Words,
    /// 8 or 12.
    pub(crate) len: usize,
}

impl Order {
    /// A signature's `r` or `s`: an integer in `1..modulus`, big-endian.
    pub(crate) fn scalar(&self, bytes: &[u8]) -> Option<Words> {
        let value = words::from_be_bytes(bytes)?;
        (value != words::ZERO && words::less(&value, &self.modulus)).then_some(value)
    }

    /// The digest as an integer modulo the order: its leftmost bits, as many as the order has (both orders fill their
    /// words, so these are whole bytes), reduced (SEC 1, 4.1.4 step 3; FIPS 186-5, 6.4.2 step 2).
    pub(crate) fn digest(&self, digest: &[u8]) -> Words {
        let leftmost = digest.get(..4 * self.len).unwrap_or(digest);
        let value = words::from_be_bytes(leftmost).unwrap_or(words::ZERO);
        if words::less(&value, &self.modulus) { value } else { words::sub(&value, &self.modulus) }
    }

    /// `(e/s, r/s)` modulo the order.
    pub(crate) fn factors(&self, e: &Words, r: &Words, s: &Words) -> (Words, Words) {
        let w = self.mul(&inverse::invert(s, &self.modulus), &self.r2);
        (self.mul(e, &w), self.mul(r, &w))
    }

    /// `a·b / 2^(32·len)` modulo the order, for `a` and `b` below it: Montgomery's product, operand by operand (CIOS in
    /// Koç, Acar, Kaliski, "Analyzing and comparing Montgomery multiplication algorithms").
    fn mul(&self, a: &Words, b: &Words) -> Words {
        let negative_inverse = inverse::invert_word(self.modulus[0]).wrapping_neg();
        let mut t = [0u32; 14];
        for &factor in &a[..self.len] {
            add_product(&mut t, factor, b, self.len);
            let m = t[0].wrapping_mul(negative_inverse);
            add_product(&mut t, m, &self.modulus, self.len);
            t.copy_within(1.., 0);
            t[13] = 0;
        }
        // t < 2·modulus, one bit above the words in use.
        let mut out = words::ZERO;
        out[..self.len].copy_from_slice(&t[..self.len]);
        if t[self.len] != 0 || !words::less(&out, &self.modulus) {
            out = words::sub(&out, &self.modulus);
            out[self.len..].fill(0);
        }
        out
    }
}

/// `t += factor·b`
fn add_product(t: &mut [u32; 14], factor: u32, b: &Words, len: usize) {
    let mut carry = 0u64;
    for i in 0..len {
        carry += u64::from(t[i]) + u64::from(factor) * u64::from(b[i]);
        t[i] = carry as u32;
        carry >>= 32;
    }
    carry += u64::from(t[len]);
    t[len] = carry as u32;
    t[len + 1] += (carry >> 32) as u32;
}
