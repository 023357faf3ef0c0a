//! DSSE envelopes and in-toto statements.

use serde_json::{Value, json};

use crate::key::Hash;
use crate::text::{base64, hex};

/// The only payload type that Sigstore bundles carry.
pub(crate) const IN_TOTO: &str = "application/vnd.in-toto+json";

/// An envelope with one signature.
#[derive(Clone)]
pub(crate) struct Envelope {
    pub(crate) payload_type: String,
    pub(crate) payload: Vec<u8>,
    pub(crate) signature: Vec<u8>,
}

impl Envelope {
    /// As a bundle carries it.
    pub(crate) fn json(&self) -> Value {
        json!({
            "payload": base64(&self.payload),
            "payloadType": self.payload_type,
            "signatures": [{ "sig": base64(&self.signature) }],
        })
    }
}

/// The pre-authentication encoding: what is signed.
pub(crate) fn pae(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let mut out = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len()).into_bytes();
    out.extend_from_slice(payload);
    out
}

/// An in-toto statement v1 whose one subject is `artifact`.
pub(crate) fn statement(artifact: &[u8]) -> Value {
    json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{ "name": "catalogue.json", "digest": { "sha256": hex(Hash::Sha256.digest(artifact)) } }],
        "predicateType": "https://mcp.example.com/catalogue/v1",
        "predicate": { "catalogueVersion": 7, "publisher": "acme" },
    })
}
