//! Every real bundle parses, in both of its forms alike, or is refused with its code; and every kind of
//! malformed bundle has a code.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions
)]

use std::path::{Path, PathBuf};

use inkan_core::bundle::{self, Bundle};
use inkan_core::error::Code;

/// Real bundles whose form is refused. All others parse.
const REFUSED: &[(&str, Code)] = &[
    ("bundle-empty-certificate-chain_fail", Code::BundleMalformed),
    ("bundle-invalid-base64-signature_fail", Code::Base64Malformed),
    ("bundle-malformed-json_fail", Code::JsonMalformed),
    ("edge-base64-newline", Code::Base64Malformed),
    ("edge-json-trailing-data", Code::JsonMalformed),
    ("edge-log-index-negative", Code::BundleMalformed),
    ("edge-v01-with-chain", Code::SetMissing),
    ("edge-v03-with-chain", Code::BundleMaterial),
    ("neg-empty-bundle", Code::BundleMalformed),
    ("neg-not-a-bundle", Code::BundleMediaType),
    ("rekor2-no-inclusion-proof_fail", Code::InclusionProofMissing),
    ("intoto-missing-inclusion-proof_fail", Code::InclusionProofMissing),
];

fn vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../test/vectors/real")
}

/// Name and bytes of every real bundle.
fn bundles() -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for folder in ["conformance/bundle-verify", "catalogues/cases"] {
        for case in std::fs::read_dir(vectors().join(folder)).unwrap() {
            let case = case.unwrap();
            if let Ok(bytes) = std::fs::read(case.path().join("bundle.sigstore.json")) {
                found.push((case.file_name().into_string().unwrap(), bytes));
            }
        }
    }
    found.sort();
    assert!(found.len() > 150, "the real vectors are there");
    found
}

#[test]
fn real_bundles_parse_in_both_forms_alike() {
    for (name, json) in bundles() {
        let parsed = Bundle::parse(&json);
        match REFUSED.iter().find(|(refused, _)| *refused == name) {
            Some((_, expected)) => assert_eq!(parsed.as_ref().unwrap_err().code(), *expected, "{name}"),
            None => assert!(parsed.is_ok(), "{name}: {parsed:?}"),
        }
        if let Ok(binary) = bundle::to_binary(&json) {
            assert_eq!(Bundle::parse(&binary), parsed, "{name}");
        }
    }
}
