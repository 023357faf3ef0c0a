//! The steps that keyless and keyed verification share: proven times, log entries, the signed content.

use super::binding::{self, Signer};
use super::log_evidence::{LogEvidence, check_key_validity};
use super::report::{Details, Report, Step};
use super::request::{Kind, Request};
use crate::bundle::{Bundle, Content};
use crate::crypto::{HashAlgorithm, Message};
use crate::error::{Code, Error, Result, listed};
use crate::log::body::RecordedContent;
use crate::log::inclusion::{self, IncludedEntry};
use crate::log::set::VerifiedSet;
use crate::policy::Thresholds;
use crate::signature::{Signed, SignedArtifact, SignedEnvelope};
use crate::signer::instance;
use crate::signer::key::TrustedKey;
use crate::timestamp::{Judged, TimestampAuthority, VerifiedTimestamp, verify_timestamp};
use crate::trust::TrustRoot;

/// Every time that the evidence proves, verified.
#[derive(Debug)]
pub(super) struct ProvenTimes {
    pub(super) sets: Vec<VerifiedSet>,
    pub(super) timestamps: Vec<VerifiedTimestamp>,
    /// Why nothing more was counted, for the refusal if nothing was.
    pub(super) untrusted: Option<Error>,
}

/// Opens the bundle and requires content of the kind asked for.
pub(super) fn open_bundle(evidence: &[u8], request: &Request, details: &mut Details) -> Result<Bundle> {
    let bundle = Bundle::parse(evidence)?;
    let content = match bundle.content {
        Content::Message { .. } => "a message signature",
        Content::Envelope(_) => "a DSSE envelope",
    };
    details.line(format_args!(
        "{} with {content}; log entries: {}; timestamps: {}",
        bundle.version,
        bundle.entries.len(),
        bundle.timestamps.len()
    ));
    if request.kind == Kind::Attestation && matches!(bundle.content, Content::Message { .. }) {
        return Err(Error::new(Code::BundleContent).expected("a DSSE envelope").found(content));
    }
    Ok(bundle)
}

/// Verifies every signed entry timestamp and RFC 3161 timestamp of pinned logs and authorities.
pub(super) fn prove_times(
    bundle: &Bundle,
    logs: &LogEvidence<'_>,
    trust: &TrustRoot,
    thresholds: Thresholds,
    details: &mut Details,
) -> Result<ProvenTimes> {
    let mut sets = Vec::new();
    for known in &logs.known {
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
            Judged::Verified(timestamp) => {
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
            Judged::Unknown(by) => {
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
        // Evidence of another instance is the cause, not the threshold: a log that the root does not know says so as well.
        return Err(untrusted.or_else(|| logs.only_unknown(&trust.logs)).unwrap_or(short));
    }
    Ok(ProvenTimes { sets, timestamps, untrusted })
}

/// The signature that timestamps are about, before anything is known about it.
fn stated_signature(bundle: &Bundle) -> Result<&[u8]> {
    match &bundle.content {
        Content::Message { signature, .. } => Ok(signature),
        Content::Envelope(envelope) => match envelope.signatures.as_slice() {
            [signature] => Ok(&signature.signature),
            other => Err(Error::new(Code::DsseSignatures).expected("exactly one signature").found(other.len())),
        },
    }
}

/// Verifies the bundle's signature under the signer's key.
pub(super) fn verify_signature<'a>(
    bundle: &'a Bundle,
    logs: &LogEvidence<'_>,
    key: &TrustedKey<'_>,
    artifact: Message<'a>,
    details: &mut Details,
) -> Result<Signed<'a>> {
    details.line(key.public_key());
    match &bundle.content {
        Content::Message { digest, signature } => {
            SignedArtifact::verify(key, artifact, digest, signature).map(Signed::Artifact)
        }
        Content::Envelope(envelope) => SignedEnvelope::verify(key, envelope, recorded_hash(logs)).map(Signed::Envelope),
    }
}

/// The hash that a hashedrekord entry states for an envelope's pre-authentication encoding.
fn recorded_hash(logs: &LogEvidence<'_>) -> Option<HashAlgorithm> {
    logs.known.iter().find_map(|known| match &known.body().ok()?.content {
        RecordedContent::ArtifactDigest(digest) => Some(digest.algorithm()),
        RecordedContent::Envelope { .. } => None,
    })
}

/// Binds every entry of a pinned log to what was signed, proves each one's inclusion in its log, and counts them.
pub(super) fn verify_log<'a>(
    logs: &'a LogEvidence<'a>,
    trust: &'a TrustRoot,
    signed: &Signed<'_>,
    signer: Signer<'_>,
    times: &ProvenTimes,
    required: u32,
    report: &mut Report,
) -> Result<Vec<IncludedEntry<'a>>> {
    if required == 0 && logs.known.is_empty() {
        match logs.unknown_lines().first() {
            Some(line) => report.skip(Step::LogEntry, format_args!("no log entry is required; {line}")),
            None => report.skip(Step::LogEntry, "no log entry is required"),
        }
        report.skip(Step::LogInclusion, "no log entry is required");
        return Ok(Vec::new());
    }
    let details = report.begin(Step::LogEntry);
    details.lines(logs.unknown_lines());
    if logs.known.is_empty() {
        return Err(logs.none_known(&trust.logs));
    }
    let bound = binding::verify_bindings(logs, signed, signer)?;
    for bound in &bound {
        let entry = bound.known().entry;
        details
            .line(format_args!("entry {} ({} {}) records this signature", entry.log_index, entry.kind, entry.version));
    }

    let details = report.begin(Step::LogInclusion);
    let proven = times.all();
    let mut included: Vec<IncludedEntry<'a>> = Vec::with_capacity(bound.len());
    for bound in &bound {
        let known = bound.known();
        let entry = known.under_a_pinned_key(|log| {
            let entry = inclusion::verify_inclusion(known.entry, log)?;
            check_key_validity(log, &proven)?;
            Ok(entry)
        })?;
        details.line(format_args!(
            "index {} in the tree of {} leaves signed by {}",
            entry.leaf_index(),
            entry.checkpoint().tree_size(),
            entry.checkpoint().origin()
        ));
        included.push(entry);
    }
    let distinct = count_distinct(&included, is_same_operator);
    if distinct < required {
        return Err(Error::new(Code::LogThreshold)
            .expected(format_args!("entries in {required} logs of distinct operators"))
            .found(distinct));
    }
    Ok(included)
}

/// One token, one authority and one operator count once.
fn is_same_source(one: &VerifiedTimestamp, other: &VerifiedTimestamp) -> bool {
    one.statement_hash() == other.statement_hash()
        || one.authority() == other.authority()
        || (one.operator().is_some() && one.operator() == other.operator())
}

fn is_same_operator(one: &IncludedEntry<'_>, other: &IncludedEntry<'_>) -> bool {
    let (one, other) = (one.log(), other.log());
    one.key.fingerprint() == other.key.fingerprint() || (one.operator.is_some() && one.operator == other.operator)
}

impl ProvenTimes {
    /// All of them.
    pub(super) fn all(&self) -> Vec<crate::encoding::time::Time> {
        self.sets.iter().map(VerifiedSet::time).chain(self.timestamps.iter().map(VerifiedTimestamp::time)).collect()
    }
}

/// How many items are there that are not the same as one before them.
fn count_distinct<T>(items: &[T], is_same: impl Fn(&T, &T) -> bool) -> u32 {
    let mut distinct: u32 = 0;
    for (index, item) in items.iter().enumerate() {
        if !items.iter().take(index).any(|before| is_same(before, item)) {
            distinct = distinct.saturating_add(1);
        }
    }
    distinct
}
