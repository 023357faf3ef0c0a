//! The trust root: what the operator pinned.

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

/// Authorities and logs that count. Built once, used for many bundles.
#[derive(Debug, Default)]
pub struct TrustRoot {
    /// Fulcio.
    pub authorities: Vec<CertificateAuthority>,
    /// Certificate transparency logs.
    pub ct_logs: Vec<CtLog>,
    /// Rekor.
    pub logs: Vec<PinnedLog>,
    /// RFC 3161 timestamp authorities.
    pub timestamp_authorities: Vec<TimestampAuthority>,
    /// Entries left out since their key is of an unsupported kind: one line each, for reports.
    pub disabled: Vec<String>,
}

impl TrustRoot {
    /// Whether nothing counts.
    fn is_empty(&self) -> bool {
        let Self { authorities, ct_logs, logs, timestamp_authorities, .. } = self;
        authorities.is_empty() && ct_logs.is_empty() && logs.is_empty() && timestamp_authorities.is_empty()
    }
}
