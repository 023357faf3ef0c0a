//! The `ECDSA-Sig-Value` of RFC 3279, 2.2.3: `SEQUENCE { r INTEGER, s INTEGER }`, in strict DER (X.690, 8.1.3, 8.3,
//! 10.1).

use crate::Error;

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;

/// Splits a DER signature into the big-endian magnitudes of `r` and `s`, without sign octets.
///
/// Accepts only the one DER encoding of two integers that are not negative: lengths have their shortest form, integers
/// have no superfluous leading octets, and nothing follows the sequence or follows `s` inside it. The sequence's length
/// may reach 255, which is far more than P-384 needs. The verification checks that both integers are in the range of
/// the curve.
///
/// # Errors
/// [`Error::SignatureEncoding`] for everything else.
pub fn parse_der_signature(der: &[u8]) -> Result<(&[u8], &[u8]), Error> {
    let (body, rest) = parse_element(SEQUENCE, der)?;
    let (r, after) = parse_element(INTEGER, body)?;
    let (s, end) = parse_element(INTEGER, after)?;
    if !rest.is_empty() || !end.is_empty() {
        return Err(Error::SignatureEncoding);
    }
    Ok((check_magnitude(r)?, check_magnitude(s)?))
}

/// The contents of an element with the given tag, and what follows it.
fn parse_element(tag: u8, der: &[u8]) -> Result<(&[u8], &[u8]), Error> {
    let (len, rest) = match *der {
        [t, len @ ..=0x7f, ref rest @ ..] if t == tag => (len, rest),
        [t, 0x81, len @ 0x80..=0xff, ref rest @ ..] if t == tag => (len, rest),
        _ => return Err(Error::SignatureEncoding),
    };
    rest.split_at_checked(usize::from(len)).ok_or(Error::SignatureEncoding)
}

/// An INTEGER's contents without the sign octet: not empty, not negative, and minimal.
fn check_magnitude(contents: &[u8]) -> Result<&[u8], Error> {
    match contents {
        [0, rest @ ..] if rest.first().is_some_and(|first| *first >= 0x80) => Ok(rest),
        [0x01..=0x7f, ..] | [0] => Ok(contents),
        _ => Err(Error::SignatureEncoding),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    fn parse(der: &[u8]) -> Option<(&[u8], &[u8])> {
        parse_der_signature(der).ok()
    }

    #[test]
    fn takes_the_one_encoding() {
        assert_eq!(parse(&[0x30, 6, 2, 1, 1, 2, 1, 2]), Some((&[1][..], &[2][..])));
        assert_eq!(parse(&[0x30, 6, 2, 1, 0, 2, 1, 0x7f]), Some((&[0][..], &[0x7f][..])));
        assert_eq!(parse(&[0x30, 7, 2, 2, 0, 0x80, 2, 1, 2]), Some((&[0x80][..], &[2][..])));
        let mut long = Vec::from([0x30, 0x81, 133, 2, 127, 1]);
        long.resize(3 + 2 + 127, 9);
        long.extend([2, 2, 0, 0xff]);
        assert_eq!(parse(&long).map(|(r, s)| (r.len(), s)), Some((127, &[0xff][..])));
    }

    #[test]
    fn refuses_every_other() {
        let cases: &[&[u8]] = &[
            &[],
            &[0x30],
            &[0x30, 0],
            &[0x31, 6, 2, 1, 1, 2, 1, 2],
            &[0x30, 6, 2, 1, 1, 3, 1, 2],
            // trailing bytes, outside and inside
            &[0x30, 6, 2, 1, 1, 2, 1, 2, 0],
            &[0x30, 7, 2, 1, 1, 2, 1, 2, 0],
            &[0x30, 9, 2, 1, 1, 2, 1, 2, 2, 1, 3],
            // lengths: short, indefinite, not minimal, two octets
            &[0x30, 5, 2, 1, 1, 2, 1, 2],
            &[0x30, 7, 2, 1, 1, 2, 1, 2],
            &[0x30, 0x80, 2, 1, 1, 2, 1, 2, 0, 0],
            &[0x30, 0x81, 6, 2, 1, 1, 2, 1, 2],
            &[0x30, 0x82, 0, 6, 2, 1, 1, 2, 1, 2],
            &[0x30, 7, 2, 0x81, 1, 1, 2, 1, 2],
            // integers: empty, negative, padded
            &[0x30, 5, 2, 0, 2, 1, 2],
            &[0x30, 5, 2, 1, 1, 2, 0],
            &[0x30, 6, 2, 1, 0x80, 2, 1, 2],
            &[0x30, 7, 2, 2, 0, 0x7f, 2, 1, 2],
            &[0x30, 7, 2, 2, 0, 0, 2, 1, 2],
            &[0x30, 8, 2, 3, 0, 0, 0x80, 2, 1, 2],
        ];
        for case in cases {
            assert_eq!(parse(case), None, "{case:02x?}");
        }
    }
}
