//! Base64 (RFC 4648 sections 4 and 5) as protobuf-JSON takes it: either alphabet, padding present or
//! absent. One text has one meaning: no white space, no foreign characters, padding bits zero.

use crate::error::{Code, Error, Result};

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn sextet(character: u8) -> Option<u32> {
    let value = match character {
        b'A'..=b'Z' => character.wrapping_sub(b'A'),
        b'a'..=b'z' => character.wrapping_sub(b'a').wrapping_add(26),
        b'0'..=b'9' => character.wrapping_sub(b'0').wrapping_add(52),
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    };
    Some(u32::from(value))
}

/// Decodes base64 text.
///
/// # Errors
/// `ERR_BASE64_MALFORMED` for a foreign character, a wrong length, wrong padding or non-zero padding bits.
pub fn decode(text: &str) -> Result<Vec<u8>> {
    let bytes = text.as_bytes();
    let data = match bytes {
        [data @ .., b'=', b'='] if bytes.len().is_multiple_of(4) => data,
        [data @ .., b'='] if bytes.len().is_multiple_of(4) => data,
        _ => bytes,
    };
    let mut out = Vec::with_capacity(data.len().div_ceil(4).saturating_mul(3));
    for quad in data.chunks(4) {
        let mut group = 0u32;
        for &character in quad {
            let Some(value) = sextet(character) else {
                return Err(malformed("only the 64 characters of the alphabet", &char::from(character).to_string()));
            };
            group = group << 6 | value;
        }
        let (group, length) = match quad.len() {
            4 => (group, 3),
            3 => (group << 6, 2),
            2 => (group << 12, 1),
            _ => return Err(malformed("a length that groups of four characters can have", &data.len().to_string())),
        };
        let [_, decoded @ ..] = group.to_be_bytes();
        let (kept, padding) = decoded.split_at(length);
        if padding.iter().any(|&byte| byte != 0) {
            return Err(malformed("zero bits after the last byte", "other bits"));
        }
        out.extend_from_slice(kept);
    }
    Ok(out)
}

/// Decodes base64 that a person or a shell may have wrapped: line ends, blanks and tabs are passed over.
/// For key files and detached signatures only, never inside a bundle.
///
/// # Errors
/// As [`decode`].
pub fn decode_wrapped(text: &str) -> Result<Vec<u8>> {
    let packed: String = text.chars().filter(|c| !matches!(c, '\n' | '\r' | ' ' | '\t')).collect();
    decode(&packed)
}

/// Encodes as base64 with the standard alphabet and padding.
pub fn encode(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3).saturating_mul(4));
    for group in bytes.chunks(3) {
        let mut word = [0u8; 4];
        for (slot, byte) in word.iter_mut().skip(1).zip(group) {
            *slot = *byte;
        }
        let word = u32::from_be_bytes(word);
        for position in 0..4usize {
            if position > group.len() {
                out.push('=');
            } else {
                let shift = [18u32, 12, 6, 0].get(position).copied().unwrap_or(0);
                let index = usize::try_from(word >> shift & 63).unwrap_or(0);
                out.push(char::from(STANDARD.get(index).copied().unwrap_or(b'=')));
            }
        }
    }
    out
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
