//! Verifies what a log signed, without a bundle: a checkpoint and the record that it makes, the consistency of two
//! checkpoints, and a fork document. Needs only the log's key.
//!
//! A checkpoint by itself has no proven date. So the key's validity window in the trust root is not checked.

use std::fmt;
use std::sync::Arc;

use crate::encoding::json_writer::{self, ObjectWriter};
use crate::encoding::time::{Time, Validity};
use crate::encoding::{base64, hex};
use crate::error::{Code, Error, Result};
use crate::key::PublicKey;
use crate::log::checkpoint::{Checkpoint, verify_lone_checkpoint};
use crate::log::consistency::{parse_proof, verify_consistency};
use crate::log::fork::{ForkDocument, SignedTree};
use crate::log::merkle::Hash;
use crate::log::pinned::{OriginRule, PinnedLog};
use crate::log::tiles;
use crate::state::pending_records::{PendingRecords, Rules, Texts};
use crate::state::record::LogMark;
use crate::trust::TrustRoot;

/// The logs whose checkpoints are accepted.
#[derive(Debug)]
pub enum LogVerifier {
    /// Those of a trust root, under the origins that it implies.
    TrustRoot(Arc<TrustRoot>),
    /// One log by its key.
    Key {
        /// The public key.
        pem: String,
        /// The first line of its checkpoints. `None` accepts every origin that the key signed.
        origin: Option<String>,
    },
}

/// A checkpoint and the fingerprint of the key that signed it.
struct Opened {
    checkpoint: Checkpoint,
    log_key: [u8; 32],
}

impl LogVerifier {
    /// A log by its key in PEM.
    ///
    /// # Errors
    /// `ERR_PEM_MALFORMED`, `ERR_KEY_MALFORMED`, `ERR_KEY_UNSUPPORTED`.
    pub fn from_pem(pem: &str, origin: Option<&str>) -> Result<Self> {
        PublicKey::from_pem(pem)?;
        Ok(Self::Key { pem: pem.to_owned(), origin: origin.map(str::to_owned) })
    }

    /// The content of a checkpoint as `{"origin", "logKey", "treeSize", "rootHash"}`, after its signature is verified.
    ///
    /// # Errors
    /// Those of [`verify_lone_checkpoint`].
    pub fn open(&self, note: &str) -> Result<String> {
        Ok(self.opened(note)?.to_json())
    }

    /// A checkpoint to store as the newest of its log. A stored record with a larger tree refuses it.
    ///
    /// # Errors
    /// Those of [`verify_lone_checkpoint`].
    pub fn seed(self: &Arc<Self>, note: &str) -> Result<Seeding> {
        let mark = self.opened(note)?.mark();
        let records = PendingRecords::new(std::slice::from_ref(&mark), None, Rules::SEEDING)?;
        Ok(Seeding { records, log_verifier: Arc::clone(self) })
    }

    /// Proves that the smaller checkpoint's tree is the past of the larger one's. The order of `one` and `other` does
    /// not matter. `proof` is the concatenation of hashes of 32 bytes. Returns `{"older": {…}, "newer": {…}}`, each as
    /// [`Self::open`] returns it.
    ///
    /// # Errors
    /// Those of [`verify_lone_checkpoint`] and [`verify_consistency`]; `ERR_CHECKPOINT_ORIGIN` for two logs.
    pub fn verify_consistency(&self, one: &str, other: &str, proof: &[u8]) -> Result<String> {
        let (older, newer) = self.ordered(one, other)?;
        let hashes = parse_proof(newer.checkpoint.origin(), proof)?;
        verify_consistency(older.tree(), newer.tree(), hashes)?;
        Ok(pair_json(&older, &newer))
    }

    /// Verifies a document `{"notes": [NOTE, NOTE], "proof"?: [BASE64…]}`, which claims that the log forked. Returns
    /// the two trees, as [`Self::verify_consistency`] does.
    ///
    /// # Errors
    /// `ERR_JSON_*`, `ERR_INPUT_TOO_LARGE`, those of [`verify_lone_checkpoint`], `ERR_CHECKPOINT_ORIGIN` for two logs;
    /// `ERR_FORK_UNPROVEN` for a document of another form, and for one that does not show a fork.
    pub fn check_fork(&self, document: &[u8]) -> Result<String> {
        let ForkDocument { notes: [one, other], proof } = ForkDocument::from_json(document)?;
        let (older, newer) = self.ordered(&one, &other)?;
        let unproven = |found: &str| {
            Error::new(Code::ForkUnproven)
                .on(newer.checkpoint.origin())
                .expected("two trees that cannot be of one history")
                .found(found)
        };
        match verify_consistency(older.tree(), newer.tree(), &proof) {
            Err(error) if error.code() == Code::LogFork => Ok(pair_json(&older, &newer)),
            Ok(_) => Err(unproven("trees of one history")),
            Err(_) => Err(unproven("two trees, and no proof that leads to the newer one's root")),
        }
    }

    fn ordered(&self, one: &str, other: &str) -> Result<(Opened, Opened)> {
        let (one, other) = (self.opened(one)?, self.opened(other)?);
        if one.checkpoint.origin() != other.checkpoint.origin() || one.log_key != other.log_key {
            return Err(Error::new(Code::CheckpointOrigin)
                .expected(format_args!("two checkpoints of one log and key, as {}", one.checkpoint.origin()))
                .found(other.checkpoint.origin()));
        }
        let in_order = one.checkpoint.tree_size() <= other.checkpoint.tree_size();
        Ok(if in_order { (one, other) } else { (other, one) })
    }

    fn opened(&self, note: &str) -> Result<Opened> {
        // The origin shows the generation of the log, and with it the name of the log's key on the note.
        let origin = note.split('\n').next().unwrap_or_default();
        match self {
            Self::Key { pem, origin: pinned } => {
                let key = PublicKey::from_pem(pem)?;
                let log = PinnedLog {
                    log_id: key.fingerprint().to_vec(),
                    key,
                    checkpoint_key_id: None,
                    origin: OriginRule::Stated(vec![pinned.as_deref().unwrap_or(origin).to_owned()]),
                    validity: Validity { start: Time::EARLIEST, end: None },
                    operator: None,
                };
                open_under(note, &log)
            }
            Self::TrustRoot(root) => {
                let mut refusal =
                    Error::new(Code::CheckpointOrigin).expected("the origin of a log in the trust root").found(origin);
                for log in &root.logs {
                    match open_under(note, log) {
                        Ok(opened) => return Ok(opened),
                        Err(error) if error.code() == Code::CheckpointOrigin => {}
                        Err(error) => refusal = error,
                    }
                }
                Err(refusal)
            }
        }
    }
}

/// A checkpoint whose record must be stored. It is judged and stored as the records of a verification are.
#[derive(Debug)]
pub struct Seeding {
    records: PendingRecords,
    log_verifier: Arc<LogVerifier>,
}

impl Seeding {
    /// The one record to store, `[{"key", "kind"}]`.
    pub fn records(&self) -> String {
        self.records.to_json()
    }

    /// Judges the record, as [`crate::verify::Verification::judge`] does.
    ///
    /// # Errors
    /// `ERR_LOG_FORK`, `ERR_LOG_ROLLBACK`, `ERR_STATE_CORRUPT`.
    pub fn judge(&mut self, key: &str, stored: Option<&str>, floor: Option<&str>) -> Result<Option<String>> {
        let log_verifier = &self.log_verifier;
        let is_signed = |mark: &LogMark| log_verifier.opened(&mark.note).is_ok_and(|opened| opened.mark() == *mark);
        self.records.judge(key, Texts { stored, floor }, &is_signed)
    }

    /// The caller states that the record is stored as it was judged last.
    ///
    /// # Errors
    /// `ERR_INTERNAL` before it was judged, and a second time.
    pub fn mark_stored(&mut self, key: &str) -> Result<()> {
        self.records.mark_stored(key).map(|_| ())
    }
}

fn open_under(note: &str, log: &PinnedLog) -> Result<Opened> {
    Ok(Opened { checkpoint: verify_lone_checkpoint(note, log)?, log_key: *log.key.fingerprint() })
}

/// The tiles that a consistency proof needs: `[[level, "index", width], …]`. Sizes are decimal texts.
///
/// # Errors
/// `ERR_CONSISTENCY_PROOF_INVALID`.
pub fn needed_tiles(older: &str, newer: &str) -> Result<String> {
    let tiles = tiles::needed_tiles(size(older)?, size(newer)?)?;
    Ok(json_writer::array(tiles.iter().map(|tile| format!("[{},\"{}\",{}]", tile.level, tile.index, tile.width))))
}

/// The proof from these tiles, which are concatenated: `{"hashes": [base64…], "genuine": …}`. `genuine` says whether
/// all their hashes lead to `newer_root` (base64). The proof proves nothing until it is verified.
///
/// # Errors
/// `ERR_CONSISTENCY_PROOF_INVALID`.
pub fn proof_from_tiles(older: &str, newer: &str, newer_root: &str, bytes: &[u8]) -> Result<String> {
    let root = base64::decode(newer_root).ok().and_then(|bytes| bytes.try_into().ok());
    let root: Hash = root.ok_or_else(|| other_form("the base64 of 32 bytes", newer_root))?;
    let proof = tiles::proof_from_tiles(size(older)?, size(newer)?, &root, bytes)?;
    Ok(ObjectWriter::new()
        .strings("hashes", proof.hashes.iter().map(|hash| base64::encode(hash)))
        .json("genuine", if proof.genuine { "true" } else { "false" })
        .finish())
}

fn size(text: &str) -> Result<u64> {
    text.parse().map_err(|_| other_form("a decimal tree size", text))
}

fn other_form(expected: impl fmt::Display, found: impl fmt::Display) -> Error {
    Error::new(Code::ConsistencyProofInvalid).expected(expected).found(found)
}

fn pair_json(older: &Opened, newer: &Opened) -> String {
    ObjectWriter::new().json("older", &older.to_json()).json("newer", &newer.to_json()).finish()
}

impl Opened {
    fn tree(&self) -> SignedTree<'_> {
        SignedTree {
            origin: self.checkpoint.origin(),
            size: self.checkpoint.tree_size(),
            root: self.checkpoint.root_hash(),
            note: self.checkpoint.note(),
        }
    }

    fn mark(&self) -> LogMark {
        LogMark::from_checkpoint(&self.checkpoint, self.log_key)
    }

    fn to_json(&self) -> String {
        ObjectWriter::new()
            .string("origin", self.checkpoint.origin())
            .string("logKey", &hex::encode(&self.log_key))
            .text("treeSize", self.checkpoint.tree_size())
            .string("rootHash", &base64::encode(self.checkpoint.root_hash()))
            .finish()
    }
}
