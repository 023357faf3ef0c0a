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
    /// `(r, u1, u2)` of a digest and a signature; nothing if `r` or `s` is out of range.
    #[inline(never)]
    pub(crate) fn scalars(&self, digest: &[u8], r: &[u8], s: &[u8]) -> Option<(Words, Words, Words)> {
        let (r, s) = (self.scalar(r)?, self.scalar(s)?);
        let (u1, u2) = self.factors(&self.digest(digest), &r, &s);
        Some((r, u1, u2))
    }

    /// A signature's `r` or `s`: an integer in `1..modulus`, big-endian.
    #[inline(never)]
    fn scalar(&self, bytes: &[u8]) -> Option<Words> {
        let value = words::from_be_bytes(bytes)?;
        (!words::equal(&value, &words::ZERO) && words::less(&value, &self.modulus)).then_some(value)
    }

    /// The digest as an integer modulo the order: its leftmost bits, as many as the order has (both orders fill their
    /// words, so these are whole bytes), reduced (SEC 1, 4.1.4 step 3; FIPS 186-5, 6.4.2 step 2).
    fn digest(&self, digest: &[u8]) -> Words {
        let leftmost = digest.get(..4 * self.len).unwrap_or(digest);
        let value = words::from_be_bytes(leftmost).unwrap_or(words::ZERO);
        if words::less(&value, &self.modulus) { value } else { words::sub(&value, &self.modulus) }
    }

    /// `(e/s, r/s)` modulo the order.
    fn factors(&self, e: &Words, r: &Words, s: &Words) -> (Words, Words) {
        let w = self.mul(&inverse::invert(s, &self.modulus), &self.r2);
        (self.mul(e, &w), self.mul(r, &w))
    }

    /// `a·b / 2^(32·len)` modulo the order, for `a` and `b` below it: Montgomery's product, operand by operand (CIOS in
    /// Koç, Acar, Kaliski, "Analyzing and comparing Montgomery multiplication algorithms").
    #[inline(never)]
    fn mul(&self, a: &Words, b: &Words) -> Words {
        let len = self.len;
        let (b, modulus) = (&b[..len], &self.modulus[..len]);
        let negative_inverse = inverse::invert_word(modulus[0]).wrapping_neg();
        // t < 2·modulus: `len` words and a bit.
        let mut t = words::ZERO;
        let mut top = 0;
        for &factor in &a[..len] {
            top += u64::from(words::add_product(&mut t[..len], factor, b));
            let m = t[0].wrapping_mul(negative_inverse);
            top += u64::from(words::add_product(&mut t[..len], m, modulus));
            t.copy_within(1..len, 0);
            t[len - 1] = top as u32;
            top >>= 32;
        }
        if top != 0 || !words::less(&t, &self.modulus) {
            t = words::sub(&t, &self.modulus);
            t[len..].fill(0);
        }
        t
    }
}
