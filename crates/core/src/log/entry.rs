//! A log entry, as a bundle states it (`TransparencyLogEntry` in protobuf-specs). Proves nothing.

use crate::error::{Code, Error, Result};

/// An inclusion proof, as stated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InclusionProof {
    /// The leaf's index in its shard.
    pub log_index: u64,
    /// The stated root hash, empty if absent. The checkpoint's root hash decides.
    pub root_hash: Vec<u8>,
    /// The stated tree size. The checkpoint's tree size decides.
    pub tree_size: u64,
    /// Sibling hashes, from the leaf to the root.
    pub hashes: Vec<[u8; 32]>,
    /// The checkpoint, a signed note, without any change. `None` if absent or empty.
    pub checkpoint: Option<String>,
}

/// A log entry, as stated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEntry {
    /// The global index.
    pub log_index: u64,
    /// The log's id.
    pub log_id: Vec<u8>,
    /// `hashedrekord`, `intoto` or `dsse`.
    pub kind: String,
    /// `0.0.1` or `0.0.2`.
    pub version: String,
    /// When Rekor v1 added the entry, in seconds since 1970. 0 if absent. Counts only under a verified SET.
    pub integrated_time: i64,
    /// The signed entry timestamp (`inclusionPromise`), if present and not empty.
    pub signed_entry_timestamp: Option<Vec<u8>>,
    /// The inclusion proof, if present.
    pub proof: Option<InclusionProof>,
    /// The canonicalized body, which is the bytes of the leaf.
    pub body: Vec<u8>,
}

/// Which Rekor made an entry. Rekor v1 gives a signed entry timestamp (SET) and an inclusion proof. Rekor v2 gives an
/// inclusion proof, and the time comes from RFC 3161.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Generation {
    /// Rekor v1
    V1,
    /// Rekor v2 (tiles)
    V2,
}

impl Generation {
    /// The generation that writes entries of this kind and version.
    ///
    /// # Errors
    /// `ERR_ENTRY_KIND`.
    pub fn from_kind(kind: &str, version: &str) -> Result<Self> {
        match (kind, version) {
            ("hashedrekord" | "dsse", "0.0.1") | ("intoto", "0.0.2") => Ok(Self::V1),
            ("hashedrekord" | "dsse", "0.0.2") => Ok(Self::V2),
            _ => Err(Error::new(Code::EntryKind)
                .expected("hashedrekord 0.0.1 or 0.0.2, intoto 0.0.2, dsse 0.0.1 or 0.0.2")
                .found(format_args!("{kind} {version}"))),
        }
    }
}

impl LogEntry {
    /// Which Rekor made the entry, according to its stated kind. The body must have the same kind.
    ///
    /// # Errors
    /// `ERR_ENTRY_KIND`.
    pub fn generation(&self) -> Result<Generation> {
        Generation::from_kind(&self.kind, &self.version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generations() {
        for (kind, version, generation) in [
            ("hashedrekord", "0.0.1", Some(Generation::V1)),
            ("dsse", "0.0.1", Some(Generation::V1)),
            ("intoto", "0.0.2", Some(Generation::V1)),
            ("hashedrekord", "0.0.2", Some(Generation::V2)),
            ("dsse", "0.0.2", Some(Generation::V2)),
            ("intoto", "0.0.1", None),
            ("rekord", "0.0.1", None),
            ("hashedrekord", "0.0.3", None),
            ("", "", None),
        ] {
            assert_eq!(Generation::from_kind(kind, version).ok(), generation, "{kind} {version}");
        }
    }
}
