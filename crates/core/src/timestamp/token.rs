//! Timestamp responses (RFC 3161 section 2.4.2): a status and, if it is granted, a token. The token is signed data over
//! a TSTInfo.

use super::cms::{self, SignerId, malformed};
use super::info;
use super::signing_certificate::SigningCertificate;
use crate::crypto::{Digest, Scheme, sha256};
use crate::encoding::der::{Reader, refused_as, tag};
use crate::encoding::hex;
use crate::encoding::time::Time;
use crate::error::{Code, Error, Result};
use crate::x509::certificate::Certificate;
use crate::x509::name;

/// content-type, 1.2.840.113549.1.9.3
const CONTENT_TYPE: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x03];
/// message-digest, 1.2.840.113549.1.9.4
const MESSAGE_DIGEST: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x04];
/// id-aa-signingCertificateV2, 1.2.840.113549.1.9.16.2.47
const SIGNING_CERTIFICATE_V2: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x02, 0x2f];

/// PKIStatus granted and grantedWithMods.
const GRANTED: [u64; 2] = [0, 1];

/// A granted timestamp, as parsed. Its parts belong together. Its signature is not verified.
pub(super) struct Token<'a> {
    /// When it was made, as stated.
    pub(super) time: Time,
    /// The digest of what was stamped. `None` if it is not a SHA-2 digest.
    pub(super) imprint: Option<Digest>,
    /// SHA-256 of the TSTInfo. It is the same for all copies of one statement of an authority.
    pub(super) statement_hash: [u8; 32],
    /// The certificate of the signer, if the token has certificates.
    pub(super) signer: Option<Certificate>,
    /// The other certificates in the token.
    pub(super) others: Vec<Certificate>,
    /// Which certificate signed.
    signer_id: SignerId<'a>,
    /// What the signer says of its certificate.
    pub(super) signing_certificate: Option<SigningCertificate>,
    /// What the signature covers.
    pub(super) signed_bytes: Vec<u8>,
    /// The signature algorithm. `None` if it is not accepted.
    pub(super) scheme: Option<Scheme>,
    /// The signature.
    pub(super) signature: &'a [u8],
}

impl<'a> Token<'a> {
    /// Parses a whole response.
    ///
    /// # Errors
    /// `ERR_TIMESTAMP_MALFORMED`, `ERR_INPUT_TOO_LARGE`.
    pub(super) fn parse(response: &'a [u8]) -> Result<Self> {
        read(response).map_err(|error| match error.code() {
            Code::InputTooLarge | Code::TimestampMalformed | Code::TimestampSignature => error,
            _ => refused_as(Code::TimestampMalformed, Some("timestamp"), "a timestamp response", &error),
        })
    }

    /// Whether `certificate` is the one that the token names as its signer's.
    pub(super) fn is_signed_by(&self, certificate: &Certificate) -> bool {
        self.signer_id.names(certificate)
    }

    /// The signer as the token identifies it, for reports.
    pub(super) fn signer_text(&self) -> String {
        match &self.signer_id {
            SignerId::IssuerAndSerial(issuer, serial) => {
                format!("certificate {} of {}", hex::encode(serial), name::text(issuer))
            }
            SignerId::KeyId(id) => format!("the certificate of key id {}", hex::encode(id)),
        }
    }
}

fn read(response: &[u8]) -> Result<Token<'_>> {
    let mut whole = Reader::new(response);
    let mut r = whole.open(tag::SEQUENCE)?;
    check_status(r.open(tag::SEQUENCE)?)?;
    let data = cms::read(&mut r)?;
    r.end()?;
    whole.end()?;
    let info = info::parse(data.content)?;
    check_content(&data)?;
    let signing_certificate = match data.signer.attribute(SIGNING_CERTIFICATE_V2)? {
        Some(value) => Some(SigningCertificate::parse(value)?),
        None => None,
    };
    let signer_id = data.signer.id;
    let (mut signer, mut others, mut twice) = (None, Vec::new(), false);
    for der in data.certificates {
        let certificate = Certificate::from_der(der)?;
        if signer_id.names(&certificate) {
            twice |= signer.replace(certificate).is_some();
        } else {
            others.push(certificate);
        }
    }
    if twice || (signer.is_none() && !others.is_empty()) {
        return Err(malformed("the signer's certificate once, if certificates come along", "none or several"));
    }
    Ok(Token {
        time: info.time,
        imprint: info.imprint,
        statement_hash: sha256(data.content),
        signer,
        others,
        signer_id,
        signing_certificate,
        signed_bytes: data.signer.signed_bytes,
        scheme: data.signer.scheme,
        signature: data.signer.signature,
    })
}

/// PKIStatusInfo. It must say granted, may have a text, and must not have a failure.
fn check_status(mut r: Reader<'_>) -> Result<()> {
    let status = r.u64()?;
    if !GRANTED.contains(&status) {
        return Err(malformed("the status granted (0 or 1)", status));
    }
    r.optional(tag::SEQUENCE)?;
    r.end()
}

/// Checks the two attributes that every signer signs (RFC 5652 section 5.4): the content's type and its digest.
fn check_content(data: &cms::SignedData<'_>) -> Result<()> {
    let kind = data.signer.attribute(CONTENT_TYPE)?;
    if kind.map(|value| (value.tag, value.content)) != Some((tag::OID, cms::TST_INFO)) {
        return Err(malformed("the content's type as signed attribute", "another or none"));
    }
    let digest = data.signer.attribute(MESSAGE_DIGEST)?;
    let Some(digest) = digest.filter(|value| value.tag == tag::OCTET_STRING) else {
        return Err(malformed("the content's digest as signed attribute", "none"));
    };
    // The digest algorithm itself is not signed. If the content cannot be compared with the attribute, it does not
    // count as signed.
    let holds =
        data.signer.digest_algorithm.map(|algorithm| algorithm.digest(data.content).as_bytes() == digest.content);
    if holds != Some(true) {
        return Err(Error::new(Code::TimestampSignature)
            .on("message-digest")
            .expected("the content's digest by SHA-256, SHA-384 or SHA-512 as signed attribute")
            .found(if holds.is_none() { "one by another function" } else { "another digest" }));
    }
    Ok(())
}
