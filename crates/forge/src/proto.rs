//! Bundles as binary protobuf messages (protobuf-specs `sigstore_bundle.proto`), written field by field.

use serde_json::Value;

use crate::text::from_base64;

/// A varint field, left out when 0.
fn varint(number: u64, value: u64, out: &mut Vec<u8>) {
    if value != 0 {
        number_out(number << 3, out);
        number_out(value, out);
    }
}

/// A length-delimited field, there even when empty.
pub(crate) fn delimited(number: u64, bytes: &[u8], out: &mut Vec<u8>) {
    number_out(number << 3 | 2, out);
    number_out(bytes.len() as u64, out);
    out.extend_from_slice(bytes);
}

fn number_out(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// What a field of a message holds.
enum Kind {
    Text,
    Bytes,
    Int64,
    Hash,
    Message(&'static [Field]),
    List(&'static Kind),
}

type Field = (u64, &'static str, Kind);

const BUNDLE: &[Field] = &[
    (1, "mediaType", Kind::Text),
    (2, "verificationMaterial", Kind::Message(MATERIAL)),
    (
        3,
        "messageSignature",
        Kind::Message(&[(1, "messageDigest", Kind::Message(DIGEST)), (2, "signature", Kind::Bytes)]),
    ),
    (4, "dsseEnvelope", Kind::Message(ENVELOPE)),
];
const MATERIAL: &[Field] = &[
    (1, "publicKey", Kind::Message(&[(1, "hint", Kind::Text)])),
    (2, "x509CertificateChain", Kind::Message(&[(1, "certificates", Kind::List(&Kind::Message(RAW)))])),
    (3, "tlogEntries", Kind::List(&Kind::Message(ENTRY))),
    (4, "timestampVerificationData", Kind::Message(&[(1, "rfc3161Timestamps", Kind::List(&Kind::Message(STAMP)))])),
    (5, "certificate", Kind::Message(RAW)),
];
const RAW: &[Field] = &[(1, "rawBytes", Kind::Bytes)];
const STAMP: &[Field] = &[(1, "signedTimestamp", Kind::Bytes)];
const DIGEST: &[Field] = &[(1, "algorithm", Kind::Hash), (2, "digest", Kind::Bytes)];
const ENVELOPE: &[Field] = &[
    (1, "payload", Kind::Bytes),
    (2, "payloadType", Kind::Text),
    (3, "signatures", Kind::List(&Kind::Message(&[(1, "sig", Kind::Bytes), (2, "keyid", Kind::Text)]))),
];
const ENTRY: &[Field] = &[
    (1, "logIndex", Kind::Int64),
    (2, "logId", Kind::Message(&[(1, "keyId", Kind::Bytes)])),
    (3, "kindVersion", Kind::Message(&[(1, "kind", Kind::Text), (2, "version", Kind::Text)])),
    (4, "integratedTime", Kind::Int64),
    (5, "inclusionPromise", Kind::Message(&[(1, "signedEntryTimestamp", Kind::Bytes)])),
    (6, "inclusionProof", Kind::Message(PROOF)),
    (7, "canonicalizedBody", Kind::Bytes),
];
const PROOF: &[Field] = &[
    (1, "logIndex", Kind::Int64),
    (2, "rootHash", Kind::Bytes),
    (3, "treeSize", Kind::Int64),
    (4, "hashes", Kind::List(&Kind::Bytes)),
    (5, "checkpoint", Kind::Message(&[(1, "envelope", Kind::Text)])),
];

/// The binary form of a bundle.
pub(crate) fn bundle(json: &Value) -> Vec<u8> {
    message(json, BUNDLE)
}

fn message(json: &Value, fields: &[Field]) -> Vec<u8> {
    let mut out = Vec::new();
    for (number, name, kind) in fields {
        if let Some(value) = json.get(name) {
            field(*number, kind, value, &mut out);
        }
    }
    out
}

fn field(number: u64, kind: &Kind, value: &Value, out: &mut Vec<u8>) {
    let text = || value.as_str().unwrap();
    match kind {
        Kind::Text => delimited(number, text().as_bytes(), out),
        Kind::Bytes => delimited(number, &from_base64(text()), out),
        Kind::Int64 => varint(number, text().parse().unwrap(), out),
        Kind::Hash => varint(
            number,
            ["", "SHA2_256", "SHA2_384", "SHA2_512"].iter().position(|name| *name == text()).unwrap() as u64,
            out,
        ),
        Kind::Message(fields) => delimited(number, &message(value, fields), out),
        Kind::List(kind) => value.as_array().unwrap().iter().for_each(|item| field(number, kind, item, out)),
    }
}
