//! The records of logs and scopes, in their canonical spelling; `repository` beside this file has the third kind. A
//! stored text that differs from what these modules write is refused. It never counts as empty.

use std::fmt;

use crate::crypto::sha256;
use crate::encoding::json::{self, Value};
use crate::encoding::json_writer::ObjectWriter;
use crate::encoding::time::Time;
use crate::encoding::{base64, hex};
use crate::error::{Code, Error, Result};
use crate::limits;
use crate::log::checkpoint::{Checkpoint, verify_lone_checkpoint};
use crate::log::fork::SignedTree;
use crate::log::pinned::PinnedLog;

/// The largest checkpoint seen of one log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogMark {
    /// The checkpoint's origin line.
    pub origin: String,
    /// SHA-256 of the log key's SubjectPublicKeyInfo. The four-byte ids of notes would not do, because anybody can make
    /// keys whose ids collide.
    pub log_key: [u8; 32],
    /// Leaves in the tree.
    pub tree_size: u64,
    /// The tree's root hash.
    pub root_hash: [u8; 32],
    /// The whole signed note, without any change. It is the proof if the log forks.
    pub note: String,
}

/// What a scope is about. All of it comes from the policy and the caller. So the bundle cannot choose the record that
/// it is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeName {
    /// Who may sign: the pinned identity, or the fingerprints of the pinned keys.
    pub policy: String,
    /// The server that the caller expects.
    pub server: Option<String>,
    /// The caller's name for the scope. In the key it replaces the policy. So a rotated key or a changed pattern keeps
    /// the record.
    pub scope: Option<String>,
}

/// What decides whether other content is newer. Only the publisher can influence it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Order {
    /// Neither a version nor a certificate. Only a catalogue with a version is newer.
    None,
    /// The start of the signer's certificate. A stranger cannot get a certificate for this identity.
    NotBefore(Time),
    /// The catalogue's version.
    Version(u64),
}

/// The newest catalogue (or artifact) seen of one scope, across all logs. It holds what the rule needs. It has no tree
/// size, log index or signing time, because a stranger could raise these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeMark {
    /// The scope.
    pub name: ScopeName,
    /// Its position in the publisher's order.
    pub order: Order,
    /// SHA-256 of the signed bytes, or of the digest's text if only a digest was given.
    pub digest: [u8; 32],
}

const FORMAT: &str = "1";

impl LogMark {
    /// The mark of a checkpoint. `log_key` is the fingerprint of the key that signed it.
    pub fn from_checkpoint(checkpoint: &Checkpoint, log_key: [u8; 32]) -> Self {
        Self {
            origin: checkpoint.origin().to_owned(),
            log_key,
            tree_size: checkpoint.tree_size(),
            root_hash: *checkpoint.root_hash(),
            note: checkpoint.note().to_owned(),
        }
    }

    /// The key of this log's record in a store.
    pub fn key(&self) -> String {
        let name = format!("{}\n{}", self.origin, hex::encode(&self.log_key));
        format!("log:{}", hex::encode(&sha256(name.as_bytes())))
    }

    /// The tree that the record is about.
    pub fn tree(&self) -> SignedTree<'_> {
        SignedTree { origin: &self.origin, size: self.tree_size, root: &self.root_hash, note: &self.note }
    }

    /// Whether one of these logs signed this record. Otherwise whoever writes to the store could raise a mark, or show
    /// a fork that does not exist.
    pub fn is_signed_by(&self, logs: &[PinnedLog]) -> bool {
        let shows = |checkpoint: Checkpoint| {
            (checkpoint.origin(), checkpoint.tree_size(), checkpoint.root_hash())
                == (self.origin.as_str(), self.tree_size, &self.root_hash)
        };
        let own = logs.iter().filter(|log| *log.key.fingerprint() == self.log_key);
        own.map(|log| verify_lone_checkpoint(&self.note, log)).any(|opened| opened.is_ok_and(shows))
    }

    /// The refusal of a record that its note does not confirm.
    pub fn unsigned(&self) -> Error {
        Error::new(Code::StateCorrupt)
            .on(&self.origin)
            .expected(format_args!("a checkpoint of size {} with its root hash, signed by the log", self.tree_size))
            .found("a note that does not show one")
    }

    /// The canonical text.
    pub fn to_text(&self) -> String {
        ObjectWriter::new()
            .string("kind", "log")
            .json("format", FORMAT)
            .string("origin", &self.origin)
            .string("logKey", &hex::encode(&self.log_key))
            .text("treeSize", self.tree_size)
            .string("rootHash", &base64::encode(&self.root_hash))
            .string("note", &self.note)
            .finish()
    }

    /// Reads a stored text.
    ///
    /// # Errors
    /// `ERR_STATE_CORRUPT` unless it is exactly what [`Self::to_text`] writes.
    pub fn from_text(text: &str) -> Result<Self> {
        let value = parse(text)?;
        let origin = string(&value, "origin")?;
        let log_key = hash(&value, "logKey")?;
        let tree_size = number(&value, "treeSize")?;
        let root_hash = base64::decode(string(&value, "rootHash")?).ok().and_then(|bytes| bytes.try_into().ok());
        let root_hash = root_hash.ok_or_else(|| corrupt("a root hash of 32 bytes"))?;
        let note = string(&value, "note")?;
        let mark = Self { origin: origin.to_owned(), log_key, tree_size, root_hash, note: note.to_owned() };
        check_canonical(text, &mark.to_text())?;
        Ok(mark)
    }
}

impl ScopeName {
    /// The key of this scope's record in a store.
    pub fn key(&self) -> String {
        let mut name = ObjectWriter::new();
        if self.scope.is_none() {
            name.string("policy", &self.policy);
        }
        let name = self.write_call(&mut name).finish();
        format!("scope:{}", hex::encode(&sha256(name.as_bytes())))
    }

    /// # Errors
    /// `ERR_INPUT_TOO_LARGE`.
    pub fn check_size(&self) -> Result<()> {
        let parts = [Some(&self.policy), self.server.as_ref(), self.scope.as_ref()];
        let size = parts.into_iter().flatten().fold(0_usize, |sum, part| sum.saturating_add(part.len()));
        if size <= limits::SCOPE_NAME_BYTES {
            return Ok(());
        }
        Err(Error::new(Code::InputTooLarge)
            .on("scope")
            .expected(format_args!("at most {} bytes of signer, server and scope", limits::SCOPE_NAME_BYTES))
            .found(size))
    }

    /// Writes the parts of the name that come from the caller.
    fn write_call<'o>(&self, object: &'o mut ObjectWriter) -> &'o mut ObjectWriter {
        object.optional_string("server", self.server.as_deref()).optional_string("scope", self.scope.as_deref())
    }

    fn read(value: &Value<'_>) -> Result<Self> {
        let (policy, server, scope) =
            (string(value, "policy")?, optional_string(value, "server")?, optional_string(value, "scope")?);
        Ok(Self { policy: policy.to_owned(), server: server.map(str::to_owned), scope: scope.map(str::to_owned) })
    }
}

impl ScopeMark {
    /// The canonical text.
    pub fn to_text(&self) -> String {
        let mut object = ObjectWriter::new();
        object.string("kind", "scope").json("format", FORMAT).string("policy", &self.name.policy);
        self.name.write_call(&mut object);
        match self.order {
            Order::Version(version) => object.text("version", version),
            Order::NotBefore(time) => object.text("notBefore", time),
            Order::None => &mut object,
        }
        .string("digest", &hex::encode(&self.digest))
        .finish()
    }

    /// Reads a stored text.
    ///
    /// # Errors
    /// `ERR_STATE_CORRUPT` unless it is exactly what [`Self::to_text`] writes.
    pub fn from_text(text: &str) -> Result<Self> {
        let value = parse(text)?;
        let order = match (value.get("version"), optional_string(&value, "notBefore")?) {
            (Some(_), _) => Order::Version(number(&value, "version")?),
            (None, Some(time)) => Order::NotBefore(Time::parse_rfc3339(time).map_err(|_| corrupt("a time"))?),
            (None, None) => Order::None,
        };
        let mark = Self { name: ScopeName::read(&value)?, order, digest: hash(&value, "digest")? };
        check_canonical(text, &mark.to_text())?;
        Ok(mark)
    }
}

/// Refuses a record that is stored under a key other than its own.
///
/// # Errors
/// `ERR_STATE_CORRUPT`.
pub fn check_key(found: &str, own: &str) -> Result<()> {
    if found == own {
        return Ok(());
    }
    Err(Error::new(Code::StateCorrupt)
        .on(found)
        .expected("the record of this key")
        .found(format_args!("that of {own}")))
}

fn corrupt(expected: impl fmt::Display) -> Error {
    Error::new(Code::StateCorrupt).expected(expected).found("something else")
}

pub(super) fn parse(text: &str) -> Result<Value<'_>> {
    json::parse(text.as_bytes(), limits::STATE_RECORD_BYTES)
        .map_err(|error| Error::new(Code::StateCorrupt).expected("a state record").found(error))
}

pub(super) fn string<'v>(value: &'v Value<'_>, key: &str) -> Result<&'v str> {
    value.get(key).and_then(Value::as_str).ok_or_else(|| corrupt(format_args!("a text {key}")))
}

fn optional_string<'v>(value: &'v Value<'_>, key: &str) -> Result<Option<&'v str>> {
    match value.get(key) {
        None => Ok(None),
        Some(_) => string(value, key).map(Some),
    }
}

pub(super) fn number(value: &Value<'_>, key: &str) -> Result<u64> {
    string(value, key)?.parse().map_err(|_| corrupt(format_args!("a decimal number {key}")))
}

pub(super) fn hash(value: &Value<'_>, key: &str) -> Result<[u8; 32]> {
    hex::decode(string(value, key)?)
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| corrupt(format_args!("64 hexadecimal digits {key}")))
}

pub(super) fn check_canonical(found: &str, canonical: &str) -> Result<()> {
    if found == canonical { Ok(()) } else { Err(corrupt("the canonical spelling of a record of format 1")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::describe;

    #[test]
    fn records_have_one_spelling() {
        let log = LogMark {
            origin: "o".into(),
            log_key: [1; 32],
            tree_size: u64::MAX,
            root_hash: [2; 32],
            note: "o\n—".into(),
        };
        assert_eq!(LogMark::from_text(&log.to_text()).unwrap(), log);
        let described = describe(&log.to_text()).unwrap();
        assert_eq!(described, format!(r#"{{"key":"{}","record":{}}}"#, log.key(), log.to_text()));
        let mut scope = ScopeMark {
            name: ScopeName { policy: "key\nabc".into(), server: Some("files".into()), scope: None },
            order: Order::Version((1 << 53) + 1),
            digest: [4; 32],
        };
        assert_eq!(ScopeMark::from_text(&scope.to_text()).unwrap(), scope);
        let text = scope.to_text();
        for order in [Order::None, Order::NotBefore(Time::from_micros(1_500_000)), Order::Version(0)] {
            scope.order = order;
            assert_eq!(ScopeMark::from_text(&scope.to_text()).unwrap(), scope);
        }
        for bad in [
            String::new(),
            "{}".into(),
            "0".into(),
            "null".into(),
            format!("{text} "),
            text.replace("\"format\":1", "\"format\":2"),
            text.replace("\"policy\"", "\"who\""),
            text.replace("\"files\"", "null"),
            text.replace("scope", "log"),
            text.replace("\"digest\"", "\"extra\":1,\"digest\""),
            text.replace("9007199254740993", "09007199254740993"),
            text.replace("\"9007199254740993\"", "9007199254740993"),
            text.replace("\"version\"", "\"notBefore\":\"1970-01-01T00:00:00Z\",\"version\""),
            text.replace("\"version\"", "\"treeSize\":\"1\",\"version\""),
            text.get(..40).unwrap_or_default().into(),
        ] {
            assert_eq!(ScopeMark::from_text(&bad).unwrap_err().code(), Code::StateCorrupt, "{bad}");
            assert_eq!(describe(&bad).unwrap_err().code(), Code::StateCorrupt, "{bad}");
        }
    }

    #[test]
    fn a_named_scope_keeps_its_key_when_the_policy_changes() {
        let name = |policy: &str, server: Option<&str>, scope: Option<&str>| {
            let [server, scope] = [server, scope].map(|text| text.map(str::to_owned));
            ScopeName { policy: policy.into(), server, scope }.key()
        };
        assert_eq!(name("a", Some("s"), Some("x")), name("b", Some("s"), Some("x")));
        let keys = [
            name("a", None, None),
            name("b", None, None),
            name("a", Some("s"), None),
            name("a", Some("x"), None),
            name("a", None, Some("s")),
            name("a", None, Some("x")),
            name("a", Some("s"), Some("x")),
            name("a", Some("x"), Some("s")),
        ];
        assert_eq!(crate::order::repeated(keys.iter().map(String::as_str)), None);
    }
}
