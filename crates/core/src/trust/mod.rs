//! The trust root: what the operator pinned.

use crate::log::pinned::PinnedLog;
use crate::timestamp::TimestampAuthority;
use crate::x509::authority::CertificateAuthority;
use crate::x509::sct::CtLog;

/// Authorities and logs that count. Built once, used for many bundles.
#[derive(Debug)]
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
