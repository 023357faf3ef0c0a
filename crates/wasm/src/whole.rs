//! What only the whole core has. The first core is built without it (docs/dependencies.md, "Size").

use std::sync::Arc;

use inkan_core::error::Code;
use inkan_core::{crypto, log_verifier, state};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::refusal::{Thrown, thrown};
use crate::{TrustRoot, Verification};

#[wasm_bindgen]
impl Verification {
    /// A pair of signed trees that must be proven to be one history before a record can be judged by these texts, as
    /// JSON. Undefined if there is none.
    pub fn unproven(&mut self, key: &str, stored: Option<String>, floor: Option<String>) -> Thrown<Option<String>> {
        self.0.unproven(key, stored.as_deref(), floor.as_deref()).map_err(thrown)
    }

    /// Verifies the proof of the pair that was asked last. The proof is the concatenation of its hashes.
    pub fn prove(&mut self, proof: &[u8]) -> Thrown<()> {
        self.0.prove(proof).map_err(thrown)
    }

    /// The source gave no proof of the pair that was asked last.
    pub fn unreachable(&mut self, reason: &str) -> Thrown<()> {
        self.0.unreachable(reason).map_err(thrown)
    }
}

/// Verifies what logs signed, without a bundle.
#[wasm_bindgen]
pub struct LogVerifier(Arc<log_verifier::LogVerifier>);

#[wasm_bindgen]
impl LogVerifier {
    /// For the logs of a trust root.
    #[wasm_bindgen(js_name = ofTrustRoot)]
    pub fn of_trust_root(trust_root: &TrustRoot) -> LogVerifier {
        Self(Arc::new(log_verifier::LogVerifier::TrustRoot(Arc::clone(&trust_root.0))))
    }

    /// For one log, by its key. Without an origin, every origin that the key signed is accepted.
    #[wasm_bindgen(js_name = ofKey)]
    pub fn of_key(pem: &str, origin: Option<String>) -> Thrown<LogVerifier> {
        log_verifier::LogVerifier::from_pem(pem, origin.as_deref())
            .map(|log_verifier| Self(Arc::new(log_verifier)))
            .map_err(thrown)
    }

    /// What a checkpoint says, as JSON.
    pub fn open(&self, note: &str) -> Thrown<String> {
        self.0.open(note).map_err(thrown)
    }

    /// A checkpoint to store.
    pub fn seed(&self, note: &str) -> Thrown<Seeding> {
        self.0.seed(note).map(Seeding).map_err(thrown)
    }

    /// Proves that the smaller tree is the past of the larger one. Returns both, as JSON.
    #[wasm_bindgen(js_name = verifyConsistency)]
    pub fn verify_consistency(&self, one: &str, other: &str, proof: &[u8]) -> Thrown<String> {
        self.0.verify_consistency(one, other, proof).map_err(thrown)
    }

    /// Verifies a fork document. Returns its two trees, as JSON.
    #[wasm_bindgen(js_name = checkFork)]
    pub fn check_fork(&self, document: &[u8]) -> Thrown<String> {
        self.0.check_fork(document).map_err(thrown)
    }
}

/// A checkpoint whose record must be stored.
#[wasm_bindgen]
pub struct Seeding(log_verifier::Seeding);

#[wasm_bindgen]
impl Seeding {
    /// The record to store, as JSON.
    pub fn records(&self) -> String {
        self.0.records()
    }

    /// Judges the record, as a verification's is judged.
    pub fn judge(&mut self, key: &str, stored: Option<String>, floor: Option<String>) -> Thrown<Option<String>> {
        self.0.judge(key, stored.as_deref(), floor.as_deref()).map_err(thrown)
    }

    /// The record is stored as it was judged last.
    pub fn stored(&mut self, key: &str) -> Thrown<()> {
        self.0.mark_stored(key).map_err(thrown)
    }
}

/// TUF metadata whose record is to stand in a store.
#[wasm_bindgen]
pub struct RepositoryUpdate(state::repository::Update);

#[wasm_bindgen]
impl RepositoryUpdate {
    /// From the record's text.
    #[wasm_bindgen(js_name = fromRecord)]
    pub fn from_record(record: &str) -> Thrown<RepositoryUpdate> {
        state::repository::Update::new(record).map(Self).map_err(thrown)
    }

    /// The record to store, as JSON.
    pub fn records(&self) -> String {
        self.0.records()
    }

    /// Judges the record against the store's text and this process's floor; gives the text to swap in.
    pub fn judge(&mut self, key: &str, stored: Option<String>, floor: Option<String>) -> Thrown<Option<String>> {
        self.0.judge(key, stored.as_deref(), floor.as_deref()).map_err(thrown)
    }

    /// The store holds the record as it was judged last.
    pub fn stored(&mut self, key: &str) -> Thrown<()> {
        self.0.stored(key).map_err(thrown)
    }
}

/// The tiles that a consistency proof needs, as JSON: `[[level, index, width], …]`, indexes as texts. Sizes are decimal.
#[wasm_bindgen(js_name = neededTiles)]
pub fn needed_tiles(older: &str, newer: &str) -> Thrown<String> {
    log_verifier::needed_tiles(older, newer).map_err(thrown)
}

/// The proof out of these tiles, as JSON: `{"hashes": [base64…], "genuine": boolean}`.
#[wasm_bindgen(js_name = proofFromTiles)]
pub fn proof_from_tiles(older: &str, newer: &str, newer_root: &str, tiles: &[u8]) -> Thrown<String> {
    log_verifier::proof_from_tiles(older, newer, newer_root, tiles).map_err(thrown)
}

/// Computes a digest from bytes that come in pieces.
#[wasm_bindgen]
pub struct Hasher(crypto::Hasher);

#[wasm_bindgen]
impl Hasher {
    /// A hasher without any bytes yet. Algorithms are named as in digests: `sha256`.
    pub fn by(algorithm: &str) -> Thrown<Hasher> {
        let algorithm = crypto::HashAlgorithm::from_name(algorithm).ok_or(Code::DigestAlgorithm);
        algorithm.map(|algorithm| Self(crypto::Hasher::new(algorithm))).map_err(|code| thrown(code.into()))
    }

    /// Adds a piece.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The digest of all pieces, such as `sha256:<hex>`.
    pub fn finish(self) -> String {
        self.0.finish().to_string()
    }
}

/// A stored record and its key, as JSON.
#[wasm_bindgen(js_name = describeRecord)]
pub fn describe_record(text: &str) -> Thrown<String> {
    state::describe(text).map_err(thrown)
}
