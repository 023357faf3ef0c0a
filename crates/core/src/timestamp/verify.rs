//! Verification of RFC 3161 timestamps (client-spec "Timestamping", RFC 3161 section 2.2).

use std::slice;

use super::TimestampAuthority;
use super::token::Token;
use crate::crypto::Message;
use crate::encoding::time::Time;
use crate::error::{Code, Error, Result};
use crate::key::PublicKey;
use crate::x509::certificate::Certificate;
use crate::x509::path;
use crate::x509::purpose::Purpose;

/// When a signature existed, according to a pinned timestamp authority.
///
/// Proves that the authority's certificate, valid at that time, signed this time for this signature. Does not prove
/// that the clock was right. The stated accuracy is ignored. The caller does the counting: copies of one token count
/// once (`statement_hash`), and authorities of one operator count once.
#[derive(Debug)]
pub struct VerifiedTimestamp {
    time: Time,
    authority: usize,
    uri: String,
    operator: Option<String>,
    statement_hash: [u8; 32],
}

/// The result for a timestamp that is not refused.
#[derive(Debug)]
pub enum TimestampOutcome {
    /// It is by an authority of the trust root, and it verifies.
    Verified(VerifiedTimestamp),
    /// It is not by an authority of the trust root, so it does not count. Names the signer for the report.
    Unknown(String),
}

/// Judges a timestamp response over `signature`, the bytes of the signer's signature.
///
/// The signer's certificate is the pinned one that the token identifies. If the trust root pins no signing certificate
/// of an authority, it is a certificate in the token that leads to that authority. A token that identifies a pinned
/// certificate, or a certificate that such an authority issued, must verify completely. Otherwise it is refused, not
/// ignored.
/// # Errors
/// `ERR_TIMESTAMP_MALFORMED`, `ERR_INPUT_TOO_LARGE`, `ERR_TIMESTAMP_IMPRINT`, `ERR_TIMESTAMP_SIGNATURE`,
/// `ERR_TIMESTAMP_CERTIFICATE`.
pub fn verify_timestamp(
    response: &[u8],
    signature: &[u8],
    authorities: &[TimestampAuthority],
) -> Result<TimestampOutcome> {
    let token = Token::parse(response)?;
    let mut refusal = None;
    for (index, authority) in authorities.iter().enumerate() {
        match judge(&token, signature, authority) {
            Ok(true) => {
                return Ok(TimestampOutcome::Verified(VerifiedTimestamp {
                    time: token.time,
                    authority: index,
                    uri: authority.uri().to_owned(),
                    operator: authority.operator().map(str::to_owned),
                    statement_hash: token.statement_hash,
                }));
            }
            Ok(false) => {}
            Err(error) => {
                refusal.get_or_insert(error.on_outer(authority.uri()));
            }
        }
    }
    refusal.map_or_else(|| Ok(TimestampOutcome::Unknown(token.signer_text())), Err)
}

/// Whether the token is by this authority and verifies. `false` if it is by another one.
fn judge(token: &Token<'_>, signature: &[u8], authority: &TimestampAuthority) -> Result<bool> {
    let Some(signer) = signer(token, authority)? else { return Ok(false) };
    check_imprint(token, signature)?;
    check_signature(token, &signer)?;
    signer.path?;
    Ok(true)
}

/// Who signed a token.
struct Signer<'t> {
    certificate: &'t Certificate,
    /// The key of a pinned certificate. It was parsed with the trust root.
    pinned_key: Option<&'t Result<PublicKey>>,
    /// Whether its path verifies.
    path: Result<()>,
}

/// The signer. `None` if the signer does not belong to this authority.
fn signer<'t>(token: &'t Token<'_>, authority: &'t TimestampAuthority) -> Result<Option<Signer<'t>>> {
    let check_path = |certificate| check_path(certificate, token, authority);
    let mut certificates = authority.certificates().iter().enumerate();
    let pinned = certificates.find(|(_, certificate)| token.is_signed_by(certificate));
    match (pinned, &token.signer) {
        (Some((_, pinned)), Some(brought)) if pinned.der() != brought.der() => Err(certificate_error()
            .expected(format_args!("the pinned certificate of {}", pinned.subject_text()))
            .found("another of the same name")),
        (Some((index, certificate)), _) => {
            let pinned_key = authority.authority().key(index);
            Ok(Some(Signer { certificate, pinned_key, path: check_path(certificate).map_err(from_path) }))
        }
        // The operator has stated which certificates of this authority sign.
        (None, Some(_)) if authority.pins_signers() => Ok(None),
        (None, Some(brought)) => match check_path(brought) {
            // The certificate belongs to another authority, perhaps one of the same name.
            Err(error) if matches!(error.code(), Code::ChainUntrusted | Code::ChainSignature) => Ok(None),
            path => Ok(Some(Signer { certificate: brought, pinned_key: None, path: path.map_err(from_path) })),
        },
        (None, None) => Ok(None),
    }
}

/// Checks the path from the signer's certificate to the authority's anchor. The path must be for time stamping and
/// valid at the stated time. The authority must have been in use at that time.
fn check_path(certificate: &Certificate, token: &Token<'_>, authority: &TimestampAuthority) -> Result<()> {
    let authorities = slice::from_ref(authority.authority());
    path::search(certificate, &token.others, authorities, &[token.time], Purpose::TimeStamping).map(drop)
}

fn check_imprint(token: &Token<'_>, signature: &[u8]) -> Result<()> {
    let Some(imprint) = &token.imprint else {
        return Err(Error::new(Code::TimestampImprint)
            .expected("an imprint by SHA-256, SHA-384 or SHA-512")
            .found("one by another function"));
    };
    let digest = imprint.algorithm().digest(signature);
    if digest == *imprint {
        return Ok(());
    }
    Err(Error::new(Code::TimestampImprint).expected(digest).found(imprint))
}

/// Checks the signature over the signed attributes under the certificate's key, and the attribute that identifies the
/// certificate.
fn check_signature(token: &Token<'_>, signer: &Signer<'_>) -> Result<()> {
    let certificate = signer.certificate;
    let refused = |found: &str| {
        Error::new(Code::TimestampSignature)
            .expected(format_args!("a signature by {}", certificate.subject_text()))
            .found(found)
    };
    let scheme = token.scheme.ok_or_else(|| refused("one by an algorithm that is not accepted"))?;
    let brought_key;
    let key = match signer.pinned_key {
        Some(key) => key,
        None => {
            brought_key = certificate.public_key();
            &brought_key
        }
    };
    let key = key.as_ref().map_err(|error| refused(error.found_text().unwrap_or("a malformed key")))?;
    key.verify(scheme, Message::Bytes(&token.signed_bytes), token.signature)
        .map_err(|_| refused("one that does not verify"))?;
    if token.signing_certificate.as_ref().is_some_and(|stated| !stated.names(certificate)) {
        return Err(certificate_error()
            .expected("the certificate that the signer names as its own")
            .found(certificate.subject_text()));
    }
    Ok(())
}

fn certificate_error() -> Error {
    Error::new(Code::TimestampCertificate)
}

fn from_path(error: Error) -> Error {
    certificate_error()
        .on(error.subject().unwrap_or("path"))
        .expected(error.expected_text().unwrap_or(error.code().meaning()))
        .found(error.found_text().unwrap_or(error.code().text()))
}

impl VerifiedTimestamp {
    /// The stated time.
    pub fn time(&self) -> Time {
        self.time
    }

    /// Which authority of the trust root it is by.
    pub fn authority(&self) -> usize {
        self.authority
    }

    /// The authority's address, for reports.
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// Who operates the authority, if the trust root says so.
    pub fn operator(&self) -> Option<&str> {
        self.operator.as_deref()
    }

    /// SHA-256 of the signed statement (TSTInfo). It is equal for copies of one token.
    pub fn statement_hash(&self) -> &[u8; 32] {
        &self.statement_hash
    }
}
