//! GitHub's attestation of a release: no change of its bundle is accepted that proves anything else.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test program")]

use std::fs;
use std::path::Path;
use std::sync::Arc;

use inkan_core::bundle;
use inkan_core::encoding::{jcs, json};
use inkan_core::trust::TrustRoot;
use inkan_core::verify::{KeylessVerifier, Verifier};

fn read(path: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../test/vectors").join(path)).unwrap()
}

/// The bytes of a part of a vector.
fn part(vector: &json::Value<'_>, name: &str) -> Vec<u8> {
    let part = vector.get(name).unwrap();
    let text = |name: &str| part.get(name).and_then(json::Value::as_str);
    match (text("file"), text("text")) {
        (Some(file), _) => read(file),
        (None, Some(text)) => text.as_bytes().to_vec(),
        (None, None) => jcs::canonicalize(part.get("json").unwrap()).unwrap().into_bytes(),
    }
}

/// What a bundle proves; `None` if it is refused.
fn proof(verifier: &Verifier, bundle: &[u8], artifact: &[u8]) -> Option<String> {
    let mut outcome = verifier.verify(r#"{"kind":"artifact"}"#, bundle, artifact);
    outcome.release().ok()
}

#[test]
fn every_octet_of_the_bundle_counts() {
    let source = read("forged/releases/v0.2.json");
    let vector = json::parse(&source, 1 << 20).unwrap();
    let root = TrustRoot::from_json(&part(&vector, "trustRoot")).unwrap();
    let policy = jcs::canonicalize(vector.get("policy").unwrap()).unwrap();
    let verifier = Verifier::Keyless(KeylessVerifier::new(Arc::new(root), &policy).unwrap());
    let artifact = part(&vector, "artifact");
    let text = part(&vector, "bundle");
    let proven = proof(&verifier, &text, &artifact).unwrap();
    assert!(proven.contains(r#""type":"githubRelease","repository":"acme/mcp-tools","tag":"v1.4.2""#), "{proven}");

    let mut accepted = 0;
    for original in [bundle::to_binary(&text).unwrap(), text] {
        for at in 0..original.len() {
            let mut changed = original.clone();
            changed[at] ^= 1 << (at % 7);
            if let Some(found) = proof(&verifier, &changed, &artifact) {
                // Nothing signs a timestamp response's status, nor the spelling of JSON.
                assert_eq!(found, proven, "octet {at}");
                accepted += 1;
            }
        }
    }
    assert!(accepted < 24, "{accepted}");
}
