//! A certificate transparency log (RFC 6962): signed certificate timestamps embedded in leaves.

use crate::ca::Issuer;
use crate::der;
use crate::key::{Hash, Scheme, Secret, sha256};
use crate::x509::{self, Template};

/// A CT log.
#[derive(Clone)]
pub(crate) struct CtLog {
    pub(crate) key: Secret,
}

/// What an SCT says, before it is signed.
#[derive(Clone)]
pub(crate) struct Sct {
    pub(crate) version: u8,
    pub(crate) log_id: Vec<u8>,
    pub(crate) millis: u64,
    pub(crate) extensions: Vec<u8>,
    /// Octets of the signature to change afterwards.
    pub(crate) flip: bool,
}

impl CtLog {
    pub(crate) fn new(name: &str) -> Self {
        Self { key: Secret::p256(&format!("{name} ct")) }
    }

    /// SHA-256 of its key.
    pub(crate) fn id(&self) -> Vec<u8> {
        sha256(self.key.spki())
    }

    /// An SCT for a leaf issued at `seconds`.
    pub(crate) fn sct(&self, seconds: i64) -> Sct {
        Sct { version: 0, log_id: self.id(), millis: seconds as u64 * 1000 + 225, extensions: Vec::new(), flip: false }
    }

    /// Signs `sct` over the precertificate of `leaf`, which has no SCT list yet.
    pub(crate) fn sign(&self, sct: &Sct, leaf: &Template, issuer: &Issuer) -> Vec<u8> {
        let tbs = leaf.tbs(&leaf.scheme(&issuer.key).identifier());
        // digitally-signed struct: version, certificate_timestamp, timestamp, precert_entry, PreCert, extensions.
        let mut signed = vec![sct.version, 0];
        signed.extend(sct.millis.to_be_bytes());
        signed.extend(1u16.to_be_bytes());
        signed.extend(sha256(issuer.key.spki()));
        signed.extend(&(tbs.len() as u32).to_be_bytes()[1..]);
        signed.extend(tbs);
        signed.extend((sct.extensions.len() as u16).to_be_bytes());
        signed.extend(&sct.extensions);
        let mut signature = self.key.sign(&signed);
        if sct.flip {
            *signature.last_mut().unwrap() ^= 1;
        }

        let (hash, algorithm) = match self.key.scheme() {
            Scheme::Rsa(_) => (4, 1),
            Scheme::Ecdsa(Hash::Sha384) => (5, 3),
            Scheme::Ed25519 => (8, 7),
            _ => (4, 3),
        };
        let mut out = vec![sct.version];
        out.extend(&sct.log_id);
        out.extend(sct.millis.to_be_bytes());
        out.extend((sct.extensions.len() as u16).to_be_bytes());
        out.extend(&sct.extensions);
        out.extend([hash, algorithm]);
        out.extend((signature.len() as u16).to_be_bytes());
        out.extend(signature);
        out
    }
}

/// The value of the SCT list extension.
pub(crate) fn list(scts: &[Vec<u8>]) -> Vec<u8> {
    let mut items = Vec::new();
    for sct in scts {
        items.extend((sct.len() as u16).to_be_bytes());
        items.extend(sct);
    }
    let mut out = (items.len() as u16).to_be_bytes().to_vec();
    out.extend(items);
    der::octets(&out)
}

/// Embeds the list in `leaf`.
pub(crate) fn embed(leaf: &mut Template, scts: &[Vec<u8>]) {
    leaf.set(x509::SCT_LIST, false, list(scts));
}
