//! Trust roots: the real ones load, and every malformed one has a code.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions
)]

use std::path::{Path, PathBuf};

use inkan_core::error::Code;
use inkan_core::log::pinned::OriginRule;
use inkan_core::trust::TrustRoot;

fn real(path: &str) -> String {
    let root: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../test/vectors/real");
    std::fs::read_to_string(root.join(path)).unwrap()
}

fn production() -> String {
    real("conformance/roots/production.trusted_root.json")
}

fn code(text: &str) -> Code {
    TrustRoot::from_json(text.as_bytes()).unwrap_err().code()
}

/// The text with the first `from` replaced, which must be there.
fn with(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "{from}");
    text.replacen(from, to, 1)
}

#[test]
fn the_public_roots_load_whole() {
    let root = TrustRoot::from_json(production().as_bytes()).unwrap();
    assert_eq!(root.disabled, [""; 0]);
    assert_eq!(
        (root.logs.len(), root.ct_logs.len(), root.authorities.len(), root.timestamp_authorities.len()),
        (2, 2, 2, 1)
    );
    assert_eq!(root.logs[0].origin, OriginRule::Host("rekor.sigstore.dev".into()));
    assert_eq!(root.logs[0].log_id, root.logs[0].key.fingerprint());
    assert_ne!(root.logs[1].log_id, root.logs[1].key.fingerprint());
    assert_eq!(root.ct_logs[0].validity.end.unwrap().to_string(), "2022-10-31T23:59:59.999Z");
    assert_eq!(root.ct_logs[1].validity.end, None);

    let staging = real("conformance/roots/staging.trusted_root.json");
    let root = TrustRoot::from_json(staging.as_bytes()).unwrap();
    assert_eq!(root.disabled, [""; 0]);
    assert_eq!((root.logs.len(), root.ct_logs.len()), (4, 4));
    // The first CT log's key is a bare RSAPublicKey, and its id is that of the SubjectPublicKeyInfo around it.
    assert_eq!(root.ct_logs[0].key.kind().to_string(), "RSA-4096");
    assert_eq!(root.ct_logs[0].log_id, root.ct_logs[0].key.fingerprint());
}

#[test]
fn every_root_of_the_vectors_loads() {
    let mut loaded = 0;
    for folder in ["conformance/bundle-verify", "catalogues/cases"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../test/vectors/real").join(folder);
        for case in std::fs::read_dir(folder).unwrap() {
            let Ok(bytes) = std::fs::read(case.unwrap().path().join("trusted_root.json")) else { continue };
            let root = TrustRoot::from_json(&bytes).unwrap();
            assert_eq!(root.disabled, [""; 0]);
            loaded += 1;
        }
    }
    assert!(loaded > 100);
}

#[test]
fn unknown_fields_nulls_and_other_forms_are_tolerated() {
    let root = production();
    for (from, to) in [
        ("{\n  \"mediaType\"", "{\"futureField\":[{}],\n  \"mediaType\""),
        ("\"baseUrl\": \"https://rekor.sigstore.dev\"", "\"base_url\": \"https://rekor.sigstore.dev\""),
        ("\"keyDetails\": \"PKIX_ECDSA_P256_SHA_256\"", "\"keyDetails\": 5"),
        ("\"hashAlgorithm\": \"SHA2_256\"", "\"hash_algorithm\": 1, \"operator\": null, \"checkpointKeyId\": null"),
        ("\"end\": \"2022-10-31T23:59:59.999Z\"", "\"end\": null"),
        ("trustedroot+json;version=0.1", "trustedroot+json;version=0.2"),
        ("trustedroot+json;version=0.1", "trustedroot.v0.2+json"),
        ("\"hashAlgorithm\": \"SHA2_256\"", "\"hashAlgorithm\": \"SHA2_256\", \"operator\": \"example.org\""),
        ("\"logId\"", "\"checkpointKeyId\": {\"keyId\": \"wNI9ag==\"}, \"logId\""),
    ] {
        let root = TrustRoot::from_json(with(&root, from, to).as_bytes()).unwrap();
        assert_eq!(root.disabled, [""; 0], "{to}");
        assert_eq!(root.logs.len(), 2, "{to}");
    }
    let stated =
        with(&root, "\"logId\"", "\"operator\": \"o\", \"checkpointKeyId\": {\"keyId\": \"wNI9ag==\"}, \"logId\"");
    let stated = TrustRoot::from_json(stated.as_bytes()).unwrap();
    assert_eq!(stated.logs[0].checkpoint_key_id, Some([0xc0, 0xd2, 0x3d, 0x6a]));
    assert_eq!(stated.logs[0].operator.as_deref(), Some("o"));
    assert_eq!(stated.logs[1].checkpoint_key_id, None);
}

#[test]
fn a_log_with_an_odd_key_is_left_out() {
    let root = production();
    for (from, to) in [
        ("\"PKIX_ECDSA_P256_SHA_256\"", "\"ML_DSA_65\""),
        ("\"PKIX_ECDSA_P256_SHA_256\"", "\"PKIX_FUTURE\""),
        ("\"PKIX_ECDSA_P256_SHA_256\"", "99"),
        ("\"PKIX_ECDSA_P256_SHA_256\"", "null"),
        ("\"PKIX_ECDSA_P256_SHA_256\"", "\"PKIX_ECDSA_P384_SHA_384\""),
        ("\"PKIX_ECDSA_P256_SHA_256\"", "\"PKIX_ED25519\""),
        ("\"PKIX_ECDSA_P256_SHA_256\"", "\"PKCS1_RSA_PKCS1V5\""),
        ("\"PKIX_ECDSA_P256_SHA_256\"", "\"PKIX_ED25519_PH\""),
        ("\"hashAlgorithm\": \"SHA2_256\"", "\"hashAlgorithm\": \"SHA2_512\""),
        ("\"hashAlgorithm\": \"SHA2_256\",", ""),
        ("MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE2G2Y", "AAAA"),
    ] {
        let root = TrustRoot::from_json(with(&root, from, to).as_bytes()).unwrap();
        assert_eq!(root.logs.len(), 1, "{to}");
        assert!(root.disabled[0].starts_with("tlogs[0] (https://rekor.sigstore.dev): "), "{:?}", root.disabled);
    }
}

#[test]
fn a_malformed_root_is_refused() {
    let root = production();
    for (from, to, expected) in [
        ("trustedroot+json;version=0.1", "trustedroot+json;version=0.3", Code::TrustRootMalformed),
        ("trustedroot+json;version=0.1", "bundle+json;version=0.1", Code::TrustRootMalformed),
        ("\"mediaType\"", "\"media\"", Code::TrustRootMalformed),
        ("\"tlogs\": [", "\"tlogs\": [7,", Code::TrustRootMalformed),
        ("\"tlogs\": [", "\"tlogs\": [null,", Code::TrustRootMalformed),
        ("\"tlogs\": [", "\"tlogs\": {}, \"x\": [", Code::TrustRootMalformed),
        ("\"start\": \"2021-01-12T11:53:27Z\"", "", Code::TrustRootMalformed),
        ("\"start\": \"2021-01-12T11:53:27Z\"", "\"start\": null", Code::TrustRootMalformed),
        ("\"start\": \"2021-01-12T11:53:27Z\"", "\"start\": \"2021-01-12\"", Code::TrustRootMalformed),
        ("\"start\": \"2021-01-12T11:53:27Z\"", "\"start\": 1610452407", Code::TrustRootMalformed),
        (
            "\"start\": \"2021-01-12T11:53:27Z\"",
            "\"start\": \"2021-01-12T11:53:27Z\", \"end\": \"\"",
            Code::TrustRootMalformed,
        ),
        ("\"validFor\"", "\"validForever\"", Code::TrustRootMalformed),
        ("\"logId\"", "\"logIdent\"", Code::TrustRootMalformed),
        ("\"keyId\"", "\"keyIdent\"", Code::TrustRootMalformed),
        ("\"publicKey\"", "\"privateKey\"", Code::TrustRootMalformed),
        ("\"baseUrl\"", "\"url\"", Code::TrustRootMalformed),
        ("\"baseUrl\": ", "\"base_url\": \"x\", \"baseUrl\": ", Code::JsonDuplicateKey),
        ("\"baseUrl\": ", "\"baseUrl\": \"x\", \"baseUrl\": ", Code::JsonDuplicateKey),
        ("\"keyDetails\": \"PKIX_ECDSA_P256_SHA_256\"", "\"keyDetails\": true", Code::TrustRootMalformed),
        ("\"keyDetails\": \"PKIX_ECDSA_P256_SHA_256\"", "\"keyDetails\": 5.0", Code::TrustRootMalformed),
        ("\"rawBytes\": \"MFkw", "\"rawBytes\": \"!MFkw", Code::Base64Malformed),
        ("\"rawBytes\"", "\"rawByte\"", Code::TrustRootMalformed),
        ("\"certChain\"", "\"chain\"", Code::TrustRootMalformed),
        ("\"certificates\"", "\"certs\"", Code::TrustRootMalformed),
        ("\"logId\"", "\"checkpointKeyId\": {\"keyId\": \"wNI9\"}, \"logId\"", Code::TrustRootMalformed),
    ] {
        assert_eq!(code(&with(&root, from, to)), expected, "{from} -> {to}");
    }
    assert_eq!(code(""), Code::JsonMalformed);
    assert_eq!(code("[]"), Code::TrustRootMalformed);
    assert_eq!(code("{}"), Code::TrustRootMalformed);
    let media_type = "\"mediaType\":\"application/vnd.dev.sigstore.trustedroot+json;version=0.1\"";
    assert_eq!(code(&format!("{{{media_type}}}")), Code::TrustRootMalformed);
    assert_eq!(code(&format!("{{{media_type},\"tlogs\":[]}}")), Code::TrustRootMalformed);
    let many = format!("{{{media_type},\"tlogs\":[{}]}}", vec!["{}"; 129].join(","));
    assert_eq!(code(&many), Code::InputTooLarge);
}

#[test]
fn no_mutation_of_a_root_is_fatal() {
    let root = production().into_bytes();
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = |bound: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % bound as u64) as usize
    };
    for _ in 0..2000 {
        let mut mutant = root.clone();
        for _ in 0..=random(3) {
            let at = random(mutant.len());
            match random(4) {
                0 => mutant[at] = random(256) as u8,
                1 => drop(mutant.remove(at)),
                2 => mutant.truncate(at.max(1)),
                _ => mutant.insert(at, b"{}[]\",:0-"[random(9)]),
            }
        }
        let _ = TrustRoot::from_json(&mutant);
    }
}
