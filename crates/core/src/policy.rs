//! What the operator requires: thresholds, the rules of state, witnesses.

use crate::error::{Code, Error, Result, listed};
use crate::first;
use crate::log::pinned::PinnedLog;
use crate::log::vkey::VerifierKey;
use crate::options::{Options, invalid};
use crate::signer::policy::SignerPolicy;
use crate::state::pending_records::Rules;
use crate::state::rule::{FirstUse, Freshness};
use crate::witness::policy::WitnessPolicy;

/// How many pieces of each kind of evidence must verify. The defaults are strict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thresholds {
    /// Log entries, counted by distinct logs and operators.
    pub log_entries: u32,
    /// RFC 3161 timestamps, counted by distinct authorities. With 0, the time may also come from Rekor v1 entries
    /// alone.
    pub timestamps: u32,
    /// Signed certificate timestamps, counted by distinct CT logs.
    pub scts: u32,
}

impl Thresholds {
    /// For keyless verification: one log entry, one SCT.
    pub const KEYLESS: Self = Self { log_entries: 1, timestamps: 0, scts: 1 };
    /// For GitHub's attestations of releases, which no log has: one timestamp.
    pub const RELEASE: Self = Self { log_entries: 0, timestamps: 1, scts: 0 };
    /// For pinned keys with a trust root: one log entry.
    pub const KEYED: Self = Self { log_entries: 1, timestamps: 0, scts: 0 };
    /// For pinned keys without a trust root. Only the signature is claimed.
    pub const SIGNATURE_ONLY: Self = Self { log_entries: 0, timestamps: 0, scts: 0 };

    /// Takes `thresholds` out of the policy of a keyless verifier. Where GitHub's releases are pinned, a timestamp is
    /// required whatever is stated: nothing else proves when GitHub signed.
    ///
    /// # Errors
    /// `ERR_OPTION_INVALID`, `ERR_OPTION_UNKNOWN`.
    pub fn take_keyless(policy: &mut Options<'_>, signers: &SignerPolicy) -> Result<Self> {
        let default = match signers {
            SignerPolicy::Identity(_) => return Self::take(policy, Self::KEYLESS),
            SignerPolicy::Release(_) => Self::RELEASE,
        };
        let thresholds = Self::take(policy, default)?;
        if thresholds.timestamps == 0 {
            let expected = "1 or more, since nothing else proves when GitHub signed";
            return Err(invalid("policy.thresholds.timestamps", expected, 0));
        }
        Ok(thresholds)
    }

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

/// What to do if a consistency proof is required and its source does not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreachable {
    /// Refuse.
    Refuse,
    /// Compare with the records as without proofs, and say so in the report.
    Offline,
}

/// How state is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatePolicy {
    /// Whether there is a store. Without a store, nothing is remembered between verifications.
    pub has_store: bool,
    /// How records are judged.
    pub rules: Rules,
    /// The greatest acceptable age, in seconds before now.
    pub max_age_seconds: Option<u32>,
    /// Whether two trees of one log must be proven to be one history. `None` compares them with the records alone.
    pub consistency: Option<Unreachable>,
}

impl StatePolicy {
    /// Takes `store`, `freshness`, `firstUse`, `maxAgeSeconds` and `consistency` out of a policy.
    ///
    /// # Errors
    /// `ERR_OPTION_INVALID`, also for `consistency` if no log entry is required, and for rules about records if there
    /// is no store.
    pub fn take(policy: &mut Options<'_>, thresholds: Thresholds) -> Result<Self> {
        let unreachable = [("refuse", Unreachable::Refuse), ("offline", Unreachable::Offline)];
        let consistency = policy.word("consistency", &unreachable)?;
        if consistency.is_some() {
            first::require_whole()?;
        }
        if consistency.is_some() && thresholds.log_entries == 0 {
            let path = policy.path("consistency");
            return Err(invalid(path, "a policy that requires log entries, whose trees can be compared", "none"));
        }
        let has_store = policy.word("store", &[("given", true), ("none", false)])?.unwrap_or(true);
        let freshness = policy.word("freshness", &[("scope", Freshness::Scope), ("log", Freshness::Log)])?;
        let first_use = policy.word("firstUse", &[("record", FirstUse::Record), ("deny", FirstUse::Deny)])?;
        if !has_store && (freshness.is_some() || first_use.is_some() || consistency.is_some()) {
            let found = "freshness, firstUse or consistency";
            return Err(invalid(policy.path("store"), "a store, for rules about what was recorded", found));
        }
        Ok(Self {
            has_store,
            rules: Rules {
                freshness: freshness.unwrap_or(Freshness::Scope),
                first_use: first_use.unwrap_or(FirstUse::Record),
            },
            max_age_seconds: policy.count("maxAgeSeconds")?,
            consistency,
        })
    }
}

/// How cosignatures of witnesses are judged.
#[derive(Debug)]
pub struct Witnesses {
    /// Which cosignatures count, and how many are enough.
    pub policy: WitnessPolicy,
    /// Whether a checkpoint without the quorum is refused. Otherwise it is only reported.
    pub required: bool,
}

impl Witnesses {
    /// Takes `witnesses` out of a policy: `{"policy": text, "mode": "report" | "require"}`.
    ///
    /// # Errors
    /// `ERR_OPTION_*`, `ERR_WITNESS_POLICY`, `ERR_INPUT_TOO_LARGE`.
    pub fn take(policy: &mut Options<'_>) -> Result<Option<Self>> {
        let Some(mut options) = policy.nested("witnesses")? else { return Ok(None) };
        first::require_whole()?;
        let text = options
            .required_text("policy")
            .map_err(|error| error.hint("Give the text of a policy file. Without one, anybody could be a witness."))?;
        let mode = options.word("mode", &[("report", false), ("require", true)])?;
        let required = mode.ok_or_else(|| {
            invalid(options.path("mode"), "report or require", "nothing").hint("Say whether the quorum is required.")
        })?;
        let path = options.path("policy");
        options.finish()?;
        let policy = WitnessPolicy::parse(&text).map_err(|error| error.on_outer(path))?;
        Ok(Some(Self { policy, required }))
    }

    /// Refuses a policy that can never be met, when the verifier is made and not at the first bundle.
    ///
    /// # Errors
    /// `ERR_OPTION_INVALID`, `ERR_WITNESS_POLICY`.
    pub fn check_usable(&self, logs: &[PinnedLog], thresholds: Thresholds) -> Result<()> {
        const MODE: &str = "policy.witnesses.mode";
        const POLICY: &str = "policy.witnesses.policy";
        first::require_whole()?;
        if logs.is_empty() {
            return Err(invalid("policy.witnesses", "a trust root with logs, for witnesses to cosign", "no log"));
        }
        let own = |key: &VerifierKey| logs.iter().any(|log| key.wraps(&log.key));
        if let Some(witness) = self.policy.witnesses().find(|witness| own(witness.key)) {
            return Err(Error::new(Code::WitnessPolicy)
                .on(POLICY)
                .expected("witnesses with other keys than the trust root's logs")
                .found(format_args!("{} with a log's key", witness.name)));
        }
        if !self.required {
            return Ok(());
        }
        if thresholds.log_entries == 0 {
            return Err(invalid(MODE, "report, where no log entry is required", "require"));
        }
        if self.policy.asks_nobody() {
            return Err(invalid(MODE, "report, since the policy's quorum is none", "require"));
        }
        if !self.policy.can_be_met() {
            let unread =
                listed(self.policy.witnesses().filter(|witness| !witness.is_read()).map(|witness| witness.name));
            return Err(Error::new(Code::WitnessPolicy)
                .on(POLICY)
                .expected(format_args!("a quorum that Ed25519 witnesses can meet: {}", self.policy.describe_quorum()))
                .found(format_args!("witnesses with ML-DSA-44 keys, which are not verified here: {unread}")));
        }
        Ok(())
    }
}
