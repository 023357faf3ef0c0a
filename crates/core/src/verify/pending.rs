//! Between verified and released: the water-marks must stand first.

use std::sync::Arc;

use super::consistency::{Consistency, History};
use super::content::Verified;
use super::expiry::check_expiry;
use super::report::{Details, Report, Step};
use super::request::{Kind, Request};
use crate::error::{Code, Error, Result};
use crate::policy::StatePolicy;
use crate::state::record::{LogMark, ScopeName};
use crate::state::rule::Content;
use crate::state::unsettled::{Texts, Unsettled};
use crate::trust::TrustRoot;

/// A verification that holds, whose records are not settled yet. Nothing of it is readable before they are.
#[derive(Debug)]
pub(super) struct Pending {
    verified: Verified,
    trust: Option<Arc<TrustRoot>>,
    records: Unsettled,
    consistency: Consistency,
    /// By record: what is proven of each log's trees, in words.
    proven: Vec<(String, Vec<String>)>,
    /// By record: what is known of each log whose record stands, where proofs are required.
    histories: Vec<(String, History)>,
}

/// On what terms state is judged.
#[derive(Debug)]
pub(super) struct StateTerms {
    /// The policy's part of the scope's name.
    pub(super) signers: String,
    pub(super) policy: StatePolicy,
    /// Whose logs count, if any do.
    pub(super) trust: Option<Arc<TrustRoot>>,
}

impl Pending {
    /// Judges expiry and names the records.
    pub(super) fn new(verified: Verified, request: &Request, terms: StateTerms, report: &mut Report) -> Result<Self> {
        let StateTerms { signers, policy, trust } = terms;
        let details = report.begin(Step::Freshness);
        check_expiry(&verified, request, policy.max_age_seconds, details)?;
        let marks: Vec<LogMark> = verified.log_marks().cloned().collect();
        let mut records = Unsettled::new(&marks, content_of(&verified, request, signers)?, policy.rules)?;
        if !policy.has_store {
            // The trees of one bundle were compared above. What came before is known to nobody.
            records = Unsettled::new(&[], None, policy.rules)?;
            report.skip(Step::Freshness, "not compared with earlier verifications: there is no state store");
        } else if !has_order(request) {
            const UNORDERED: &str =
                "files and attestations have an order only within a scope, and this call names none";
            match records.is_settled() {
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

    /// The records in the order in which they are to be settled: `[{"key", "kind"}]`.
    pub(super) fn records(&self) -> String {
        self.records.to_json()
    }

    /// A pair of trees that must be proven to be one history before the record can be judged against these texts.
    pub(super) fn unproven(&mut self, key: &str, texts: Texts<'_>) -> Result<Option<String>> {
        let logs = self.trust.as_ref().map_or([].as_slice(), |trust| &trust.logs);
        let trees = self.records.trees(key, texts, &|mark| mark.is_signed_by(logs))?;
        trees.map_or(Ok(None), |trees| self.consistency.ask(&trees.all()))
    }

    /// The proofs that the policy requires.
    pub(super) fn consistency(&mut self) -> &mut Consistency {
        &mut self.consistency
    }

    /// Judges a record against what the store holds and against the floor that this process has seen stand. Gives the
    /// text to swap in, `None` if what stands is right.
    pub(super) fn judge(&mut self, key: &str, texts: Texts<'_>) -> Result<Option<String>> {
        let logs = self.trust.as_ref().map_or([].as_slice(), |trust| &trust.logs);
        let is_signed = |mark: &LogMark| mark.is_signed_by(logs);
        if let Some(trees) = self.records.trees(key, texts, &is_signed)? {
            let lines = self.consistency.settled(&trees.all())?;
            self.proven.retain(|(known, _)| known != key);
            self.proven.push((key.to_owned(), lines));
        }
        self.records.judge(key, texts, &is_signed)
    }

    /// The caller's word that a record stands in the store as it was judged last. Gives what was found about it.
    pub(super) fn settle(&mut self, key: &str) -> Result<Details> {
        let settled = self.records.settle(key)?;
        let mut details = Details::default();
        details.lines(self.proven.iter().filter(|(known, _)| known == key).flat_map(|(_, lines)| lines));
        details.lines(settled.lines);
        if let Some((mark, is_alone)) = settled.log {
            let history = self.consistency.history_of(mark, is_alone);
            self.histories.extend(history.map(|history| (key.to_owned(), history)));
        }
        Ok(details)
    }

    /// Whether every record stands.
    pub(super) fn is_settled(&self) -> bool {
        self.records.is_settled()
    }

    /// Everything that was proven, once every record stands.
    pub(super) fn release(self) -> Result<String> {
        if !self.is_settled() {
            let expected = "every record settled before the release";
            return Err(Error::new(Code::Internal).expected(expected).found("another order of calls"));
        }
        let history = |mark: &LogMark| {
            let key = if self.histories.is_empty() { return None } else { mark.key() };
            self.histories.iter().find(|(known, _)| *known == key).map(|(_, history)| history.name())
        };
        Ok(self.verified.to_json(history))
    }
}

/// Catalogues succeed one another. Files and attestations do within a scope that the caller names, and else are unrelated.
fn has_order(request: &Request) -> bool {
    request.kind == Kind::Catalogue || request.scope.is_some()
}

/// What the rule of scopes looks at; `None` for what has no order.
fn content_of(verified: &Verified, request: &Request, signers: String) -> Result<Option<Content>> {
    if !has_order(request) {
        return Ok(None);
    }
    let name = ScopeName { policy: signers, server: request.server.clone(), scope: request.scope.clone() };
    name.check_size()?;
    Ok(Some(verified.content(name)))
}
