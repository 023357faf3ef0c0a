//! Binds a log entry's body to what was signed: artifact or envelope digest, signature **and** certificate or
//! key (client-spec 4.3.4). A genuine entry about anything else is refused.

use super::log_evidence::{KnownEntry, LogEvidence};
use crate::crypto::Message;
use crate::error::{Code, Error, Result};
use crate::log::body::{RecordedContent, RecordedSignature, RecordedVerifier};
use crate::signature::Signed;
use crate::signer::chain::VerifiedChain;
use crate::signer::key::TrustedKey;

/// Whose certificate or key the entry must record.
#[derive(Debug, Clone, Copy)]
pub(super) enum Signer<'a> {
    /// The leaf of a verified chain.
    Chain(&'a VerifiedChain),
    /// A pinned key.
    Key(&'a TrustedKey<'a>),
}

/// A log entry that is about this signed content, this signature and this signer.
#[derive(Debug)]
pub(super) struct BoundEntry<'a> {
    known: &'a KnownEntry<'a>,
}

impl<'a> BoundEntry<'a> {
    pub(super) fn known(&self) -> &'a KnownEntry<'a> {
        self.known
    }
}

/// Binds every entry of a pinned log.
pub(super) fn verify_bindings<'a>(
    logs: &'a LogEvidence<'a>,
    signed: &Signed<'_>,
    signer: Signer<'_>,
) -> Result<Vec<BoundEntry<'a>>> {
    for (index, known) in logs.known.iter().enumerate() {
        let same = |other: &KnownEntry<'_>| {
            other.entry.log_id == known.entry.log_id
                && (other.entry.log_index == known.entry.log_index || other.entry.body == known.entry.body)
        };
        if logs.known.iter().take(index).any(same) {
            return Err(Error::new(Code::LogEntryDuplicate)
                .on(format_args!("tlogEntries[{}]", known.position))
                .expected("each entry once")
                .found(format_args!("entry {} again", known.entry.log_index)));
        }
    }
    let mut bound = Vec::with_capacity(logs.known.len());
    for known in &logs.known {
        check_binding(known, signed, signer)
            .map_err(|error| error.on_outer(format_args!("tlogEntries[{}]", known.position)))?;
        bound.push(BoundEntry { known });
    }
    Ok(bound)
}

fn check_binding(known: &KnownEntry<'_>, signed: &Signed<'_>, signer: Signer<'_>) -> Result<()> {
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
    check_verifier(verifier, signer)
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

fn check_verifier(recorded: &RecordedVerifier, signer: Signer<'_>) -> Result<()> {
    let same = match (recorded, signer) {
        (RecordedVerifier::Certificate(der), Signer::Chain(chain)) => der.as_slice() == chain.leaf().der(),
        (RecordedVerifier::PublicKey(spki), Signer::Key(key)) => spki.as_slice() == key.public_key().spki(),
        _ => false,
    };
    if same {
        return Ok(());
    }
    let expected = match signer {
        Signer::Chain(_) => "the bundle's certificate",
        Signer::Key(_) => "the pinned key",
    };
    Err(Error::new(Code::EntryVerifier).expected(expected).found("another certificate or key"))
}
