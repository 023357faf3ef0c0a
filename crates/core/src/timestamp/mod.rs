//! RFC 3161 timestamps: when a signature was there, as a pinned authority states.

mod cms;
mod info;
mod signing_certificate;
mod token;
mod verify;

pub use verify::{TimestampOutcome, VerifiedTimestamp, verify_timestamp};

use crate::encoding::time::{Time, Validity};
use crate::error::Result;
use crate::x509::authority::CertificateAuthority;
use crate::x509::certificate::Certificate;

/// A timestamp authority of the trust root.
#[derive(Debug)]
pub struct TimestampAuthority {
    authority: CertificateAuthority,
    operator: Option<String>,
}

impl TimestampAuthority {
    /// From its certificates, the signing one first where the trust root carries it, and who operates it; one
    /// operator counts once towards a threshold.
    pub fn new(authority: CertificateAuthority, operator: Option<String>) -> Self {
        Self { authority, operator }
    }

    /// Its address, for reports only.
    pub fn uri(&self) -> &str {
        self.authority.uri()
    }

    /// Its certificates: the signing one first where the trust root carries it, the anchor last.
    pub fn certificates(&self) -> &[Certificate] {
        self.authority.certificates()
    }

    /// Whether the trust root carries a signing certificate, so that no other one counts.
    fn pins_signers(&self) -> bool {
        let is_ca =
            |certificate: &Certificate| certificate.extensions().basic_constraints.is_some_and(|basic| basic.ca);
        !self.certificates().iter().all(is_ca)
    }

    /// When it was in use.
    pub fn validity(&self) -> Validity {
        self.authority.validity()
    }

    /// Who operates it.
    pub fn operator(&self) -> Option<&str> {
        self.operator.as_deref()
    }

    fn authority(&self) -> &CertificateAuthority {
        &self.authority
    }
}

/// The time that a response states, nothing of it verified: for people to read.
///
/// # Errors
/// `ERR_TIMESTAMP_MALFORMED`, `ERR_INPUT_TOO_LARGE`.
pub fn stated_time(response: &[u8]) -> Result<Time> {
    token::Token::parse(response).map(|token| token.time)
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests;
