//! The text of a witness policy (C2SP tlog-policy): one definition a line, each before its use.
//!
//! ```text
//! log <vkey> [<url>]
//! witness <name> <vkey> [<url>]
//! group <name> all|any|<k> <name>…
//! quorum <name>|none
//! ```
//! Items are separated by spaces and tabs. Empty lines and lines that begin with `#` are ignored. Names are octets
//! without a meaning. URLs are ignored. The text must be UTF-8, although the specification allows any octets.

use super::policy::{Party, Rule, WitnessPolicy};
use std::fmt;

use crate::error::{Code, Error, Result};
use crate::limits;
use crate::log::vkey::{KeyMaterial, VerifierKey};

/// The name of a quorum without witnesses. Nothing else may have this name.
const NONE: &str = "none";

/// A policy under construction.
#[derive(Default)]
struct Draft {
    logs: Vec<VerifierKey>,
    parties: Vec<Party>,
    /// The parties that are members of a group.
    taken: Vec<usize>,
    quorum: Option<Option<usize>>,
}

impl WitnessPolicy {
    /// Parses a policy file.
    ///
    /// # Errors
    /// `ERR_WITNESS_POLICY`, `ERR_INPUT_TOO_LARGE`.
    pub fn parse(text: &str) -> Result<Self> {
        if text.len() > limits::WITNESS_POLICY_BYTES {
            return Err(Error::new(Code::InputTooLarge)
                .expected(format_args!("at most {} bytes", limits::WITNESS_POLICY_BYTES))
                .found(text.len()));
        }
        let mut draft = Draft::default();
        let mut rest = text;
        let mut number = 0usize;
        while !rest.is_empty() {
            number = number.saturating_add(1);
            // A file that was cut off may end in a shorter name. So the last line must have a line end.
            let (line, after) = rest
                .split_once('\n')
                .ok_or_else(|| malformed("a line end after the last line", "the end of the text").on(at(number)))?;
            draft.read_line(line).map_err(|error| error.on_outer(at(number)))?;
            rest = after;
        }
        let quorum = draft.quorum.ok_or_else(|| malformed("a quorum line", "none"))?;
        Ok(Self { logs: draft.logs, parties: draft.parties, quorum })
    }
}

fn at(number: usize) -> String {
    format!("policy.witnesses.policy, line {number}")
}

impl Draft {
    fn read_line(&mut self, line: &str) -> Result<()> {
        if let Some(control) = line.chars().find(|&character| character.is_ascii_control() && character != '\t') {
            return Err(malformed(
                "no control characters but tab and newline",
                format_args!("U+{:04X}", u32::from(control)),
            ));
        }
        let items: Vec<&str> = line.split([' ', '\t']).filter(|item| !item.is_empty()).collect();
        match items.as_slice() {
            [] => Ok(()),
            [first, ..] if first.starts_with('#') => Ok(()),
            ["log", vkey] | ["log", vkey, _] => self.add_log(vkey),
            ["witness", name, vkey] | ["witness", name, vkey, _] => self.add_witness(name, vkey),
            ["group", name, count, members @ ..] => self.add_group(name, count, members),
            ["quorum", name] => self.set_quorum(name),
            _ => Err(malformed(
                "log <vkey> [<url>], witness <name> <vkey> [<url>], group <name> all|any|<k> <name>… or quorum <name>",
                line,
            )),
        }
    }

    fn add_log(&mut self, vkey: &str) -> Result<()> {
        let key = read_key(vkey)?;
        if let KeyMaterial::Cosignature(_) = key.material() {
            return Err(malformed("a log's key, of the signature type 0x01, 0x02 or 0x06", "a witness's, 0x04"));
        }
        self.check_new_key(&key)?;
        check_room("logs", self.logs.len())?;
        self.logs.push(key);
        Ok(())
    }

    fn add_witness(&mut self, name: &str, vkey: &str) -> Result<()> {
        let key = read_key(vkey)?;
        if let KeyMaterial::Ed25519(_) | KeyMaterial::Ecdsa(_) = key.material() {
            return Err(malformed("a witness's key, of the signature type 0x04 or 0x06", "a log's, 0x01 or 0x02"));
        }
        self.check_new_key(&key)?;
        self.add_party(name, Rule::Witness(key))
    }

    /// A key may belong to only one party, and a name and id on notes to only one key.
    fn check_new_key(&self, key: &VerifierKey) -> Result<()> {
        let known = self.logs.iter().chain(self.parties.iter().filter_map(|party| match &party.rule {
            Rule::Witness(key) => Some(key),
            Rule::Group { .. } => None,
        }));
        match known.into_iter().find(|known| known.is_same_key(key) || known.is_named_as(key)) {
            None => Ok(()),
            Some(known) if known.is_same_key(key) => {
                Err(malformed("a key for each log and witness", format_args!("{key} with the key of {known}")))
            }
            Some(known) => Err(malformed("a key name and id for each key", format_args!("{known} for two keys"))),
        }
    }

    fn add_group(&mut self, name: &str, count: &str, members: &[&str]) -> Result<()> {
        let mut places: Vec<usize> = Vec::new();
        for member in members {
            let place = self.place_of(member)?;
            if self.taken.contains(&place) {
                return Err(malformed("each name as a member once", format_args!("{member} for the second time")));
            }
            self.taken.push(place);
            places.push(place);
        }
        let threshold = match count {
            "all" => Some(places.len()),
            "any" => Some(1),
            digits if digits.starts_with(|first: char| matches!(first, '1'..='9')) => digits.parse().ok(),
            _ => None,
        };
        let Some(threshold) = threshold.filter(|threshold| (1..=places.len()).contains(threshold)) else {
            return Err(malformed(
                format_args!("all, any, or a number from 1 to the {} members", places.len()),
                format_args!("{count} of {}", places.len()),
            ));
        };
        self.add_party(name, Rule::Group { threshold, members: places })
    }

    fn add_party(&mut self, name: &str, rule: Rule) -> Result<()> {
        if name == NONE || self.parties.iter().any(|party| party.name == name) {
            return Err(malformed("a name that is not taken", name));
        }
        check_room("witnesses and groups", self.parties.len())?;
        self.parties.push(Party { name: name.to_owned(), rule });
        Ok(())
    }

    fn set_quorum(&mut self, name: &str) -> Result<()> {
        if self.quorum.is_some() {
            return Err(malformed("one quorum line", "a second one"));
        }
        self.quorum = Some(if name == NONE { None } else { Some(self.place_of(name)?) });
        Ok(())
    }

    fn place_of(&self, name: &str) -> Result<usize> {
        self.parties
            .iter()
            .position(|party| party.name == name)
            .ok_or_else(|| malformed("the name of a witness or group of an earlier line", name))
    }
}

fn read_key(vkey: &str) -> Result<VerifierKey> {
    VerifierKey::parse(vkey).map_err(|error| {
        malformed(error.expected_text().unwrap_or("a vkey"), error.found_text().unwrap_or("other text"))
    })
}

fn check_room(what: &str, count: usize) -> Result<()> {
    if count < limits::WITNESS_POLICY_ENTRIES {
        return Ok(());
    }
    Err(Error::new(Code::InputTooLarge)
        .expected(format_args!("at most {} {what}", limits::WITNESS_POLICY_ENTRIES))
        .found("more"))
}

fn malformed(expected: impl fmt::Display, found: impl fmt::Display) -> Error {
    Error::new(Code::WitnessPolicy).expected(expected).found(found)
}
