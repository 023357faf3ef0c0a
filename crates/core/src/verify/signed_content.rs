//! The bundle's content, and the signature over it.

use super::report::Details;
use super::request::{Kind, Request};
use super::sorted_entries::SortedEntries;
use crate::bundle::{Bundle, Content};
use crate::crypto::{HashAlgorithm, Message};
use crate::error::{Code, Error, Result};
use crate::log::body::RecordedContent;
use crate::signature::{Signed, SignedArtifact, SignedEnvelope};
use crate::signer::key::TrustedKey;

/// Opens the bundle. Its content must be of the requested kind.
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

/// Verifies the bundle's signature under the signer's key.
pub(super) fn verify_signature<'a>(
    bundle: &'a Bundle,
    entries: &SortedEntries<'_>,
    key: &TrustedKey<'_>,
    artifact: Message<'a>,
    details: &mut Details,
) -> Result<Signed<'a>> {
    details.line(key.public_key());
    match &bundle.content {
        Content::Message { digest, signature } => {
            SignedArtifact::verify(key, artifact, digest, signature).map(Signed::Artifact)
        }
        Content::Envelope(envelope) => {
            SignedEnvelope::verify(key, envelope, recorded_hash(entries)).map(Signed::Envelope)
        }
    }
}

/// The hash of an envelope's pre-authentication encoding that a hashedrekord entry states.
fn recorded_hash(entries: &SortedEntries<'_>) -> Option<HashAlgorithm> {
    entries.known.iter().find_map(|known| match &known.body().ok()?.content {
        RecordedContent::ArtifactDigest(digest) => Some(digest.algorithm()),
        RecordedContent::Envelope { .. } => None,
    })
}
