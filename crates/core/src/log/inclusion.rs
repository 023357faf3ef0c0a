//! Inclusion: the body of the entry is a leaf of a tree that the log signed (client-spec "Transparency Log Entry",
//! rekor-v2-spec "Verifying inclusion").

use std::fmt;

use crate::encoding::{base64, hex};
use crate::error::{Code, Error, Result};
use crate::log::checkpoint::{Checkpoint, verify_checkpoint};
use crate::log::entry::{Generation, InclusionProof, LogEntry};
use crate::log::merkle::{self, Hash};
use crate::log::pinned::PinnedLog;

/// An entry that is proven to be in a pinned log.
///
/// Proves that the body is the leaf `leaf_index` of the tree that `checkpoint` states. Does not prove what the body is
/// about, when it was logged, or that the log's key was valid at that time. For Rekor v1, the global index and the time
/// are not proven here either: the signed entry timestamp covers them.
#[derive(Debug)]
pub struct IncludedEntry<'a> {
    entry: &'a LogEntry,
    log: &'a PinnedLog,
    generation: Generation,
    checkpoint: Checkpoint,
    leaf_index: u64,
    leaf_hash: Hash,
}

/// Proves the inclusion of an entry in `log`. The checkpoint decides the root and the size. A proof that states others
/// is refused.
///
/// # Errors
/// `ERR_ENTRY_KIND`, `ERR_LOG_UNTRUSTED` (the entry names another log), `ERR_INCLUSION_PROOF_MISSING`,
/// `ERR_CHECKPOINT_MISSING`, those of [`verify_checkpoint`], `ERR_CHECKPOINT_MISMATCH`,
/// `ERR_INCLUSION_PROOF_INVALID`.
pub fn verify_inclusion<'a>(entry: &'a LogEntry, log: &'a PinnedLog) -> Result<IncludedEntry<'a>> {
    let generation = entry.generation()?;
    log.check_names(entry)?;
    let proof = entry.proof.as_ref().ok_or(Code::InclusionProofMissing)?;
    let note = proof.checkpoint.as_deref().ok_or(Code::CheckpointMissing)?;
    let checkpoint = verify_checkpoint(note, log, generation)?;
    check_stated(proof, &checkpoint)?;
    if generation == Generation::V2 && entry.log_index != proof.log_index {
        return Err(mismatch("logIndex", proof.log_index, entry.log_index));
    }
    let leaf_hash = merkle::leaf_hash(&entry.body);
    let root = merkle::inclusion_root(&leaf_hash, proof.log_index, checkpoint.tree_size(), &proof.hashes)?;
    if root != *checkpoint.root_hash() {
        return Err(Error::new(Code::InclusionProofInvalid)
            .expected(format_args!("a path to the root {}", base64::encode(checkpoint.root_hash())))
            .found(format_args!("one to {}", base64::encode(&root))));
    }
    Ok(IncludedEntry { entry, log, generation, checkpoint, leaf_index: proof.log_index, leaf_hash })
}

fn check_stated(proof: &InclusionProof, checkpoint: &Checkpoint) -> Result<()> {
    if proof.tree_size != checkpoint.tree_size() {
        return Err(mismatch("treeSize", checkpoint.tree_size(), proof.tree_size));
    }
    if proof.root_hash != checkpoint.root_hash() {
        return Err(mismatch("rootHash", hex::encode(checkpoint.root_hash()), hex::encode(&proof.root_hash)));
    }
    Ok(())
}

fn mismatch(field: impl fmt::Display, expected: impl fmt::Display, found: impl fmt::Display) -> Error {
    Error::new(Code::CheckpointMismatch).on(format_args!("inclusionProof.{field}")).expected(expected).found(found)
}

impl<'a> IncludedEntry<'a> {
    /// The entry.
    pub fn entry(&self) -> &'a LogEntry {
        self.entry
    }

    /// The log that it is in.
    pub fn log(&self) -> &'a PinnedLog {
        self.log
    }

    /// Which generation of Rekor the log is.
    pub fn generation(&self) -> Generation {
        self.generation
    }

    /// The checkpoint of the tree it is in.
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// Its index in that tree. Together with the origin and the log's key, it identifies the entry.
    pub fn leaf_index(&self) -> u64 {
        self.leaf_index
    }

    /// The hash of its body as a leaf.
    pub fn leaf_hash(&self) -> &Hash {
        &self.leaf_hash
    }
}
