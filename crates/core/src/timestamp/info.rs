//! TSTInfo (RFC 3161 section 2.4.2): what a timestamp authority states.
//!
//! These fields are parsed and not used: policy, serial number, accuracy, ordering, nonce, and the authority's name for
//! itself. The stated time is taken without the accuracy, as other Sigstore clients do. A critical extension is
//! refused.

use super::cms::{expect_version, malformed, read_hash};
use crate::crypto::Digest;
use crate::encoding::der::{Reader, tag};
use crate::encoding::time::Time;
use crate::error::Result;

/// What was stamped, and when.
pub(super) struct TstInfo {
    /// The digest of what was stamped. `None` if it is not a SHA-2 digest.
    pub(super) imprint: Option<Digest>,
    /// The time.
    pub(super) time: Time,
}

/// Reads a TSTInfo.
pub(super) fn parse(content: &[u8]) -> Result<TstInfo> {
    let mut whole = Reader::new(content);
    let mut r = whole.open(tag::SEQUENCE)?;
    expect_version(&mut r, 1)?;
    r.expect(tag::OID)?;
    let imprint = read_imprint(r.open(tag::SEQUENCE)?)?;
    // An INTEGER of up to 160 bits. It may be negative, because authorities in use issue negative ones.
    r.integer()?;
    let time = r.generalized_time()?;
    if let Some(accuracy) = r.optional(tag::SEQUENCE)? {
        read_accuracy(Reader::new(accuracy.content))?;
    }
    if let Some(ordering) = r.optional(tag::BOOLEAN)?
        && ordering.content != [0xff]
    {
        return Err(malformed("ordering left out or TRUE", "another value"));
    }
    if r.peek() == Some(tag::INTEGER) {
        // The nonce, which may be any integer.
        r.integer()?;
    }
    if let Some(name) = r.optional(tag::context(0))? {
        let mut name = Reader::new(name.content);
        name.element()?;
        name.end()?;
    }
    if let Some(extensions) = r.optional(tag::context(1))? {
        read_extensions(Reader::new(extensions.content))?;
    }
    r.end()?;
    whole.end()?;
    Ok(TstInfo { imprint, time })
}

fn read_imprint(mut r: Reader<'_>) -> Result<Option<Digest>> {
    let algorithm = read_hash(r.open(tag::SEQUENCE)?)?;
    let digest = r.expect(tag::OCTET_STRING)?.content;
    let imprint = match algorithm {
        None => None,
        Some(algorithm) => Some(Digest::from_bytes(algorithm, digest).map_err(|_| {
            malformed(format_args!("a {} imprint", algorithm.name()), format_args!("{} bytes", digest.len()))
        })?),
    };
    r.end()?;
    Ok(imprint)
}

fn read_accuracy(mut r: Reader<'_>) -> Result<()> {
    if r.peek() == Some(tag::INTEGER) {
        r.integer()?;
    }
    r.optional(tag::context_primitive(0))?;
    r.optional(tag::context_primitive(1))?;
    r.end()
}

fn read_extensions(mut list: Reader<'_>) -> Result<()> {
    while !list.is_empty() {
        let mut r = list.open(tag::SEQUENCE)?;
        r.expect(tag::OID)?;
        if r.optional(tag::BOOLEAN)?.is_some() {
            return Err(malformed("no critical extension", "one"));
        }
        r.expect(tag::OCTET_STRING)?;
        r.end()?;
    }
    Ok(())
}
