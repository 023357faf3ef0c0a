//! The third kind of record: the newest metadata seen of one TUF repository, from which an operator fetches a trust root.
//!
//! A TUF client verifies the signatures, the expiry and how the files hang together (TUF specification 1.0, section 5.3 to
//! 5.7). This rule takes the place of the metadata that such a client keeps from before: versions never go back, and one
//! version never says two things. It proves nothing about the metadata itself.

use std::fmt;

use super::record::{check_canonical, check_key, hash, number, parse, string};
use super::rule::Before;
use crate::crypto::sha256;
use crate::encoding::hex;
use crate::encoding::json_writer::{self, ObjectWriter};
use crate::error::{Code, Error, Result};
use crate::limits;

/// The newest metadata seen of one repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepositoryMark {
    /// The caller's name for the repository. Nothing that the repository serves chooses it.
    pub repository: String,
    /// The version of each top-level role's metadata.
    pub versions: Versions,
    /// SHA-256 over the keys and thresholds of the roles timestamp and snapshot, as the root states them.
    pub online_keys: [u8; 32],
    /// SHA-256 of the trust root that the role targets names.
    pub digest: [u8; 32],
}

/// The versions of the top-level roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Versions {
    /// `root`
    pub root: u64,
    /// `timestamp`
    pub timestamp: u64,
    /// `snapshot`
    pub snapshot: u64,
    /// `targets`
    pub targets: u64,
}

impl RepositoryMark {
    /// The key of this repository's record in a store.
    pub fn key(&self) -> String {
        format!("tuf:{}", hex::encode(&sha256(self.repository.as_bytes())))
    }

    /// The canonical text.
    pub fn to_text(&self) -> String {
        let Versions { root, timestamp, snapshot, targets } = self.versions;
        ObjectWriter::new()
            .string("kind", "tuf")
            .json("format", "1")
            .string("repository", &self.repository)
            .text("root", root)
            .text("timestamp", timestamp)
            .text("snapshot", snapshot)
            .text("targets", targets)
            .string("onlineKeys", &hex::encode(&self.online_keys))
            .string("digest", &hex::encode(&self.digest))
            .finish()
    }

    /// Reads a stored text.
    ///
    /// # Errors
    /// `ERR_STATE_CORRUPT` unless it is exactly what [`Self::to_text`] writes.
    pub fn from_text(text: &str) -> Result<Self> {
        let value = parse(text)?;
        let version = |role| number(&value, role);
        let mark = Self {
            repository: string(&value, "repository")?.to_owned(),
            versions: Versions {
                root: version("root")?,
                timestamp: version("timestamp")?,
                snapshot: version("snapshot")?,
                targets: version("targets")?,
            },
            online_keys: hash(&value, "onlineKeys")?,
            digest: hash(&value, "digest")?,
        };
        check_canonical(text, &mark.to_text())?;
        Ok(mark)
    }
}

/// What may follow what is recorded.
///
/// Root versions only rise. While the keys of timestamp and snapshot stay the same, so do the versions of these roles and of
/// targets; after a change of these keys they may start anew, which is how a repository recovers from versions that a thief
/// raised (section 5.3.11). One version of a role says one thing about the next role.
///
/// # Errors
/// `ERR_TUF_ROLLBACK`.
fn check_follows(recorded: &RepositoryMark, seen: &RepositoryMark) -> Result<()> {
    let (before, now) = (recorded.versions, seen.versions);
    let same_keys = recorded.online_keys == seen.online_keys;
    check_version("root", before.root, now.root, same_keys)?;
    if !same_keys {
        return Ok(());
    }
    check_version("timestamp", before.timestamp, now.timestamp, before.snapshot == now.snapshot)?;
    check_version("snapshot", before.snapshot, now.snapshot, before.targets == now.targets)?;
    check_version("targets", before.targets, now.targets, recorded.digest == seen.digest)
}

fn check_version(role: &str, before: u64, now: u64, says_the_same: bool) -> Result<()> {
    if now < before {
        return Err(rollback(role, format_args!("version {before} or later"), format_args!("version {now}")));
    }
    if now == before && !says_the_same {
        return Err(rollback(
            role,
            format_args!("what version {before} said before"),
            "other content of the same version",
        ));
    }
    Ok(())
}

fn rollback(role: &str, expected: impl fmt::Display, found: impl fmt::Display) -> Error {
    Error::new(Code::TufRollback).on(format_args!("{role}.json")).expected(expected).found(found)
}

/// Metadata that a TUF client verified, on its way into a store: judged and then stored, as the records of a verification
/// are.
#[derive(Debug)]
pub struct Update {
    seen: RepositoryMark,
    is_judged: bool,
}

impl Update {
    /// From a record's text, as the caller of the TUF client writes it.
    ///
    /// # Errors
    /// `ERR_STATE_CORRUPT` for another text, `ERR_INPUT_TOO_LARGE` for a name that is too long.
    pub fn new(record: &str) -> Result<Self> {
        let seen = RepositoryMark::from_text(record)?;
        if seen.repository.len() > limits::SCOPE_NAME_BYTES {
            return Err(Error::new(Code::InputTooLarge)
                .on("repository")
                .expected(format_args!("at most {} bytes", limits::SCOPE_NAME_BYTES))
                .found(seen.repository.len()));
        }
        Ok(Self { seen, is_judged: false })
    }

    /// The one record to store, `[{"key", "kind"}]`.
    pub fn records(&self) -> String {
        let record = ObjectWriter::new().string("key", &self.seen.key()).string("kind", "tuf").finish();
        json_writer::array([record])
    }

    /// Judges the record against what is known. Gives the text to swap in, `None` if what is stored is right.
    ///
    /// # Errors
    /// `ERR_TUF_ROLLBACK`, `ERR_STATE_CORRUPT`.
    pub fn judge(&mut self, key: &str, stored: Option<&str>, floor: Option<&str>) -> Result<Option<String>> {
        self.is_judged = false;
        let before = Before { stored: read(key, stored)?, floor: read(key, floor)? };
        for mark in before.marks() {
            check_follows(mark, &self.seen)?;
        }
        self.is_judged = true;
        let is_kept = before.stored.as_ref() == Some(&self.seen);
        Ok((!is_kept).then(|| self.seen.to_text()))
    }

    /// The caller's word that the record stands as it was judged last.
    ///
    /// # Errors
    /// `ERR_INTERNAL` for another key, and before the record was judged.
    pub fn stored(&mut self, key: &str) -> Result<()> {
        if std::mem::take(&mut self.is_judged) && key == self.seen.key() {
            return Ok(());
        }
        Err(Error::new(Code::Internal).expected("a record that is judged, then stored").found("another order of calls"))
    }
}

/// A record counts only under its own key.
fn read(key: &str, text: Option<&str>) -> Result<Option<RepositoryMark>> {
    let Some(text) = text else { return Ok(None) };
    let mark = RepositoryMark::from_text(text)?;
    check_key(key, &mark.key())?;
    Ok(Some(mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(versions: [u64; 4], keys: u8, digest: u8) -> RepositoryMark {
        let [root, timestamp, snapshot, targets] = versions;
        RepositoryMark {
            repository: "public-good".into(),
            versions: Versions { root, timestamp, snapshot, targets },
            online_keys: [keys; 32],
            digest: [digest; 32],
        }
    }

    fn judge(
        stored: Option<&RepositoryMark>,
        floor: Option<&RepositoryMark>,
        seen: &RepositoryMark,
    ) -> Result<Option<String>> {
        let [stored, floor] = [stored, floor].map(|mark| mark.map(RepositoryMark::to_text));
        Update::new(&seen.to_text())?.judge(&seen.key(), stored.as_deref(), floor.as_deref())
    }

    #[test]
    fn versions_never_go_back() {
        let recorded = mark([3, 10, 7, 5], 1, 1);
        let rollback = Err(Code::TufRollback);
        for (seen, expected) in [
            (mark([3, 10, 7, 5], 1, 1), Ok(false)),
            (mark([3, 11, 7, 5], 1, 1), Ok(true)),
            (mark([4, 11, 8, 6], 1, 2), Ok(true)),
            (mark([4, 10, 7, 5], 1, 1), Ok(true)),
            // Each role's version alone.
            (mark([2, 11, 8, 6], 1, 1), rollback),
            (mark([3, 9, 7, 5], 1, 1), rollback),
            (mark([3, 11, 6, 5], 1, 1), rollback),
            (mark([3, 11, 8, 4], 1, 1), rollback),
            (mark([4, 9, 7, 5], 1, 1), rollback),
            // One version with other content.
            (mark([3, 10, 8, 5], 1, 1), rollback),
            (mark([3, 11, 7, 6], 1, 1), rollback),
            (mark([3, 11, 8, 5], 1, 2), rollback),
            (mark([3, 11, 8, 6], 2, 1), rollback),
            // After a rotation of the online keys, their versions start anew; the root's never does.
            (mark([4, 1, 1, 1], 2, 9), Ok(true)),
            (mark([2, 99, 99, 99], 2, 9), rollback),
        ] {
            let stands = expected.map(|moves: bool| moves.then(|| seen.to_text()));
            assert_eq!(judge(Some(&recorded), None, &seen).map_err(|error| error.code()), stands, "{seen:?}");
            let by_floor = judge(None, Some(&recorded), &seen).map_err(|error| error.code());
            assert_eq!(by_floor, expected.map(|_| Some(seen.to_text())), "{seen:?}");
        }
        assert_eq!(judge(None, None, &recorded).unwrap(), Some(recorded.to_text()));
        // The store was set back: the process remembers.
        let older = mark([3, 9, 7, 5], 1, 1);
        assert_eq!(judge(Some(&older), Some(&recorded), &older).unwrap_err().code(), Code::TufRollback);
    }

    #[test]
    fn a_record_has_one_spelling_and_one_key() {
        let text = mark([3, u64::MAX, 7, 5], 1, 1).to_text();
        assert_eq!(RepositoryMark::from_text(&text).unwrap().to_text(), text);
        for bad in [
            text.replace("tuf", "log"),
            text.replace("\"root\":\"3\"", "\"root\":3"),
            text.replace("\"root\":\"3\"", "\"root\":\"03\""),
            text.replace("\"digest\"", "\"extra\":1,\"digest\""),
            format!("{text} "),
        ] {
            assert_eq!(RepositoryMark::from_text(&bad).unwrap_err().code(), Code::StateCorrupt, "{bad}");
        }
        let mut other = mark([1, 1, 1, 1], 1, 1);
        other.repository = "other".into();
        let mut update = Update::new(&text).unwrap();
        let key = mark([1, 1, 1, 1], 1, 1).key();
        assert_eq!(update.judge(&key, Some(&other.to_text()), None).unwrap_err().code(), Code::StateCorrupt);
        assert_eq!(update.stored(&key).unwrap_err().code(), Code::Internal);
        update.judge(&key, None, None).unwrap();
        assert_eq!(update.stored("tuf:other").unwrap_err().code(), Code::Internal);
        update.judge(&key, None, None).unwrap();
        assert!(update.stored(&key).is_ok());
        other.repository = "x".repeat(limits::SCOPE_NAME_BYTES + 1);
        assert_eq!(Update::new(&other.to_text()).unwrap_err().code(), Code::InputTooLarge);
    }
}
