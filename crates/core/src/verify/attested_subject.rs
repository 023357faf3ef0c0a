//! The subject of a signed statement that is the artifact.

use crate::bundle::statement::{Candidates, Subject};
use crate::crypto::{HashAlgorithm, Message};
use crate::error::{Code, Error, Result};
use crate::signature::explain_artifact;

/// The candidate that is the artifact.
///
/// # Errors
/// `ERR_STATEMENT_SUBJECT`; `ERR_ARTIFACT_DIGEST` where the artifact is known only by a digest that no candidate states.
pub(super) fn find_subject<'s>(candidates: &Candidates<'s>, artifact: Message<'_>) -> Result<&'s Subject> {
    check_comparable(candidates, artifact)?;
    candidates.match_artifact(|algorithm| artifact.digest(algorithm).ok().map(|digest| digest.into_owned())).map_err(
        |error| {
            let is_signed = |bytes: &[u8]| candidates.match_artifact(|algorithm| Some(algorithm.digest(bytes))).is_ok();
            explain_artifact(error, artifact, &is_signed)
        },
    )
}

/// An artifact that is known only by one digest can be held against subjects only where one names that digest.
fn check_comparable(candidates: &Candidates<'_>, artifact: Message<'_>) -> Result<()> {
    let Message::Digest(known) = artifact else { return Ok(()) };
    let mut names = Vec::new();
    for algorithm in HashAlgorithm::ALL {
        if candidates.state(algorithm) {
            names.push(algorithm.name());
        }
    }
    if names.is_empty() || names.contains(&known.algorithm().name()) {
        return Ok(());
    }
    Err(Error::new(Code::ArtifactDigest)
        .expected(format_args!("the artifact, or its digest by {}", names.join(" or ")))
        .found(known))
}
