//! Unsigned integers of up to 384 bits as little-endian 32-bit words, for the steps that are not hot:
//! parsing, comparing, and the borders between bytes, scalars and field elements.
//!
//! A value of a 256-bit curve leaves the upper four words zero, so that one compiled copy serves both curves.

/// 384 bits, least significant word first.
pub(crate) type Words = [u32; 12];

pub(crate) const ZERO: Words = [0; 12];

/// The big-endian integer `bytes`, or nothing when it needs more than 384 bits. Leading zeros are allowed.
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

/// `a < b`
pub(crate) fn less(a: &Words, b: &Words) -> bool {
    a.iter().rev().lt(b.iter().rev())
}

/// `a + b`, and whether it left 384 bits.
pub(crate) fn add(a: &Words, b: &Words) -> (Words, bool) {
    let mut out = ZERO;
    let mut carry = false;
    for i in 0..12 {
        let (sum, first) = a[i].overflowing_add(b[i]);
        let (sum, second) = sum.overflowing_add(u32::from(carry));
        out[i] = sum;
        carry = first | second;
    }
    (out, carry)
}

/// `a - b` modulo 2^384.
pub(crate) fn sub(a: &Words, b: &Words) -> Words {
    let mut out = ZERO;
    let mut borrow = false;
    for i in 0..12 {
        let (difference, first) = a[i].overflowing_sub(b[i]);
        let (difference, second) = difference.overflowing_sub(u32::from(borrow));
        out[i] = difference;
        borrow = first | second;
    }
    out
}

/// `count` bits (at most 32) from bit `from` upwards; bits above 384 read as zero.
pub(crate) fn bits(a: &Words, from: usize, count: u32) -> u32 {
    let word = |i: usize| u64::from(a.get(i).copied().unwrap_or(0));
    let pair = word(from / 32) | word(from / 32 + 1) << 32;
    let mask = (1u64 << count) - 1;
    ((pair >> (from % 32)) & mask) as u32
}
