//! The two kinds of record, in their one canonical spelling. A stored text that is not exactly what this
//! module would write is refused, never treated as empty.

use std::fmt;

use crate::crypto::sha256;
use crate::encoding::json::{self, Value};
use crate::encoding::json_writer::ObjectWriter;
use crate::encoding::time::Time;
use crate::encoding::{base64, hex};
use crate::error::{Code, Error, Result};
use crate::limits;
use crate::log::checkpoint::{Checkpoint, verify_lone_checkpoint};
use crate::log::consistency::SignedTree;
use crate::log::pinned::PinnedLog;

/// The largest checkpoint seen of one log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogMark {
    /// The checkpoint's origin line.
    pub origin: String,
    /// SHA-256 of the log key's SubjectPublicKeyInfo: four-byte note ids collide on purpose.
    pub log_key: [u8; 32],
    /// Leaves in the tree.
    pub tree_size: u64,
    /// The tree's root hash.
    pub root_hash: [u8; 32],
    /// The whole signed note, verbatim: proof if the log forks.
    pub note: String,
}

/// Where in a log the newest catalogue of a scope stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogPosition {
    /// The checkpoint's origin line: the shards of a log have one key, and each its own leaves.
    pub origin: String,
    /// SHA-256 of the log key's SubjectPublicKeyInfo.
    pub log_key: [u8; 32],
    /// The checkpoint's tree size.
    pub tree_size: u64,
    /// The entry's index in that tree.
    pub log_index: u64,
}

/// What a scope is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeName {
    /// Who may sign: the pinned identity, or the fingerprints of the pinned keys.
    pub policy: String,
    /// The server that the caller expects, else the signed one.
    pub server: Option<String>,
    /// The caller's part.
    pub scope: Option<String>,
}

/// The newest catalogue (or artifact) seen of one scope, across all logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeMark {
    /// The scope.
    pub name: ScopeName,
    /// Its place in a log; none where no log entry was required or given.
    pub position: Option<LogPosition>,
    /// The earliest proven signing time; none where nothing proves one.
    pub signed_at: Option<Time>,
    /// The catalogue's version.
    pub version: Option<u64>,
    /// SHA-256 of the signed bytes, or of the digest text where only that was given.
    pub digest: [u8; 32],
}

const FORMAT: &str = "1";

impl LogMark {
    /// The mark that a checkpoint makes; `log_key` is the fingerprint of the key that signed it.
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

    /// Refuses a record that is not what one of these logs signed: whoever writes to the store could raise a mark with
    /// it, or show a fork that is none.
    ///
    /// # Errors
    /// `ERR_STATE_CORRUPT`.
    pub fn check_signed(&self, logs: &[PinnedLog]) -> Result<()> {
        let shows = |checkpoint: Checkpoint| {
            (checkpoint.origin(), checkpoint.tree_size(), checkpoint.root_hash())
                == (self.origin.as_str(), self.tree_size, &self.root_hash)
        };
        let own = logs.iter().filter(|log| *log.key.fingerprint() == self.log_key);
        let signed = own.map(|log| verify_lone_checkpoint(&self.note, log)).any(|opened| opened.is_ok_and(shows));
        if signed { Ok(()) } else { Err(self.unsigned()) }
    }

    /// The refusal of a record whose note does not show it.
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

impl LogPosition {
    fn read(value: &Value<'_>) -> Result<Self> {
        let origin = string(value, "origin")?;
        let log_key = hash(value, "logKey")?;
        let (tree_size, log_index) = (number(value, "treeSize")?, number(value, "logIndex")?);
        Ok(Self { origin: origin.to_owned(), log_key, tree_size, log_index })
    }

    /// Whether both are places in one log: only there do sizes and indices compare.
    pub fn is_in_log_of(&self, other: &Self) -> bool {
        self.origin == other.origin && self.log_key == other.log_key
    }
}

impl ScopeName {
    /// The key of this scope's record in a store.
    pub fn key(&self) -> String {
        let name = self.write(&mut ObjectWriter::new()).finish();
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

    fn write<'o>(&self, object: &'o mut ObjectWriter) -> &'o mut ObjectWriter {
        object
            .string("policy", &self.policy)
            .optional_string("server", self.server.as_deref())
            .optional_string("scope", self.scope.as_deref())
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
        object.string("kind", "scope").json("format", FORMAT);
        self.name.write(&mut object);
        if let Some(position) = &self.position {
            object
                .string("origin", &position.origin)
                .string("logKey", &hex::encode(&position.log_key))
                .text("treeSize", position.tree_size)
                .text("logIndex", position.log_index);
        }
        object
            .optional_text("signedAt", self.signed_at)
            .optional_text("version", self.version)
            .string("digest", &hex::encode(&self.digest))
            .finish()
    }

    /// Reads a stored text.
    ///
    /// # Errors
    /// `ERR_STATE_CORRUPT` unless it is exactly what [`Self::to_text`] writes.
    pub fn from_text(text: &str) -> Result<Self> {
        let value = parse(text)?;
        let position = match value.get("logKey") {
            None => None,
            Some(_) => Some(LogPosition::read(&value)?),
        };
        let signed_at = match optional_string(&value, "signedAt")? {
            None => None,
            Some(time) => Some(Time::parse_rfc3339(time).map_err(|_| corrupt("a time"))?),
        };
        let version = match value.get("version") {
            None => None,
            Some(_) => Some(number(&value, "version")?),
        };
        let name = ScopeName::read(&value)?;
        let mark = Self { name, position, signed_at, version, digest: hash(&value, "digest")? };
        check_canonical(text, &mark.to_text())?;
        Ok(mark)
    }
}

/// Reads a stored text of either kind, and gives its canonical JSON back with the key that it belongs under:
/// `{"key", "record"}`.
///
/// # Errors
/// `ERR_STATE_CORRUPT`.
pub fn describe(text: &str) -> Result<String> {
    let key = match LogMark::from_text(text) {
        Ok(mark) => mark.key(),
        Err(_) => ScopeMark::from_text(text)?.name.key(),
    };
    Ok(ObjectWriter::new().string("key", &key).json("record", text).finish())
}

fn corrupt(expected: impl fmt::Display) -> Error {
    Error::new(Code::StateCorrupt).expected(expected).found("something else")
}

fn parse(text: &str) -> Result<Value<'_>> {
    json::parse(text.as_bytes(), limits::STATE_RECORD_BYTES)
        .map_err(|error| Error::new(Code::StateCorrupt).expected("a state record").found(error))
}

fn string<'v>(value: &'v Value<'_>, key: &str) -> Result<&'v str> {
    value.get(key).and_then(Value::as_str).ok_or_else(|| corrupt(format_args!("a text {key}")))
}

fn optional_string<'v>(value: &'v Value<'_>, key: &str) -> Result<Option<&'v str>> {
    match value.get(key) {
        None => Ok(None),
        Some(_) => string(value, key).map(Some),
    }
}

fn number(value: &Value<'_>, key: &str) -> Result<u64> {
    string(value, key)?.parse().map_err(|_| corrupt(format_args!("a decimal number {key}")))
}

fn hash(value: &Value<'_>, key: &str) -> Result<[u8; 32]> {
    hex::decode(string(value, key)?)
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| corrupt(format_args!("64 hexadecimal digits {key}")))
}

fn check_canonical(found: &str, canonical: &str) -> Result<()> {
    if found == canonical { Ok(()) } else { Err(corrupt("the canonical spelling of a record of format 1")) }
}

#[cfg(test)]
mod tests {
    use super::*;

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
            position: Some(LogPosition {
                origin: "o".into(),
                log_key: [3; 32],
                tree_size: 1 << 53,
                log_index: (1 << 53) + 1,
            }),
            signed_at: Some(Time::from_micros(1_500_000)),
            version: Some(0),
            digest: [4; 32],
        };
        assert_eq!(ScopeMark::from_text(&scope.to_text()).unwrap(), scope);
        let text = scope.to_text();
        scope.position = None;
        scope.signed_at = None;
        scope.version = None;
        assert_eq!(ScopeMark::from_text(&scope.to_text()).unwrap(), scope);
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
            text.replace("\"logIndex\"", "\"logindex\""),
            text.get(..40).unwrap_or_default().into(),
        ] {
            assert_eq!(ScopeMark::from_text(&bad).unwrap_err().code(), Code::StateCorrupt, "{bad}");
            assert_eq!(describe(&bad).unwrap_err().code(), Code::StateCorrupt, "{bad}");
        }
    }
}
