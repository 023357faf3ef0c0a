//! What the operator requires: thresholds and the rules of state.

use crate::error::Result;
use crate::options::Options;
use crate::state::rule::{FirstUse, Freshness};

/// How much evidence must verify. The defaults are strict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thresholds {
    /// Log entries of distinct logs and operators.
    pub log_entries: u32,
    /// RFC 3161 timestamps of distinct authorities. Without any, only a Rekor v1 entry can prove the time.
    pub timestamps: u32,
    /// Signed certificate timestamps of distinct CT logs.
    pub scts: u32,
}

impl Thresholds {
    /// For keyless verification: one log entry, one SCT.
    pub const KEYLESS: Self = Self { log_entries: 1, timestamps: 0, scts: 1 };
    /// For pinned keys with a trust root: one log entry.
    pub const KEYED: Self = Self { log_entries: 1, timestamps: 0, scts: 0 };
    /// For pinned keys alone: only the signature is claimed.
    pub const SIGNATURE_ONLY: Self = Self { log_entries: 0, timestamps: 0, scts: 0 };

    /// Takes `thresholds` out of a policy.
    ///
    /// # Errors
    /// `ERR_OPTION_INVALID`, `ERR_OPTION_UNKNOWN`.
    pub fn take(policy: &mut Options<'_>, default: Self) -> Result<Self> {
        let Some(mut options) = policy.nested("thresholds")? else { return Ok(default) };
        let thresholds = Self {
            log_entries: options.count("logEntries")?.unwrap_or(default.log_entries),
            timestamps: options.count("timestamps")?.unwrap_or(default.timestamps),
            scts: options.count("scts")?.unwrap_or(default.scts),
        };
        options.finish()?;
        Ok(thresholds)
    }
}

/// How state is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatePolicy {
    /// Over what the tree-size rule holds.
    pub freshness: Freshness,
    /// What happens where nothing is recorded.
    pub first_use: FirstUse,
    /// The oldest acceptable signing time, in seconds before now.
    pub max_age_seconds: Option<u32>,
}

impl StatePolicy {
    /// Takes `freshness`, `firstUse` and `maxAgeSeconds` out of a policy.
    ///
    /// # Errors
    /// `ERR_OPTION_INVALID`.
    pub fn take(policy: &mut Options<'_>) -> Result<Self> {
        let freshness = policy.word("freshness", &[("scope", Freshness::Scope), ("log", Freshness::Log)])?;
        let first_use = policy.word("firstUse", &[("record", FirstUse::Record), ("deny", FirstUse::Deny)])?;
        Ok(Self {
            freshness: freshness.unwrap_or(Freshness::Scope),
            first_use: first_use.unwrap_or(FirstUse::Record),
            max_age_seconds: policy.count("maxAgeSeconds")?,
        })
    }
}
