//! Cryptographic Message Syntax (RFC 5652), as far as timestamp tokens use it (RFC 3161 section 2.4.2): signed
//! data with one signer, who signs attributes.
//!
//! Nothing that no signature covers is passed over: certificate revocation lists and unsigned attributes are
//! refused, and the list of digest algorithms must be the signer's one.

use std::fmt;

use crate::crypto::{HashAlgorithm, Scheme};
use crate::encoding::der::{Element, Reader, tag};
use crate::error::{Code, Error, Result};
use crate::limits;
use crate::x509::certificate::Certificate;
use crate::x509::{algorithm, oid};

/// id-signedData, 1.2.840.113549.1.7.2
const SIGNED_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];
/// id-ct-TSTInfo, 1.2.840.113549.1.9.16.1.4
pub(super) const TST_INFO: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x01, 0x04];
/// rsaEncryption, 1.2.840.113549.1.1.1: the hash is the signer's digest algorithm (RFC 5754 section 3.2).
const RSA_ENCRYPTION: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];

/// Signed attributes that are read. Real tokens have four.
const ATTRIBUTES: usize = 32;

/// Signed data: its content and its one signer.
pub(super) struct SignedData<'a> {
    /// The content, of type id-ct-TSTInfo.
    pub(super) content: &'a [u8],
    /// Certificates that came along, DER.
    pub(super) certificates: Vec<&'a [u8]>,
    /// Who signed.
    pub(super) signer: SignerInfo<'a>,
}

/// How the signer's certificate is named.
pub(super) enum SignerId<'a> {
    /// By its issuer's name (DER) and its serial number (content octets).
    IssuerAndSerial(&'a [u8], &'a [u8]),
    /// By its subjectKeyIdentifier.
    KeyId(&'a [u8]),
}

impl SignerId<'_> {
    /// Whether this is `certificate`'s name.
    pub(super) fn names(&self, certificate: &Certificate) -> bool {
        match self {
            Self::IssuerAndSerial(issuer, serial) => certificate.issuer() == *issuer && certificate.serial() == *serial,
            Self::KeyId(id) => certificate.extensions().subject_key_id.as_deref() == Some(*id),
        }
    }
}

/// The signer's part.
pub(super) struct SignerInfo<'a> {
    /// Which certificate signed.
    pub(super) id: SignerId<'a>,
    /// What the content is hashed with; `None` if that is not SHA-2.
    pub(super) digest_algorithm: Option<HashAlgorithm>,
    /// Types and values. No type occurs twice.
    attributes: Vec<(&'a [u8], &'a [u8])>,
    /// The attributes as they are signed: a SET OF (RFC 5652 section 5.4).
    pub(super) signed_bytes: Vec<u8>,
    /// `None` if the algorithm is not accepted, or hashes otherwise than the digest algorithm.
    pub(super) scheme: Option<Scheme>,
    /// The signature over `signed_bytes`.
    pub(super) signature: &'a [u8],
}

impl<'a> SignerInfo<'a> {
    /// The one value of a signed attribute, `None` if the attribute is absent.
    pub(super) fn attribute(&self, kind: &[u8]) -> Result<Option<Element<'a>>> {
        let Some((_, values)) = self.attributes.iter().find(|(found, _)| *found == kind) else { return Ok(None) };
        Reader::new(values).finish(|r| r.element().map(Some))
    }
}

/// Reads a ContentInfo that holds signed data.
pub(super) fn read<'a>(r: &mut Reader<'a>) -> Result<SignedData<'a>> {
    r.nested(tag::SEQUENCE, |r| {
        expect_oid(r, SIGNED_DATA, "signed data")?;
        r.nested(tag::context(0), |r| r.nested(tag::SEQUENCE, read_signed_data))
    })
}

fn read_signed_data<'a>(r: &mut Reader<'a>) -> Result<SignedData<'a>> {
    expect_version(r, 3)?;
    let digest_algorithms = r.nested(tag::SET, |r| Ok(r.expect(tag::SEQUENCE)?.whole))?;
    let content = r.nested(tag::SEQUENCE, |r| {
        expect_oid(r, TST_INFO, "a timestamp as content")?;
        r.nested(tag::context(0), |r| Ok(r.expect(tag::OCTET_STRING)?.content))
    })?;
    let mut certificates = Vec::new();
    if let Some(list) = r.optional(tag::context(0))? {
        let mut list = Reader::new(list.content);
        while !list.is_empty() {
            certificates.push(list.expect(tag::SEQUENCE)?.whole);
            check_count("certificates", certificates.len(), limits::BUNDLE_CERTIFICATES)?;
        }
    }
    let signer = r.nested(tag::SET, |r| r.nested(tag::SEQUENCE, |r| read_signer(r, digest_algorithms)))?;
    Ok(SignedData { content, certificates, signer })
}

fn read_signer<'a>(r: &mut Reader<'a>, digest_algorithms: &[u8]) -> Result<SignerInfo<'a>> {
    let version = r.u64()?;
    let id = match (version, r.peek()) {
        (1, Some(tag::SEQUENCE)) => r.nested(tag::SEQUENCE, |r| {
            Ok(SignerId::IssuerAndSerial(r.expect(tag::SEQUENCE)?.whole, r.expect(tag::INTEGER)?.content))
        })?,
        (3, Some(_)) => SignerId::KeyId(r.expect(tag::context_primitive(0))?.content),
        _ => return Err(malformed("a signer of version 1 by issuer and serial, or 3 by key id", "another")),
    };
    let digest_identifier = r.expect(tag::SEQUENCE)?;
    if digest_identifier.whole != digest_algorithms {
        return Err(malformed("the signer's digest algorithm in the list of digest algorithms", "another"));
    }
    let digest_algorithm = Reader::new(digest_identifier.content).finish(read_hash)?;
    let signed = r.expect(tag::context(0))?;
    let attributes = read_attributes(signed.content)?;
    let mut signed_bytes = signed.whole.to_vec();
    if let Some(first) = signed_bytes.first_mut() {
        *first = tag::SET;
    }
    let scheme = signature_scheme(r.expect(tag::SEQUENCE)?, digest_algorithm)?;
    let signature = r.expect(tag::OCTET_STRING)?.content;
    Ok(SignerInfo { id, digest_algorithm, attributes, signed_bytes, scheme, signature })
}

fn read_attributes(content: &[u8]) -> Result<Vec<(&[u8], &[u8])>> {
    let mut attributes: Vec<(&[u8], &[u8])> = Vec::new();
    let mut r = Reader::new(content);
    while !r.is_empty() {
        let attribute = r.nested(tag::SEQUENCE, |r| Ok((r.expect(tag::OID)?.content, r.expect(tag::SET)?.content)))?;
        if attributes.iter().any(|(kind, _)| *kind == attribute.0) {
            return Err(malformed("each signed attribute once", "one twice"));
        }
        attributes.push(attribute);
        check_count("signed attributes", attributes.len(), ATTRIBUTES)?;
    }
    Ok(attributes)
}

/// The content of an AlgorithmIdentifier of a hash function, without parameters or with NULL (RFC 5754 section 2).
/// `None` if the function is not accepted.
pub(super) fn read_hash(r: &mut Reader<'_>) -> Result<Option<HashAlgorithm>> {
    let algorithm = r.expect(tag::OID)?.content;
    if !r.is_empty() && !r.expect(tag::NULL)?.content.is_empty() {
        return Err(malformed("a hash function without parameters", "parameters"));
    }
    Ok(match algorithm {
        oid::SHA256 => Some(HashAlgorithm::Sha256),
        oid::SHA384 => Some(HashAlgorithm::Sha384),
        oid::SHA512 => Some(HashAlgorithm::Sha512),
        _ => None,
    })
}

/// The scheme of a signatureAlgorithm, which names the hash of the signed attributes; the digest algorithm is that
/// of the content and, for rsaEncryption, of both. Ed25519 signs the attributes themselves (RFC 8419).
fn signature_scheme(identifier: Element<'_>, digest: Option<HashAlgorithm>) -> Result<Option<Scheme>> {
    let mut r = Reader::new(identifier.content);
    if r.expect(tag::OID)?.content == RSA_ENCRYPTION {
        if !r.is_empty() && r.element()?.whole != [tag::NULL, 0] {
            return Err(malformed("rsaEncryption without parameters", "parameters"));
        }
        return r.finish(|_| Ok(digest.map(Scheme::RsaPkcs1)));
    }
    Ok(algorithm::signature_scheme(identifier.whole).ok())
}

pub(super) fn expect_version(r: &mut Reader<'_>, version: u64) -> Result<()> {
    let found = r.u64()?;
    if found == version { Ok(()) } else { Err(malformed(format_args!("version {version}"), found)) }
}

fn expect_oid(r: &mut Reader<'_>, expected: &[u8], what: &str) -> Result<()> {
    let found = r.expect(tag::OID)?.content;
    if found == expected { Ok(()) } else { Err(malformed(what, oid::dotted(found))) }
}

fn check_count(what: &str, found: usize, limit: usize) -> Result<()> {
    if found <= limit {
        return Ok(());
    }
    Err(Error::new(Code::InputTooLarge).on(what).expected(format_args!("at most {limit}")).found("more"))
}

pub(super) fn malformed(expected: impl fmt::Display, found: impl fmt::Display) -> Error {
    Error::new(Code::TimestampMalformed).expected(expected).found(found)
}
