//! The rule that decides between behind, equal, fork and ahead. It is the only one, for the store, for the floor of a
//! process (the newest record that it has seen stored), and for records that an operator seeds.

use std::fmt;

use super::record::{LogMark, Order, ScopeMark, ScopeName};
use crate::encoding::time::Time;
use crate::error::{Code, Error, Result};
use crate::log::fork::fork;

/// Whether tree sizes count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// Tree sizes do not count. An agent may load catalogues that were signed at different times in any order.
    Scope,
    /// A checkpoint below the log's mark is refused.
    Log,
}

/// What to do if nothing is recorded yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FirstUse {
    /// Trust on first use: record.
    Record,
    /// Refuse until the operator has seeded the store.
    Deny,
}

/// What is known from before.
#[derive(Debug)]
pub struct Before<M> {
    /// The record in the store.
    pub stored: Option<M>,
    /// The newest record that this process has seen stored. It stays, even if the store loses the record.
    pub floor: Option<M>,
}

/// Verified content, with what the rule of scopes needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// The scope.
    pub name: ScopeName,
    /// The catalogue's version.
    pub version: Option<u64>,
    /// The start of the signer's certificate. `None` if a key is pinned, or GitHub's releases are.
    pub not_before: Option<Time>,
    /// SHA-256 of the signed bytes, or of the digest's text if only a digest was given.
    pub digest: [u8; 32],
}

impl<M> Before<M> {
    /// Nothing is known.
    pub fn is_nothing(&self) -> bool {
        self.stored.is_none() && self.floor.is_none()
    }

    /// All known marks, the store's first.
    pub fn marks(&self) -> impl Iterator<Item = &M> {
        self.stored.iter().chain(&self.floor)
    }
}

impl Content {
    /// The mark of this content.
    pub fn mark(&self) -> ScopeMark {
        let order = match (self.version, self.not_before) {
            (Some(version), _) => Order::Version(version),
            (None, Some(time)) => Order::NotBefore(time),
            (None, None) => Order::None,
        };
        ScopeMark { name: self.name.clone(), order, digest: self.digest }
    }
}

/// Judges a verified checkpoint. Returns the mark that must be stored.
///
/// # Errors
/// `ERR_LOG_FORK` for the same size with another root, `ERR_LOG_ROLLBACK` for a smaller one under
/// [`Freshness::Log`], `ERR_STATE_FIRST_USE`.
pub fn judge_log<'m>(
    before: &'m Before<LogMark>,
    seen: &'m LogMark,
    freshness: Freshness,
    first_use: FirstUse,
) -> Result<&'m LogMark> {
    check_first_use(before, first_use, &seen.origin)?;
    let mut newest: Option<&LogMark> = None;
    for mark in before.marks() {
        newest = Some(newer(newest.unwrap_or(mark), mark)?);
    }
    let Some(newest) = newest else { return Ok(seen) };
    let stands = newer(newest, seen)?;
    if freshness == Freshness::Log && seen.tree_size < newest.tree_size {
        return Err(Error::new(Code::LogRollback)
            .on(&seen.origin)
            .expected(format_args!("a tree of at least {} leaves", newest.tree_size))
            .found(format_args!("{} leaves", seen.tree_size)));
    }
    Ok(stands)
}

/// The larger of two trees of one log. The first one if both have one size.
///
/// # Errors
/// `ERR_LOG_FORK` for the same size with another root.
pub fn newer<'m>(one: &'m LogMark, other: &'m LogMark) -> Result<&'m LogMark> {
    if one.tree_size == other.tree_size && one.root_hash != other.root_hash {
        return Err(fork(one.tree(), other.tree(), &[]));
    }
    Ok(if other.tree_size > one.tree_size { other } else { one })
}

/// Judges verified content by the marks of its scope. Returns the mark that must be stored.
///
/// The same content is accepted, and its mark stays. Other content must be newer than what is known. Only the publisher
/// can make it newer: by a larger version, or, if no version is recorded, by a certificate that begins later.
///
/// # Errors
/// `ERR_CATALOGUE_ROLLBACK`, `ERR_STATE_FIRST_USE`.
pub fn judge_scope(before: &Before<ScopeMark>, seen: &Content, first_use: FirstUse) -> Result<ScopeMark> {
    check_first_use(before, first_use, "this scope")?;
    for mark in before.marks() {
        check_follows(mark, seen)?;
    }
    // The mark to store must not be older than any known mark. For other content it is the mark of what was seen.
    let own = seen.mark();
    let is_moved = before.is_nothing() || before.marks().any(|mark| mark.digest != seen.digest);
    let mut stands = is_moved.then_some(&own);
    for mark in before.marks().filter(|mark| mark.digest == seen.digest) {
        if stands.is_none_or(|stands| mark.order > stands.order) {
            stands = Some(mark);
        }
    }
    Ok(stands.unwrap_or(&own).clone())
}

/// The table: what may follow a recorded mark.
fn check_follows(recorded: &ScopeMark, seen: &Content) -> Result<()> {
    if recorded.digest == seen.digest {
        return Ok(());
    }
    match (recorded.order, seen.version, seen.not_before) {
        (Order::Version(before), Some(now), _) if now > before => Ok(()),
        (Order::Version(before), now, _) => {
            let expected = format_args!("a version above {before}");
            Err(match now {
                Some(now) if now == before => rollback(expected, format_args!("version {now} with other content"))
                    .hint("Either somebody replays an old catalogue, or its publisher changed it and forgot to raise the version."),
                Some(now) => rollback(expected, format_args!("version {now}")),
                None => rollback(expected, "no version"),
            })
        }
        (Order::NotBefore(before), Some(_), Some(now)) if now < before => {
            Err(rollback(format_args!("a certificate of {before} or later"), format_args!("one of {now}")))
        }
        (_, Some(_), _) => Ok(()),
        (Order::NotBefore(before), None, Some(now)) if now > before => Ok(()),
        (Order::NotBefore(before), None, Some(now)) => {
            Err(rollback(format_args!("a version, or a certificate later than {before}"), format_args!("one of {now}"))
                .hint(STATE_A_VERSION))
        }
        (_, None, _) => {
            Err(rollback("a version, which says which content is newer", "other content without one")
                .hint(STATE_A_VERSION))
        }
    }
}

const STATE_A_VERSION: &str = "Either an old file is replayed, or its publisher must state a version in the catalogue and \
    raise it with each release: log entries and timestamps do not tell which content is newer, since anybody can renew them. \
    Other files have no version: give each a scope of its own, or reset the scope on purpose.";

fn rollback(expected: impl fmt::Display, found: impl fmt::Display) -> Error {
    Error::new(Code::CatalogueRollback).expected(expected).found(found)
}

fn check_first_use<M>(before: &Before<M>, first_use: FirstUse, subject: &str) -> Result<()> {
    if before.is_nothing() && first_use == FirstUse::Deny {
        return Err(Error::new(Code::StateFirstUse).on(subject).expected("a recorded mark").found("none"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(size: u64, root: u8) -> LogMark {
        LogMark {
            origin: "o".into(),
            log_key: [1; 32],
            tree_size: size,
            root_hash: [root; 32],
            note: format!("note {size} {root}"),
        }
    }

    fn stored<M>(mark: M) -> Before<M> {
        Before { stored: Some(mark), floor: None }
    }

    fn nothing<M>() -> Before<M> {
        Before { stored: None, floor: None }
    }

    fn content(version: Option<u64>, not_before: Option<i64>, digest: u8) -> Content {
        Content {
            name: ScopeName { policy: "anybody".into(), server: None, scope: None },
            version,
            not_before: not_before.and_then(Time::from_seconds),
            digest: [digest; 32],
        }
    }

    fn code<T: std::fmt::Debug>(result: Result<T>) -> Code {
        result.unwrap_err().code()
    }

    #[test]
    fn a_log_never_goes_back_and_never_forks() {
        use Freshness::{Log, Scope};
        let judge = |before: &Before<LogMark>, seen: &LogMark, freshness| {
            judge_log(before, seen, freshness, FirstUse::Record).cloned()
        };
        assert_eq!(judge(&nothing(), &log(5, 1), Log).unwrap(), log(5, 1));
        assert_eq!(code(judge_log(&nothing(), &log(5, 1), Log, FirstUse::Deny)), Code::StateFirstUse);
        assert_eq!(judge(&stored(log(5, 1)), &log(7, 1), Log).unwrap(), log(7, 1));
        assert_eq!(judge(&stored(log(5, 1)), &log(5, 1), Log).unwrap(), log(5, 1));
        assert_eq!(code(judge(&stored(log(10, 1)), &log(5, 1), Log)), Code::LogRollback);
        assert_eq!(judge(&stored(log(10, 1)), &log(5, 1), Scope).unwrap(), log(10, 1));
        let fork = judge(&stored(log(5, 1)), &log(5, 2), Scope).unwrap_err();
        assert_eq!((fork.code(), fork.evidence_texts().len()), (Code::LogFork, 2));
        let both = |stored: LogMark, floor: LogMark| Before { stored: Some(stored), floor: Some(floor) };
        assert_eq!(code(judge(&both(log(5, 1), log(5, 2)), &log(9, 1), Scope)), Code::LogFork);
        assert_eq!(code(judge(&both(log(5, 1), log(9, 1)), &log(7, 1), Log)), Code::LogRollback);
        assert_eq!(judge(&both(log(5, 1), log(9, 1)), &log(7, 1), Scope).unwrap(), log(9, 1));
        assert_eq!(judge(&both(log(9, 1), log(5, 1)), &log(7, 1), Scope).unwrap(), log(9, 1));
    }

    /// The table of docs/state.md, row by row.
    #[test]
    fn the_table_of_scopes() {
        let rollback = Err(Code::CatalogueRollback);
        for (recorded, seen, expected) in [
            // The same content: accepted, and the mark stays as it is.
            (content(Some(3), None, 7), content(Some(3), Some(9), 7), Ok(false)),
            (content(None, Some(5), 7), content(None, Some(4), 7), Ok(false)),
            (content(None, Some(5), 7), content(None, Some(6), 7), Ok(false)),
            (content(None, None, 7), content(None, None, 7), Ok(false)),
            // With a version.
            (content(Some(3), Some(5), 7), content(Some(4), Some(1), 8), Ok(true)),
            (content(Some(3), None, 7), content(Some(4), None, 8), Ok(true)),
            (content(Some(3), Some(5), 7), content(Some(2), Some(9), 8), rollback),
            (content(Some(3), Some(5), 7), content(Some(3), Some(9), 8), rollback),
            (content(Some(3), Some(5), 7), content(None, Some(9), 8), rollback),
            (content(Some(3), None, 7), content(None, None, 8), rollback),
            (content(Some(0), None, 7), content(None, None, 8), rollback),
            // Without a version, then with one.
            (content(None, Some(5), 7), content(Some(0), Some(5), 8), Ok(true)),
            (content(None, Some(5), 7), content(Some(9), Some(4), 8), rollback),
            (content(None, None, 7), content(Some(1), None, 8), Ok(true)),
            // Without a version, twice.
            (content(None, Some(5), 7), content(None, Some(6), 8), Ok(true)),
            (content(None, Some(5), 7), content(None, Some(5), 8), rollback),
            (content(None, Some(5), 7), content(None, Some(4), 8), rollback),
            (content(None, None, 7), content(None, None, 8), rollback),
            // A named scope whose policy changed from a key to an identity, or back.
            (content(None, None, 7), content(None, Some(6), 8), rollback),
            (content(None, Some(5), 7), content(None, None, 8), rollback),
            (content(None, None, 7), content(Some(1), Some(6), 8), Ok(true)),
            (content(None, Some(5), 7), content(Some(1), None, 8), Ok(true)),
        ] {
            for before in [stored(recorded.mark()), Before { stored: None, floor: Some(recorded.mark()) }] {
                let judged = judge_scope(&before, &seen, FirstUse::Deny);
                let stands = |moves| if moves { seen.mark() } else { recorded.mark() };
                assert_eq!(judged.map_err(|error| error.code()), expected.map(stands), "{recorded:?} {seen:?}");
            }
        }
        let seen = content(None, Some(5), 7);
        assert_eq!(judge_scope(&nothing(), &seen, FirstUse::Record).unwrap(), seen.mark());
        assert_eq!(code(judge_scope(&nothing(), &seen, FirstUse::Deny)), Code::StateFirstUse);
    }

    /// For every content of store and floor: what either refuses stays refused after something newer is recorded.
    #[test]
    fn what_stands_is_behind_neither_store_nor_floor() {
        let mut all = Vec::new();
        for digest in 1..4 {
            all.extend([None, Some(1), Some(2), Some(3)].map(|time| content(None, time, digest)));
        }
        for version in [1, 2] {
            all.extend(
                [None, Some(1), Some(2)].map(|time| content(Some(version), time, 9 + u8::try_from(version).unwrap())),
            );
        }
        for one in &all {
            for other in &all {
                let before = Before { stored: Some(one.mark()), floor: Some(other.mark()) };
                for seen in &all {
                    let Ok(stands) = judge_scope(&before, seen, FirstUse::Deny) else { continue };
                    assert_eq!(stands.digest, seen.digest);
                    for mark in before.marks() {
                        let follows = stands.digest == mark.digest || check_follows(mark, &as_content(&stands)).is_ok();
                        assert!(follows || stands.order == Order::None, "{before:?} {seen:?} {stands:?}");
                        assert!(stands.digest != mark.digest || stands.order >= mark.order);
                    }
                }
            }
        }
    }

    fn as_content(mark: &ScopeMark) -> Content {
        let (version, not_before) = match mark.order {
            Order::None => (None, None),
            Order::NotBefore(time) => (None, Some(time)),
            Order::Version(version) => (Some(version), None),
        };
        Content { name: mark.name.clone(), version, not_before, digest: mark.digest }
    }
}
