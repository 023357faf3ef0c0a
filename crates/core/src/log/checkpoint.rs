//! Checkpoints (C2SP tlog-checkpoint): a log's signed statement of its size and root hash.
//!
//! ```text
//! <origin>
//! <tree size, decimal, no leading zeros>
//! <root hash, base64>
//! [<extension line>…]
//! ```
//! The origin is the first line and names the log. The trust root implies which origin a log has. The origin also
//! determines the name of the log's key on the note. A note with another origin is refused for its origin, whoever
//! signed it.

use std::fmt;

use crate::encoding::base64;
use crate::error::{Code, Error, Result};
use crate::log::entry::Generation;
use crate::log::merkle::Hash;
use crate::log::note::{NoteSignature, SignedNote, VerifiedText};
use crate::log::pinned::PinnedLog;

/// What a pinned log signed about its tree.
///
/// Proves that the log's key stated this size and root under an origin that the trust root implies. Does not prove that
/// the log's key was valid at that time, or that the log shows everybody the same tree.
#[derive(Debug)]
pub struct Checkpoint {
    note: SignedNote,
    origin: String,
    tree_size: u64,
    root_hash: Hash,
}

/// Opens a checkpoint's note with the key of a pinned log: origin, then signature, then content.
///
/// # Errors
/// `ERR_CHECKPOINT_MALFORMED`, `ERR_INPUT_TOO_LARGE`, `ERR_CHECKPOINT_ORIGIN`, `ERR_CHECKPOINT_UNSIGNED`,
/// `ERR_CHECKPOINT_SIGNATURE`.
pub fn verify_checkpoint(note: &str, log: &PinnedLog, generation: Generation) -> Result<Checkpoint> {
    let note = SignedNote::parse(note)?;
    let origin = note.text().split('\n').next().unwrap_or_default().to_owned();
    let Some(name) = log.origin.key_name(&origin, generation) else {
        return Err(Error::new(Code::CheckpointOrigin).expected(log.origin.describe(generation)).found(origin));
    };
    Checkpoint::from_text(note.verify(&log.note_verifier(name))?)
}

/// Opens a checkpoint of a log that may be Rekor v1 or v2. The origin tells which.
///
/// # Errors
/// Those of [`verify_checkpoint`].
pub fn verify_lone_checkpoint(note: &str, log: &PinnedLog) -> Result<Checkpoint> {
    match verify_checkpoint(note, log, Generation::V1) {
        Err(error) if error.code() == Code::CheckpointOrigin => verify_checkpoint(note, log, Generation::V2),
        other => other,
    }
}

impl Checkpoint {
    fn from_text(verified: VerifiedText) -> Result<Self> {
        let body = verified.text().strip_suffix('\n').unwrap_or_default();
        let mut lines = body.split('\n');
        let (origin, size, root) = (lines.next(), lines.next(), lines.next());
        let origin = origin.filter(|line| !line.is_empty()).ok_or_else(|| malformed("an origin line", ""))?;
        let size = size.unwrap_or_default();
        let tree_size = parse_size(size).ok_or_else(|| malformed("a decimal tree size", size))?;
        let root = root.unwrap_or_default();
        let root_hash = parse_hash(root).ok_or_else(|| malformed("the base64 of 32 bytes as root hash", root))?;
        if lines.any(str::is_empty) {
            return Err(malformed("extension lines that are not empty", "an empty line"));
        }
        Ok(Self { origin: origin.to_owned(), tree_size, root_hash, note: verified.into_note() })
    }

    /// The first line: which log this is.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The number of leaves.
    pub fn tree_size(&self) -> u64 {
        self.tree_size
    }

    /// The root hash of the tree.
    pub fn root_hash(&self) -> &Hash {
        &self.root_hash
    }

    /// The lines after the root hash, which are signed too. Rekor v1 wrote `Timestamp: …` there.
    pub fn extensions(&self) -> impl Iterator<Item = &str> {
        self.note.text().lines().skip(3)
    }

    /// The note without any change. State stores keep it, and it serves as proof of a fork.
    pub fn note(&self) -> &str {
        self.note.as_str()
    }

    /// The signed text. Cosignatures cover it too.
    pub fn text(&self) -> &str {
        self.note.text()
    }

    /// All signature lines as stated, including those of other keys. None of them is verified here.
    pub fn signatures(&self) -> &[NoteSignature] {
        self.note.signatures()
    }
}

fn parse_size(text: &str) -> Option<u64> {
    let canonical = text.bytes().all(|digit| digit.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    if canonical { text.parse().ok() } else { None }
}

fn parse_hash(text: &str) -> Option<Hash> {
    let bytes = base64::decode(text).ok().filter(|bytes| base64::encode(bytes) == text)?;
    bytes.try_into().ok()
}

fn malformed(expected: impl fmt::Display, found: impl fmt::Display) -> Error {
    Error::new(Code::CheckpointMalformed).expected(expected).found(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::note::key_hash;
    use crate::log::pinned::OriginRule;
    use crate::log::tests::{STACK_A, forged_log, logs, read, signature_line};

    const ROOT: &str = "Esk/ByR+845uf6uNDlfpvr0HcF6Ce6W1rNN32mCMCmY=";

    /// Opens a note with this text that the log of origin `o` really signed.
    fn open(text: &str) -> Result<Checkpoint> {
        let (log, pair) = forged_log(7, OriginRule::Stated(vec!["o".to_owned()]));
        let line = signature_line(&pair, "o", &key_hash("o", &log.key), text);
        verify_checkpoint(&format!("{text}\n{line}"), &log, Generation::V2)
    }

    #[test]
    fn reads_what_was_signed() {
        let checkpoint = open(&format!("o\n18446744073709551615\n{ROOT}\nTimestamp: 1\nmore\n")).unwrap();
        assert_eq!((checkpoint.origin(), checkpoint.tree_size()), ("o", u64::MAX));
        assert_eq!(base64::encode(checkpoint.root_hash()), ROOT);
        assert!(checkpoint.extensions().eq(["Timestamp: 1", "more"]));
        assert!(checkpoint.note().starts_with(checkpoint.text()));
        assert_eq!(open(&format!("o\n0\n{ROOT}\n")).unwrap().tree_size(), 0);
    }

    #[test]
    fn refuses_signed_texts_of_another_form() {
        for text in [
            "o\n".to_owned(),
            "o\n1\n".to_owned(),
            format!("o\n01\n{ROOT}\n"),
            format!("o\n+1\n{ROOT}\n"),
            format!("o\n-1\n{ROOT}\n"),
            format!("o\n\n{ROOT}\n"),
            format!("o\n1 \n{ROOT}\n"),
            format!("o\n18446744073709551616\n{ROOT}\n"),
            format!("o\n１\n{ROOT}\n"),
            format!("o\n1\n{}\n", &ROOT[..43]),
            format!("o\n1\n{}\n", ROOT.replace('/', "_")),
            format!("o\n1\n{}\n", &ROOT[..40]),
            format!("o\n1\n{ROOT} \n"),
            format!("o\n1\n{ROOT}\n\n"),
            format!("o\n1\n{ROOT}\n\nx\n"),
        ] {
            assert_eq!(open(&text).unwrap_err().code(), Code::CheckpointMalformed, "{text:?}");
        }
        for text in [format!("p\n1\n{ROOT}\n"), format!("\n1\n{ROOT}\n"), format!("1\n{ROOT}\n")] {
            assert_eq!(open(&text).unwrap_err().code(), Code::CheckpointOrigin, "{text:?}");
        }
    }

    #[test]
    fn opens_a_served_checkpoint() {
        let note = String::from_utf8(read("catalogues/logs/a/rekor2/log/checkpoint")).unwrap();
        let logs = logs(STACK_A);
        let opened: Vec<_> = logs.iter().map(|log| verify_checkpoint(&note, log, Generation::V2).ok()).collect();
        let sizes: Vec<_> = opened.iter().flatten().map(Checkpoint::tree_size).collect();
        assert_eq!(sizes.len(), 1);
        assert_eq!(opened.iter().flatten().next().unwrap().note(), note);
    }
}
