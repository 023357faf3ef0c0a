//! The trust root: the authorities and logs that the operator pinned.

mod describe;
mod json;
mod key_details;
mod object;
mod origins;
mod pem;
mod several;

use crate::log::pinned::PinnedLog;
use crate::timestamp::TimestampAuthority;
use crate::x509::authority::CertificateAuthority;
use crate::x509::sct::CtLog;

/// The authorities and logs that count. It is built once and used for many bundles.
#[derive(Debug, Default)]
pub struct TrustRoot {
    /// Fulcio: the authorities that certify signers.
    pub authorities: Vec<CertificateAuthority>,
    /// Certificate transparency logs.
    pub ct_logs: Vec<CtLog>,
    /// Rekor: the transparency logs for signatures.
    pub logs: Vec<PinnedLog>,
    /// RFC 3161 timestamp authorities.
    pub timestamp_authorities: Vec<TimestampAuthority>,
    /// Entries left out because their key is of an unsupported kind. One line each, for reports.
    pub disabled: Vec<String>,
}

impl TrustRoot {
    /// Whether it has no authority and no log.
    fn is_empty(&self) -> bool {
        let Self { authorities, ct_logs, logs, timestamp_authorities, .. } = self;
        authorities.is_empty() && ct_logs.is_empty() && logs.is_empty() && timestamp_authorities.is_empty()
    }
}
