//! Base64 (RFC 4648 sections 4 and 5) in the forms that protobuf-JSON allows: either alphabet, with or without padding.
//! Otherwise strict: no white space, no other characters, and padding bits are zero.

use crate::error::{Code, Error, Result};

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// A value that no character of the alphabets has.
const FOREIGN: u8 = 0xff;

/// The value of each character of either alphabet. [`FOREIGN`] for all others.
const SEXTETS: [u8; 256] = sextets();

#[allow(
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::arithmetic_side_effects,
    reason = "evaluated by the compiler"
)]
const fn sextets() -> [u8; 256] {
    let mut table = [FOREIGN; 256];
    let mut value = 0;
    while value < STANDARD.len() {
        table[STANDARD[value] as usize] = value as u8;
        value += 1;
    }
    table[b'-' as usize] = 62;
    table[b'_' as usize] = 63;
    table
}

fn sextet(character: u8) -> u8 {
    SEXTETS.get(usize::from(character)).copied().unwrap_or(FOREIGN)
}

/// Three bytes from four sextets.
#[inline(always)]
fn join([a, b, c, d]: [u8; 4]) -> [u8; 3] {
    [a << 2 | b >> 4, b << 4 | c >> 2, c << 6 | d]
}

/// Decodes base64 text.
///
/// # Errors
/// `ERR_BASE64_MALFORMED` for another character, a wrong length, wrong padding or non-zero padding bits.
pub fn decode(text: &str) -> Result<Vec<u8>> {
    let bytes = text.as_bytes();
    let data = match bytes {
        [data @ .., b'=', b'='] if bytes.len().is_multiple_of(4) => data,
        [data @ .., b'='] if bytes.len().is_multiple_of(4) => data,
        _ => bytes,
    };
    let (quads, tail) = data.as_chunks::<4>();
    // The whole output, allocated once. The tail has one byte less than characters.
    let mut out = vec![0; quads.len().saturating_mul(3).saturating_add(tail.len().saturating_sub(1))];
    let (slots, end) = out.as_chunks_mut::<3>();
    // Collects the bits of all values. Only [`FOREIGN`] sets the highest bit.
    let mut seen = 0;
    for (slot, quad) in slots.iter_mut().zip(quads) {
        let [a, b, c, d] = *quad;
        let values = [sextet(a), sextet(b), sextet(c), sextet(d)];
        seen |= values[0] | values[1] | values[2] | values[3];
        *slot = join(values);
    }
    seen |= tail.iter().fold(0, |seen, &character| seen | sextet(character));
    if seen & 0x80 != 0 {
        let is_foreign = |character: &char| u8::try_from(*character).map_or(true, |byte| sextet(byte) == FOREIGN);
        let foreign = text.chars().find(is_foreign);
        return Err(malformed("only the 64 characters of the alphabet", &foreign.map_or(String::new(), String::from)));
    }
    let last = match *tail {
        [] => return Ok(out),
        [a, b] => join([sextet(a), sextet(b), 0, 0]),
        [a, b, c] => join([sextet(a), sextet(b), sextet(c), 0]),
        _ => return Err(malformed("a length that groups of four characters can have", &data.len().to_string())),
    };
    let (kept, padding) = last.split_at(end.len());
    if padding.iter().any(|&byte| byte != 0) {
        return Err(malformed("zero bits after the last byte", "other bits"));
    }
    end.copy_from_slice(kept);
    Ok(out)
}

/// Decodes base64 that a person or a shell may have wrapped. Ignores line ends, spaces and tabs. Only for key files and
/// detached signatures, never inside a bundle.
///
/// # Errors
/// As [`decode`].
pub fn decode_wrapped(text: &str) -> Result<Vec<u8>> {
    let mut packed = Vec::with_capacity(text.len());
    for run in text.as_bytes().split(|byte| matches!(byte, b'\n' | b'\r' | b' ' | b'\t')) {
        packed.extend_from_slice(run);
    }
    decode(&String::from_utf8(packed).unwrap_or_default())
}

/// Encodes as base64 with the standard alphabet and padding.
pub fn encode(bytes: &[u8]) -> String {
    // The whole output, allocated once.
    let mut out = vec![b'='; bytes.len().div_ceil(3).saturating_mul(4)];
    let letter = |value: u8| STANDARD.get(usize::from(value & 63)).copied().unwrap_or(b'=');
    let quad = |[a, b, c]: [u8; 3]| [letter(a >> 2), letter(a << 4 | b >> 4), letter(b << 2 | c >> 6), letter(c)];
    let (groups, tail) = bytes.as_chunks::<3>();
    let (quads, _) = out.as_chunks_mut::<4>();
    for (slot, &group) in quads.iter_mut().zip(groups) {
        *slot = quad(group);
    }
    if let (Some([first, second, third, _]), Some((&a, rest))) = (quads.last_mut(), tail.split_first()) {
        [*first, *second, *third, _] = quad([a, rest.first().copied().unwrap_or_default(), 0]);
        if rest.is_empty() {
            *third = b'=';
        }
    }
    String::from_utf8(out).unwrap_or_default()
}

fn malformed(expected: &str, found: &str) -> Error {
    Error::new(Code::Base64Malformed).expected(expected).found(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_what_encode_writes() {
        for length in 0..70u8 {
            let bytes: Vec<u8> = (0..length).map(|i| i.wrapping_mul(37)).collect();
            let text = encode(&bytes);
            assert_eq!(decode(&text).unwrap(), bytes);
            assert_eq!(decode(text.trim_end_matches('=')).unwrap(), bytes);
            assert_eq!(decode(&text.replace('+', "-").replace('/', "_")).unwrap(), bytes);
        }
        assert_eq!(encode(b"foobar"), "Zm9vYmFy");
        assert_eq!(encode(b"foob"), "Zm9vYg==");
    }

    #[test]
    fn refuses_second_spellings() {
        for text in ["Zg=", "Zg===", "Z", "Zh==", "Zm9=", "Zm9v\n", "Zm 9v", "=", "====", "Zg==Zg==", "Zm9vY"] {
            assert_eq!(decode(text).unwrap_err().code(), Code::Base64Malformed, "{text:?}");
        }
        assert_eq!(decode_wrapped(" Zm9v\r\nYg==\n").unwrap(), b"foob");
    }
}
