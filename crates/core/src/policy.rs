//! What the operator requires: thresholds and the rules of state.

use crate::error::Result;
use crate::options::{Options, invalid};
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

/// What happens where a consistency proof is required and its source does not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreachable {
    /// Refuse.
    Refuse,
    /// Judge by what was seen, as without proofs, and say so.
    Offline,
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
    /// Whether two trees of one log must be proven to be one history; `None` judges by what was seen alone.
    pub consistency: Option<Unreachable>,
}

impl StatePolicy {
    /// Takes `freshness`, `firstUse`, `maxAgeSeconds` and `consistency` out of a policy.
    ///
    /// # Errors
    /// `ERR_OPTION_INVALID`, also for `consistency` where no log entry is required.
    pub fn take(policy: &mut Options<'_>, thresholds: Thresholds) -> Result<Self> {
        let unreachable = [("refuse", Unreachable::Refuse), ("offline", Unreachable::Offline)];
        let consistency = policy.word("consistency", &unreachable)?;
        if consistency.is_some() && thresholds.log_entries == 0 {
            let path = policy.path("consistency");
            return Err(invalid(&path, "a policy that requires log entries, whose trees can be compared", "none"));
        }
        let freshness = policy.word("freshness", &[("scope", Freshness::Scope), ("log", Freshness::Log)])?;
        let first_use = policy.word("firstUse", &[("record", FirstUse::Record), ("deny", FirstUse::Deny)])?;
        Ok(Self {
            freshness: freshness.unwrap_or(Freshness::Scope),
            first_use: first_use.unwrap_or(FirstUse::Record),
            max_age_seconds: policy.count("maxAgeSeconds")?,
            consistency,
        })
    }
}
