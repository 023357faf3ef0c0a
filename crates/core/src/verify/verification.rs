//! One verification as its caller sees it: the report, the records to store, and the release.

use super::pending::Pending;
use super::report::{Report, Step};
use crate::error::{Code, Error, Result};
use crate::state::pending_records::Texts;

/// The result of one verification. What was proven stays locked until every record is stored.
#[derive(Debug)]
pub struct Verification {
    report: Report,
    pending: Option<Pending>,
}

impl Verification {
    /// From the result of the steps: what they proved, or why they refuse.
    pub(super) fn new(mut report: Report, proven: Result<Pending>) -> Self {
        match proven {
            Ok(pending) => {
                if pending.are_all_stored() {
                    report.complete();
                }
                Self { report, pending: Some(pending) }
            }
            Err(error) => {
                report.refuse(error);
                Self { report, pending: None }
            }
        }
    }

    /// The report so far.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// The records that must be stored before anything is released, `[{"key", "kind"}]`. `None` after a refusal. The
    /// caller judges all records first, so that nothing is written if a later record refuses. Then it stores them in
    /// this order.
    pub fn records(&self) -> Option<String> {
        self.pending.as_ref().map(Pending::records)
    }

    /// A pair of signed trees that must be proven to be one history before the record of this key can be judged by
    /// these texts, as JSON. `None` if there is none. The caller must answer with [`Self::prove`] or
    /// [`Self::unreachable`]. A refusal is final.
    ///
    /// # Errors
    /// `ERR_LOG_FORK`, `ERR_STATE_CORRUPT`.
    pub fn unproven(&mut self, key: &str, stored: Option<&str>, floor: Option<&str>) -> Result<Option<String>> {
        self.with_pending(|pending| pending.unproven(key, Texts { stored, floor }))
    }

    /// Verifies the proof of the pair that was asked last. It is the concatenation of hashes of 32 bytes. A refusal is
    /// final.
    ///
    /// # Errors
    /// `ERR_LOG_FORK`, `ERR_CONSISTENCY_PROOF_INVALID`.
    pub fn prove(&mut self, proof: &[u8]) -> Result<()> {
        self.with_pending(|pending| pending.consistency().prove(proof))
    }

    /// The caller states that the source gave no proof of the pair that was asked last, and why.
    ///
    /// # Errors
    /// `ERR_CONSISTENCY_UNAVAILABLE`, unless the policy accepts it.
    pub fn unreachable(&mut self, reason: &str) -> Result<()> {
        self.with_pending(|pending| pending.consistency().excuse(reason))
    }

    /// Judges the record of this key by the text in the store and by the floor of this process (the newest text that it
    /// has seen stored). Returns the text to write, or `None` if the stored text stays. For the same texts the result
    /// is the same. A refusal is final.
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

    /// The caller states that the record of this key is stored as it was judged last. Another order than that of
    /// [`Self::records`], or a record that was not judged, ends the verification.
    pub fn mark_stored(&mut self, key: &str) {
        let Some(pending) = &mut self.pending else { return };
        match pending.mark_stored(key) {
            Err(error) => self.refuse(error),
            Ok(details) => {
                self.report.note(Step::Freshness, details);
                if pending.are_all_stored() {
                    self.report.complete();
                }
            }
        }
    }

    /// What was proven, as JSON. Can be called once.
    ///
    /// # Errors
    /// The refusal, or `ERR_INTERNAL` if a record is not stored.
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
