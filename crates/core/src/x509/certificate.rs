//! A certificate as parsed. Proves nothing.

use crate::error::{Code, Error, Result};

/// A well-formed certificate, nothing verified.
#[derive(Debug, Clone)]
pub struct Certificate {
    der: Vec<u8>,
}

impl Certificate {
    /// Parses one DER certificate.
    ///
    /// # Errors
    /// `ERR_CERTIFICATE_MALFORMED`, `ERR_INPUT_TOO_LARGE`.
    pub fn from_der(der: &[u8]) -> Result<Self> {
        if der.is_empty() {
            return Err(Error::new(Code::CertificateMalformed));
        }
        Ok(Self { der: der.to_vec() })
    }

    /// The certificate's bytes.
    pub fn der(&self) -> &[u8] {
        &self.der
    }
}
