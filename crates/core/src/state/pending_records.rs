//! Records that must be stored: those of a verification, or the one that an operator seeds. Each record is judged by
//! the stored text and by the process's floor (the newest text that it has seen stored). All records are judged before
//! the first one is written. Then they are written one after the other, logs first.

use super::record::{LogMark, ScopeMark, check_key};
use super::rule::{Before, Content, FirstUse, Freshness, judge_log, judge_scope, newer};
use crate::encoding::json_writer::{self, ObjectWriter};
use crate::error::{Code, Error, Result};

/// How records are judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// Whether tree sizes count.
    pub freshness: Freshness,
    /// What happens if nothing is recorded yet.
    pub first_use: FirstUse,
}

impl Rules {
    /// The rules for a seeded record. It may be the first one, and it must not be older than the stored one.
    pub const SEEDING: Self = Self { freshness: Freshness::Log, first_use: FirstUse::Record };
}

/// The earlier texts of a record.
#[derive(Debug, Clone, Copy)]
pub struct Texts<'t> {
    /// The text in the store.
    pub stored: Option<&'t str>,
    /// The newest text that this process has seen stored.
    pub floor: Option<&'t str>,
}

/// The trees of one log that its record is judged by.
#[derive(Debug)]
pub(crate) struct Trees<'r> {
    /// The trees that are known from before.
    pub(crate) before: Before<LogMark>,
    /// The largest of the presented trees.
    pub(crate) seen: &'r LogMark,
    /// The other presented trees.
    pub(crate) others: &'r [LogMark],
}

/// The result for a record that is stored now.
#[derive(Debug)]
pub(crate) struct StoredRecord<'r> {
    /// The lines of the report.
    pub(crate) lines: &'r [String],
    /// The log's largest tree, and whether it is the only one known.
    pub(crate) log: Option<(&'r LogMark, bool)>,
}

/// The records of one verification, or of one seed. The logs' records come first, the scope's comes last.
#[derive(Debug)]
pub struct PendingRecords {
    records: Vec<Record>,
    rules: Rules,
    /// The number of records that are stored, counted in their order.
    stored: usize,
    /// Stored texts that were verified under the key of their log.
    signed: Vec<String>,
}

#[derive(Debug)]
struct Record {
    key: String,
    subject: Subject,
    /// The result of the last judgement.
    judgement: Option<Judgement>,
}

#[derive(Debug)]
enum Subject {
    /// A log: its largest presented checkpoint, and the other ones.
    Log(LogMark, Vec<LogMark>),
    Scope(Content),
}

#[derive(Debug)]
struct Judgement {
    /// Nothing was stored, and there was no floor.
    is_first_use: bool,
    lines: Vec<String>,
}

impl PendingRecords {
    /// The records of these checkpoints and of this content, if it has a scope.
    ///
    /// # Errors
    /// `ERR_LOG_FORK` for two checkpoints of one log and size with different roots.
    pub fn new(marks: &[LogMark], content: Option<Content>, rules: Rules) -> Result<Self> {
        let mut records: Vec<Record> = Vec::new();
        for mark in marks {
            add_checkpoint(&mut records, mark)?;
        }
        if let Some(content) = content {
            records.push(Record { key: content.name.key(), subject: Subject::Scope(content), judgement: None });
        }
        Ok(Self { records, rules, stored: 0, signed: Vec::new() })
    }

    /// The records in the order in which they must be stored: `[{"key", "kind"}]`.
    pub fn to_json(&self) -> String {
        json_writer::array(self.records.iter().map(|record| {
            let kind = match record.subject {
                Subject::Log(..) => "log",
                Subject::Scope(_) => "scope",
            };
            ObjectWriter::new().string("key", &record.key).string("kind", kind).finish()
        }))
    }

    /// The trees that a log's record is judged by. The stored one is verified under the log's key. `None` for a scope.
    ///
    /// # Errors
    /// `ERR_STATE_CORRUPT`.
    pub(crate) fn trees(
        &mut self,
        key: &str,
        texts: Texts<'_>,
        is_signed: &dyn Fn(&LogMark) -> bool,
    ) -> Result<Option<Trees<'_>>> {
        let Subject::Log(seen, others) = &find(&self.records, key)?.subject else { return Ok(None) };
        let before = Before { stored: read_log(key, texts.stored)?, floor: read_log(key, texts.floor)? };
        // A floor was verified before it became the floor.
        if let (Some(text), Some(mark)) = (texts.stored, &before.stored)
            && texts.stored != texts.floor
            && mark != seen
            && !self.signed.iter().any(|signed| signed == text)
        {
            if !is_signed(mark) {
                return Err(mark.unsigned());
            }
            self.signed.push(text.to_owned());
        }
        Ok(Some(Trees { before, seen, others }))
    }

    /// Judges a record by what is known. Returns the text to write, or `None` if the stored text stays.
    ///
    /// # Errors
    /// Those of [`judge_log`] and [`judge_scope`]; `ERR_STATE_CORRUPT`.
    pub fn judge(
        &mut self,
        key: &str,
        texts: Texts<'_>,
        is_signed: &dyn Fn(&LogMark) -> bool,
    ) -> Result<Option<String>> {
        let Rules { freshness, first_use } = self.rules;
        let mut lines = Vec::new();
        let (next, is_first_use) = if let Some(trees) = self.trees(key, texts, is_signed)? {
            let stands = judge_log(&trees.before, trees.seen, freshness, first_use)?;
            let is_first_use = trees.before.is_nothing();
            let Trees { seen: LogMark { origin, tree_size, .. }, .. } = trees;
            lines.push(if is_first_use {
                format!("first use of the log {origin}: nothing to compare size {tree_size} with")
            } else {
                format!("the log {origin} has not gone back")
            });
            let is_kept = trees.before.stored.as_ref() == Some(stands);
            ((!is_kept).then(|| stands.to_text()), is_first_use)
        } else {
            let Subject::Scope(content) = &find(&self.records, key)?.subject else { return Err(other_order()) };
            let before = Before { stored: read_scope(key, texts.stored)?, floor: read_scope(key, texts.floor)? };
            let stands = judge_scope(&before, content, first_use)?;
            lines.push(match before.is_nothing() {
                true => "first use of this scope: nothing to compare with".to_owned(),
                false => "this scope has not gone back".to_owned(),
            });
            let policies = before.marks().map(|mark| &mark.name.policy);
            for policy in policies.filter(|policy| **policy != content.name.policy).take(1) {
                lines.push(format!("this scope was recorded under another policy: {}", policy.replace('\n', " ")));
            }
            let is_kept = before.stored.as_ref() == Some(&stands);
            ((!is_kept).then(|| stands.to_text()), before.is_nothing())
        };
        if let Some(record) = self.records.iter_mut().find(|record| record.key == key) {
            record.judgement = Some(Judgement { is_first_use, lines });
        }
        Ok(next)
    }

    /// The caller states that a record is stored as it was judged last.
    ///
    /// # Errors
    /// `ERR_INTERNAL` for a wrong order. All records must be judged before one is written, and a log's record is
    /// written before the scope's.
    pub(crate) fn mark_stored(&mut self, key: &str) -> Result<StoredRecord<'_>> {
        if self.records.iter().any(|record| record.judgement.is_none()) {
            return Err(other_order());
        }
        let record = self.records.get(self.stored).filter(|record| record.key == key).ok_or_else(other_order)?;
        let judgement = record.judgement.as_ref().ok_or_else(other_order)?;
        self.stored = self.stored.saturating_add(1);
        let log = match &record.subject {
            Subject::Log(mark, others) => Some((mark, judgement.is_first_use && others.is_empty())),
            Subject::Scope(_) => None,
        };
        Ok(StoredRecord { lines: &judgement.lines, log })
    }

    /// Whether every record is stored.
    pub fn are_all_stored(&self) -> bool {
        self.stored == self.records.len()
    }
}

impl<'r> Trees<'r> {
    /// All trees, in any order. They must be of one history.
    pub(crate) fn all(&self) -> Vec<&LogMark> {
        let mut trees: Vec<&LogMark> = self.before.marks().chain(self.others).collect();
        trees.push(self.seen);
        trees
    }
}

/// Adds a checkpoint to the record of its log. The record holds the largest one.
fn add_checkpoint(records: &mut Vec<Record>, mark: &LogMark) -> Result<()> {
    let key = mark.key();
    let known = records.iter_mut().find(|record| record.key == key).map(|record| &mut record.subject);
    let Some(Subject::Log(largest, others)) = known else {
        records.push(Record { key, subject: Subject::Log(mark.clone(), Vec::new()), judgement: None });
        return Ok(());
    };
    let mut smaller = mark.clone();
    if newer(largest, mark)? == mark {
        std::mem::swap(largest, &mut smaller);
    }
    others.push(smaller);
    Ok(())
}

fn find<'r>(records: &'r [Record], key: &str) -> Result<&'r Record> {
    let missing = || Error::new(Code::Internal).expected("a record of this verification").found("another key");
    records.iter().find(|record| record.key == key).ok_or_else(missing)
}

/// Reads a log's record. It counts only under its own key. Otherwise whoever moves a record could make it the record of
/// another log, or make a first use.
fn read_log(key: &str, text: Option<&str>) -> Result<Option<LogMark>> {
    let Some(text) = text else { return Ok(None) };
    let mark = LogMark::from_text(text)?;
    check_key(key, &mark.key())?;
    Ok(Some(mark))
}

fn read_scope(key: &str, text: Option<&str>) -> Result<Option<ScopeMark>> {
    let Some(text) = text else { return Ok(None) };
    let mark = ScopeMark::from_text(text)?;
    check_key(key, &mark.name.key())?;
    Ok(Some(mark))
}

fn other_order() -> Error {
    let order = "all records judged, then stored one after the other";
    Error::new(Code::Internal).expected(order).found("another order of calls")
}
