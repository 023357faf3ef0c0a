//! Signed notes and checkpoints (C2SP signed-note, tlog-checkpoint, tlog-cosignature).

use crate::key::{Secret, sha256};
use crate::text::{base64, hex};

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
    line(name, &typed_id(name, 4, &key.ed25519_bytes()), &cosignature(text, key, seconds, seconds))
}

/// A cosignature's octets: signed at `seconds`, and `stated` in front.
pub(crate) fn cosignature(text: &str, key: &Secret, seconds: u64, stated: u64) -> Vec<u8> {
    let message = format!("cosignature/v1\ntime {seconds}\n{text}");
    [stated.to_be_bytes().as_slice(), &key.sign(message.as_bytes())].concat()
}

/// The id of a key of a signature type that is hashed with the name.
pub(crate) fn typed_id(name: &str, kind: u8, key: &[u8]) -> Vec<u8> {
    sha256([name.as_bytes(), b"\n", &[kind], key].concat())[..4].to_vec()
}

/// A verifier key: name, id, and the key after its type.
pub(crate) fn vkey(name: &str, id: &[u8], kind: u8, key: &[u8]) -> String {
    format!("{name}+{}+{}", hex(id), base64([&[kind], key].concat()))
}

/// A signed note.
pub(crate) fn note(text: &str, lines: &[String]) -> String {
    format!("{text}\n{}", lines.concat())
}
