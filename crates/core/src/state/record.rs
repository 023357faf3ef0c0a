//! The two kinds of record, in their one canonical spelling. A stored text that is not exactly what this
//! module would write is refused, never treated as empty.

use crate::crypto::sha256;
use crate::encoding::json::{self, Value};
use crate::encoding::json_writer::ObjectWriter;
use crate::encoding::time::Time;
use crate::encoding::{base64, hex};
use crate::error::{Code, Error, Result};
use crate::limits;

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
    /// SHA-256 of the log key's SubjectPublicKeyInfo.
    pub log_key: [u8; 32],
    /// The checkpoint's tree size.
    pub tree_size: u64,
    /// The entry's index in that tree.
    pub log_index: u64,
}

/// The newest catalogue (or artifact) seen of one scope, across all logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeMark {
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
    /// The key of this log's record in a store.
    pub fn key(&self) -> String {
        let name = format!("{}\n{}", self.origin, hex::encode(&self.log_key));
        format!("log:{}", hex::encode(&sha256(name.as_bytes())))
    }

    /// The canonical text.
    pub fn to_text(&self) -> String {
        ObjectWriter::new()
            .string("kind", "log")
            .json("format", FORMAT)
            .string("origin", &self.origin)
            .string("logKey", &hex::encode(&self.log_key))
            .string("treeSize", &self.tree_size.to_string())
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
        let mark = Self {
            origin: string(&value, "origin")?.to_owned(),
            log_key: hash(&value, "logKey")?,
            tree_size: number(&value, "treeSize")?,
            root_hash: base64::decode(string(&value, "rootHash")?)
                .ok()
                .and_then(|bytes| bytes.try_into().ok())
                .ok_or_else(|| corrupt("a root hash of 32 bytes"))?,
            note: string(&value, "note")?.to_owned(),
        };
        check_canonical(text, &mark.to_text())?;
        Ok(mark)
    }
}

impl ScopeMark {
    /// The log that the position is in.
    pub fn log_key(&self) -> Option<[u8; 32]> {
        self.position.as_ref().map(|position| position.log_key)
    }

    /// The canonical text.
    pub fn to_text(&self) -> String {
        let mut object = ObjectWriter::new().string("kind", "scope").json("format", FORMAT);
        if let Some(position) = &self.position {
            object = object
                .string("logKey", &hex::encode(&position.log_key))
                .string("treeSize", &position.tree_size.to_string())
                .string("logIndex", &position.log_index.to_string());
        }
        object
            .optional_string("signedAt", self.signed_at.map(|time| time.to_string()).as_deref())
            .optional_string("version", self.version.map(|version| version.to_string()).as_deref())
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
            Some(_) => Some(LogPosition {
                log_key: hash(&value, "logKey")?,
                tree_size: number(&value, "treeSize")?,
                log_index: number(&value, "logIndex")?,
            }),
        };
        let signed_at = match value.get("signedAt") {
            None => None,
            Some(_) => Some(Time::parse_rfc3339(string(&value, "signedAt")?).map_err(|_| corrupt("a time"))?),
        };
        let version = value.get("version").map(|_| number(&value, "version")).transpose()?;
        let mark = Self { position, signed_at, version, digest: hash(&value, "digest")? };
        check_canonical(text, &mark.to_text())?;
        Ok(mark)
    }
}

fn corrupt(expected: &str) -> Error {
    Error::new(Code::StateCorrupt).expected(expected).found("something else")
}

fn parse(text: &str) -> Result<Value<'_>> {
    json::parse(text.as_bytes(), limits::STATE_RECORD_BYTES)
        .map_err(|error| Error::new(Code::StateCorrupt).expected("a state record").found(error.to_string()))
}

fn string<'v>(value: &'v Value<'_>, key: &str) -> Result<&'v str> {
    value.get(key).and_then(Value::as_str).ok_or_else(|| corrupt(&format!("a text {key}")))
}

fn number(value: &Value<'_>, key: &str) -> Result<u64> {
    string(value, key)?.parse().map_err(|_| corrupt(&format!("a decimal number {key}")))
}

fn hash(value: &Value<'_>, key: &str) -> Result<[u8; 32]> {
    hex::decode(string(value, key)?)
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| corrupt(&format!("64 hexadecimal digits {key}")))
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
        let mut scope = ScopeMark {
            position: Some(LogPosition { log_key: [3; 32], tree_size: 1 << 53, log_index: (1 << 53) + 1 }),
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
            text.replace("scope", "log"),
            text.replace("\"digest\"", "\"extra\":1,\"digest\""),
            text.replace("9007199254740993", "09007199254740993"),
            text.replace("\"9007199254740993\"", "9007199254740993"),
            text.replace("\"logIndex\"", "\"logindex\""),
            text.get(..40).unwrap_or_default().into(),
        ] {
            assert_eq!(ScopeMark::from_text(&bad).unwrap_err().code(), Code::StateCorrupt, "{bad}");
        }
    }
}
