//! A transparency log. It adds a body at a chosen index to a tree of a chosen size, and states this as
//! `TransparencyLogEntry` does. A case may change the statement and have parts of it signed again.

use serde_json::{Value, json};

use crate::key::Secret;
use crate::merkle;
use crate::note;
use crate::text::{base64, from_base64, hex};

/// Where an entry lands.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    /// Leaves of the tree.
    pub(crate) size: usize,
    /// The entry's place among them.
    pub(crate) index: usize,
    /// Entries of earlier shards: the global index is higher by this (Rekor v1).
    pub(crate) before: u64,
}

/// Five leaves, the third is ours.
pub(crate) const USUAL: Place = Place { size: 5, index: 2, before: 0 };

/// A log.
#[derive(Clone)]
pub(crate) struct Log {
    pub(crate) host: String,
    pub(crate) key: Secret,
    /// The tree id in the origin: Rekor v1.
    pub(crate) tree: Option<u64>,
}

impl Log {
    /// Rekor v1 with a P-256 key.
    pub(crate) fn v1(host: &str) -> Self {
        Self { host: host.into(), key: Secret::p256(&format!("{host} log")), tree: Some(1_193_050_959_916_656_506) }
    }

    /// Rekor v2 with an Ed25519 key.
    pub(crate) fn v2(host: &str) -> Self {
        Self { host: host.into(), key: Secret::ed25519(&format!("{host} log")), tree: None }
    }

    /// The origin line of its checkpoints.
    pub(crate) fn origin(&self) -> String {
        match self.tree {
            Some(tree) => format!("{} - {tree}", self.host),
            None => self.host.clone(),
        }
    }

    /// Its log id.
    pub(crate) fn id(&self) -> Vec<u8> {
        note::log_id(&self.host, &self.key)
    }

    /// A checkpoint over `root`, signed.
    pub(crate) fn checkpoint(&self, size: u64, root: &[u8]) -> String {
        self.seal(&note::checkpoint(&self.origin(), size, root))
    }

    /// Any text, signed as a note.
    pub(crate) fn seal(&self, text: &str) -> String {
        note::note(text, &[note::signature_line(text, &self.host, &self.key)])
    }

    /// Takes `body` in and states so. Rekor v1 adds its time and promise.
    pub(crate) fn enter(&self, body: &Value, place: Place, seconds: i64) -> Value {
        self.enter_bytes(&serde_json::to_vec(body).unwrap(), body, place, seconds)
    }

    /// As [`Log::enter`], with the exact octets of the body; `kind` has its `kind` and `apiVersion`.
    pub(crate) fn enter_bytes(&self, body: &[u8], kind: &Value, place: Place, seconds: i64) -> Value {
        let leaves: Vec<Vec<u8>> = (0..place.size)
            .map(|at| if at == place.index { body.to_vec() } else { format!("another entry {at}").into_bytes() })
            .collect();
        let root = merkle::root(&leaves);
        let hashes: Vec<String> = merkle::inclusion(&leaves, place.index).iter().map(base64).collect();
        let mut entry = json!({
            "logIndex": (place.before + place.index as u64).to_string(),
            "logId": { "keyId": base64(self.id()) },
            "kindVersion": { "kind": kind["kind"], "version": kind["apiVersion"] },
        });
        if self.tree.is_some() {
            entry["integratedTime"] = json!(seconds.to_string());
            entry["inclusionPromise"] = json!({});
        }
        entry["inclusionProof"] = json!({
            "logIndex": place.index.to_string(),
            "rootHash": base64(&root),
            "treeSize": place.size.to_string(),
            "hashes": hashes,
            "checkpoint": { "envelope": self.checkpoint(place.size as u64, &root) },
        });
        entry["canonicalizedBody"] = json!(base64(body));
        if self.tree.is_some() {
            self.promise(&mut entry);
        }
        entry
    }

    /// Signs the entry timestamp over what `entry` states now.
    pub(crate) fn promise(&self, entry: &mut Value) {
        let number = |field: &str| entry[field].as_str().unwrap().parse::<i64>().unwrap();
        let payload = format!(
            r#"{{"body":"{}","integratedTime":{},"logID":"{}","logIndex":{}}}"#,
            entry["canonicalizedBody"].as_str().unwrap(),
            number("integratedTime"),
            hex(from_base64(entry["logId"]["keyId"].as_str().unwrap())),
            number("logIndex"),
        );
        let promise = base64(self.key.sign(payload.as_bytes()));
        entry["inclusionPromise"]["signedEntryTimestamp"] = json!(promise);
    }
}

/// The body of an entry as JSON.
pub(crate) fn body(entry: &Value) -> Value {
    serde_json::from_slice(&from_base64(entry["canonicalizedBody"].as_str().unwrap())).unwrap()
}
