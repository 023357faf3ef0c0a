//! The rule: behind, equal, fork, ahead. It lives here and nowhere else.

use super::record::{LogMark, ScopeMark};
use std::fmt;

use crate::error::{Code, Error, Result};
use crate::log::consistency::fork;

/// Over what the tree-size rule holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// Within a scope: an agent may load catalogues signed at different times in any order.
    Scope,
    /// Over the whole log: any checkpoint below the log's mark is refused.
    Log,
}

/// What to do where nothing is recorded yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FirstUse {
    /// Trust on first use: record.
    Record,
    /// Refuse until the operator has seeded the store.
    Deny,
}

/// What the store must do so that the verification may be released.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Nothing: what stands is right.
    Keep,
    /// Swap in this mark.
    Write,
}

/// Judges a verified checkpoint against the log's stored mark.
///
/// # Errors
/// `ERR_LOG_FORK` for the same size with another root, `ERR_LOG_ROLLBACK` for a smaller one under
/// [`Freshness::Log`], `ERR_STATE_FIRST_USE`.
pub fn judge_log(
    stored: Option<&LogMark>,
    seen: &LogMark,
    freshness: Freshness,
    first_use: FirstUse,
) -> Result<Decision> {
    let Some(stored) = stored else { return first(first_use, &seen.origin) };
    check_same_log(stored, seen)?;
    if seen.tree_size == stored.tree_size {
        return match seen.root_hash == stored.root_hash {
            true => Ok(Decision::Keep),
            false => Err(fork(stored.tree(), seen.tree(), &[])),
        };
    }
    if seen.tree_size > stored.tree_size {
        return Ok(Decision::Write);
    }
    match freshness {
        Freshness::Scope => Ok(Decision::Keep),
        Freshness::Log => Err(Error::new(Code::LogRollback)
            .on(&seen.origin)
            .expected(format_args!("a tree of at least {} leaves", stored.tree_size))
            .found(format_args!("{} leaves", seen.tree_size))),
    }
}

/// Refuses a record of another log than the one seen.
///
/// # Errors
/// `ERR_STATE_CORRUPT`.
pub fn check_same_log(stored: &LogMark, seen: &LogMark) -> Result<()> {
    if stored.origin == seen.origin && stored.log_key == seen.log_key {
        return Ok(());
    }
    Err(Error::new(Code::StateCorrupt).expected(&seen.origin).found(format_args!("a record of {}", stored.origin)))
}

/// Judges what was verified against the scope's stored mark, and gives the mark that must stand next.
///
/// # Errors
/// `ERR_LOG_ROLLBACK` for a smaller tree of the same log, `ERR_CATALOGUE_ROLLBACK` for another digest with a
/// smaller index in the same log, an older or missing signing time, or an older, equal or missing version;
/// `ERR_STATE_FIRST_USE`; `ERR_STATE_CORRUPT` for another scope's record.
pub fn judge_scope(stored: Option<&ScopeMark>, seen: &ScopeMark, first_use: FirstUse) -> Result<Option<ScopeMark>> {
    let Some(stored) = stored else {
        first(first_use, "this scope")?;
        return Ok(Some(seen.clone()));
    };
    if stored.name != seen.name {
        return Err(Error::new(Code::StateCorrupt).expected("a record of this scope").found("one of another"));
    }
    let same_log = match (&stored.position, &seen.position) {
        (Some(before), Some(now)) if before.is_in_log_of(now) => Some((before, now)),
        _ => None,
    };
    if let Some((before, now)) = same_log
        && now.tree_size < before.tree_size
    {
        return Err(Error::new(Code::LogRollback)
            .expected(format_args!("a tree of at least {} leaves", before.tree_size))
            .found(format_args!("{} leaves", now.tree_size)));
    }
    if seen.digest == stored.digest {
        let next = merge(stored, seen, same_log.is_some());
        return Ok((next != *stored).then_some(next));
    }
    if let Some((before, now)) = same_log
        && now.log_index <= before.log_index
    {
        return Err(rollback(format_args!("a log index above {}", before.log_index), now.log_index));
    }
    if stored.position.is_some() && seen.position.is_none() {
        return Err(rollback("a log entry, as before", "none"));
    }
    if let Some(before) = stored.signed_at
        && seen.signed_at.is_none_or(|now| now < before)
    {
        let found = seen.signed_at.map_or_else(|| "no proven signing time".to_owned(), |now| now.to_string());
        return Err(rollback(format_args!("a signing time of {before} or later"), found));
    }
    if let Some(before) = stored.version
        && seen.version.is_none_or(|now| now <= before)
    {
        let found =
            seen.version.map_or_else(|| "no version".to_owned(), |now| format!("version {now} with other content"));
        return Err(rollback(format_args!("a version above {before}"), found));
    }
    if same_log.is_none() && stored.signed_at.is_none() && stored.version.is_none() {
        return Err(rollback("a version, a signing time or an index in one log that tells which is newer", "nothing that does")
            .hint("Write a version into the catalogue, or sign with a log or a timestamp authority; without, any older file can pass for the newest."));
    }
    Ok(Some(seen.clone()))
}

/// The same content again: no part of the mark goes back.
fn merge(stored: &ScopeMark, seen: &ScopeMark, same_log: bool) -> ScopeMark {
    let later = seen.signed_at > stored.signed_at;
    let position = match (&stored.position, &seen.position) {
        (Some(before), Some(now)) if same_log => {
            let mut position = now.clone();
            position.log_index = now.log_index.max(before.log_index);
            Some(position)
        }
        (Some(before), Some(now)) => Some(if later { now.clone() } else { before.clone() }),
        (before, now) => before.clone().or_else(|| now.clone()),
    };
    ScopeMark {
        name: stored.name.clone(),
        position,
        signed_at: stored.signed_at.max(seen.signed_at),
        version: stored.version.max(seen.version),
        digest: stored.digest,
    }
}

fn rollback(expected: impl fmt::Display, found: impl fmt::Display) -> Error {
    Error::new(Code::CatalogueRollback).expected(expected).found(found)
}

fn first(first_use: FirstUse, subject: &str) -> Result<Decision> {
    match first_use {
        FirstUse::Record => Ok(Decision::Write),
        FirstUse::Deny => Err(Error::new(Code::StateFirstUse).on(subject).expected("a recorded mark").found("none")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::time::Time;
    use crate::state::record::{LogPosition, ScopeName};

    fn log(size: u64, root: u8) -> LogMark {
        LogMark {
            origin: "o".into(),
            log_key: [1; 32],
            tree_size: size,
            root_hash: [root; 32],
            note: format!("note {size} {root}"),
        }
    }

    fn name() -> ScopeName {
        ScopeName { policy: "anybody".into(), server: None, scope: None }
    }

    fn scope(log: u8, size: u64, index: u64, time: i64, version: Option<u64>, digest: u8) -> ScopeMark {
        ScopeMark {
            name: name(),
            position: Some(LogPosition { origin: "o".into(), log_key: [log; 32], tree_size: size, log_index: index }),
            signed_at: Time::from_seconds(time),
            version,
            digest: [digest; 32],
        }
    }

    fn code<T: std::fmt::Debug>(result: Result<T>) -> Code {
        result.unwrap_err().code()
    }

    #[test]
    fn a_log_never_goes_back_and_never_forks() {
        use Freshness::{Log, Scope};
        let first = FirstUse::Record;
        assert_eq!(judge_log(None, &log(5, 1), Log, first).unwrap(), Decision::Write);
        assert_eq!(code(judge_log(None, &log(5, 1), Log, FirstUse::Deny)), Code::StateFirstUse);
        assert_eq!(judge_log(Some(&log(5, 1)), &log(7, 1), Log, first).unwrap(), Decision::Write);
        assert_eq!(judge_log(Some(&log(5, 1)), &log(5, 1), Log, first).unwrap(), Decision::Keep);
        assert_eq!(code(judge_log(Some(&log(10, 1)), &log(5, 1), Log, first)), Code::LogRollback);
        assert_eq!(judge_log(Some(&log(10, 1)), &log(5, 1), Scope, first).unwrap(), Decision::Keep);
        let fork = judge_log(Some(&log(5, 1)), &log(5, 2), Scope, first).unwrap_err();
        assert_eq!((fork.code(), fork.evidence_texts().len()), (Code::LogFork, 2));
        let mut other = log(6, 1);
        other.origin = "p".into();
        assert_eq!(code(judge_log(Some(&log(5, 1)), &other, Log, first)), Code::StateCorrupt);
    }

    #[test]
    fn a_scope_never_goes_back() {
        let stored = scope(1, 10, 5, 100, Some(3), 7);
        let judge = |seen: ScopeMark| judge_scope(Some(&stored), &seen, FirstUse::Record);
        assert_eq!(judge(stored.clone()).unwrap(), None);
        assert_eq!(judge(scope(1, 12, 11, 101, Some(4), 8)).unwrap().unwrap().version, Some(4));
        assert_eq!(code(judge(scope(1, 9, 5, 100, Some(3), 7))), Code::LogRollback);
        assert_eq!(code(judge(scope(1, 9, 8, 101, Some(4), 8))), Code::LogRollback);
        // A refreshed inclusion proof does not make an old entry new.
        assert_eq!(code(judge(scope(1, 50, 2, 101, Some(4), 8))), Code::CatalogueRollback);
        assert_eq!(code(judge(scope(1, 50, 11, 99, Some(4), 8))), Code::CatalogueRollback);
        assert_eq!(code(judge(scope(2, 1, 0, 99, Some(4), 8))), Code::CatalogueRollback);
        assert!(judge(scope(2, 1, 0, 101, Some(4), 8)).unwrap().is_some());
        for version in [None, Some(2), Some(3)] {
            assert_eq!(code(judge(scope(1, 12, 11, 101, version, 8))), Code::CatalogueRollback, "{version:?}");
        }
        let mut other = scope(1, 12, 11, 101, Some(4), 8);
        other.name.server = Some("another".into());
        assert_eq!(code(judge(other)), Code::StateCorrupt);
        // Nothing that both have says which is newer.
        let bare = |digest: u8| ScopeMark {
            name: name(),
            position: None,
            signed_at: None,
            version: None,
            digest: [digest; 32],
        };
        assert_eq!(code(judge_scope(Some(&bare(7)), &bare(8), FirstUse::Record)), Code::CatalogueRollback);
        assert_eq!(judge_scope(Some(&bare(7)), &bare(7), FirstUse::Record).unwrap(), None);
        let mut unlogged = scope(1, 12, 11, 101, Some(4), 8);
        unlogged.position = None;
        assert_eq!(code(judge(unlogged)), Code::CatalogueRollback);
        let mut bare = scope(1, 12, 11, 101, Some(4), 8);
        bare.signed_at = None;
        bare.position = None;
        assert_eq!(code(judge(bare)), Code::CatalogueRollback);
    }

    /// The shards of a Rekor v1 log have one key; the first trees of a new one are small.
    #[test]
    fn another_shard_is_another_log() {
        let stored = scope(1, 1000, 900, 100, None, 7);
        let judge = |time: i64, digest: u8| {
            let mut seen = scope(1, 3, 2, time, None, digest);
            seen.position.as_mut().unwrap().origin = "o - 2".into();
            judge_scope(Some(&stored), &seen, FirstUse::Record)
        };
        assert_eq!(judge(101, 8).unwrap().unwrap().position.unwrap().tree_size, 3);
        assert_eq!(code(judge(99, 8)), Code::CatalogueRollback);
        // The same content in an older shard moves nothing.
        assert_eq!(judge(99, 7).unwrap(), None);
        assert_eq!(
            code(judge_scope(Some(&stored), &scope(1, 3, 2, 101, None, 8), FirstUse::Record)),
            Code::LogRollback
        );
    }

    #[test]
    fn the_same_content_again_only_raises_the_mark() {
        let stored = scope(1, 10, 5, 100, None, 7);
        let next = judge_scope(Some(&stored), &scope(1, 20, 5, 100, None, 7), FirstUse::Record).unwrap().unwrap();
        assert_eq!(next, scope(1, 20, 5, 100, None, 7));
        let older = judge_scope(Some(&stored), &scope(2, 3, 1, 50, None, 7), FirstUse::Record).unwrap();
        assert_eq!(older, None);
        let newer = judge_scope(Some(&stored), &scope(2, 3, 1, 150, None, 7), FirstUse::Record).unwrap().unwrap();
        assert_eq!(newer, scope(2, 3, 1, 150, None, 7));
    }
}
