//! Cryptographic Message Syntax (RFC 5652), as far as timestamp tokens use it (RFC 3161 section 2.4.2): signed data
//! with one signer, whose signature covers attributes.
//!
//! Parts that no signature covers are not ignored. Certificate revocation lists and unsigned attributes are refused,
//! and the list of digest algorithms must hold the signer's algorithm.

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
/// rsaEncryption, 1.2.840.113549.1.1.1. The hash is that of the signer's digest algorithm (RFC 5754 section 3.2).
const RSA_ENCRYPTION: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];

/// Most signed attributes. Real tokens have four.
const ATTRIBUTES: usize = 32;

/// Signed data: its content and its one signer.
pub(super) struct SignedData<'a> {
    /// The content, of type id-ct-TSTInfo.
    pub(super) content: &'a [u8],
    /// The certificates in the token, DER.
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

/// The signer's part of signed data.
pub(super) struct SignerInfo<'a> {
    /// Which certificate signed.
    pub(super) id: SignerId<'a>,
    /// The algorithm of the content's digest. `None` if it is not SHA-2.
    pub(super) digest_algorithm: Option<HashAlgorithm>,
    /// Types and values. No type occurs twice.
    attributes: Vec<(&'a [u8], &'a [u8])>,
    /// The encoding of the attributes that the signature covers: a SET OF (RFC 5652 section 5.4).
    pub(super) signed_bytes: Vec<u8>,
    /// `None` if the algorithm is not accepted, or does not fit the digest algorithm.
    pub(super) scheme: Option<Scheme>,
    /// The signature over `signed_bytes`.
    pub(super) signature: &'a [u8],
}

impl<'a> SignerInfo<'a> {
    /// The single value of a signed attribute. `None` if the attribute is absent.
    pub(super) fn attribute(&self, kind: &[u8]) -> Result<Option<Element<'a>>> {
        let Some((_, values)) = self.attributes.iter().find(|(found, _)| *found == kind) else { return Ok(None) };
        let mut r = Reader::new(values);
        let value = r.element()?;
        r.end()?;
        Ok(Some(value))
    }
}

/// Reads a ContentInfo that holds signed data.
pub(super) fn read<'a>(r: &mut Reader<'a>) -> Result<SignedData<'a>> {
    let mut info = r.open(tag::SEQUENCE)?;
    expect_oid(&mut info, SIGNED_DATA, "signed data")?;
    let mut explicit = info.open(tag::context(0))?;
    let data = read_signed_data(explicit.open(tag::SEQUENCE)?)?;
    explicit.end()?;
    info.end()?;
    Ok(data)
}

fn read_signed_data(mut r: Reader<'_>) -> Result<SignedData<'_>> {
    expect_version(&mut r, 3)?;
    let mut set = r.open(tag::SET)?;
    let digest_algorithms = set.expect(tag::SEQUENCE)?.whole;
    set.end()?;
    let content = read_content(r.open(tag::SEQUENCE)?)?;
    let mut certificates = Vec::new();
    if let Some(list) = r.optional(tag::context(0))? {
        let mut list = Reader::new(list.content);
        while !list.is_empty() {
            certificates.push(list.expect(tag::SEQUENCE)?.whole);
            check_count("certificates", certificates.len(), limits::BUNDLE_CERTIFICATES)?;
        }
    }
    let mut set = r.open(tag::SET)?;
    let signer = read_signer(set.open(tag::SEQUENCE)?, digest_algorithms)?;
    set.end()?;
    r.end()?;
    Ok(SignedData { content, certificates, signer })
}

/// EncapsulatedContentInfo.
fn read_content(mut r: Reader<'_>) -> Result<&[u8]> {
    expect_oid(&mut r, TST_INFO, "a timestamp as content")?;
    let mut explicit = r.open(tag::context(0))?;
    let content = explicit.expect(tag::OCTET_STRING)?.content;
    explicit.end()?;
    r.end()?;
    Ok(content)
}

fn read_signer<'a>(mut r: Reader<'a>, digest_algorithms: &[u8]) -> Result<SignerInfo<'a>> {
    let version = r.u64()?;
    let id = match (version, r.peek()) {
        (1, Some(tag::SEQUENCE)) => {
            let mut name = r.open(tag::SEQUENCE)?;
            let (issuer, serial) = (name.expect(tag::SEQUENCE)?.whole, name.integer()?);
            name.end()?;
            SignerId::IssuerAndSerial(issuer, serial)
        }
        (3, Some(_)) => SignerId::KeyId(r.expect(tag::context_primitive(0))?.content),
        _ => return Err(malformed("a signer of version 1 by issuer and serial, or 3 by key id", "another")),
    };
    let digest_identifier = r.expect(tag::SEQUENCE)?;
    if digest_identifier.whole != digest_algorithms {
        return Err(malformed("the signer's digest algorithm in the list of digest algorithms", "another"));
    }
    let digest_algorithm = read_hash(Reader::new(digest_identifier.content))?;
    let signed = r.expect(tag::context(0))?;
    let attributes = read_attributes(signed.content)?;
    let scheme = signature_scheme(r.expect(tag::SEQUENCE)?, digest_algorithm)?;
    let signature = r.expect(tag::OCTET_STRING)?.content;
    r.end()?;
    let mut signed_bytes = signed.whole.to_vec();
    if let Some(first) = signed_bytes.first_mut() {
        *first = tag::SET;
    }
    Ok(SignerInfo { id, digest_algorithm, attributes, signed_bytes, scheme, signature })
}

fn read_attributes(content: &[u8]) -> Result<Vec<(&[u8], &[u8])>> {
    let mut attributes: Vec<(&[u8], &[u8])> = Vec::new();
    let mut list = Reader::new(content);
    while !list.is_empty() {
        let mut r = list.open(tag::SEQUENCE)?;
        let (kind, values) = (r.expect(tag::OID)?.content, r.expect(tag::SET)?.content);
        r.end()?;
        if attributes.iter().any(|(known, _)| *known == kind) {
            return Err(malformed("each signed attribute once", "one twice"));
        }
        attributes.push((kind, values));
        check_count("signed attributes", attributes.len(), ATTRIBUTES)?;
    }
    Ok(attributes)
}

/// Reads an AlgorithmIdentifier of a hash function, without parameters or with NULL (RFC 5754 section 2). `None` if the
/// function is not accepted.
pub(super) fn read_hash(mut r: Reader<'_>) -> Result<Option<HashAlgorithm>> {
    let algorithm = r.expect(tag::OID)?.content;
    if !r.is_empty() && !r.expect(tag::NULL)?.content.is_empty() {
        return Err(malformed("a hash function without parameters", "parameters"));
    }
    r.end()?;
    Ok(oid::hash(algorithm))
}

/// The scheme of a signatureAlgorithm. It names the hash of the signed attributes. The digest algorithm is the hash of
/// the content, and with rsaEncryption it is also that of the attributes. Ed25519 signs the attributes themselves (RFC
/// 8419).
fn signature_scheme(identifier: Element<'_>, digest: Option<HashAlgorithm>) -> Result<Option<Scheme>> {
    let mut r = Reader::new(identifier.content);
    if r.expect(tag::OID)?.content == RSA_ENCRYPTION {
        if !r.is_empty() && r.element()?.whole != [tag::NULL, 0] {
            return Err(malformed("rsaEncryption without parameters", "parameters"));
        }
        r.end()?;
        return Ok(digest.map(Scheme::RsaPkcs1));
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
