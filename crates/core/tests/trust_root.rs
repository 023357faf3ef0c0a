//! Trust roots: the real ones are accepted, and every malformed one has a code.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions
)]

use std::path::{Path, PathBuf};

use inkan_core::encoding::base64;
use inkan_core::encoding::json;
use inkan_core::encoding::json_writer::{self, ObjectWriter};
use inkan_core::encoding::time::Time;
use inkan_core::error::Code;
use inkan_core::key::PublicKey;
use inkan_core::log::pinned::{OriginRule, PinnedLog};
use inkan_core::trust::TrustRoot;
use inkan_core::x509::authority::CertificateAuthority;
use inkan_core::x509::certificate::Certificate;

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
    // The first CT log's key is a bare RSAPublicKey. Its id is that of the SubjectPublicKeyInfo around the key.
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
        ("\"baseUrl\": ", "\"base_url\": \"x\", \"baseUrl\": ", Code::JsonDuplicateKey),
        ("\"baseUrl\": ", "\"baseUrl\": \"x\", \"baseUrl\": ", Code::JsonDuplicateKey),
        ("\"keyDetails\": \"PKIX_ECDSA_P256_SHA_256\"", "\"keyDetails\": true", Code::TrustRootMalformed),
        ("\"keyDetails\": \"PKIX_ECDSA_P256_SHA_256\"", "\"keyDetails\": 5.5", Code::TrustRootMalformed),
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

fn pem(label: &str, der: &[u8]) -> String {
    let text = base64::encode(der);
    let lines: Vec<&str> = text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

/// `[{"pem":…,"origin":…}]` and so on, as an operator would write them for the keys of a trust root.
fn options_of(root: &TrustRoot) -> String {
    let key = |key: &PublicKey| json_writer::string(&pem("PUBLIC KEY", key.spki()));
    let chain = |certificates: &[Certificate]| {
        json_writer::string(&certificates.iter().map(|one| pem("CERTIFICATE", one.der())).collect::<String>())
    };
    let log = |log: &PinnedLog| {
        let OriginRule::Host(host) = &log.origin else { panic!("a host") };
        let origin = if log.key.ed25519().is_some() { host.clone() } else { format!("{host} - 1193050959916656506") };
        format!("{{\"pem\":{},\"origin\":{}}}", key(&log.key), json_writer::string(&origin))
    };
    let fulcio = root.authorities.iter().map(|authority| chain(authority.certificates()));
    let tsa = root.timestamp_authorities.iter().map(|authority| chain(authority.certificates()));
    ObjectWriter::new()
        .array("fulcio", fulcio)
        .array("rekor", root.logs.iter().map(log))
        .array("ctfe", root.ct_logs.iter().map(|log| key(&log.key)))
        .array("tsa", tsa)
        .finish()
}

fn option_code(options: &str) -> Code {
    TrustRoot::from_pem(options.as_bytes()).unwrap_err().code()
}

#[test]
fn pem_says_the_same_as_the_public_roots() {
    for name in ["production", "staging"] {
        let public = real(&format!("conformance/roots/{name}.trusted_root.json"));
        let public = TrustRoot::from_json(public.as_bytes()).unwrap();
        let pinned = TrustRoot::from_pem(options_of(&public).as_bytes()).unwrap();
        // The ids that real entries and SCTs name. For Rekor v1 and CT logs it is the SHA-256 of the key, for Rekor v2
        // the id of the signed note.
        let ids = |root: &TrustRoot| root.logs.iter().map(|log| log.log_id.clone()).collect::<Vec<_>>();
        assert_eq!(ids(&pinned), ids(&public));
        let ids = |root: &TrustRoot| root.ct_logs.iter().map(|log| log.log_id.clone()).collect::<Vec<_>>();
        assert_eq!(ids(&pinned), ids(&public));
        let anchors = |root: &TrustRoot| {
            let mut found: Vec<Vec<u8>> =
                root.authorities.iter().map(|one| one.certificates().last().unwrap().der().to_vec()).collect();
            found.sort();
            found
        };
        assert_eq!(anchors(&pinned), anchors(&public));
        let [tsa] = pinned.timestamp_authorities.as_slice() else { panic!("one") };
        let expected = public.timestamp_authorities[0].certificates();
        assert!(tsa.certificates().iter().map(Certificate::der).eq(expected.iter().map(Certificate::der)));
        assert!(pinned.logs[0].validity.contains(Time::EARLIEST));
    }
}

#[test]
fn certificates_in_any_order_find_their_anchor() {
    let root = TrustRoot::from_json(production().as_bytes()).unwrap();
    let [intermediate, anchor] = root.authorities[1].certificates() else { panic!("two") };
    let text = |certificates: &[&Certificate]| {
        json_writer::string(&certificates.iter().map(|one| pem("CERTIFICATE", one.der())).collect::<String>())
    };
    let chains = |value: String| {
        let root = TrustRoot::from_pem(format!("{{\"fulcio\":{value}}}").as_bytes()).unwrap();
        let ders = |one: &CertificateAuthority| one.certificates().iter().map(|c| c.der().to_vec()).collect();
        root.authorities.iter().map(ders).collect::<Vec<Vec<Vec<u8>>>>()
    };
    let expected = vec![vec![intermediate.der().to_vec(), anchor.der().to_vec()]];
    assert_eq!(chains(text(&[intermediate, anchor])), expected);
    assert_eq!(chains(text(&[anchor, intermediate])), expected);
    assert_eq!(chains(format!("[{},{}]", text(&[anchor]), text(&[intermediate, anchor]))), expected);
    // Without its issuer, an intermediate is an anchor.
    assert_eq!(chains(text(&[intermediate])), [[intermediate.der()]]);
    // Two roots of one name. The intermediate may be used below each.
    let old = &root.authorities[0].certificates()[0];
    assert_eq!(chains(text(&[old, intermediate, anchor])).len(), 2);
}

#[test]
fn pem_as_people_have_it() {
    let root = TrustRoot::from_json(production().as_bytes()).unwrap();
    let key = pem("PUBLIC KEY", root.logs[0].key.spki());
    for text in [key.replace('\n', "\r\n"), format!("\n# rekor\n{key}\n\n"), key.trim_end().to_owned()] {
        let options = format!("{{\"ctfe\":{}}}", json_writer::string(&text));
        assert_eq!(TrustRoot::from_pem(options.as_bytes()).unwrap().ct_logs.len(), 1, "{text:?}");
    }
    let both = format!("{{\"ctfe\":{}}}", json_writer::string(&key.repeat(2)));
    assert_eq!(TrustRoot::from_pem(both.as_bytes()).unwrap().ct_logs.len(), 2);
}

#[test]
fn malformed_options_have_codes() {
    let root = TrustRoot::from_json(production().as_bytes()).unwrap();
    let key = json_writer::string(&pem("PUBLIC KEY", root.logs[0].key.spki()));
    let certificate = json_writer::string(&pem("CERTIFICATE", root.authorities[0].certificates()[0].der()));
    for (options, expected) in [
        ("", Code::JsonMalformed),
        ("[]", Code::OptionInvalid),
        ("{}", Code::OptionInvalid),
        ("{\"rekor\":[]}", Code::OptionInvalid),
        ("{\"fulcio\":null}", Code::OptionInvalid),
        ("{\"fulcio\":7}", Code::OptionInvalid),
        ("{\"Fulcio\":\"\"}", Code::OptionUnknown),
        ("{\"timestamp\":[]}", Code::OptionUnknown),
        ("{\"fulcio\":\"\"}", Code::PemMalformed),
        ("{\"fulcio\":\"-----BEGIN CERTIFICATE-----\\nMIIB\\n-----END CERTIFICATE-----\"}", Code::CertificateMalformed),
        ("{\"ctfe\":\"-----BEGIN PUBLIC KEY-----\\nMIIB\\n-----END PUBLIC KEY-----\"}", Code::KeyMalformed),
        (&format!("{{\"fulcio\":{key}}}"), Code::PemMalformed),
        (&format!("{{\"ctfe\":{certificate}}}"), Code::PemMalformed),
        (&format!("{{\"ctfe\":{key},\"ctfe\":{key}}}"), Code::JsonDuplicateKey),
        (&format!("{{\"rekor\":{key}}}"), Code::OptionInvalid),
        (&format!("{{\"rekor\":[{{\"pem\":{key}}}]}}"), Code::OptionInvalid),
        ("{\"rekor\":[{\"origin\":\"x\"}]}", Code::OptionInvalid),
        (&format!("{{\"rekor\":[{{\"pem\":{key},\"origin\":\"\"}}]}}"), Code::OptionInvalid),
        (&format!("{{\"rekor\":[{{\"pem\":{key},\"origin\":\"x\\n\"}}]}}"), Code::OptionInvalid),
        (&format!("{{\"rekor\":[{{\"pem\":{key},\"origin\":\"x\",\"url\":\"\"}}]}}"), Code::OptionUnknown),
        (&format!("{{\"ctfe\":[{}]}}", vec![key.as_str(); 129].join(",")), Code::InputTooLarge),
    ] {
        assert_eq!(option_code(options), expected, "{options}");
    }
}

#[test]
fn a_root_describes_itself() {
    let root = TrustRoot::from_json(production().as_bytes()).unwrap();
    let text = root.describe().unwrap();
    let tree = json::parse(text.as_bytes(), 1 << 20).unwrap();
    let first = |list: &str| tree.get(list).unwrap().as_array().unwrap()[0].clone();
    let field = |list: &str, name: &str| first(list).get(name).and_then(|value| value.as_str().map(str::to_owned));
    assert_eq!(field("logs", "origin").as_deref(), Some("rekor.sigstore.dev"));
    assert_eq!(field("logs", "logId").as_deref(), Some("wNI9atQGlz+VWfO6LRygH4QUfY/8W4RFwiT5i5WRgB0="));
    assert_eq!(field("logs", "to"), None);
    assert_eq!(field("authorities", "uri").as_deref(), Some("https://fulcio.sigstore.dev"));
    assert_eq!(field("authorities", "to").as_deref(), Some("2022-12-31T23:59:59.999Z"));
    assert!(field("authorities", "subject").unwrap().contains("sigstore"));
    assert!(field("ctLogs", "key").unwrap().starts_with("ECDSA P-256 key sha256:"));
    assert_eq!(field("timestampAuthorities", "from").as_deref(), Some("2025-07-04T00:00:00Z"));
}
