//! PEM (RFC 7468) as it occurs in practice: several blocks, text between them, any line ends and any line width.

use crate::encoding::base64;
use crate::error::{Code, Error, Result};

/// One block: its label and its DER.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// The label, such as `CERTIFICATE` or `PUBLIC KEY`.
    pub label: String,
    /// The decoded content.
    pub der: Vec<u8>,
}

/// Reads every block of a PEM text, in order.
///
/// # Errors
/// `ERR_PEM_MALFORMED` if there is no block, or if a block does not end with its own label or does not hold base64.
pub fn parse(text: &str) -> Result<Vec<Block>> {
    const BEGIN: &str = "-----BEGIN ";
    const DASHES: &str = "-----";
    let malformed = |expected: &str, found: &str| Error::new(Code::PemMalformed).expected(expected).found(found);
    let mut blocks = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once(BEGIN) {
        let (label, after) =
            after.split_once(DASHES).ok_or_else(|| malformed("a whole BEGIN line", "the end of the text"))?;
        let end = format!("-----END {label}-----");
        let (body, after) = after.split_once(&end).ok_or_else(|| malformed(&end, "the end of the text"))?;
        let der = base64::decode_wrapped(body).map_err(|_| malformed("base64 between the lines", "other text"))?;
        if label.contains(['\n', '\r']) || der.is_empty() {
            return Err(malformed("a label and a body", "an empty block"));
        }
        blocks.push(Block { label: label.to_owned(), der });
        rest = after;
    }
    if blocks.is_empty() {
        return Err(malformed("-----BEGIN …-----", "no such line"));
    }
    Ok(blocks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_have() {
        let text = "# comment\r\n-----BEGIN A-----\r\nZm9v\r\nYg==\r\n-----END A-----\r\n\nx\n-----BEGIN B C-----\nZm9v\n-----END B C-----";
        let blocks = parse(text).unwrap();
        assert_eq!((blocks[0].label.as_str(), blocks[0].der.as_slice()), ("A", b"foob".as_slice()));
        assert_eq!(blocks[1].label, "B C");
    }

    #[test]
    fn refuses_broken_blocks() {
        for text in [
            "",
            "Zm9v",
            "-----BEGIN A-----\nZm9v",
            "-----BEGIN A-----\nZm9v\n-----END B-----",
            "-----BEGIN A-----\n-----END A-----",
            "-----BEGIN A-----\n!!\n-----END A-----",
            "-----BEGIN A",
        ] {
            assert_eq!(parse(text).unwrap_err().code(), Code::PemMalformed, "{text:?}");
        }
    }
}
