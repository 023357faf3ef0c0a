//! Verification: bytes and options in, a report and, once the water-marks stand, what was proven.

pub mod report;
pub mod request;
mod signer_summary;
mod log_evidence;
mod binding;
mod evidence;
mod witnesses;
mod content;
mod consistency;
mod expiry;
mod pending;
mod keyless;
mod keyed;

pub use keyed::KeyedVerifier;
pub use keyless::KeylessVerifier;

use pending::Pending;
use report::{Report, Step};
use request::{Kind, Request};

use crate::crypto::{Hashed, Message};
use crate::error::{Code, Error, Result};
use crate::limits;
use crate::state::unsettled::Texts;

/// Either kind of verifier.
#[derive(Debug)]
pub enum Verifier {
    /// Pinned identity and trust root.
    Keyless(KeylessVerifier),
    /// Pinned keys.
    Keyed(KeyedVerifier),
}

impl Verifier {
    /// Verifies `evidence` about `artifact` (empty where the request carries a digest). Never fails: a refusal is
    /// in the outcome's report.
    pub fn verify(&self, request: &str, evidence: &[u8], artifact: &[u8]) -> Verification {
        let mut report = Report::new();
        match self.verify_steps(request, evidence, artifact, &mut report) {
            Ok(pending) => {
                if pending.is_settled() {
                    report.complete();
                }
                Verification { report, pending: Some(pending) }
            }
            Err(error) => {
                report.refuse(error);
                Verification { report, pending: None }
            }
        }
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
        let (verified, scope, policy, trust) = match self {
            Self::Keyless(verifier) => (
                verifier.verify(&request, evidence, artifact, report)?,
                verifier.scope(),
                verifier.state_policy(),
                verifier.trust(),
            ),
            Self::Keyed(verifier) => (
                verifier.verify(&request, evidence, artifact, report)?,
                verifier.scope(),
                verifier.state_policy(),
                verifier.trust(),
            ),
        };
        Pending::new(verified, &request, scope, policy, trust, report)
    }
}

/// Nothing is hashed that is too large to be what is asked for.
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

/// The outcome of one verification. What was proven stays locked until every record is settled.
#[derive(Debug)]
pub struct Verification {
    report: Report,
    pending: Option<Pending>,
}

impl Verification {
    /// The report so far.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// The records that must stand before anything is released, `[{"key", "kind"}]`; `None` after a refusal. All of them
    /// are judged first, so that nothing is written that a later one forbids; then each is brought to stand, in this
    /// order.
    pub fn records(&self) -> Option<String> {
        self.pending.as_ref().map(Pending::records)
    }

    /// A pair of signed trees that must be proven to be one history before the record of this key can be judged against
    /// these texts, as JSON; `None` if there is none. Each must be answered by [`Self::prove`] or
    /// [`Self::unreachable`]. A refusal is final.
    ///
    /// # Errors
    /// `ERR_LOG_FORK`, `ERR_STATE_CORRUPT`.
    pub fn unproven(&mut self, key: &str, stored: Option<&str>, floor: Option<&str>) -> Result<Option<String>> {
        self.with_pending(|pending| pending.unproven(key, Texts { stored, floor }))
    }

    /// Verifies the proof of the pair asked last: hashes of 32 bytes, one after the other. A refusal is final.
    ///
    /// # Errors
    /// `ERR_LOG_FORK`, `ERR_CONSISTENCY_PROOF_INVALID`.
    pub fn prove(&mut self, proof: &[u8]) -> Result<()> {
        self.with_pending(|pending| pending.consistency().prove(proof))
    }

    /// The caller's word that the source gave no proof of the pair asked last, and why.
    ///
    /// # Errors
    /// `ERR_CONSISTENCY_UNAVAILABLE`, unless the policy allows for it.
    pub fn unreachable(&mut self, reason: &str) -> Result<()> {
        self.with_pending(|pending| pending.consistency().excuse(reason))
    }

    /// Judges the record of this key against what the store holds and the floor that this process keeps. Gives the text
    /// to swap in, `None` if what stands is right. Of the same texts it gives the same. A refusal is final.
    ///
    /// # Errors
    /// `ERR_LOG_FORK`, `ERR_LOG_ROLLBACK`, `ERR_CATALOGUE_ROLLBACK`, `ERR_STATE_FIRST_USE`, `ERR_STATE_CORRUPT`.
    pub fn judge(&mut self, key: &str, stored: Option<&str>, floor: Option<&str>) -> Result<Option<String>> {
        self.with_pending(|pending| pending.judge(key, Texts { stored, floor }))
    }

    fn with_pending<T>(&mut self, call: impl FnOnce(&mut Pending) -> Result<T>) -> Result<T> {
        let Some(pending) = &mut self.pending else { return Err(self.refusal()) };
        call(pending).inspect_err(|error| self.refuse(error.clone()))
    }

    /// Ends the verification with a refusal of its records, such as a failure of the state store.
    pub fn refuse(&mut self, error: Error) {
        self.report.begin(Step::Freshness);
        self.report.refuse(error);
        self.pending = None;
    }

    /// The caller's word that the record of this key stands in the store as it was judged last. Another order than that
    /// of [`Self::records`], or a record that was never judged, ends the verification.
    pub fn settle(&mut self, key: &str) {
        let Some(pending) = &mut self.pending else { return };
        match pending.settle(key) {
            Err(error) => self.refuse(error),
            Ok(details) => {
                self.report.note(Step::Freshness, details);
                if pending.is_settled() {
                    self.report.complete();
                }
            }
        }
    }

    /// What was proven, as JSON. Once.
    ///
    /// # Errors
    /// The refusal, or `ERR_INTERNAL` if a record is not settled.
    pub fn release(&mut self) -> Result<String> {
        match self.pending.take() {
            Some(pending) => pending.release(),
            None => Err(self.refusal()),
        }
    }

    fn refusal(&self) -> Error {
        let released = || Error::new(Code::Internal).expected("one release").found("a second one");
        self.report.error().cloned().unwrap_or_else(released)
    }
}
