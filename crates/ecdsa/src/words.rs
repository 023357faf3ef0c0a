//! Unsigned integers of up to 384 bits as little-endian 32-bit words, for the steps that are not hot:
//! parsing, comparing, and the borders between bytes, scalars and field elements.
//!
//! A value of a 256-bit curve leaves the upper four words zero, so that one compiled copy serves both curves.

/// 384 bits, least significant word first.
pub(crate) type Words = [u32; 12];

pub(crate) const ZERO: Words = [0; 12];

/// The big-endian integer `bytes`, or nothing when it needs more than 384 bits. Leading zeros are allowed.
#[inline(never)]
pub(crate) fn from_be_bytes(bytes: &[u8]) -> Option<Words> {
    let mut out = ZERO;
    for (i, &byte) in bytes.iter().rev().enumerate() {
        if byte == 0 {
            continue;
        }
        *out.get_mut(i / 4)? |= u32::from(byte) << (8 * (i % 4));
    }
    Some(out)
}

/// `a = b`: one copy of the comparison.
#[inline(never)]
pub(crate) fn equal(a: &Words, b: &Words) -> bool {
    a == b
}

/// `a < b`, of one length.
#[inline(never)]
pub(crate) fn less(a: &[u32], b: &[u32]) -> bool {
    for i in (0..a.len()).rev() {
        if a[i] != b[i] {
            return a[i] < b[i];
        }
    }
    false
}

/// `a + b`, and whether it left 384 bits.
pub(crate) fn add(a: &Words, b: &Words) -> (Words, bool) {
    let mut out = *a;
    let carry = add_product(&mut out, 1, b);
    (out, carry != 0)
}

/// `a - b` modulo 2^384.
pub(crate) fn sub(a: &Words, b: &Words) -> Words {
    let mut out = *a;
    subtract(&mut out, b);
    out
}

#[inline(never)]
fn subtract(a: &mut [u32], b: &[u32]) {
    let mut borrow = 0;
    for (a, b) in a.iter_mut().zip(b) {
        borrow += i64::from(*a) - i64::from(*b);
        *a = borrow as u32;
        borrow >>= 32;
    }
}

/// `a += factor·b`, `a` and `b` being of one length; gives what left it.
///
/// A product of two words, a word and a carry are at most `(2^32-1)² + 2(2^32-1) = 2^64 - 1`.
#[inline(never)]
pub(crate) fn add_product(a: &mut [u32], factor: u32, b: &[u32]) -> u32 {
    let mut carry = 0;
    for (a, b) in a.iter_mut().zip(b) {
        carry += u64::from(*a) + u64::from(factor) * u64::from(*b);
        *a = carry as u32;
        carry >>= 32;
    }
    carry as u32
}

/// `count` bits (at most 32) from bit `from` upwards; bits above 384 read as zero.
pub(crate) fn bits(a: &Words, from: usize, count: u32) -> u32 {
    let word = |i: usize| u64::from(a.get(i).copied().unwrap_or(0));
    let pair = word(from / 32) | word(from / 32 + 1) << 32;
    let mask = (1u64 << count) - 1;
    ((pair >> (from % 32)) & mask) as u32
}

/// The limbs of an integer, of at most 32 bits each, from the lowest on, as many as there is room for.
#[inline(never)]
pub(crate) fn split(a: &Words, width: u32, limbs: &mut [i64]) {
    for (i, limb) in limbs.iter_mut().enumerate() {
        *limb = i64::from(bits(a, width as usize * i, width));
    }
}

/// `Σ limb[i]·2^(width·i)` modulo 2^384, for limbs below 2^62 in absolute value.
#[inline(never)]
pub(crate) fn join(limbs: &[i64], width: u32) -> Words {
    let mut out = ZERO;
    let (mut carry, mut bit) = (0, 0);
    for limb in limbs {
        carry += limb;
        let low = (carry & ((1 << width) - 1)) as u64;
        carry >>= width;
        let spread = low << (bit % 32);
        for (word, part) in out.iter_mut().skip(bit / 32).zip([spread as u32, (spread >> 32) as u32]) {
            *word |= part;
        }
        bit += width as usize;
    }
    out
}
