//! Checkpoints (C2SP tlog-checkpoint): a log's signed statement of its size and root hash.
//!
//! ```text
//! <origin>
//! <tree size, decimal, no leading zeros>
//! <root hash, base64>
//! [<extension line>…]
//! ```
//! The origin names the log. The trust root implies it, and it decides the name that the log's key has on the
//! note: a note of another origin is refused as such, whoever signed it.

use crate::encoding::base64;
use crate::error::{Code, Error, Result};
use crate::log::entry::Generation;
use crate::log::merkle::Hash;
use crate::log::note::{NoteSignature, SignedNote, VerifiedText};
use crate::log::pinned::PinnedLog;

/// What a pinned log signed about its tree.
///
/// Proves that the log's key stated this size and root under an origin that the trust root implies. Does not
/// prove that the log's key was valid then, nor that the log shows everybody the same tree.
#[derive(Debug)]
pub struct Checkpoint {
    note: SignedNote,
    origin: String,
    tree_size: u64,
    root_hash: Hash,
    extensions: Vec<String>,
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
        let extensions: Vec<String> = lines.map(str::to_owned).collect();
        if extensions.iter().any(String::is_empty) {
            return Err(malformed("extension lines that are not empty", "an empty line"));
        }
        Ok(Self { origin: origin.to_owned(), tree_size, root_hash, extensions, note: verified.into_note() })
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

    /// Lines after the root hash, signed with it. Rekor v1 wrote `Timestamp: …` there.
    pub fn extensions(&self) -> &[String] {
        &self.extensions
    }

    /// The note, verbatim: what a state store keeps and a fork is proven with.
    pub fn note(&self) -> &str {
        self.note.as_str()
    }

    /// The signed text, which cosignatures cover too.
    pub fn text(&self) -> &str {
        self.note.text()
    }

    /// Every signature line as stated, those of other keys included: nothing about them is verified.
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

fn malformed(expected: &str, found: &str) -> Error {
    Error::new(Code::CheckpointMalformed).expected(expected).found(found)
}
