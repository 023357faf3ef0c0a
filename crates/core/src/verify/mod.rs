//! Verification. The input is bytes and options. The output is a report and, after the state records are stored,
//! everything that was proven.

pub mod report;
pub mod request;
mod sorted_entries;
mod proven_times;
mod signed_content;
mod binding;
mod logged_entry;
mod witnesses;
mod attested_subject;
mod release;
mod signer_summary;
mod content;
mod consistency;
mod expiry;
mod pending;
mod verification;
mod keyless;
mod keyed;

pub use keyed::KeyedVerifier;
pub use keyless::KeylessVerifier;
pub use verification::Verification;

use pending::Pending;
use report::Report;
use request::{Kind, Request};

use crate::crypto::{Hashed, Message};
use crate::error::{Code, Error, Result};
use crate::limits;

/// Either kind of verifier.
#[derive(Debug)]
pub enum Verifier {
    /// With a pinned identity and a trust root.
    Keyless(KeylessVerifier),
    /// With pinned keys.
    Keyed(KeyedVerifier),
}

impl Verifier {
    /// Verifies `evidence`, a bundle or a detached signature, for `artifact` (empty if the request has a digest). Never
    /// fails: a refusal is in the report of the result.
    pub fn verify(&self, request: &str, evidence: &[u8], artifact: &[u8]) -> Verification {
        let mut report = Report::new();
        let pending = self.verify_steps(request, evidence, artifact, &mut report);
        Verification::new(report, pending)
    }

    fn verify_steps(&self, request: &str, evidence: &[u8], artifact: &[u8], report: &mut Report) -> Result<Pending> {
        let request = Request::from_json(request)?;
        check_size(request.kind, artifact)?;
        let hashed = Hashed::new(artifact);
        let artifact = match &request.digest {
            Some(_) if !artifact.is_empty() => {
                return Err(Error::new(Code::OptionInvalid)
                    .on("request.digest")
                    .expected("the artifact or its digest")
                    .found("both"));
            }
            Some(digest) => Message::Digest(digest),
            None => Message::Hashed(&hashed),
        };
        let (verified, terms) = match self {
            Self::Keyless(verifier) => (verifier.verify(&request, evidence, artifact, report)?, verifier.state_terms()),
            Self::Keyed(verifier) => (verifier.verify(&request, evidence, artifact, report)?, verifier.state_terms()),
        };
        Pending::new(verified, &request, terms, report)
    }
}

/// Refuses an artifact that is too large for its kind, before it is hashed.
fn check_size(kind: Kind, artifact: &[u8]) -> Result<()> {
    let (subject, limit) = match kind {
        Kind::Catalogue => ("catalogue", limits::CATALOGUE_BYTES),
        Kind::Artifact | Kind::Attestation => ("artifact", limits::ARTIFACT_BYTES),
    };
    if artifact.len() <= limit {
        return Ok(());
    }
    Err(Error::new(Code::InputTooLarge)
        .on(subject)
        .expected(format_args!("at most {limit} bytes"))
        .found(format_args!("{} bytes", artifact.len())))
}
