//! A trust root as JSON, for people and reports. Nothing reads it back.

use super::TrustRoot;
use crate::crypto;
use crate::encoding::base64;
use crate::encoding::json_writer::ObjectWriter;
use crate::encoding::time::{Time, Validity};
use crate::error::{Code, IS_FIRST, Result};
use crate::first;
use crate::key::fingerprint_text;
use crate::log::pinned::{OriginRule, PinnedLog};
use crate::x509::certificate::Certificate;
use crate::x509::sct::CtLog;

impl TrustRoot {
    /// The parts that count. `authorities` and `timestampAuthorities` have `uri`, `subject` (of the issuing
    /// certificate) and `anchor` (its SHA-256). `logs` have `origin` (a whole line or a host) or `origins` (several
    /// lines that the operator states). `ctLogs` have `logId` and `key`. Each may have `from`, `to` and `operator`.
    /// `disabled` has a line for each entry left out.
    ///
    /// # Errors
    /// `ERR_INTERNAL` in the first core, if an entry was left out: only the whole core has the words for it, and may keep it.
    pub fn describe(&self) -> Result<String> {
        if IS_FIRST && !self.disabled.is_empty() {
            return Err(Code::Internal.into());
        }
        first::check_not_required()?;
        let authorities = self
            .authorities
            .iter()
            .map(|one| within(&mut authority(one.uri(), one.certificates()), one.validity(), None));
        let timestamp_authorities = self
            .timestamp_authorities
            .iter()
            .map(|one| within(&mut authority(one.uri(), one.certificates()), one.validity(), one.operator()));
        Ok(ObjectWriter::new()
            .array("authorities", authorities)
            .array("logs", self.logs.iter().map(log))
            .array("ctLogs", self.ct_logs.iter().map(ct_log))
            .array("timestampAuthorities", timestamp_authorities)
            .strings("disabled", &self.disabled)
            .finish())
    }
}

fn authority(uri: &str, certificates: &[Certificate]) -> ObjectWriter {
    let subject = certificates.first().map(Certificate::subject_text);
    let anchor = certificates.last().map(|anchor| fingerprint_text(&crypto::sha256(anchor.der())));
    let mut object = ObjectWriter::new();
    object
        .string("uri", uri)
        .optional_string("subject", subject.as_deref())
        .optional_string("anchor", anchor.as_deref());
    object
}

fn log(log: &PinnedLog) -> String {
    let mut object = ObjectWriter::new();
    match &log.origin {
        OriginRule::Host(host) => object.string("origin", host),
        OriginRule::Stated(lines) => match lines.as_slice() {
            [line] => object.string("origin", line),
            _ => object.strings("origins", lines),
        },
    };
    object.string("logId", &base64::encode(&log.log_id)).text("key", &log.key);
    within(&mut object, log.validity, log.operator.as_deref())
}

fn ct_log(log: &CtLog) -> String {
    let mut object = ObjectWriter::new();
    object.string("logId", &base64::encode(&log.log_id)).text("key", &log.key);
    within(&mut object, log.validity, log.operator.as_deref())
}

fn within(object: &mut ObjectWriter, validity: Validity, operator: Option<&str>) -> String {
    let start = (validity.start != Time::EARLIEST).then(|| validity.start.to_string());
    object
        .optional_string("from", start.as_deref())
        .optional_text("to", validity.end)
        .optional_string("operator", operator)
        .finish()
}
