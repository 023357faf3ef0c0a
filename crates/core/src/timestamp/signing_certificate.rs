//! The signed attribute signing-certificate-v2 (RFC 5035, required by RFC 5816). It identifies the signer's
//! certificate, so that another certificate with the same key cannot replace it.
//!
//! The first ESSCertIDv2 identifies the signer. Policies are ignored. The older attribute signing-certificate uses
//! SHA-1 and is not read.

use super::cms::{malformed, read_hash};
use crate::crypto::{Digest, HashAlgorithm};
use crate::encoding::der::{Element, Reader, tag};
use crate::error::Result;
use crate::x509::certificate::Certificate;

/// What the signer states about its certificate.
pub(super) struct SigningCertificate {
    /// The digest of the certificate. `None` if it is not a SHA-2 digest.
    digest: Option<Digest>,
    /// Its issuer's name (DER) and its serial number (content octets), if stated.
    issuer_and_serial: Option<(Vec<u8>, Vec<u8>)>,
}

impl SigningCertificate {
    /// Parses the attribute's value.
    pub(super) fn parse(value: Element<'_>) -> Result<Self> {
        let mut r = Reader::new(value.whole);
        let mut attribute = r.open(tag::SEQUENCE)?;
        let mut ids = attribute.open(tag::SEQUENCE)?;
        attribute.optional(tag::SEQUENCE)?;
        let first = read_id(ids.open(tag::SEQUENCE)?)?;
        attribute.end()?;
        r.end()?;
        Ok(first)
    }

    /// Whether `certificate` is the one that it identifies.
    pub(super) fn names(&self, certificate: &Certificate) -> bool {
        let digest_matches =
            self.digest.as_ref().is_some_and(|digest| digest.algorithm().digest(certificate.der()) == *digest);
        let issuer_matches = self.issuer_and_serial.as_ref().is_none_or(|(issuer, serial)| {
            certificate.issuer() == issuer.as_slice() && certificate.serial() == serial.as_slice()
        });
        digest_matches && issuer_matches
    }
}

fn read_id(mut r: Reader<'_>) -> Result<SigningCertificate> {
    let algorithm = match r.optional(tag::SEQUENCE)? {
        Some(identifier) => read_hash(Reader::new(identifier.content))?,
        None => Some(HashAlgorithm::Sha256),
    };
    let hash = r.expect(tag::OCTET_STRING)?.content;
    let digest = match algorithm {
        Some(algorithm) => Some(
            Digest::from_bytes(algorithm, hash).map_err(|_| malformed("a certificate's digest", "another length"))?,
        ),
        None => None,
    };
    let issuer_and_serial = if r.is_empty() { None } else { Some(read_issuer_and_serial(r.open(tag::SEQUENCE)?)?) };
    r.end()?;
    Ok(SigningCertificate { digest, issuer_and_serial })
}

/// IssuerSerial (RFC 5035 section 5): one directoryName and the serial number.
fn read_issuer_and_serial(mut r: Reader<'_>) -> Result<(Vec<u8>, Vec<u8>)> {
    let mut names = r.open(tag::SEQUENCE)?;
    let mut name = names.open(tag::context(4))?;
    let issuer = name.expect(tag::SEQUENCE)?.whole;
    name.end()?;
    names.end()?;
    let serial = r.integer()?;
    r.end()?;
    Ok((issuer.to_vec(), serial.to_vec()))
}
