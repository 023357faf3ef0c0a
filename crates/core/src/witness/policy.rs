//! Witness policies (C2SP tlog-policy): logs, witnesses, and the quorum of them.

use crate::error::listed;
use crate::key::PublicKey;
use crate::log::note::NoteSignature;
use crate::log::vkey::{KeyMaterial, VerifierKey};

/// A policy, as the operator stated it. Its keys are trusted.
///
/// No key belongs to two witnesses, or to a witness and a log. Each name is a member of at most one group. So a witness
/// counts once towards the quorum.
#[derive(Debug)]
pub struct WitnessPolicy {
    pub(super) logs: Vec<VerifierKey>,
    pub(super) parties: Vec<Party>,
    /// The index of a party. `None` for `quorum none`.
    pub(super) quorum: Option<usize>,
}

/// What a name in the policy stands for. The members of a group come before the group.
#[derive(Debug)]
pub(super) struct Party {
    pub(super) name: String,
    pub(super) rule: Rule,
}

#[derive(Debug)]
pub(super) enum Rule {
    Witness(VerifierKey),
    Group { threshold: usize, members: Vec<usize> },
}

/// A witness of a policy.
#[derive(Debug, Clone, Copy)]
pub struct Witness<'p> {
    /// Its index among the names of the policy.
    pub(super) place: usize,
    /// Its name in the policy.
    pub name: &'p str,
    /// Its key.
    pub key: &'p VerifierKey,
}

impl WitnessPolicy {
    /// The witnesses, in the order of the file.
    pub fn witnesses(&self) -> impl Iterator<Item = Witness<'_>> {
        self.parties.iter().enumerate().filter_map(|(place, party)| match &party.rule {
            Rule::Witness(key) => Some(Witness { place, name: &party.name, key }),
            Rule::Group { .. } => None,
        })
    }

    /// The witness that a signature line claims to be by.
    pub fn witness_of(&self, line: &NoteSignature) -> Option<Witness<'_>> {
        self.witnesses().find(|witness| witness.key.claims(line))
    }

    /// Whether the quorum needs no witness.
    pub fn asks_nobody(&self) -> bool {
        self.quorum.is_none()
    }

    /// Whether the policy covers the log with this key, which signs under `name`. A policy that names no log covers all
    /// logs of the trust root.
    pub fn covers_log(&self, name: &str, key: &PublicKey) -> bool {
        self.logs.is_empty() || self.logs.iter().any(|log| log.name() == name && log.wraps(key))
    }

    /// The logs that the policy names, for messages.
    pub fn describe_logs(&self) -> String {
        listed(self.logs.iter().map(ToString::to_string))
    }

    /// Whether the quorum is met. `cosigned` says for each witness whether it cosigned.
    pub(super) fn is_met(&self, cosigned: impl Fn(Witness<'_>) -> bool) -> bool {
        let mut standing: Vec<bool> = Vec::new();
        for (place, party) in self.parties.iter().enumerate() {
            let stands = match &party.rule {
                Rule::Witness(key) => cosigned(Witness { place, name: &party.name, key }),
                Rule::Group { threshold, members } => {
                    members.iter().filter(|member| standing.get(**member) == Some(&true)).count() >= *threshold
                }
            };
            standing.push(stands);
        }
        self.quorum.is_none_or(|place| standing.get(place) == Some(&true))
    }

    /// Whether the quorum is met if every witness cosigns whose cosignatures are verified here.
    pub fn can_be_met(&self) -> bool {
        self.is_met(|witness| witness.is_read())
    }

    /// The quorum in words. `none` as in the file.
    pub fn describe_quorum(&self) -> String {
        let mut words: Vec<String> = Vec::new();
        for party in &self.parties {
            let text = match &party.rule {
                Rule::Witness(_) => party.name.clone(),
                Rule::Group { threshold, members } => {
                    let names = listed(members.iter().filter_map(|member| words.get(*member)));
                    let count = match *threshold {
                        all if all == members.len() => "all".to_owned(),
                        1 => "any".to_owned(),
                        some => some.to_string(),
                    };
                    format!("{} ({count} of {names})", party.name)
                }
            };
            words.push(text);
        }
        self.quorum.and_then(|place| words.get(place)).map_or_else(|| "none".to_owned(), Clone::clone)
    }
}

impl Witness<'_> {
    /// Whether its cosignatures are verified here. Those with Ed25519 keys are, those with ML-DSA-44 keys are not.
    pub fn is_read(self) -> bool {
        matches!(self.key.material(), KeyMaterial::Cosignature(_))
    }
}
