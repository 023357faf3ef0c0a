//! Signed entry timestamps of Rekor v1 (`inclusionPromise`; client-spec "Transparency Log Entry").
//!
//! The log signs this JSON (RFC 8785), with the body in base64 and the log id in lower-case hexadecimal:
//! `{"body":"…","integratedTime":n,"logID":"…","logIndex":n}`.

use crate::encoding::time::Time;
use crate::encoding::{base64, hex};
use crate::error::{Code, Error, Result};
use crate::log::entry::LogEntry;
use crate::log::pinned::PinnedLog;
use crate::log::signature::check_log_signature;

/// The time at which a pinned Rekor v1 log added an entry.
///
/// Proves that the log's key promised to include this body at this global index, and when. Does not prove that the log
/// did include it (see [`crate::log::inclusion`]), or that the log's key was valid at that time.
#[derive(Debug)]
pub struct VerifiedSet {
    time: Time,
}

/// Verifies an entry's signed entry timestamp under the key of `log`.
///
/// # Errors
/// `ERR_LOG_UNTRUSTED` (the entry names another log), `ERR_SET_MISSING`, `ERR_SET_INVALID`.
pub fn verify_set(entry: &LogEntry, log: &PinnedLog) -> Result<VerifiedSet> {
    log.check_names(entry)?;
    let signature = entry.signed_entry_timestamp.as_deref().ok_or(Code::SetMissing)?;
    let time = Time::from_seconds(entry.integrated_time).filter(|_| entry.integrated_time > 0).ok_or_else(|| {
        Error::new(Code::SetInvalid)
            .on("integratedTime")
            .expected("seconds since 1970, above 0")
            .found(entry.integrated_time)
    })?;
    let payload = signed_json(entry);
    check_log_signature(&log.key, &payload, signature).map_err(|_| {
        Error::new(Code::SetInvalid)
            .expected(format_args!("a signature by the {}", log.key))
            .found("one that does not verify over body, time, log id and index")
    })?;
    Ok(VerifiedSet { time })
}

fn signed_json(entry: &LogEntry) -> String {
    format!(
        r#"{{"body":"{}","integratedTime":{},"logID":"{}","logIndex":{}}}"#,
        base64::encode(&entry.body),
        entry.integrated_time,
        hex::encode(&entry.log_id),
        entry.log_index
    )
}

impl VerifiedSet {
    /// When the log added the entry.
    pub fn time(&self) -> Time {
        self.time
    }
}
