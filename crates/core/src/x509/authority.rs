//! A certificate authority that the operator pinned.

use super::certificate::Certificate;
use crate::encoding::time::Validity;
use crate::error::{Code, Error, Result};
use crate::key::PublicKey;

/// An authority of the trust root: Fulcio's, or the one behind a timestamp authority.
#[derive(Debug)]
pub struct CertificateAuthority {
    uri: String,
    certificates: Vec<Certificate>,
    keys: Vec<Option<PublicKey>>,
    validity: Validity,
}

impl CertificateAuthority {
    /// From its certificates: the issuing side first, the anchor last. The anchor is the last certificate, self-signed
    /// or not. `validity` is when the operator of the trust root had it in use.
    ///
    /// # Errors
    /// `ERR_TRUST_ROOT_MALFORMED` without a certificate; `ERR_KEY_UNSUPPORTED`, `ERR_KEY_MALFORMED` if the anchor's key
    /// cannot be used.
    pub fn new(uri: impl Into<String>, certificates: Vec<Certificate>, validity: Validity) -> Result<Self> {
        let Some(anchor) = certificates.last() else {
            return Err(Error::new(Code::TrustRootMalformed)
                .on("certificate authority")
                .expected("at least one certificate")
                .found("none"));
        };
        anchor.public_key().map_err(|error| error.on_outer(anchor.subject_text()))?;
        let keys = certificates.iter().map(|certificate| certificate.public_key().ok()).collect();
        Ok(Self { uri: uri.into(), certificates, keys, validity })
    }

    /// Its address, for reports only.
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// Its certificates, the anchor last.
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// When it was in use.
    pub fn validity(&self) -> Validity {
        self.validity
    }
}
