//! The seam between core and JavaScript: bytes and texts in, texts out. Not one `if` about trust.

mod refusal;

use std::sync::Arc;

use inkan_core::catalogue::Tool;
use inkan_core::error::Error;
use inkan_core::{state, trust, verify};
use refusal::{Thrown, thrown};
use wasm_bindgen::prelude::wasm_bindgen;

/// What the operator pinned. Built once, used by many verifiers.
#[wasm_bindgen]
pub struct TrustRoot(Arc<trust::TrustRoot>);

#[wasm_bindgen]
impl TrustRoot {
    /// From the bytes of a `trusted_root.json`.
    #[wasm_bindgen(js_name = fromJson)]
    pub fn from_json(bytes: &[u8]) -> Thrown<TrustRoot> {
        trust::TrustRoot::from_json(bytes).map(|root| Self(Arc::new(root))).map_err(thrown)
    }

    /// From PEM texts: `{"fulcio", "rekor": [{"pem", "origin"}], "ctfe", "tsa"?}`.
    #[wasm_bindgen(js_name = fromPem)]
    pub fn from_pem(options: &str) -> Thrown<TrustRoot> {
        trust::TrustRoot::from_pem(options.as_bytes()).map(|root| Self(Arc::new(root))).map_err(thrown)
    }

    /// What is in it, as JSON.
    pub fn describe(&self) -> String {
        self.0.describe()
    }
}

/// A policy and what it is held against.
#[wasm_bindgen]
pub struct Verifier(verify::Verifier);

#[wasm_bindgen]
impl Verifier {
    /// Pinned identity, pinned trust root.
    pub fn keyless(trust_root: &TrustRoot, policy: &str) -> Thrown<Verifier> {
        verify::KeylessVerifier::new(Arc::clone(&trust_root.0), policy)
            .map(|verifier| Self(verify::Verifier::Keyless(verifier)))
            .map_err(thrown)
    }

    /// Pinned keys; only signatures are claimed.
    pub fn keyed(policy: &str) -> Thrown<Verifier> {
        verify::KeyedVerifier::new(policy, None).map(|verifier| Self(verify::Verifier::Keyed(verifier))).map_err(thrown)
    }

    /// Pinned keys with a pinned trust root: log evidence counts.
    #[wasm_bindgen(js_name = keyedWithTrustRoot)]
    pub fn keyed_with_trust_root(policy: &str, trust_root: &TrustRoot) -> Thrown<Verifier> {
        verify::KeyedVerifier::new(policy, Some(Arc::clone(&trust_root.0)))
            .map(|verifier| Self(verify::Verifier::Keyed(verifier)))
            .map_err(thrown)
    }

    /// Verifies. A refusal is in the outcome's report, never thrown.
    pub fn verify(&self, request: &str, evidence: &[u8], artifact: &[u8]) -> Verification {
        Verification(self.0.verify(request, evidence, artifact))
    }
}

/// The outcome of one verification, locked until its records are settled.
#[wasm_bindgen]
pub struct Verification(verify::Verification);

#[wasm_bindgen]
impl Verification {
    /// The report so far, as JSON.
    pub fn report(&self) -> String {
        self.0.report().to_json()
    }

    /// The record to settle next, as JSON; undefined when none is left.
    #[wasm_bindgen(js_name = nextRecord)]
    pub fn next_record(&self) -> Option<String> {
        self.0.next_record()
    }

    /// Judges the next record against the store's text and this process's floor; gives the text to swap in.
    pub fn judge(&mut self, stored: Option<String>, floor: Option<String>) -> Thrown<Option<String>> {
        self.0.judge(stored.as_deref(), floor.as_deref()).map_err(thrown)
    }

    /// The record judged last stands.
    pub fn settled(&mut self) {
        self.0.settle();
    }

    /// Ends the verification with a failure of the state store, by its code; unknown codes are internal errors.
    #[wasm_bindgen(js_name = refuseState)]
    pub fn refuse_state(&mut self, code: &str, found: &str) {
        self.0.refuse(Error::from_text(code).found(found));
    }

    /// What was proven, as JSON. Once.
    pub fn release(&mut self) -> Thrown<String> {
        self.0.release().map_err(thrown)
    }
}

/// Name, digest and canonical definition of a tool that a server offers, as JSON.
#[wasm_bindgen(js_name = toolDigest)]
pub fn tool_digest(definition: &[u8]) -> Thrown<String> {
    Tool::from_json(definition).map(|tool| tool.to_json()).map_err(thrown)
}

/// What a bundle states, nothing of it verified, as JSON.
#[wasm_bindgen(js_name = inspectBundle)]
pub fn inspect_bundle(bytes: &[u8]) -> Thrown<String> {
    inkan_core::inspect::bundle(bytes).map_err(thrown)
}

/// A stored record and the key that it belongs under, as JSON.
#[wasm_bindgen(js_name = describeRecord)]
pub fn describe_record(text: &str) -> Thrown<String> {
    state::record::describe(text).map_err(thrown)
}
