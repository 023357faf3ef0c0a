//! The whole in-memory Sigstore, and trust roots that name it.

use serde_json::{Value, json};

use crate::ca::Authority;
use crate::ct::CtLog;
use crate::key::Secret;
use crate::rekor::Log;
use crate::text::base64;
use crate::time::{START, rfc3339};
use crate::tsa::Tsa;

/// A deployment.
#[derive(Clone)]
pub(crate) struct Stack {
    pub(crate) fulcio: Authority,
    pub(crate) ct: CtLog,
    pub(crate) rekor1: Log,
    pub(crate) rekor2: Log,
    pub(crate) tsa: Tsa,
}

impl Stack {
    /// The deployment that honest vectors trust.
    pub(crate) fn honest() -> Self {
        Self::named("forge")
    }

    /// A deployment of the same shape with keys of its own.
    pub(crate) fn named(label: &str) -> Self {
        Self {
            fulcio: Authority::new(&format!("{label}-fulcio"), 1, |_, _| ()),
            ct: CtLog::new(label),
            rekor1: Log::v1(&format!("rekor1.{label}.test")),
            rekor2: Log::v2(&format!("log2026-1.rekor.{label}.test")),
            tsa: Tsa::new(&format!("{label}-tsa")),
        }
    }

    /// Its `trusted_root.json`.
    pub(crate) fn trust_root(&self) -> Value {
        json!({
            "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
            "tlogs": [log(&self.rekor1), log(&self.rekor2)],
            "certificateAuthorities": [authority("https://fulcio.forge.test", &self.fulcio.chain())],
            "ctlogs": [ct_log(&self.ct)],
            "timestampAuthorities": [authority("https://tsa.forge.test/api/v1/timestamp", &self.tsa.chain())],
        })
    }
}

/// A `TransparencyLogInstance` of Rekor.
pub(crate) fn log(log: &Log) -> Value {
    instance(&format!("https://{}", log.host), &log.key, &log.id())
}

/// A `TransparencyLogInstance` of a CT log.
pub(crate) fn ct_log(log: &CtLog) -> Value {
    instance("https://ctfe.forge.test/2026", &log.key, &log.id())
}

fn instance(url: &str, key: &Secret, id: &[u8]) -> Value {
    json!({
        "baseUrl": url,
        "hashAlgorithm": "SHA2_256",
        "publicKey": {
            "rawBytes": base64(key.spki()),
            "keyDetails": key.details(key.scheme()),
            "validFor": { "start": rfc3339(START) },
        },
        "logId": { "keyId": base64(id) },
    })
}

/// A `CertificateAuthority`.
pub(crate) fn authority(uri: &str, chain: &[Vec<u8>]) -> Value {
    let certificates: Vec<Value> = chain.iter().map(|der| json!({ "rawBytes": base64(der) })).collect();
    json!({
        "subject": { "organization": "forge.test", "commonName": "forge" },
        "uri": uri,
        "certChain": { "certificates": certificates },
        "validFor": { "start": rfc3339(START) },
    })
}
