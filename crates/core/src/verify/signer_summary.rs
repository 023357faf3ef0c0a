//! Who signed, as a summary that outlives the verification.

use super::release::VerifiedRelease;
use crate::crypto::sha256;
use crate::encoding::json_writer::ObjectWriter;
use crate::encoding::time::Time;
use crate::key::{PublicKey, fingerprint_text};
use crate::signer::chain::VerifiedChain;
use crate::signer::identity::VerifiedIdentity;

/// A verified signer.
#[derive(Debug)]
pub(super) struct SignerSummary {
    json: String,
    not_before: Option<Time>,
}

impl SignerSummary {
    pub(super) fn keyless(identity: &VerifiedIdentity, chain: &VerifiedChain) -> Self {
        let san = ObjectWriter::new().string("type", identity.san_type()).string("value", identity.san()).finish();
        let mut extensions = ObjectWriter::new();
        for (name, text) in identity.extensions() {
            extensions.string(name, text);
        }
        let certificate = fingerprint_text(&sha256(chain.leaf().der()));
        let json = ObjectWriter::new()
            .string("type", "keyless")
            .json("san", &san)
            .string("issuer", identity.issuer())
            .string("certificate", &certificate)
            .json("extensions", &extensions.finish())
            .finish();
        Self { json, not_before: Some(chain.leaf().validity().start) }
    }

    /// GitHub's certificate is the same for all releases of a year: when it begins says nothing about which is newer.
    pub(super) fn release(verified: &VerifiedRelease) -> Self {
        let VerifiedRelease { release, asset, certificate, .. } = verified;
        let json = ObjectWriter::new()
            .string("type", "githubRelease")
            .string("repository", &release.repository)
            .string("tag", &release.tag)
            .optional_string("repositoryId", release.repository_id.as_deref())
            .optional_string("ownerId", release.owner_id.as_deref())
            .string("asset", asset)
            .string("certificate", &fingerprint_text(certificate))
            .finish();
        Self { json, not_before: None }
    }

    pub(super) fn key(key: &PublicKey) -> Self {
        let json = ObjectWriter::new()
            .string("type", "key")
            .text("algorithm", key.kind())
            .string("fingerprint", &fingerprint_text(key.fingerprint()))
            .finish();
        Self { json, not_before: None }
    }

    pub(super) fn as_json(&self) -> &str {
        &self.json
    }

    /// The start of the certificate. `None` if it does not tell which signature is newer: if a key is pinned, and for a
    /// release of GitHub's.
    pub(super) fn not_before(&self) -> Option<Time> {
        self.not_before
    }
}
