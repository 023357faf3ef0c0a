//! Who cosigned a checkpoint, and whether they are the quorum of the policy (C2SP tlog-policy).

use std::fmt;

use super::cosignature::{Cosignature, CosignatureOutcome, is_ml_dsa_length, verify_cosignature};
use super::policy::{Witness, WitnessPolicy};
use crate::encoding::hex;
use crate::encoding::json_writer::ObjectWriter;
use crate::encoding::time::Time;
use crate::error::{Code, Error, Result, listed};
use crate::log::inclusion::IncludedEntry;

/// The cosignatures of a policy's witnesses on the checkpoint that proves an entry's inclusion.
///
/// Proves that each listed witness cosigned this checkpoint. [`CosignedCheckpoint::check_quorum`] decides whether they
/// are enough. Does not prove that they are independent of each other or of the log.
#[derive(Debug)]
pub struct CosignedCheckpoint<'p> {
    policy: &'p WitnessPolicy,
    origin: String,
    tree_size: u64,
    log_key: String,
    is_covered: bool,
    /// At most one for each witness, in the order of the policy.
    cosignatures: Vec<Cosignature<'p>>,
    /// Witnesses whose cosignatures are there and are not verified.
    unread: Vec<Witness<'p>>,
    /// Names and key ids of signatures that are neither the log's nor a witness's.
    strangers: Vec<String>,
}

/// Verifies every cosignature by the policy's witnesses on the entry's checkpoint. Lines by others are not counted. If
/// a witness has several, all must verify, and the latest counts.
///
/// # Errors
/// `ERR_WITNESS_SIGNATURE`.
pub fn verify_cosignatures<'p>(policy: &'p WitnessPolicy, entry: &IncludedEntry<'_>) -> Result<CosignedCheckpoint<'p>> {
    let (checkpoint, log) = (entry.checkpoint(), entry.log());
    // Rekor v2 signs under its origin. The origin of Rekor v1 contains spaces, which no key name may, so its name is
    // the host.
    let log_name = log.origin.key_name(checkpoint.origin(), entry.generation()).unwrap_or_default();
    let mut cosigned = CosignedCheckpoint {
        policy,
        origin: checkpoint.origin().to_owned(),
        tree_size: checkpoint.tree_size(),
        log_key: log.key.to_string(),
        is_covered: policy.covers_log(log_name, &log.key),
        cosignatures: Vec::new(),
        unread: Vec::new(),
        strangers: Vec::new(),
    };
    for line in checkpoint.signatures() {
        if let Some(witness) = policy.witness_of(line) {
            match verify_cosignature(witness, line, checkpoint.text())? {
                CosignatureOutcome::Verified(cosignature) => cosigned.add(cosignature),
                CosignatureOutcome::Unread => {
                    if !cosigned.unread.iter().any(|known| known.place == witness.place) {
                        cosigned.unread.push(witness);
                    }
                }
            }
        } else if line.name != log_name {
            let kind = if is_ml_dsa_length(line) { " (ML-DSA-44 by its length)" } else { "" };
            cosigned.strangers.push(format!("{}+{}{kind}", line.name, hex::encode(&line.key_id)));
        }
    }
    Ok(cosigned)
}

impl<'p> CosignedCheckpoint<'p> {
    fn add(&mut self, new: Cosignature<'p>) {
        let place = new.witness().place;
        let at = self.cosignatures.iter().take_while(|known| known.witness().place < place).count();
        match self.cosignatures.get_mut(at) {
            Some(known) if known.witness().place != place => self.cosignatures.insert(at, new),
            Some(known) if known.time() < new.time() => *known = new,
            Some(_) => {}
            None => self.cosignatures.push(new),
        }
    }

    /// Whether the policy covers this log and its quorum cosigned.
    pub fn has_quorum(&self) -> bool {
        self.is_covered && self.policy.is_met(|witness| self.has_cosigned(witness))
    }

    fn has_cosigned(&self, witness: Witness<'_>) -> bool {
        self.cosignatures.iter().any(|cosignature| cosignature.witness().place == witness.place)
    }

    /// Refuses a checkpoint without the quorum.
    ///
    /// # Errors
    /// `ERR_WITNESS_QUORUM`.
    pub fn check_quorum(&self) -> Result<()> {
        if self.has_quorum() {
            return Ok(());
        }
        let error = Error::new(Code::WitnessQuorum).on(&self.origin);
        if !self.is_covered {
            return Err(error
                .expected(format_args!("a log that the witness policy names: {}", self.policy.describe_logs()))
                .found(format_args!("{} with the {}", self.origin, self.log_key))
                .hint("If its witnesses are the right ones, add a log line for it to the witness policy."));
        }
        let mut found = match listed(self.cosignatures.iter().map(|cosignature| cosignature.witness().name)) {
            names if names.is_empty() => "nobody cosigned".to_owned(),
            names => format!("cosigned by {names}"),
        };
        let missing = self.missing();
        if !missing.is_empty() {
            found = format!("{found}; not by {missing}");
        }
        let unread = listed(self.unread.iter().map(|witness| witness.name));
        if !unread.is_empty() {
            found = format!("{found}; by {unread} with ML-DSA-44, which is not verified here");
        }
        Err(error.expected(format_args!("cosignatures by {}", self.policy.describe_quorum())).found(found))
    }

    /// Refuses a cosignature with a time after the caller's `now`.
    ///
    /// # Errors
    /// `ERR_TIME_IN_FUTURE`.
    pub fn check_not_after(&self, now: Time) -> Result<()> {
        match self.cosignatures.iter().find(|cosignature| cosignature.time() > now) {
            None => Ok(()),
            Some(late) => Err(Error::new(Code::TimeInFuture)
                .on(format_args!("the cosignature by {}", late.witness().name))
                .expected(format_args!("no time after {now}"))
                .found(late.time())),
        }
    }

    /// The names of the witnesses that did not cosign.
    fn missing(&self) -> String {
        let is_unread = |witness: &Witness<'_>| self.unread.iter().any(|unread| unread.place == witness.place);
        let missing = self.policy.witnesses().filter(|witness| !self.has_cosigned(*witness) && !is_unread(witness));
        listed(missing.map(|witness| witness.name))
    }

    /// Reports who cosigned, who did not, and what was not counted, line by line for people.
    pub fn describe(&self, line: &mut dyn FnMut(fmt::Arguments<'_>)) {
        let verdict = match (self.is_covered, self.has_quorum()) {
            (false, _) => "is not of a log that the witness policy names",
            (true, true) => "has the quorum",
            (true, false) => "lacks the quorum",
        };
        let quorum = self.policy.describe_quorum();
        line(format_args!("the tree of {} leaves of {} {verdict}: {quorum}", self.tree_size, self.origin));
        for cosignature in &self.cosignatures {
            let (Witness { name, key, .. }, time) = (cosignature.witness(), cosignature.time());
            line(format_args!("cosigned by {name} ({key}) at {time} ({} seconds since 1970)", time.as_seconds()));
        }
        for Witness { name, key, .. } in &self.unread {
            line(format_args!(
                "not counted: a cosignature by {name} ({key}) with ML-DSA-44, which is not verified here"
            ));
        }
        let missing = self.missing();
        if !missing.is_empty() {
            line(format_args!("not cosigned by {missing}"));
        }
        for name in &self.strangers {
            line(format_args!("not counted: {name}, who is not in the witness policy"));
        }
    }

    /// The witnesses that cosigned, as JSON: `[{"name", "key", "cosignedAt"}]`.
    pub fn witnesses_json(&self) -> Vec<String> {
        let json = |cosignature: &Cosignature<'_>| {
            ObjectWriter::new()
                .string("name", cosignature.witness().name)
                .text("key", cosignature.witness().key)
                .text("cosignedAt", cosignature.time())
                .finish()
        };
        self.cosignatures.iter().map(json).collect()
    }
}
