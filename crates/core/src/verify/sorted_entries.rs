//! Separates the log entries of pinned logs from those of other logs. The others are not counted, and the report names
//! them.

use crate::encoding::base64;
use crate::encoding::time::Time;
use crate::error::{Code, Error, Result, listed};
use crate::log::body::{EntryBody, parse_body};
use crate::log::entry::{Generation, LogEntry};
use crate::log::pinned::PinnedLog;
use crate::log::set::{self, VerifiedSet};
use crate::signer::instance;

/// An entry of a pinned log. A log id may be pinned several times, with different keys or windows.
#[derive(Debug)]
pub(super) struct KnownEntry<'a> {
    pub(super) entry: &'a LogEntry,
    pub(super) position: usize,
    pub(super) generation: Generation,
    /// The parsed body, or the error about it, which is returned when the entry is bound.
    body: Result<EntryBody>,
    logs: Vec<&'a PinnedLog>,
}

/// The log entries of a bundle, separated by whether their log is pinned.
#[derive(Debug)]
pub(super) struct SortedEntries<'a> {
    pub(super) known: Vec<KnownEntry<'a>>,
    unknown: Vec<&'a LogEntry>,
    /// The pinned logs.
    logs: &'a [PinnedLog],
}

impl<'a> SortedEntries<'a> {
    /// Sorts the entries.
    ///
    /// # Errors
    /// `ERR_ENTRY_KIND` if an entry of a pinned log is of an unsupported kind.
    pub(super) fn sort(entries: &'a [LogEntry], logs: &'a [PinnedLog]) -> Result<Self> {
        let mut sorted = Self { known: Vec::new(), unknown: Vec::new(), logs };
        for (position, entry) in entries.iter().enumerate() {
            let mut candidates: Vec<&PinnedLog> = Vec::new();
            candidates.extend(logs.iter().filter(|log| log.log_id == entry.log_id));
            if candidates.is_empty() {
                sorted.unknown.push(entry);
            } else {
                let generation = entry.generation()?;
                let body = parse_body(entry);
                sorted.known.push(KnownEntry { entry, position, generation, body, logs: candidates });
            }
        }
        Ok(sorted)
    }

    /// One line for each entry that is not counted.
    pub(super) fn unknown_lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for entry in &self.unknown {
            let id = base64::encode(&entry.log_id);
            lines.push(format!("not counted: an entry of a log that is not in the trust root ({id})"));
        }
        lines
    }

    /// The refusal of a bundle that only has entries of unknown logs. `None` if it has no entry, or one of a pinned
    /// log.
    pub(super) fn only_unknown(&self) -> Option<Error> {
        (self.known.is_empty() && !self.unknown.is_empty()).then(|| self.none_known())
    }

    /// The refusal of a bundle without any entry of a pinned log.
    pub(super) fn none_known(&self) -> Error {
        let Some(entry) = self.unknown.first() else { return Error::new(Code::LogEntryMissing) };
        let id = base64::encode(&entry.log_id);
        let error = Error::new(Code::LogUntrusted)
            .expected(if self.logs.is_empty() {
                "no log at all, since the trust root has none".to_owned()
            } else {
                let pinned = listed(self.logs.iter().map(|log| base64::encode(&log.log_id)));
                format!("a log id of the trust root: {pinned}")
            })
            .found(&id);
        match instance::of_log(&id) {
            Some(name) => error.hint(format!(
                "This bundle's log id is {name}; use that instance's trust root if it is the right one."
            )),
            None => error,
        }
    }
}

impl<'a> KnownEntry<'a> {
    /// What the log recorded.
    ///
    /// # Errors
    /// Those of [`parse_body`].
    pub(super) fn body(&self) -> Result<&EntryBody> {
        self.body.as_ref().map_err(Error::clone)
    }

    /// Verifies the signed entry timestamp. Every Rekor v1 entry must have one. A Rekor v2 entry must have none.
    ///
    /// # Errors
    /// `ERR_SET_MISSING`, `ERR_SET_INVALID`, `ERR_LOG_KEY_VALIDITY`, `ERR_ENTRY_MALFORMED`.
    pub(super) fn verify_set(&self) -> Result<Option<VerifiedSet>> {
        match self.generation {
            Generation::V1 => self.under_a_pinned_key(|log| {
                let set = set::verify_set(self.entry, log)?;
                check_key_validity(log, &[set.time()])?;
                Ok(Some(set))
            }),
            Generation::V2 if self.entry.signed_entry_timestamp.is_some() || self.entry.integrated_time != 0 => {
                Err(Error::new(Code::EntryMalformed)
                    .on(format_args!("tlogEntries[{}]", self.position))
                    .expected("no integrated time and no promise in a Rekor v2 entry")
                    .found("one of them"))
            }
            Generation::V2 => Ok(None),
        }
    }

    /// Runs `check` with each key that is pinned for this log id, until one passes.
    ///
    /// # Errors
    /// What the first key's check returned.
    pub(super) fn under_a_pinned_key<T>(&self, check: impl Fn(&'a PinnedLog) -> Result<T>) -> Result<T> {
        let mut first = None;
        for log in &self.logs {
            match check(log) {
                Ok(value) => return Ok(value),
                Err(error) => first = first.or(Some(error)),
            }
        }
        let error = first.unwrap_or_else(|| Error::new(Code::LogUntrusted));
        Err(error.on_outer(format_args!("tlogEntries[{}]", self.position)))
    }
}

/// Requires that a log's key was in use at every proven time. Only verification under a pinned key may have no proven
/// time. Then a key that is still in use is accepted, and a retired one is refused.
pub(super) fn check_key_validity(log: &PinnedLog, times: &[Time]) -> Result<()> {
    if times.is_empty() && log.validity.end.is_some() {
        return Err(Error::new(Code::TimeMissing)
            .expected(format_args!("a proven time to hold against the log key's window, {}", log.validity))
            .found("none"));
    }
    match times.iter().find(|time| !log.validity.contains(**time)) {
        None => Ok(()),
        Some(time) => Err(Error::new(Code::LogKeyValidity).expected(log.validity).found(time)),
    }
}
