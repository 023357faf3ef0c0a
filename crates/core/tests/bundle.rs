//! Every real bundle is parsed in both of its forms with the same result, or refused with its code. Every kind of
//! malformed bundle has a code.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions
)]

mod mutate;

use std::path::{Path, PathBuf};

use inkan_core::bundle::{self, Bundle, Content, SignerMaterial, StatedDigest, Version};
use inkan_core::crypto::{Digest, HashAlgorithm};
use inkan_core::error::Code;
use mutate::Random;

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

const HASH: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/// A bundle with every field that v0.3 may have. Well-formed; nothing in it is real.
fn full() -> String {
    format!(
        r#"{{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{{"certificate":{{"rawBytes":"AQID"}},"tlogEntries":[{{"logIndex":"9223372036854775807","logId":{{"keyId":"AQI="}},"kindVersion":{{"kind":"hashedrekord","version":"0.0.1"}},"integratedTime":"1700000000","inclusionPromise":{{"signedEntryTimestamp":"AQ=="}},"inclusionProof":{{"logIndex":"5","rootHash":"{HASH}","treeSize":"9","hashes":["{HASH}"],"checkpoint":{{"envelope":"origin\n"}}}},"canonicalizedBody":"e30="}}],"timestampVerificationData":{{"rfc3161Timestamps":[{{"signedTimestamp":"MAA="}}]}}}},"messageSignature":{{"messageDigest":{{"algorithm":"SHA2_256","digest":"{HASH}"}},"signature":"-_8"}}}}"#
    )
}

const MESSAGE: &str = r#""messageSignature":{"messageDigest""#;
const ENVELOPE: &str =
    r#""dsseEnvelope":{"payload":"e30=","payloadType":"t","signatures":[{"sig":"AQ==","keyid":"k"},{"sig":"Ag=="}]}"#;

/// The same with a DSSE envelope.
fn full_dsse() -> String {
    let text = full();
    format!("{}{ENVELOPE}}}", &text[..text.find(MESSAGE).unwrap()])
}

/// The same as v0.1 or v0.2, with a certificate chain.
fn with_chain(version: &str) -> String {
    let text = with(&full(), "bundle.v0.3+json", &format!("bundle+json;version={version}"));
    let chain = r#""x509CertificateChain":{"certificates":[{"rawBytes":"AQID"},{"rawBytes":"BAU="}]}"#;
    with(&text, r#""certificate":{"rawBytes":"AQID"}"#, chain)
}

fn code(bytes: impl AsRef<[u8]>) -> Code {
    Bundle::parse(bytes.as_ref()).unwrap_err().code()
}

/// The text with the first `from` replaced, which must be there.
fn with(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "{from}");
    text.replacen(from, to, 1)
}

/// Parses the JSON and its binary form, and requires that they agree.
fn parse(json: &str) -> Bundle {
    let bundle = Bundle::parse(json.as_bytes()).unwrap();
    let binary = bundle::to_binary(json.as_bytes()).unwrap();
    assert_eq!(Bundle::parse(&binary).unwrap(), bundle);
    bundle
}

#[test]
fn every_field_arrives() {
    let bundle = parse(&full());
    assert_eq!(bundle.version, Version::V03);
    assert_eq!(bundle.signer, SignerMaterial::Certificates(vec![vec![1, 2, 3]]));
    assert_eq!(bundle.timestamps, [[0x30, 0]]);
    let hash: [u8; 32] = std::array::from_fn(|index| index as u8);
    let [entry] = bundle.entries.as_slice() else { panic!("one entry") };
    assert_eq!((entry.log_index, entry.integrated_time), (i64::MAX as u64, 1_700_000_000));
    assert_eq!((entry.log_id.as_slice(), entry.body.as_slice()), (&[1, 2][..], b"{}".as_slice()));
    assert_eq!((entry.kind.as_str(), entry.version.as_str()), ("hashedrekord", "0.0.1"));
    assert_eq!(entry.signed_entry_timestamp.as_deref(), Some(&[1][..]));
    let proof = entry.proof.as_ref().unwrap();
    assert_eq!((proof.log_index, proof.tree_size, proof.root_hash.as_slice()), (5, 9, &hash[..]));
    assert_eq!((proof.hashes.as_slice(), proof.checkpoint.as_deref()), (&[hash][..], Some("origin\n")));
    let digest = StatedDigest::Digest(Digest::from_bytes(HashAlgorithm::Sha256, &hash).unwrap());
    assert_eq!(bundle.content, Content::Message { digest, signature: vec![0xfb, 0xff] });

    let Content::Envelope(envelope) = parse(&full_dsse()).content else { panic!("an envelope") };
    assert_eq!((envelope.payload_type.as_str(), envelope.payload.as_slice()), ("t", b"{}".as_slice()));
    let signatures: Vec<_> = envelope.signatures.iter().map(|s| (s.keyid.as_str(), s.signature.as_slice())).collect();
    assert_eq!(signatures, [("k", &[1][..]), ("", &[2])]);

    let bundle = parse(&with_chain("0.2"));
    assert_eq!(bundle.signer, SignerMaterial::Certificates(vec![vec![1, 2, 3], vec![4, 5]]));
}

#[test]
fn second_spellings_that_the_mapping_allows() {
    let text = full();
    let expected = parse(&text);
    for (from, to) in [
        ("bundle.v0.3+json", "bundle+json;version=0.3"),
        ("mediaType", "media_type"),
        ("verificationMaterial", "verification_material"),
        ("rfc3161Timestamps", "rfc3161_timestamps"),
        ("\"logIndex\":\"5\"", "\"log_index\":5"),
        ("\"SHA2_256\"", "1"),
        ("AQI=", "AQI"),
        ("-_8", "+/8="),
        ("\"rawBytes\":\"AQID\"", "\"raw_bytes\":\"\\u0041QID\""),
        ("\"certificate\":", "\"publicKey\":null,\"x509CertificateChain\":null,\"certificate\":"),
        ("\"messageSignature\":", "\"dsseEnvelope\":null,\"messageSignature\":"),
    ] {
        assert_eq!(parse(&with(&text, from, to)), expected, "{to}");
    }
}

#[test]
fn what_may_be_absent() {
    let text = full();
    let entry = |from: &str, to: &str| parse(&with(&text, from, to)).entries.remove(0);
    for empty in ["null", "{}", "{\"signedEntryTimestamp\":null}", "{\"signedEntryTimestamp\":\"\"}"] {
        assert_eq!(entry("{\"signedEntryTimestamp\":\"AQ==\"}", empty).signed_entry_timestamp, None, "{empty}");
    }
    for empty in ["null", "{}", "{\"envelope\":\"\"}"] {
        assert_eq!(entry("{\"envelope\":\"origin\\n\"}", empty).proof.unwrap().checkpoint, None, "{empty}");
    }
    assert_eq!(entry("\"logIndex\":\"9223372036854775807\",", "").log_index, 0);
    assert_eq!(entry("\"integratedTime\":\"1700000000\",", "").integrated_time, 0);
    let proof =
        entry(&format!("\"rootHash\":\"{HASH}\",\"treeSize\":\"9\",\"hashes\":[\"{HASH}\"],"), "").proof.unwrap();
    assert_eq!((proof.root_hash.len(), proof.tree_size, proof.hashes.len()), (0, 0, 0));

    let digest = format!("{{\"algorithm\":\"SHA2_256\",\"digest\":\"{HASH}\"}}");
    let stated = |to: &str| match parse(&with(&text, &digest, to)).content {
        Content::Message { digest, .. } => digest,
        Content::Envelope(_) => panic!("a message"),
    };
    for empty in ["null", "{}", "{\"algorithm\":\"HASH_ALGORITHM_UNSPECIFIED\",\"digest\":\"\"}"] {
        assert_eq!(stated(empty), StatedDigest::Absent, "{empty}");
    }
    assert_eq!(stated("{\"digest\":\"AQID\"}"), StatedDigest::Message(vec![1, 2, 3]));

    let key = parse(&with(&text, "\"certificate\":{\"rawBytes\":\"AQID\"}", "\"publicKey\":{}"));
    assert_eq!(key.signer, SignerMaterial::PublicKey { hint: String::new() });
    let no_lists = with(&text, "[{\"signedTimestamp\":\"MAA=\"}]", "[]");
    assert!(parse(&no_lists).timestamps.is_empty());
    // v0.1 promises inclusion: the proof may be absent.
    let proof = text.find("\"inclusionProof\"").unwrap()..text.find("\"canonicalizedBody\"").unwrap();
    let unproven = with(&with_chain("0.1"), &text[proof], "");
    assert_eq!(parse(&unproven).entries[0].proof, None);
    assert_eq!(code(unproven.replace("version=0.1", "version=0.2")), Code::InclusionProofMissing);
}

#[test]
fn an_unknown_field_is_refused_at_every_level() {
    for text in [full(), full_dsse(), with_chain("0.1")] {
        let objects: Vec<usize> = text.match_indices('{').map(|(at, _)| at + 1).collect();
        assert!(objects.len() > 10);
        for at in objects {
            let mut mutant = text.clone();
            mutant.insert_str(at, "\"nonsense\":null,");
            let error = Bundle::parse(mutant.as_bytes()).unwrap_err();
            assert_eq!(error.code(), Code::BundleUnknownField, "{mutant}");
            assert!(error.subject().unwrap().ends_with("nonsense"), "{error}");
        }
    }
    let error = Bundle::parse(with(&full(), "\"kindVersion\"", "\"kindversion\"").as_bytes()).unwrap_err();
    assert_eq!(error.subject(), Some("verificationMaterial.tlogEntries[0].kindversion"));
    // DSSE's own file has no second form of this name.
    assert_eq!(code(with(&full_dsse(), "payloadType", "payload_type")), Code::BundleUnknownField);
}

#[test]
fn a_value_of_another_kind_is_refused_everywhere() {
    for text in [full(), full_dsse(), with_chain("0.2")] {
        // The value behind each colon or in each list is replaced by a value that fits no field.
        let starts: Vec<usize> = text.match_indices([':', '[']).map(|(at, _)| at + 1).collect();
        for at in starts {
            let Some(length) = value_length(&text[at..]) else { continue };
            for other in ["true", "1.5", "[[]]", "{\"\":0}", "\"\\u0000?\""] {
                let mutant = format!("{}{other}{}", &text[..at], &text[at + length..]);
                let Err(error) = Bundle::parse(mutant.as_bytes()) else {
                    // Free text may be any string.
                    assert!(other.starts_with('"'), "{mutant}");
                    continue;
                };
                assert!(
                    matches!(
                        error.code(),
                        Code::BundleMalformed
                            | Code::BundleUnknownField
                            | Code::Base64Malformed
                            | Code::DigestAlgorithm
                            | Code::BundleMediaType
                    ),
                    "{error:?} {mutant}"
                );
            }
        }
    }
}

/// Length of the JSON value that `text` begins with, if it begins with one.
fn value_length(text: &str) -> Option<usize> {
    (1..=text.len()).find(|&end| {
        text.is_char_boundary(end) && inkan_core::encoding::json::parse(&text.as_bytes()[..end], end).is_ok()
    })
}

#[test]
fn malformed_bundles_have_codes() {
    let (text, dsse) = (full(), full_dsse());
    let entry = r#"{"logIndex":"9223372036854775807""#;
    let cases: &[(&str, &str, &str, Code)] = &[
        (&text, "bundle.v0.3+json", "bundle.v0.4+json", Code::BundleMediaType),
        (&text, "bundle.v0.3+json", "bundle+json;version=0.4", Code::BundleMediaType),
        (&text, "bundle.v0.3+json", "bundle+json; version=0.3", Code::BundleMediaType),
        (&text, "application/vnd", "Application/vnd", Code::BundleMediaType),
        (&text, "\"mediaType\":\"", "\"mediaType\":\"\",\"x\":\"", Code::BundleMediaType),
        (&text, "\"mediaType\":", "\"mediaType\":7,\"x\":", Code::BundleMediaType),
        (&text, "\"mediaType\":", "\"media_type\":\"\",\"mediaType\":", Code::JsonDuplicateKey),
        (&text, "\"mediaType\":", "\"mediaType\":\"\",\"mediaType\":", Code::JsonDuplicateKey),
        (&text, "\"rawBytes\":", "\"raw_bytes\":null,\"rawBytes\":", Code::JsonDuplicateKey),
        (&text, "\"verificationMaterial\":{", "\"verificationMaterial\":null,\"x\":{", Code::BundleUnknownField),
        (&text, "\"rawBytes\":\"AQID\"", "", Code::BundleMalformed),
        (&text, "\"rawBytes\":\"AQID\"", "\"rawBytes\":\"\"", Code::BundleMalformed),
        (&text, "\"AQID\"", "\"AQI \"", Code::Base64Malformed),
        (&text, "\"AQID\"", "\"AQJ\"", Code::Base64Malformed),
        (&text, "\"certificate\":{\"rawBytes\":\"AQID\"},", "", Code::BundleMalformed),
        (&text, "\"certificate\":", "\"publicKey\":{\"hint\":\"x\"},\"certificate\":", Code::BundleMalformed),
        (&text, "\"certificate\":{", "\"certificate\":[{", Code::JsonMalformed),
        (
            &text,
            "\"certificate\":{\"rawBytes\":\"AQID\"}",
            "\"x509CertificateChain\":{\"certificates\":[{\"rawBytes\":\"AQID\"}]}",
            Code::BundleMaterial,
        ),
        (&text, "\"9223372036854775807\"", "\"9223372036854775808\"", Code::BundleMalformed),
        (&text, "\"9223372036854775807\"", "\"-1\"", Code::BundleMalformed),
        (&text, "\"9223372036854775807\"", "-1", Code::BundleMalformed),
        (&text, "\"9223372036854775807\"", "\"+1\"", Code::BundleMalformed),
        (&text, "\"9223372036854775807\"", "9007199254740993", Code::JsonNumber),
        (&text, "\"9223372036854775807\"", "1e400", Code::JsonNumber),
        (&text, "\"1700000000\"", "\"-1\"", Code::BundleMalformed),
        (&text, "\"treeSize\":\"9\"", "\"treeSize\":\"-9\"", Code::BundleMalformed),
        (&text, "\"logIndex\":\"5\"", "\"logIndex\":\" 5\"", Code::BundleMalformed),
        (&text, "\"keyId\":\"AQI=\"", "", Code::BundleMalformed),
        (&text, "\"kind\":\"hashedrekord\",", "", Code::BundleMalformed),
        (&text, "\"version\":\"0.0.1\"", "\"version\":\"\"", Code::BundleMalformed),
        (&text, "\"canonicalizedBody\":\"e30=\"", "\"canonicalizedBody\":null", Code::BundleMalformed),
        (&text, "\"hashes\":[\"", "\"hashes\":[\"AQID\",\"", Code::BundleMalformed),
        (&text, "\"hashes\":[\"", "\"hashes\":[null,\"", Code::BundleMalformed),
        (&text, entry, "null,{\"logIndex\":\"1\"", Code::BundleMalformed),
        (&text, "\"signedTimestamp\":\"MAA=\"", "", Code::BundleMalformed),
        (&text, "\"SHA2_256\"", "\"SHA2_384\"", Code::DigestAlgorithm),
        (&text, "\"SHA2_256\"", "\"SHA3_256\"", Code::DigestAlgorithm),
        (&text, "\"SHA2_256\"", "\"sha256\"", Code::DigestAlgorithm),
        (&text, "\"SHA2_256\"", "4", Code::DigestAlgorithm),
        (&text, "\"SHA2_256\"", "-1", Code::BundleMalformed),
        (&text, "\"SHA2_256\"", "\"1\"", Code::DigestAlgorithm),
        (&text, "\"digest\":\"AAEC", "\"digest\":\"", Code::DigestAlgorithm),
        (&text, "\"signature\":\"-_8\"", "\"signature\":\"\"", Code::BundleMalformed),
        (&text, MESSAGE, &format!("{ENVELOPE},{MESSAGE}"), Code::BundleMalformed),
        (&dsse, ENVELOPE, "\"dsseEnvelope\":null", Code::BundleMalformed),
        (&dsse, "\"sig\":\"AQ==\",", "", Code::BundleMalformed),
        (&text, "{", "[{}],{", Code::JsonMalformed),
    ];
    for (text, from, to, expected) in cases {
        assert_eq!(code(with(text, from, to)), *expected, "{from} -> {to}");
    }
    let (v01, v02) = (with_chain("0.1"), with_chain("0.2"));
    assert_eq!(code(with(&v01, "\"AQ==\"", "\"\"")), Code::SetMissing);
    for text in [&v01, &v02] {
        let chain = "\"x509CertificateChain\":{\"certificates\":[{\"rawBytes\":\"AQID\"},{\"rawBytes\":\"BAU=\"}]}";
        assert_eq!(code(with(text, chain, "\"certificate\":{\"rawBytes\":\"AQID\"}")), Code::BundleMaterial);
        assert_eq!(code(with(text, chain, "\"x509CertificateChain\":{}")), Code::BundleMalformed);
        assert_eq!(code(with(text, "\"BAU=\"", "\"\"")), Code::BundleMalformed);
    }
}

#[test]
fn what_is_no_bundle_has_codes() {
    for (bytes, expected) in [
        (&b""[..], Code::BundleMalformed),
        (b" \n\t", Code::BundleMalformed),
        (b"{}", Code::BundleMediaType),
        (b" \n{}", Code::BundleMediaType),
        (b"[]", Code::BundleMalformed),
        (b"null", Code::BundleMalformed),
        (b"\"bundle\"", Code::BundleMalformed),
        (b"not a bundle", Code::JsonMalformed),
        (b"\xef\xbb\xbf{}", Code::JsonEncoding),
        (b"{\"mediaType\":\"\xff\"}", Code::JsonEncoding),
        (b"{\"mediaType\":\"\\ud800\"}", Code::JsonEncoding),
        (b"{} {}", Code::JsonMalformed),
        (b"{\"base64Signature\":\"AQ==\",\"cert\":\"\",\"rekorBundle\":{}}", Code::BundleLegacy),
        (b"\x12\x00", Code::BundleMediaType),
        (b"\x12\x05\x01", Code::BundleProtobuf),
        (b"\x30\x82\x00\x12\x00", Code::BundleProtobuf),
        (b"\x0a\x01x\x12\x00", Code::BundleMediaType),
    ] {
        assert_eq!(code(bytes), expected, "{bytes:?}");
    }
    let hint = Bundle::parse(b"{\"base64Signature\":\"\"}").unwrap_err();
    assert!(hint.hint_text().contains("--new-bundle-format"));
    let both = with(&full(), "\"messageSignature\"", "\"base64Signature\":\"\",\"messageSignature\"");
    assert_eq!(code(both), Code::BundleUnknownField);
    let deep = format!("{{\"mediaType\":{}", "[".repeat(100_000));
    assert_eq!(code(deep), Code::JsonTooDeep);
    assert_eq!(code(vec![b' '; (16 << 20) + 1]), Code::InputTooLarge);
}

#[test]
fn lists_are_bounded() {
    let text = full();
    let many = |item: &str, count: usize| vec![item; count].join(",");
    let hashes = format!("\"hashes\":[\"{HASH}\"");
    let hash = format!("\"{HASH}\"");
    let timestamp = "{\"signedTimestamp\":\"MAA=\"}";
    let certificate = "{\"rawBytes\":\"BAU=\"}";
    let entry = &text[text.find("{\"logIndex\"").unwrap()..text.find("],\"timestampVerificationData\"").unwrap()];
    for (text, from, item, most) in [
        (&text, hashes.strip_prefix("\"hashes\":[").unwrap(), hash.as_str(), 64),
        (&text, timestamp, timestamp, 32),
        (&text, entry, entry, 32),
        (&with_chain("0.2"), certificate, certificate, 15),
        (&full_dsse(), "{\"sig\":\"Ag==\"}", "{\"sig\":\"Ag==\"}", 31),
    ] {
        // The first of the equal strings may be in another place. The last one is in the list.
        let at = if item == hash { text.find(&hashes).unwrap() + 10 } else { text.rfind(from).unwrap() };
        let list = |count| format!("{}{}{}", &text[..at], many(item, count), &text[at + from.len()..]);
        parse(&list(most));
        assert_eq!(code(list(most + 1)), Code::InputTooLarge, "{item}");
    }
}

#[test]
fn no_mutation_of_a_bundle_is_fatal() {
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    for text in [full(), full_dsse(), with_chain("0.1")] {
        let binary = bundle::to_binary(text.as_bytes()).unwrap();
        for original in [text.as_bytes(), &binary] {
            for _ in 0..4000 {
                let mutant = random.mutate(original, b"{}[]\",:0-\x0a\x12\x80\xff", 3);
                // A mutant that is still parsed has the same meaning in binary.
                if let (Ok(parsed), Ok(binary)) = (Bundle::parse(&mutant), bundle::to_binary(&mutant)) {
                    assert_eq!(Bundle::parse(&binary), Ok(parsed));
                }
            }
        }
    }
}
