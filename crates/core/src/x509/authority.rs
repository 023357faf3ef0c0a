//! A certificate authority that the operator pinned.

use super::certificate::Certificate;
use crate::encoding::time::Validity;

/// An authority of the trust root: Fulcio, or a timestamp authority's issuer.
#[derive(Debug)]
pub struct CertificateAuthority {
    /// Its address, for reports only.
    pub uri: String,
    /// Issuing side first, the anchor last. The anchor is the last certificate, self-signed or not.
    pub certificates: Vec<Certificate>,
    /// When it was in use.
    pub validity: Validity,
}
