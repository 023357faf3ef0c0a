//! Canonical bodies of log entries: hashedrekord 0.0.1 and 0.0.2, dsse 0.0.1 and 0.0.2, intoto 0.0.2.
//! Keys are written in sorted order, as RFC 8785 has them.

use serde_json::{Value, json};

use crate::dsse::Envelope;
use crate::key::{Hash, Scheme, Secret, sha256};
use crate::text::{base64, hex, pem};

/// What a log entry names as the verifier.
#[derive(Clone)]
pub(crate) enum Verifier {
    Certificate(Vec<u8>),
    Key(Vec<u8>),
}

impl Verifier {
    /// PEM in base64, as Rekor v1 writes it.
    fn v1(&self) -> String {
        base64(match self {
            Self::Certificate(der) => pem("CERTIFICATE", der),
            Self::Key(spki) => pem("PUBLIC KEY", spki),
        })
    }

    /// As Rekor v2 writes it.
    fn v2(&self, details: &str) -> Value {
        match self {
            Self::Certificate(der) => {
                json!({ "keyDetails": details, "x509Certificate": { "rawBytes": base64(der) } })
            }
            Self::Key(spki) => json!({ "keyDetails": details, "publicKey": { "rawBytes": base64(spki) } }),
        }
    }
}

/// hashedrekord 0.0.1
pub(crate) fn hashedrekord_v1(hash: Hash, digest: &[u8], signature: &[u8], verifier: &Verifier) -> Value {
    json!({
        "apiVersion": "0.0.1",
        "kind": "hashedrekord",
        "spec": {
            "data": { "hash": { "algorithm": hash.short(), "value": hex(digest) } },
            "signature": { "content": base64(signature), "publicKey": { "content": verifier.v1() } },
        },
    })
}

/// hashedrekord 0.0.2
pub(crate) fn hashedrekord_v2(
    hash: Hash,
    digest: &[u8],
    signature: &[u8],
    verifier: &Verifier,
    key: &Secret,
    scheme: Scheme,
) -> Value {
    json!({
        "apiVersion": "0.0.2",
        "kind": "hashedrekord",
        "spec": {
            "hashedRekordV002": {
                "data": { "algorithm": hash.name(), "digest": base64(digest) },
                "signature": { "content": base64(signature), "verifier": verifier.v2(&key.details(scheme)) },
            },
        },
    })
}

/// dsse 0.0.1
pub(crate) fn dsse_v1(envelope: &Envelope, verifier: &Verifier) -> Value {
    json!({
        "apiVersion": "0.0.1",
        "kind": "dsse",
        "spec": {
            "envelopeHash": { "algorithm": "sha256", "value": hex(sha256(serde_json::to_vec(&envelope.json()).unwrap())) },
            "payloadHash": { "algorithm": "sha256", "value": hex(sha256(&envelope.payload)) },
            "signatures": [{ "signature": base64(&envelope.signature), "verifier": verifier.v1() }],
        },
    })
}

/// dsse 0.0.2
pub(crate) fn dsse_v2(envelope: &Envelope, verifier: &Verifier, key: &Secret) -> Value {
    json!({
        "apiVersion": "0.0.2",
        "kind": "dsse",
        "spec": {
            "dsseV002": {
                "payloadHash": { "algorithm": "SHA2_256", "digest": base64(sha256(&envelope.payload)) },
                "signatures": [{
                    "content": base64(&envelope.signature),
                    "verifier": verifier.v2(&key.details(key.scheme())),
                }],
            },
        },
    })
}

/// intoto 0.0.2: the signature stands in base64 of base64.
pub(crate) fn intoto(envelope: &Envelope, verifier: &Verifier) -> Value {
    json!({
        "apiVersion": "0.0.2",
        "kind": "intoto",
        "spec": {
            "content": {
                "envelope": {
                    "payloadType": envelope.payload_type,
                    "signatures": [{ "publicKey": verifier.v1(), "sig": base64(base64(&envelope.signature)) }],
                },
                "hash": { "algorithm": "sha256", "value": hex(sha256(serde_json::to_vec(&envelope.json()).unwrap())) },
                "payloadHash": { "algorithm": "sha256", "value": hex(sha256(&envelope.payload)) },
            },
        },
    })
}
