//! TSTInfo (RFC 3161 section 2.4.2): what a timestamp authority states.
//!
//! Read and then left aside: the policy, the serial number, the accuracy (the stated time is taken as it is, as
//! other Sigstore clients do), ordering, the nonce and the authority's own name for itself. A critical extension
//! is refused.

use super::cms::{expect_version, malformed, read_hash};
use crate::crypto::Digest;
use crate::encoding::der::{Reader, tag};
use crate::encoding::time::Time;
use crate::error::Result;

/// What was stamped, and when.
pub(super) struct TstInfo {
    /// The digest of what was stamped; `None` if it is not by SHA-2.
    pub(super) imprint: Option<Digest>,
    /// The time.
    pub(super) time: Time,
}

/// Reads a TSTInfo.
pub(super) fn parse(content: &[u8]) -> Result<TstInfo> {
    Reader::new(content).finish(|r| {
        r.nested(tag::SEQUENCE, |r| {
            expect_version(r, 1)?;
            r.expect(tag::OID)?;
            let imprint = r.nested(tag::SEQUENCE, read_imprint)?;
            r.unsigned()?;
            let time = r.generalized_time()?;
            if r.peek() == Some(tag::SEQUENCE) {
                r.nested(tag::SEQUENCE, read_accuracy)?;
            }
            if let Some(ordering) = r.optional(tag::BOOLEAN)?
                && ordering.content != [0xff]
            {
                return Err(malformed("ordering left out or TRUE", "another value"));
            }
            if let Some(nonce) = r.optional(tag::INTEGER)?
                && nonce.content.is_empty()
            {
                return Err(malformed("a nonce", "an empty integer"));
            }
            if let Some(name) = r.optional(tag::context(0))? {
                Reader::new(name.content).finish(Reader::element)?;
            }
            if let Some(extensions) = r.optional(tag::context(1))? {
                read_extensions(extensions.content)?;
            }
            Ok(TstInfo { imprint, time })
        })
    })
}

fn read_imprint(r: &mut Reader<'_>) -> Result<Option<Digest>> {
    let algorithm = r.nested(tag::SEQUENCE, read_hash)?;
    let digest = r.expect(tag::OCTET_STRING)?.content;
    let Some(algorithm) = algorithm else { return Ok(None) };
    let found = || malformed(format_args!("a {} imprint", algorithm.name()), format_args!("{} bytes", digest.len()));
    Digest::from_bytes(algorithm, digest).map(Some).map_err(|_| found())
}

fn read_accuracy(r: &mut Reader<'_>) -> Result<()> {
    r.optional(tag::INTEGER)?;
    r.optional(tag::context_primitive(0))?;
    r.optional(tag::context_primitive(1))?;
    Ok(())
}

fn read_extensions(content: &[u8]) -> Result<()> {
    let mut r = Reader::new(content);
    while !r.is_empty() {
        r.nested(tag::SEQUENCE, |r| {
            r.expect(tag::OID)?;
            if r.optional(tag::BOOLEAN)?.is_some() {
                return Err(malformed("no critical extension", "one"));
            }
            r.expect(tag::OCTET_STRING)
        })?;
    }
    Ok(())
}
