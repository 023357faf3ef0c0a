//! Between verified and released: the water-marks must stand first.

use std::fmt;
use std::sync::Arc;

use super::consistency::{Consistency, History};
use super::content::Verified;
use super::report::Details;
use super::request::Request;
use crate::encoding::json_writer::{self, ObjectWriter};
use crate::encoding::time::Time;
use crate::error::{Code, Error, Result};
use crate::policy::StatePolicy;
use crate::state::record::{LogMark, ScopeMark, ScopeName};
use crate::state::rule::{Decision, FirstUse, Freshness, check_same_log, judge_log, judge_scope};
use crate::trust::TrustRoot;

/// A verification that holds, whose records are not settled yet. Nothing of it is readable before they are.
#[derive(Debug)]
pub(super) struct Pending {
    verified: Verified,
    policy: StatePolicy,
    trust: Option<Arc<TrustRoot>>,
    records: Vec<Record>,
    consistency: Consistency,
    /// How many records stand, in their order.
    settled: usize,
    /// Stored texts that turned out to be what their logs signed.
    signed: Vec<String>,
    /// By record: what is known of each log whose record stands, where proofs are required.
    histories: Vec<(String, History)>,
}

/// What came of a record.
#[derive(Debug, Clone)]
struct Judgement {
    /// Nothing was stored, and there was no floor.
    first_use: bool,
    /// What was found, for people.
    details: Details,
}

/// One record to settle. Logs come first, the scope last.
#[derive(Debug)]
struct Record {
    key: String,
    subject: Subject,
    /// What came of it last.
    judgement: Option<Judgement>,
}

#[derive(Debug)]
enum Subject {
    /// A log: its largest checkpoint, and the others that were presented with it.
    Log(LogMark, Vec<LogMark>),
    Scope(ScopeName),
}

impl Pending {
    /// Judges expiry and names the records. `scope` is the policy's part of the scope's key.
    pub(super) fn new(
        verified: Verified,
        request: &Request,
        scope: &str,
        policy: StatePolicy,
        trust: Option<Arc<TrustRoot>>,
        details: &mut Details,
    ) -> Result<Self> {
        check_expiry(&verified, request, policy, details)?;
        let mut records = largest_marks(&verified)?;
        let server =
            request.server.as_deref().or_else(|| verified.catalogue().and_then(|catalogue| catalogue.server()));
        let name =
            ScopeName { policy: scope.to_owned(), server: server.map(str::to_owned), scope: request.scope.clone() };
        name.check_size()?;
        records.push(Record { key: name.key(), subject: Subject::Scope(name), judgement: None });
        let consistency = Consistency::new(policy.consistency);
        Ok(Self {
            verified,
            policy,
            trust,
            records,
            consistency,
            settled: 0,
            signed: Vec::new(),
            histories: Vec::new(),
        })
    }

    /// The records in the order in which they are to be settled: `[{"key", "kind"}]`.
    pub(super) fn records(&self) -> String {
        json_writer::array(self.records.iter().map(|record| {
            let kind = match record.subject {
                Subject::Log(..) => "log",
                Subject::Scope(_) => "scope",
            };
            ObjectWriter::new().string("key", &record.key).string("kind", kind).finish()
        }))
    }

    /// A pair of trees that must be proven to be one history before the record can be judged against these texts.
    pub(super) fn unproven(&mut self, key: &str, stored: Option<&str>, floor: Option<&str>) -> Result<Option<String>> {
        self.check_stored(key, stored, floor)?;
        let Subject::Log(largest, others) = &find(&self.records, key)?.subject else { return Ok(None) };
        if self.policy.consistency.is_none() {
            return Ok(None);
        }
        let (stored, floor) = (read_mark(stored, largest)?, read_mark(floor, largest)?);
        self.consistency.ask(&trees(&stored, &floor, others, largest))
    }

    /// The proofs that the policy requires.
    pub(super) fn consistency(&mut self) -> &mut Consistency {
        &mut self.consistency
    }

    /// Judges a record against what the store holds and against the floor that this process has seen stand. Gives the
    /// text to swap in, `None` if what stands is right.
    pub(super) fn judge(&mut self, key: &str, stored: Option<&str>, floor: Option<&str>) -> Result<Option<String>> {
        self.check_stored(key, stored, floor)?;
        // A floor that is what is stored adds nothing.
        let floor = floor.filter(|floor| Some(*floor) != stored);
        let (next, judgement) = self.judgement_of(find(&self.records, key)?, stored, floor)?;
        if let Some(record) = self.records.iter_mut().find(|record| record.key == key) {
            record.judgement = Some(judgement);
        }
        Ok(next)
    }

    /// Refuses a stored record of a log that the log did not sign. A floor has passed this before it became one.
    fn check_stored(&mut self, key: &str, stored: Option<&str>, floor: Option<&str>) -> Result<()> {
        let (Subject::Log(seen, _), Some(text)) = (&find(&self.records, key)?.subject, stored) else { return Ok(()) };
        if stored == floor || self.signed.iter().any(|signed| signed == text) {
            return Ok(());
        }
        let mark = read_mark(stored, seen)?;
        if let Some(mark) = mark.filter(|mark| mark != seen) {
            mark.check_signed(self.trust.as_ref().map_or(&[], |trust| &trust.logs))?;
        }
        self.signed.push(text.to_owned());
        Ok(())
    }

    fn judgement_of(
        &self,
        record: &Record,
        stored: Option<&str>,
        floor: Option<&str>,
    ) -> Result<(Option<String>, Judgement)> {
        let first_use = stored.is_none() && floor.is_none();
        let mut details = Details::default();
        let next = match &record.subject {
            Subject::Log(seen, others) => self.judge_log(seen, others, stored, floor, &mut details)?,
            Subject::Scope(name) => self.judge_scope(name, stored, floor)?,
        };
        match (&record.subject, first_use) {
            (Subject::Log(mark, _), true) => details.line(format_args!(
                "first use of the log {}: nothing to compare size {} with",
                mark.origin, mark.tree_size
            )),
            (Subject::Log(mark, _), false) => details.line(format_args!("the log {} has not gone back", mark.origin)),
            (Subject::Scope(_), true) => details.line("first use of this scope: nothing to compare with"),
            (Subject::Scope(_), false) => details.line("this scope has not gone back"),
        }
        Ok((next, Judgement { first_use, details }))
    }

    fn judge_log(
        &self,
        seen: &LogMark,
        others: &[LogMark],
        stored: Option<&str>,
        floor: Option<&str>,
        details: &mut Details,
    ) -> Result<Option<String>> {
        let stored = read_mark(stored, seen)?;
        let floor = read_mark(floor, seen)?;
        details.lines(self.consistency.settled(&trees(&stored, &floor, others, seen))?);
        let newest = match (&stored, &floor) {
            (Some(stored), Some(floor)) => {
                judge_log(Some(floor), stored, Freshness::Scope, self.policy.first_use)?;
                if floor.tree_size > stored.tree_size { Some(floor) } else { Some(stored) }
            }
            (stored, floor) => stored.as_ref().or(floor.as_ref()),
        };
        let decision = judge_log(newest, seen, self.policy.freshness, self.policy.first_use)?;
        let next = match (decision, newest) {
            (Decision::Keep, Some(newest)) => newest,
            _ => seen,
        };
        Ok((Some(next) != stored.as_ref()).then(|| next.to_text()))
    }

    fn judge_scope(&self, name: &ScopeName, stored: Option<&str>, floor: Option<&str>) -> Result<Option<String>> {
        let stored = stored.map(ScopeMark::from_text).transpose()?;
        let floor = floor.map(ScopeMark::from_text).transpose()?;
        // What is seen is held against each; what is written is then behind neither.
        let judge = |before: Option<&ScopeMark>| {
            judge_scope(before, &self.verified.scope_mark(name, before), self.policy.first_use)
        };
        let Some(floor) = floor else { return Ok(judge(stored.as_ref())?.map(|next| next.to_text())) };
        let above_floor = judge(Some(&floor))?.unwrap_or(floor);
        let next = match &stored {
            // The floor vouches for the scope: a store that lost the record is repaired, not trusted anew.
            None => Some(above_floor),
            Some(stored) => {
                judge(Some(stored))?;
                judge_scope(Some(stored), &above_floor, self.policy.first_use)?
            }
        };
        Ok(next.map(|next| next.to_text()))
    }

    /// The caller's word that a record stands in the store as it was judged last. Gives what was found about it; `None`
    /// out of order: nothing may be written before all records are judged, and a log's record comes before the scope's.
    pub(super) fn settle(&mut self, key: &str) -> Option<Details> {
        if self.records.iter().any(|record| record.judgement.is_none()) {
            return None;
        }
        let record = self.records.get(self.settled).filter(|record| record.key == key)?;
        let judgement = record.judgement.as_ref()?;
        if let Subject::Log(mark, others) = &record.subject {
            let history = self.consistency.history_of(mark, judgement.first_use && others.is_empty());
            self.histories.extend(history.map(|history| (record.key.clone(), history)));
        }
        self.settled = self.settled.saturating_add(1);
        Some(judgement.details.clone())
    }

    /// Whether every record stands.
    pub(super) fn is_settled(&self) -> bool {
        self.settled == self.records.len()
    }

    /// Everything that was proven, once every record stands.
    pub(super) fn release(self) -> Result<String> {
        if !self.is_settled() {
            return Err(internal("every record settled before the release"));
        }
        let history = |mark: &LogMark| {
            let key = if self.histories.is_empty() { return None } else { mark.key() };
            self.histories.iter().find(|(known, _)| *known == key).map(|(_, history)| history.name())
        };
        Ok(self.verified.to_json(history))
    }
}

fn find<'r>(records: &'r [Record], key: &str) -> Result<&'r Record> {
    records.iter().find(|record| record.key == key).ok_or_else(|| internal("a record of this verification"))
}

/// The trees of one log that must be one history.
fn trees<'m>(
    stored: &'m Option<LogMark>,
    floor: &'m Option<LogMark>,
    others: &'m [LogMark],
    seen: &'m LogMark,
) -> Vec<&'m LogMark> {
    let mut trees: Vec<&LogMark> = Vec::new();
    trees.extend(stored);
    trees.extend(floor);
    trees.extend(others);
    trees.push(seen);
    trees
}

/// What is recorded of the log that was seen.
fn read_mark(text: Option<&str>, seen: &LogMark) -> Result<Option<LogMark>> {
    let Some(text) = text else { return Ok(None) };
    let mark = LogMark::from_text(text)?;
    check_same_log(&mark, seen)?;
    Ok(Some(mark))
}

/// The record of each log: its largest checkpoint. Two of one size with different roots are a fork within one bundle.
fn largest_marks(verified: &Verified) -> Result<Vec<Record>> {
    let mut records: Vec<Record> = Vec::new();
    for mark in verified.log_marks() {
        let key = mark.key();
        let known = records.iter_mut().find(|record| record.key == key).map(|record| &mut record.subject);
        let Some(Subject::Log(largest, others)) = known else {
            records.push(Record { key, subject: Subject::Log(mark.clone(), Vec::new()), judgement: None });
            continue;
        };
        judge_log(Some(largest), mark, Freshness::Scope, FirstUse::Record)?;
        let mut smaller = mark.clone();
        if smaller.tree_size > largest.tree_size {
            std::mem::swap(largest, &mut smaller);
        }
        others.push(smaller);
    }
    Ok(records)
}

fn internal(expected: impl fmt::Display) -> Error {
    Error::new(Code::Internal).expected(expected).found("another order of calls")
}

/// The catalogue's own `expires` and the policy's maximum age, held against the caller's or the machine's time.
fn check_expiry(verified: &Verified, request: &Request, policy: StatePolicy, details: &mut Details) -> Result<()> {
    let Some(now) = request.now.or(request.clock) else {
        if policy.max_age_seconds.is_some() {
            return Err(Error::new(Code::OptionInvalid)
                .on("request.now")
                .expected("a time, since the policy has maxAgeSeconds")
                .found("none"));
        }
        if verified.catalogue().is_some_and(|catalogue| catalogue.expires().is_some()) {
            details.line("the catalogue's expiry was not judged: no time was given");
        }
        return Ok(());
    };
    if let Some(expires) = verified.catalogue().and_then(|catalogue| catalogue.expires())
        && now > expires
    {
        return Err(Error::new(Code::CatalogueExpired)
            .expected(format_args!("a time up to {expires}, when the catalogue expires"))
            .found(now));
    }
    if let Some(age) = policy.max_age_seconds {
        let oldest = now.as_micros().saturating_sub(i64::from(age).saturating_mul(1_000_000));
        let oldest = Time::from_micros(oldest);
        let signed_at = verified.signed_at();
        if signed_at.is_none_or(|signed_at| signed_at < oldest) {
            return Err(Error::new(Code::CatalogueExpired)
                .expected(format_args!("a proven signing time of {oldest} or later"))
                .found(signed_at.map_or_else(|| "none".to_owned(), |time| time.to_string())));
        }
    }
    Ok(())
}
