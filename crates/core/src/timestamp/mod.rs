//! RFC 3161 timestamps: a pinned authority states when a signature existed.

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
    /// From its certificates, and its operator. The signing certificate comes first, if the trust root has it.
    /// Authorities of one operator count once towards a threshold.
    pub fn new(authority: CertificateAuthority, operator: Option<String>) -> Self {
        Self { authority, operator }
    }

    /// Its address, for reports only.
    pub fn uri(&self) -> &str {
        self.authority.uri()
    }

    /// Its certificates. The signing one comes first, if the trust root has it. The anchor comes last.
    pub fn certificates(&self) -> &[Certificate] {
        self.authority.certificates()
    }

    /// Whether the trust root has a signing certificate. Then no other signing certificate is accepted.
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

/// The time that a response states, for people to read. Nothing of it is verified.
///
/// # Errors
/// `ERR_TIMESTAMP_MALFORMED`, `ERR_INPUT_TOO_LARGE`.
pub fn stated_time(response: &[u8]) -> Result<Time> {
    token::Token::parse(response).map(|token| token.time)
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests;
