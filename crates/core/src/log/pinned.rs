//! A log that the operator pinned.

use crate::encoding::hex;
use crate::encoding::time::Validity;
use crate::error::{Code, Error, Result};
use crate::key::PublicKey;
use crate::log::entry::{Generation, LogEntry};
use crate::log::note::NoteVerifier;

/// Which origins the checkpoints of a pinned log may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OriginRule {
    /// Only these origins, which the operator states. A log may have several, such as the names of two pods.
    Stated(Vec<String>),
    /// Derived from the host of a base URL: `<host>` for Rekor v2, `<host> - <digits>` for Rekor v1.
    Host(String),
}

/// A transparency log of the trust root.
#[derive(Debug)]
pub struct PinnedLog {
    /// The key that signs checkpoints and, for Rekor v1, entry timestamps.
    pub key: PublicKey,
    /// The log id that entries name (`logId.keyId`).
    pub log_id: Vec<u8>,
    /// The four-byte key id of its signatures on checkpoints, if the trust root states it.
    pub checkpoint_key_id: Option<[u8; 4]>,
    /// The origin that its checkpoints must have.
    pub origin: OriginRule,
    /// When the key was in use.
    pub validity: Validity,
    /// Who operates it. Logs of one operator count once towards a threshold.
    pub operator: Option<String>,
}

impl OriginRule {
    /// The name of the log's key on notes of this origin. `None` if the log may not have this origin.
    ///
    /// Rekor v2 signs under the origin itself. Rekor v1 signs under the host, and its origin adds ` - <tree id>`. If
    /// the host has a port, the origin may leave the port out.
    pub fn key_name<'o>(&self, origin: &'o str, generation: Generation) -> Option<&'o str> {
        let shard_host = origin
            .split_once(" - ")
            .filter(|(_, tree)| !tree.is_empty() && tree.bytes().all(|digit| digit.is_ascii_digit()))
            .map(|(host, _)| host);
        match (self, generation) {
            (Self::Stated(lines), _) if !lines.iter().any(|line| line == origin) => None,
            (Self::Stated(_), Generation::V1) => Some(shard_host.unwrap_or(origin)),
            (Self::Stated(_), Generation::V2) => Some(origin),
            (Self::Host(host), Generation::V1) => shard_host.filter(|name| is_host(name, host)),
            (Self::Host(host), Generation::V2) => Some(origin).filter(|name| is_host(name, host)),
        }
    }

    /// The rule, in words for messages.
    pub fn describe(&self, generation: Generation) -> String {
        match (self, generation) {
            (Self::Stated(lines), _) => lines.join(" or "),
            (Self::Host(host), Generation::V1) => format!("{host} - <tree id>"),
            (Self::Host(host), Generation::V2) => host.clone(),
        }
    }
}

fn is_host(name: &str, host: &str) -> bool {
    let without_port = host
        .rsplit_once(':')
        .filter(|(_, port)| !port.is_empty() && port.bytes().all(|digit| digit.is_ascii_digit()))
        .map(|(bare, _)| bare);
    name == host || without_port == Some(name)
}

impl PinnedLog {
    /// Refuses an entry that names another log than this one (`logId`).
    pub(super) fn check_names(&self, entry: &LogEntry) -> Result<()> {
        if entry.log_id == self.log_id {
            return Ok(());
        }
        Err(Error::new(Code::LogUntrusted)
            .on("logId")
            .expected(hex::encode(&self.log_id))
            .found(hex::encode(&entry.log_id)))
    }

    /// Opens the log's notes under `name`.
    pub fn note_verifier<'a>(&'a self, name: &'a str) -> NoteVerifier<'a> {
        let stated: &[u8] = self.checkpoint_key_id.as_ref().map_or(&[], |id| id.as_slice());
        NoteVerifier::new(name, &self.key, &[&self.log_id, stated])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Generation::{V1, V2};

    #[test]
    fn origins_and_key_names() {
        let host = OriginRule::Host("rekor.example".to_owned());
        let port = OriginRule::Host("localhost:8000".to_owned());
        let shard = OriginRule::Stated(vec!["rekor.example - 17".to_owned()]);
        let line = OriginRule::Stated(vec!["example/log".to_owned()]);
        let pods = OriginRule::Stated(vec!["pod-a - 17".to_owned(), "pod-b - 17".to_owned()]);
        for (rule, origin, generation, name) in [
            (&pods, "pod-a - 17", V1, Some("pod-a")),
            (&pods, "pod-b - 17", V1, Some("pod-b")),
            (&pods, "pod-c - 17", V1, None),
            (&pods, "pod-a - 18", V1, None),
            (&host, "rekor.example", V2, Some("rekor.example")),
            (&host, "rekor.example - 17", V1, Some("rekor.example")),
            (&host, "rekor.example", V1, None),
            (&host, "rekor.example - 17", V2, None),
            (&host, "rekor.example - ", V1, None),
            (&host, "rekor.example - 1x", V1, None),
            (&host, "rekor.example - -1", V1, None),
            (&host, "rekor.example - 1 - 2", V1, None),
            (&host, "rekor.example.evil - 17", V1, None),
            (&host, "Rekor.example", V2, None),
            (&host, "rekor.example ", V2, None),
            (&host, "", V2, None),
            (&port, "localhost:8000", V2, Some("localhost:8000")),
            (&port, "localhost", V2, Some("localhost")),
            (&port, "localhost:8000 - 3", V1, Some("localhost:8000")),
            (&port, "localhost - 3", V1, Some("localhost")),
            (&port, "localhost:8001", V2, None),
            (&shard, "rekor.example - 17", V1, Some("rekor.example")),
            (&shard, "rekor.example - 18", V1, None),
            (&shard, "rekor.example - 17", V2, Some("rekor.example - 17")),
            (&line, "example/log", V2, Some("example/log")),
            (&line, "example/log", V1, Some("example/log")),
            (&line, "example/log - 1", V1, None),
        ] {
            assert_eq!(rule.key_name(origin, generation), name, "{rule:?} {origin:?} {generation:?}");
        }
    }
}
