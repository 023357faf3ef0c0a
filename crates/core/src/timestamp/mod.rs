//! RFC 3161 timestamps.

use crate::encoding::time::Validity;
use crate::x509::certificate::Certificate;

/// A timestamp authority of the trust root.
#[derive(Debug)]
pub struct TimestampAuthority {
    /// Its address, for reports only.
    pub uri: String,
    /// Leaf first where the trust root carries it, the anchor last.
    pub certificates: Vec<Certificate>,
    /// When it was in use.
    pub validity: Validity,
    /// Who operates it; one operator counts once towards a threshold.
    pub operator: Option<String>,
}
