//! Binds the body of a log entry to what was signed: the digest of the artifact or envelope, the signature, **and** the
//! certificate or key (client-spec 4.3.4). Refuses a genuine entry about anything else.

use super::report::{Report, Step};
use super::sorted_entries::{KnownEntry, SortedEntries};
use crate::crypto::Message;
use crate::error::{Code, Error, Result};
use crate::log::body::{RecordedContent, RecordedSignature, RecordedVerifier};
use crate::signature::Signed;
use crate::signer::key::TrustedKey;

/// A log entry that is about this content, this signature and this signer.
#[derive(Debug)]
pub(super) struct BoundEntry<'a> {
    known: &'a KnownEntry<'a>,
}

impl<'a> BoundEntry<'a> {
    pub(super) fn known(&self) -> &'a KnownEntry<'a> {
        self.known
    }
}

/// Binds every entry of a pinned log to what was signed. If `required` is not 0, there must be at least one.
///
/// # Errors
/// `ERR_LOG_ENTRY_MISSING`, `ERR_LOG_UNTRUSTED`, `ERR_LOG_ENTRY_DUPLICATE`, `ERR_ENTRY_*`.
pub(super) fn verify_bindings<'a>(
    entries: &'a SortedEntries<'a>,
    signed: &Signed<'_>,
    key: &TrustedKey<'_>,
    required: u32,
    report: &mut Report,
) -> Result<Vec<BoundEntry<'a>>> {
    if required == 0 && entries.known.is_empty() {
        match entries.unknown_lines().first() {
            Some(line) => report.skip(Step::LogEntry, format_args!("no log entry is required; {line}")),
            None => report.skip(Step::LogEntry, "no log entry is required"),
        }
        return Ok(Vec::new());
    }
    let details = report.begin(Step::LogEntry);
    details.lines(entries.unknown_lines());
    if entries.known.is_empty() {
        return Err(entries.none_known());
    }
    check_distinct(entries)?;
    let mut bound = Vec::with_capacity(entries.known.len());
    for known in &entries.known {
        check_binding(known, signed, key)
            .map_err(|error| error.on_outer(format_args!("tlogEntries[{}]", known.position)))?;
        bound.push(BoundEntry { known });
    }
    for BoundEntry { known: KnownEntry { entry, .. } } in &bound {
        details
            .line(format_args!("entry {} ({} {}) records this signature", entry.log_index, entry.kind, entry.version));
    }
    Ok(bound)
}

/// Refuses a bundle that has one entry twice.
fn check_distinct(entries: &SortedEntries<'_>) -> Result<()> {
    for (index, known) in entries.known.iter().enumerate() {
        let same = |other: &KnownEntry<'_>| {
            other.entry.log_id == known.entry.log_id
                && (other.entry.log_index == known.entry.log_index || other.entry.body == known.entry.body)
        };
        if entries.known.iter().take(index).any(same) {
            return Err(Error::new(Code::LogEntryDuplicate)
                .on(format_args!("tlogEntries[{}]", known.position))
                .expected("each entry once")
                .found(format_args!("entry {} again", known.entry.log_index)));
        }
    }
    Ok(())
}

fn check_binding(known: &KnownEntry<'_>, signed: &Signed<'_>, key: &TrustedKey<'_>) -> Result<()> {
    let body = known.body()?;
    check_content(&body.content, signed)?;
    let [RecordedSignature { signature, verifier, .. }] = body.signatures.as_slice() else {
        return Err(Error::new(Code::EntrySignature)
            .expected("exactly one recorded signature")
            .found(body.signatures.len()));
    };
    if signature != signed.signature() {
        return Err(Error::new(Code::EntrySignature).expected("the bundle's signature").found("another one"));
    }
    check_verifier(verifier, key)
}

fn check_content(recorded: &RecordedContent, signed: &Signed<'_>) -> Result<()> {
    let (stated, message) = match (recorded, signed) {
        (RecordedContent::ArtifactDigest(stated), Signed::Artifact(signed)) => (stated, signed.artifact()),
        (RecordedContent::ArtifactDigest(stated), Signed::Envelope(signed)) => {
            (stated, Message::Bytes(signed.encoding()))
        }
        (RecordedContent::Envelope { payload_hash, payload_type, .. }, Signed::Envelope(signed)) => {
            let envelope = signed.envelope();
            if payload_type.as_ref().is_some_and(|recorded| *recorded != envelope.payload_type) {
                return Err(Error::new(Code::EntryDigest)
                    .on("payloadType")
                    .expected(&envelope.payload_type)
                    .found(payload_type.as_deref().unwrap_or_default()));
            }
            (payload_hash, Message::Bytes(&envelope.payload))
        }
        (RecordedContent::Envelope { .. }, Signed::Artifact(_)) => {
            return Err(Error::new(Code::EntryKind)
                .expected("an entry about an artifact")
                .found("one about an envelope"));
        }
    };
    let found = message.digest(stated.algorithm())?;
    if *found != *stated {
        return Err(Error::new(Code::EntryDigest).expected(found).found(stated));
    }
    Ok(())
}

fn check_verifier(recorded: &RecordedVerifier, key: &TrustedKey<'_>) -> Result<()> {
    let (same, expected) = match key.certificate() {
        Some(leaf) => (
            matches!(recorded, RecordedVerifier::Certificate(der) if der.as_slice() == leaf.der()),
            "the bundle's certificate",
        ),
        None => (
            matches!(recorded, RecordedVerifier::PublicKey(spki) if spki.as_slice() == key.public_key().spki()),
            "the pinned key",
        ),
    };
    if same {
        return Ok(());
    }
    Err(Error::new(Code::EntryVerifier).expected(expected).found("another certificate or key"))
}
