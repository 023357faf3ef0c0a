//! A log that the operator pinned.

use crate::encoding::time::Validity;
use crate::key::PublicKey;

/// Which origin lines a pinned log's checkpoints may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OriginRule {
    /// This line and no other (PEM trust roots).
    Exact(String),
    /// From a base URL's host: `<host>` for Rekor v2, `<host> - <digits>` for Rekor v1.
    Host(String),
}

/// A transparency log of the trust root.
#[derive(Debug)]
pub struct PinnedLog {
    /// The key that signs checkpoints and, for Rekor v1, entry timestamps.
    pub key: PublicKey,
    /// The log id that entries name (`logId.keyId`).
    pub log_id: Vec<u8>,
    /// The four-byte key id of its signatures on checkpoints, where the trust root states it.
    pub checkpoint_key_id: Option<[u8; 4]>,
    /// The origin that its checkpoints must have.
    pub origin: OriginRule,
    /// When the key was in use.
    pub validity: Validity,
    /// Who operates it; one operator counts once towards a threshold.
    pub operator: Option<String>,
}
