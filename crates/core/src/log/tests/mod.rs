//! Tests of the log with real bundles. They read the vectors with the JSON parser alone, because the bundle and trust
//! root parsers are later layers.

mod mutation;
mod real;

use crate::encoding::json::{self, Value};
use crate::encoding::time::{Time, Validity};
use crate::encoding::{base64, pem};
use crate::key::PublicKey;
use crate::log::entry::{InclusionProof, LogEntry};
use crate::log::pinned::{OriginRule, PinnedLog};

pub(crate) const PRODUCTION: &str = "conformance/roots/production.trusted_root.json";
pub(crate) const STAGING: &str = "conformance/roots/staging.trusted_root.json";
pub(crate) const STACK_A: &str = "catalogues/logs/a/trusted_root.json";

/// A file under `test/vectors/real`.
pub(crate) fn read(path: &str) -> Vec<u8> {
    let whole = format!("{}/../../test/vectors/real/{path}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&whole).unwrap_or_else(|error| panic!("{whole}: {error}"))
}

/// The cases of a folder under `test/vectors/real`, by path.
pub(crate) fn cases(folder: &str) -> Vec<String> {
    let whole = format!("{}/../../test/vectors/real/{folder}", env!("CARGO_MANIFEST_DIR"));
    let mut names: Vec<String> = std::fs::read_dir(whole)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_type().unwrap().is_dir())
        .map(|entry| format!("{folder}/{}", entry.file_name().to_str().unwrap()))
        .collect();
    names.sort();
    names
}

pub(crate) fn parse(bytes: &[u8]) -> Value<'_> {
    json::parse(bytes, 16 << 20).unwrap()
}

/// The value at `path` (`a.b.0`). `None` if there is none.
pub(crate) fn at<'v, 'a>(value: &'v Value<'a>, path: &str) -> Option<&'v Value<'a>> {
    path.split('.').try_fold(value, |value, key| match value.as_array() {
        Some(items) => items.get(key.parse::<usize>().ok()?),
        None => value.get(key),
    })
}

pub(crate) fn text<'v>(value: &'v Value<'_>, path: &str) -> &'v str {
    at(value, path).and_then(Value::as_str).unwrap_or_default()
}

pub(crate) fn bytes(value: &Value<'_>, path: &str) -> Vec<u8> {
    base64::decode(text(value, path)).unwrap()
}

pub(crate) fn items<'v, 'a>(value: &'v Value<'a>, path: &str) -> &'v [Value<'a>] {
    at(value, path).and_then(Value::as_array).unwrap_or_default()
}

/// The trust root of a case.
pub(crate) fn trust_root(case: &str) -> String {
    let own = format!("{case}/trusted_root.json");
    let whole = format!("{}/../../test/vectors/real/{own}", env!("CARGO_MANIFEST_DIR"));
    if std::fs::exists(whole).unwrap() { own } else { PRODUCTION.to_owned() }
}

/// The log entries of a case's bundle.
pub(crate) fn entries(case: &str) -> Vec<LogEntry> {
    let file = read(&format!("{case}/bundle.sigstore.json"));
    let bundle = parse(&file);
    items(&bundle, "verificationMaterial.tlogEntries").iter().map(entry).collect()
}

pub(crate) fn number(value: &Value<'_>, path: &str) -> u64 {
    match at(value, path) {
        Some(Value::Number(text)) => text.parse().unwrap(),
        Some(Value::String(text)) => text.parse().unwrap(),
        _ => 0,
    }
}

fn entry(value: &Value<'_>) -> LogEntry {
    let optional = |path: &str| at(value, path).map(|_| bytes(value, path));
    LogEntry {
        log_index: number(value, "logIndex"),
        log_id: bytes(value, "logId.keyId"),
        kind: text(value, "kindVersion.kind").to_owned(),
        version: text(value, "kindVersion.version").to_owned(),
        integrated_time: i64::try_from(number(value, "integratedTime")).unwrap(),
        signed_entry_timestamp: optional("inclusionPromise.signedEntryTimestamp"),
        proof: value.get("inclusionProof").map(|proof| InclusionProof {
            log_index: number(proof, "logIndex"),
            root_hash: bytes(proof, "rootHash"),
            tree_size: number(proof, "treeSize"),
            hashes: items(proof, "hashes").iter().map(hash).collect(),
            checkpoint: at(proof, "checkpoint.envelope").and_then(Value::as_str).map(str::to_owned),
        }),
        body: bytes(value, "canonicalizedBody"),
    }
}

pub(crate) fn hash(value: &Value<'_>) -> [u8; 32] {
    base64::decode(value.as_str().unwrap()).unwrap().try_into().unwrap()
}

/// The logs of a trust root.
pub(crate) fn logs(root: &str) -> Vec<PinnedLog> {
    let file = read(root);
    let root = parse(&file);
    items(&root, "tlogs")
        .iter()
        .map(|log| {
            let host = text(log, "baseUrl").split_once("://").unwrap().1;
            PinnedLog {
                key: PublicKey::from_spki(&bytes(log, "publicKey.rawBytes")).unwrap(),
                log_id: bytes(log, "logId.keyId"),
                checkpoint_key_id: None,
                origin: OriginRule::Host(host.to_owned()),
                validity: Validity { start: Time::EARLIEST, end: None },
                operator: None,
            }
        })
        .collect()
}

/// The log of `logs` that an entry names.
pub(crate) fn log_of<'l>(entry: &LogEntry, logs: &'l [PinnedLog]) -> Option<&'l PinnedLog> {
    logs.iter().find(|log| log.log_id == entry.log_id)
}

/// A log with an Ed25519 key made from `seed`, and the key pair that signs for it.
pub(crate) fn forged_log(seed: u8, origin: OriginRule) -> (PinnedLog, ring::signature::Ed25519KeyPair) {
    use ring::signature::{Ed25519KeyPair, KeyPair};
    let pair = Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap();
    let mut spki = vec![0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0];
    spki.extend_from_slice(pair.public_key().as_ref());
    let log = PinnedLog {
        key: PublicKey::from_spki(&spki).unwrap(),
        log_id: crate::crypto::sha256(&spki).to_vec(),
        checkpoint_key_id: None,
        origin,
        validity: Validity { start: Time::EARLIEST, end: None },
        operator: None,
    };
    (log, pair)
}

/// The signature line of `pair` over `text` under `name`. The key id is the first four bytes of `hash`.
pub(crate) fn signature_line(pair: &ring::signature::Ed25519KeyPair, name: &str, hash: &[u8], text: &str) -> String {
    let mut blob = hash[..4].to_vec();
    blob.extend_from_slice(pair.sign(text.as_bytes()).as_ref());
    format!("— {name} {}\n", base64::encode(&blob))
}

/// The public key of a PEM file.
pub(crate) fn key_file(path: &str) -> PublicKey {
    let file = read(path);
    PublicKey::from_spki(&pem::parse(std::str::from_utf8(&file).unwrap()).unwrap()[0].der).unwrap()
}
