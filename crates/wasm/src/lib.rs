//! The seam between core and JavaScript. Bytes and texts go in, and texts come out. It decides nothing about trust.

mod refusal;
#[cfg(not(feature = "first-core"))]
pub mod whole;

use std::sync::Arc;

use inkan_core::catalogue::{Definition, DefinitionKind};
use inkan_core::error::{Code, Error};
use inkan_core::verify::report::error_json;
use inkan_core::{trust, verify};
use refusal::{Thrown, thrown};
use wasm_bindgen::prelude::wasm_bindgen;

/// The authorities and logs that the operator pinned. It is built once and used by many verifiers.
#[wasm_bindgen]
pub struct TrustRoot(Arc<trust::TrustRoot>);

#[wasm_bindgen]
impl TrustRoot {
    /// From the bytes of a `trusted_root.json`, and the origins that the operator states:
    /// `{"origins"?: {"<baseUrl>": ["…"]}}`.
    #[wasm_bindgen(js_name = fromJson)]
    pub fn from_json(bytes: &[u8], options: &str) -> Thrown<TrustRoot> {
        trust::TrustRoot::from_json_with(bytes, options).map(|root| Self(Arc::new(root))).map_err(thrown)
    }

    /// From PEM texts: `{"fulcio", "rekor": [{"pem", "origin"}], "ctfe", "tsa"?}`.
    #[wasm_bindgen(js_name = fromPem)]
    pub fn from_pem(options: &str) -> Thrown<TrustRoot> {
        trust::TrustRoot::from_pem(options.as_bytes()).map(|root| Self(Arc::new(root))).map_err(thrown)
    }

    /// What is in it, as JSON.
    pub fn describe(&self) -> Thrown<String> {
        self.0.describe().map_err(thrown)
    }
}

/// A policy, with the trust root or the keys that it applies to.
#[wasm_bindgen]
pub struct Verifier(verify::Verifier);

#[wasm_bindgen]
impl Verifier {
    /// With a pinned identity and a trust root.
    pub fn keyless(trust_root: &TrustRoot, policy: &str) -> Thrown<Verifier> {
        verify::KeylessVerifier::new(Arc::clone(&trust_root.0), policy)
            .map(|verifier| Self(verify::Verifier::Keyless(verifier)))
            .map_err(thrown)
    }

    /// With pinned keys. Only the signature is claimed.
    pub fn keyed(policy: &str) -> Thrown<Verifier> {
        verify::KeyedVerifier::new(policy, None).map(|verifier| Self(verify::Verifier::Keyed(verifier))).map_err(thrown)
    }

    /// With pinned keys and a trust root. Log evidence counts.
    #[wasm_bindgen(js_name = keyedWithTrustRoot)]
    pub fn keyed_with_trust_root(policy: &str, trust_root: &TrustRoot) -> Thrown<Verifier> {
        verify::KeyedVerifier::new(policy, Some(Arc::clone(&trust_root.0)))
            .map(|verifier| Self(verify::Verifier::Keyed(verifier)))
            .map_err(thrown)
    }

    /// Verifies. A refusal is in the report of the result and is never thrown.
    pub fn verify(&self, request: &str, evidence: &[u8], artifact: &[u8]) -> Verification {
        Verification(self.0.verify(request, evidence, artifact))
    }
}

/// The result of one verification. It is locked until its records are stored.
#[wasm_bindgen]
pub struct Verification(verify::Verification);

#[wasm_bindgen]
impl Verification {
    /// The report so far, as JSON.
    pub fn report(&self) -> String {
        self.0.report().to_json()
    }

    /// The refusal as JSON. Undefined if there is none so far.
    pub fn refusal(&self) -> Option<String> {
        self.0.report().error().map(error_json)
    }

    /// The records to store, as JSON. Undefined after a refusal.
    pub fn records(&self) -> Option<String> {
        self.0.records()
    }

    /// Judges a record by the store's text and this process's floor. Returns the text to write.
    pub fn judge(&mut self, key: &str, stored: Option<String>, floor: Option<String>) -> Thrown<Option<String>> {
        self.0.judge(key, stored.as_deref(), floor.as_deref()).map_err(thrown)
    }

    /// The record is stored as it was judged last.
    pub fn stored(&mut self, key: &str) {
        self.0.mark_stored(key);
    }

    /// Ends the verification with a failure of the state store, given by its code. Unknown codes become internal
    /// errors.
    #[wasm_bindgen(js_name = refuseState)]
    pub fn refuse_state(&mut self, code: &str, found: &str) {
        self.0.refuse(Error::from_text(code).found(found));
    }

    /// What was proven, as JSON in one line. A catalogue's definitions follow in a second line. Frees the object.
    pub fn release(mut self) -> Thrown<String> {
        self.0.release().map_err(thrown)
    }
}

/// What a bundle states, as JSON. Nothing of it is verified.
#[wasm_bindgen(js_name = inspectBundle)]
pub fn inspect_bundle(bytes: &[u8]) -> Thrown<String> {
    inkan_core::inspect::bundle(bytes).map_err(thrown)
}

/// Name and digest of a definition that a server offers, as JSON. Kinds are named as in `DefinitionKind`.
#[wasm_bindgen(js_name = definitionDigest)]
pub fn definition_digest(kind: &str, definition: &[u8]) -> Thrown<String> {
    let kind = DefinitionKind::from_text(kind).ok_or_else(|| thrown(Code::Internal.into()))?;
    Definition::from_json(kind, definition).and_then(|one| one.to_json()).map_err(thrown)
}

/// The number of pages of 64 KiB in the core's memory. It never becomes smaller. Only a new instance has less.
#[wasm_bindgen(js_name = memoryPages)]
pub fn memory_pages() -> u32 {
    #[cfg(target_arch = "wasm32")]
    let pages = core::arch::wasm32::memory_size::<0>();
    #[cfg(not(target_arch = "wasm32"))]
    let pages = 0;
    u32::try_from(pages).unwrap_or(u32::MAX)
}
