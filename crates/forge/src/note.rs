//! Signed notes and checkpoints (C2SP signed-note, tlog-checkpoint, tlog-cosignature).

use crate::key::{Secret, sha256};
use crate::text::base64;

/// The four-byte id of a key's signatures on notes under `name`.
pub(crate) fn key_id(name: &str, key: &Secret) -> Vec<u8> {
    log_id(name, key)[..4].to_vec()
}

/// The hash that a key id is the beginning of: Rekor's log id.
/// For Ed25519 it covers the name; for ECDSA it is that of the key alone; RSA has type 0xff.
pub(crate) fn log_id(name: &str, key: &Secret) -> Vec<u8> {
    match key {
        Secret::Ed25519(_) => sha256([name.as_bytes(), b"\n\x01", key.ed25519_bytes().as_slice()].concat()),
        Secret::Rsa(_) => sha256([name.as_bytes(), b"\n\xffPKIX-RSA-PKCS#1v1.5", key.spki().as_slice()].concat()),
        _ => sha256(key.spki()),
    }
}

/// The text of a checkpoint.
pub(crate) fn checkpoint(origin: &str, size: u64, root: &[u8]) -> String {
    format!("{origin}\n{size}\n{}\n", base64(root))
}

/// One signature line over `text`.
pub(crate) fn signature_line(text: &str, name: &str, key: &Secret) -> String {
    line(name, &key_id(name, key), &key.sign(text.as_bytes()))
}

/// One signature line of given octets.
pub(crate) fn line(name: &str, key_id: &[u8], signature: &[u8]) -> String {
    format!("\u{2014} {name} {}\n", base64([key_id, signature].concat()))
}

/// A cosignature line (type 0x04) at `seconds`.
pub(crate) fn cosignature_line(text: &str, name: &str, key: &Secret, seconds: u64) -> String {
    let message = format!("cosignature/v1\ntime {seconds}\n{text}");
    let id = sha256([name.as_bytes(), b"\n\x04", key.ed25519_bytes().as_slice()].concat());
    line(name, &id[..4], &[seconds.to_be_bytes().as_slice(), &key.sign(message.as_bytes())].concat())
}

/// A signed note.
pub(crate) fn note(text: &str, lines: &[String]) -> String {
    format!("{text}\n{}", lines.concat())
}
