//! Lower-case hexadecimal.

use crate::error::{Code, Error, Result};

/// Encodes bytes as lower-case hexadecimal.
pub fn encode(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| DIGITS.get(usize::from(nibble)).copied().unwrap_or(b'0');
    let mut out = Vec::with_capacity(bytes.len().saturating_mul(2));
    for byte in bytes {
        out.extend_from_slice(&[digit(byte >> 4), digit(byte & 15)]);
    }
    String::from_utf8(out).unwrap_or_default()
}

/// Decodes lower-case hexadecimal of even length.
///
/// # Errors
/// `ERR_ENTRY_MALFORMED`, because log entries have hexadecimal text. Other callers replace the code.
pub fn decode(text: &str) -> Result<Vec<u8>> {
    let octets = text.as_bytes().chunks(2).map(|pair| match pair {
        [high, low] => Some(nibble(*high)? << 4 | nibble(*low)?),
        _ => None,
    });
    let mut out = Vec::with_capacity(text.len() / 2);
    for octet in octets {
        out.push(octet.ok_or_else(|| Error::new(Code::EntryMalformed).expected("lower-case hexadecimal").found(text))?);
    }
    Ok(out)
}

fn nibble(character: u8) -> Option<u8> {
    match character {
        b'0'..=b'9' => Some(character.wrapping_sub(b'0')),
        b'a'..=b'f' => Some(character.wrapping_sub(b'a').wrapping_add(10)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways() {
        assert_eq!(encode(&[0, 0x1f, 0xff]), "001fff");
        assert_eq!(decode("001fff").unwrap(), [0, 0x1f, 0xff]);
        for text in ["0", "0g", "0A", "é"] {
            assert!(decode(text).is_err(), "{text}");
        }
    }
}
