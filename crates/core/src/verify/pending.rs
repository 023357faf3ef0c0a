//! A verification between its steps and its release. The state records must be stored before the release.

use std::sync::Arc;

use super::consistency::{Consistency, History};
use super::content::Verified;
use super::expiry::check_expiry;
use super::report::{Details, Report, Step};
use super::request::{Kind, Request};
use crate::error::{Code, Error, Result};
use crate::first;
use crate::policy::StatePolicy;
use crate::state::pending_records::{PendingRecords, Texts};
use crate::state::record::{LogMark, ScopeName};
use crate::state::rule::Content;
use crate::trust::TrustRoot;

/// A verification whose steps passed, and whose records are not stored yet. Nothing of it can be read before they are.
#[derive(Debug)]
pub(super) struct Pending {
    verified: Verified,
    trust: Option<Arc<TrustRoot>>,
    records: PendingRecords,
    consistency: Consistency,
    /// For each record of a log: what is proven about the log's trees, as lines of the report.
    proven: Vec<(String, Vec<String>)>,
    /// For each stored record of a log, if proofs are required: what is known about the log's other trees.
    histories: Vec<(String, History)>,
}

/// The terms for judging state.
#[derive(Debug)]
pub(super) struct StateTerms {
    /// The pinned signers' part of the scope's name.
    pub(super) signers: String,
    pub(super) policy: StatePolicy,
    /// The trust root whose logs count, if there is one.
    pub(super) trust: Option<Arc<TrustRoot>>,
}

impl Pending {
    /// Checks the age limits, and names the records.
    pub(super) fn new(verified: Verified, request: &Request, terms: StateTerms, report: &mut Report) -> Result<Self> {
        let StateTerms { signers, policy, trust } = terms;
        let details = report.begin(Step::Freshness);
        check_expiry(&verified, request, policy.max_age_seconds, details)?;
        let marks: Vec<LogMark> = verified.log_marks().cloned().collect();
        let mut records = PendingRecords::new(&marks, content_of(&verified, request, signers)?, policy.rules)?;
        if !policy.has_store {
            // The trees of one bundle were compared above. Without a store, no earlier trees are known.
            records = PendingRecords::new(&[], None, policy.rules)?;
            report.skip(Step::Freshness, "not compared with earlier verifications: there is no state store");
        } else if !has_order(request) {
            const UNORDERED: &str =
                "files and attestations have an order only within a scope, and this call names none";
            match records.are_all_stored() {
                true => report.skip(Step::Freshness, UNORDERED),
                false => details.line(UNORDERED),
            }
        }
        report.suspend();
        Ok(Self {
            verified,
            trust,
            records,
            consistency: Consistency::new(policy.consistency),
            proven: Vec::new(),
            histories: Vec::new(),
        })
    }

    /// The records in the order in which they must be stored: `[{"key", "kind"}]`.
    pub(super) fn records(&self) -> String {
        self.records.to_json()
    }

    /// A pair of trees that must be proven to be one history before the record can be judged by these texts.
    pub(super) fn unproven(&mut self, key: &str, texts: Texts<'_>) -> Result<Option<String>> {
        let logs = self.trust.as_ref().map_or([].as_slice(), |trust| &trust.logs);
        let trees = self.records.trees(key, texts, &|mark| mark.is_signed_by(logs))?;
        trees.map_or(Ok(None), |trees| self.consistency.ask(&trees.all()))
    }

    /// The proofs that the policy requires.
    pub(super) fn consistency(&mut self) -> &mut Consistency {
        &mut self.consistency
    }

    /// Judges a record by the text in the store and by the floor (the newest text that this process has seen stored).
    /// Returns the text to write, or `None` if the stored text stays.
    pub(super) fn judge(&mut self, key: &str, texts: Texts<'_>) -> Result<Option<String>> {
        let logs = self.trust.as_ref().map_or([].as_slice(), |trust| &trust.logs);
        let is_signed = |mark: &LogMark| mark.is_signed_by(logs);
        if let Some(trees) = self.records.trees(key, texts, &is_signed)? {
            let lines = self.consistency.describe_answers(&trees.all())?;
            self.proven.retain(|(known, _)| known != key);
            self.proven.push((key.to_owned(), lines));
        }
        let next = self.records.judge(key, texts, &is_signed);
        // A step may have gone on without a part that the first core lacks. The whole core may refuse then, so nothing is
        // written.
        first::check_not_required()?;
        next
    }

    /// The caller states that a record is stored as it was judged last. Returns what the report says about it.
    pub(super) fn mark_stored(&mut self, key: &str) -> Result<Details> {
        let stored = self.records.mark_stored(key)?;
        let mut details = Details::default();
        details.lines(self.proven.iter().filter(|(known, _)| known == key).flat_map(|(_, lines)| lines));
        details.lines(stored.lines);
        if let Some((mark, is_alone)) = stored.log {
            let history = self.consistency.history_of(mark, is_alone);
            self.histories.extend(history.map(|history| (key.to_owned(), history)));
        }
        Ok(details)
    }

    /// Whether every record is stored.
    pub(super) fn are_all_stored(&self) -> bool {
        self.records.are_all_stored()
    }

    /// Everything that was proven, after every record is stored.
    pub(super) fn release(self) -> Result<String> {
        if !self.are_all_stored() {
            let expected = "every record stored before the release";
            return Err(Error::new(Code::Internal).expected(expected).found("another order of calls"));
        }
        first::check_not_required()?;
        let history = |mark: &LogMark| {
            let key = if self.histories.is_empty() { return None } else { mark.key() };
            self.histories.iter().find(|(known, _)| *known == key).map(|(_, history)| history.name())
        };
        Ok(self.verified.to_json(history))
    }
}

/// Catalogues have an order. Files and attestations have one only within a scope that the caller names.
fn has_order(request: &Request) -> bool {
    request.kind == Kind::Catalogue || request.scope.is_some()
}

/// The content, as the rule of scopes needs it. `None` for content without an order.
fn content_of(verified: &Verified, request: &Request, signers: String) -> Result<Option<Content>> {
    if !has_order(request) {
        return Ok(None);
    }
    let name = ScopeName { policy: signers, server: request.server.clone(), scope: request.scope.clone() };
    name.check_size()?;
    Ok(Some(verified.content(name)))
}
