//! The times that a bundle proves, by signed entry timestamps of logs and by RFC 3161 timestamps (client-spec 4.3.1).

use super::report::Details;
use super::sorted_entries::SortedEntries;
use crate::bundle::{Bundle, Content};
use crate::error::{Code, Error, Result, listed};
use crate::log::set::VerifiedSet;
use crate::order::count_distinct;
use crate::policy::Thresholds;
use crate::signer::instance;
use crate::signer::times::SigningTimes;
use crate::timestamp::{TimestampAuthority, TimestampOutcome, VerifiedTimestamp, verify_timestamp};
use crate::trust::TrustRoot;

/// Every verified timestamp of a bundle. There may be none, see [`ProvenTimes::require`].
#[derive(Debug)]
pub(super) struct ProvenTimes {
    sets: Vec<VerifiedSet>,
    timestamps: Vec<VerifiedTimestamp>,
    /// Why other timestamps did not count. This is the refusal if none did.
    untrusted: Option<Error>,
}

impl ProvenTimes {
    /// The set of the proven times; `None` if there is none.
    pub(super) fn signing_times(&self) -> Option<SigningTimes> {
        SigningTimes::from_evidence(&self.sets, &self.timestamps).ok()
    }

    /// The set of the proven times.
    ///
    /// # Errors
    /// `ERR_TIME_MISSING` if there is none. If the bundle's evidence comes from another instance, the error about that.
    pub(super) fn require(self, entries: &SortedEntries<'_>) -> Result<SigningTimes> {
        SigningTimes::from_evidence(&self.sets, &self.timestamps)
            .map_err(|missing| self.untrusted.or_else(|| entries.only_unknown()).unwrap_or(missing))
    }
}

/// Verifies every signed entry timestamp and RFC 3161 timestamp of pinned logs and authorities.
pub(super) fn prove_times(
    bundle: &Bundle,
    entries: &SortedEntries<'_>,
    trust: &TrustRoot,
    thresholds: Thresholds,
    details: &mut Details,
) -> Result<ProvenTimes> {
    let mut sets = Vec::new();
    for known in &entries.known {
        if let Some(set) = known.verify_set()? {
            details.line(format_args!("{} by the log's signed entry timestamp", set.time()));
            sets.push(set);
        }
    }
    let signature = stated_signature(bundle)?;
    let mut timestamps: Vec<VerifiedTimestamp> = Vec::new();
    let mut untrusted = None;
    for (index, response) in bundle.timestamps.iter().enumerate() {
        let judged = verify_timestamp(response, signature, &trust.timestamp_authorities)
            .map_err(|error| error.on_outer(format_args!("rfc3161Timestamps[{index}]")))?;
        match judged {
            TimestampOutcome::Verified(timestamp) => {
                let again = if timestamps.iter().any(|other| is_same_source(other, &timestamp)) {
                    "again, not counted twice: "
                } else {
                    ""
                };
                details.line(format_args!(
                    "{again}{} by the timestamp authority {}",
                    timestamp.time(),
                    timestamp.uri()
                ));
                timestamps.push(timestamp);
            }
            TimestampOutcome::Unknown(by) => {
                details.line(format_args!("not counted: a timestamp by {by}, who is not in the trust root"));
                untrusted.get_or_insert_with(|| {
                    let pinned = &trust.timestamp_authorities;
                    let error = Error::new(Code::TimestampUntrusted)
                        .on(format_args!("rfc3161Timestamps[{index}]"))
                        .expected(if pinned.is_empty() {
                            "no timestamp at all, since the trust root has no authority".to_owned()
                        } else {
                            listed(pinned.iter().map(TimestampAuthority::uri))
                        })
                        .found(&by);
                    instance::hinted(error, &by)
                });
            }
        }
    }
    let distinct = count_distinct(&timestamps, is_same_source);
    if distinct < thresholds.timestamps {
        let short = Error::new(Code::TimestampThreshold)
            .expected(format_args!("{} timestamps of distinct authorities", thresholds.timestamps))
            .found(distinct);
        if distinct > 0 {
            return Err(short);
        }
        // If the evidence comes from another instance, that is the cause, not the threshold. A log entry of an unknown
        // log shows the same.
        return Err(untrusted.or_else(|| entries.only_unknown()).unwrap_or(short));
    }
    Ok(ProvenTimes { sets, timestamps, untrusted })
}

/// The signature that the timestamps must cover. It is not verified yet.
fn stated_signature(bundle: &Bundle) -> Result<&[u8]> {
    match &bundle.content {
        Content::Message { signature, .. } => Ok(signature),
        Content::Envelope(envelope) => match envelope.signatures.as_slice() {
            [signature] => Ok(&signature.signature),
            other => Err(Error::new(Code::DsseSignatures).expected("exactly one signature").found(other.len())),
        },
    }
}

/// Copies of one token count once. So do authorities with one operator.
fn is_same_source(one: &VerifiedTimestamp, other: &VerifiedTimestamp) -> bool {
    one.statement_hash() == other.statement_hash()
        || one.authority() == other.authority()
        || (one.operator().is_some() && one.operator() == other.operator())
}
