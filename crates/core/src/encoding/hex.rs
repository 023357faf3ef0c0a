//! Lower-case hexadecimal.

use crate::error::{Code, Error, Result};

/// Encodes bytes as lower-case hexadecimal.
pub fn encode(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|nibble| char::from_digit(u32::from(nibble), 16).unwrap_or('0'))
        .collect()
}

/// Decodes lower-case hexadecimal of even length.
///
/// # Errors
/// `ERR_ENTRY_MALFORMED`, since hexadecimal occurs in log entries; callers elsewhere map it.
pub fn decode(text: &str) -> Result<Vec<u8>> {
    let malformed = || Error::new(Code::EntryMalformed).expected("lower-case hexadecimal").found(text);
    let nibble = |character: u8| match character {
        b'0'..=b'9' => Ok(character.wrapping_sub(b'0')),
        b'a'..=b'f' => Ok(character.wrapping_sub(b'a').wrapping_add(10)),
        _ => Err(malformed()),
    };
    text.as_bytes()
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => Ok(nibble(*high)? << 4 | nibble(*low)?),
            _ => Err(malformed()),
        })
        .collect()
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
