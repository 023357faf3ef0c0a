//! Vectors for the real bundles in `test/vectors/real`: what each folder says, and the code of each refusal.

use std::path::Path;

use serde_json::{Map, Value, json};

use crate::vectors::Vectors;

/// The conformance suite's own workflow, where a case names no identity.
const IDENTITY: &str = "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main";
const ISSUER: &str = "https://token.actions.githubusercontent.com";

/// Refusals of the conformance suite.
const CONFORMANCE: &[(&str, &str)] = &[
    ("bundle-empty-certificate-chain_fail", "ERR_BUNDLE_MALFORMED"),
    ("bundle-from-wrong-instance_fail", "ERR_LOG_UNTRUSTED"),
    ("bundle-invalid-base64-signature_fail", "ERR_BASE64_MALFORMED"),
    ("bundle-malformed-json_fail", "ERR_JSON_MALFORMED"),
    ("checkpoint-wrong-roothash_fail", "ERR_CHECKPOINT_MISMATCH"),
    ("dsse-invalid-sig_fail", "ERR_SIGNATURE_INVALID"),
    ("dsse-mismatch-envelope_fail", "ERR_ENTRY_DIGEST"),
    ("inclusion-proof-corrupted-hash_fail", "ERR_INCLUSION_PROOF_INVALID"),
    ("integrated-time-in-future_fail", "ERR_CHAIN_VALIDITY"),
    ("intoto-expired-certificate_fail", "ERR_CHAIN_VALIDITY"),
    // The body states the signature in base64 once; the type has it twice over.
    ("intoto-log-entry-mismatch_fail", "ERR_ENTRY_MALFORMED"),
    ("intoto-missing-inclusion-proof_fail", "ERR_INCLUSION_PROOF_MISSING"),
    ("intoto-set-outside-signing-cert-validity_fail", "ERR_CHAIN_VALIDITY"),
    ("invalid-checkpoint-signature_fail", "ERR_CHECKPOINT_SIGNATURE"),
    ("invalid-inclusion-proof_fail", "ERR_CHECKPOINT_MISSING"),
    ("managed-key-no-key_fail", "ERR_BUNDLE_CERTIFICATE_MISSING"),
    ("managed-key-wrong-key_fail", "ERR_PEM_MALFORMED"),
    ("message-digest-mismatch_fail", "ERR_DIGEST_MISMATCH"),
    ("rekor2-checkpoint-missing-log-signature_fail", "ERR_CHECKPOINT_UNSIGNED"),
    ("rekor2-checkpoint-missing-origin_fail", "ERR_CHECKPOINT_ORIGIN"),
    ("rekor2-checkpoint-missing-root-hash_fail", "ERR_CHECKPOINT_SIGNATURE"),
    ("rekor2-checkpoint-no-matching-signature_fail", "ERR_CHECKPOINT_ORIGIN"),
    ("rekor2-dsse-invalid-sig_fail", "ERR_SIGNATURE_INVALID"),
    ("rekor2-dsse-mismatch-sig_fail", "ERR_ENTRY_SIGNATURE"),
    ("rekor2-no-inclusion-proof_fail", "ERR_INCLUSION_PROOF_MISSING"),
    ("rekor2-no-timestamp_fail", "ERR_TIME_MISSING"),
    ("rekor2-timestamp-outside-tsa-cert-validity_fail", "ERR_TIMESTAMP_CERTIFICATE"),
    ("rekor2-timestamp-payload-mismatch_fail", "ERR_TIMESTAMP_IMPRINT"),
    ("rekor2-timestamp-untrusted-tsa-with-embedded-cert_fail", "ERR_TIMESTAMP_UNTRUSTED"),
    ("set-invalid-signature_fail", "ERR_SET_INVALID"),
    ("signature-mismatch_fail", "ERR_SIGNATURE_INVALID"),
    ("wrong-hashedrekord-artifact_fail", "ERR_ENTRY_DIGEST"),
    ("wrong-hashedrekord-entry_fail", "ERR_ENTRY_DIGEST"),
    ("wrong-material_fail", "ERR_DIGEST_MISMATCH"),
];

/// Refusals of the catalogues.
const CATALOGUES: &[(&str, &str)] = &[
    ("edge-base64-newline", "ERR_BASE64_MALFORMED"),
    ("edge-json-trailing-data", "ERR_JSON_MALFORMED"),
    ("edge-log-index-negative", "ERR_BUNDLE_MALFORMED"),
    ("edge-message-digest-absent", "ERR_BUNDLE_MALFORMED"),
    // v0.1 requires an inclusion promise, which Rekor v2 does not make.
    ("edge-v01-with-chain", "ERR_SET_MISSING"),
    ("edge-v03-with-chain", "ERR_BUNDLE_MATERIAL"),
    ("neg-bundle-A-catalogue-B", "ERR_DIGEST_MISMATCH"),
    ("neg-catalogue-byte-flipped", "ERR_DIGEST_MISMATCH"),
    ("neg-certificate-flipped", "ERR_CHAIN_SIGNATURE"),
    // Stack b's authorities have the same names and other keys.
    ("neg-certificate-from-stack-b", "ERR_CHAIN_SIGNATURE"),
    ("neg-certificate-swapped", "ERR_CHAIN_VALIDITY"),
    ("neg-checkpoint-absent", "ERR_CHECKPOINT_MISSING"),
    ("neg-checkpoint-origin", "ERR_CHECKPOINT_ORIGIN"),
    ("neg-dsse-bundle-A-catalogue-B", "ERR_STATEMENT_SUBJECT"),
    ("neg-dsse-no-signatures", "ERR_DSSE_SIGNATURES"),
    ("neg-dsse-payload-changed", "ERR_SIGNATURE_INVALID"),
    ("neg-dsse-signature-flipped", "ERR_TIMESTAMP_IMPRINT"),
    ("neg-dsse-trusted-root-of-stack-b", "ERR_TIMESTAMP_UNTRUSTED"),
    ("neg-dsse-two-signatures", "ERR_DSSE_SIGNATURES"),
    ("neg-empty-bundle", "ERR_BUNDLE_MALFORMED"),
    ("neg-identity-case", "ERR_IDENTITY_SAN"),
    ("neg-inclusion-hash-dropped", "ERR_INCLUSION_PROOF_INVALID"),
    ("neg-inclusion-hash-extra", "ERR_INCLUSION_PROOF_INVALID"),
    ("neg-key-ecdsa-p256-byte-flipped", "ERR_DIGEST_MISMATCH"),
    ("neg-key-ecdsa-p384-byte-flipped", "ERR_DIGEST_MISMATCH"),
    ("neg-key-ecdsa-p521-byte-flipped", "ERR_DIGEST_MISMATCH"),
    ("neg-key-other-key", "ERR_KEY_HINT"),
    ("neg-key-rsa-2048-byte-flipped", "ERR_DIGEST_MISMATCH"),
    ("neg-key-rsa-4096-byte-flipped", "ERR_DIGEST_MISMATCH"),
    ("neg-key-timestamp-required-but-absent", "ERR_TIMESTAMP_THRESHOLD"),
    ("neg-log-id-changed", "ERR_LOG_UNTRUSTED"),
    ("neg-message-digest-changed", "ERR_DIGEST_MISMATCH"),
    ("neg-not-a-bundle", "ERR_BUNDLE_MEDIA_TYPE"),
    ("neg-other-issuer", "ERR_IDENTITY_ISSUER"),
    ("neg-signature-flipped", "ERR_TIMESTAMP_IMPRINT"),
    ("neg-signed-by-evil-repo", "ERR_IDENTITY_SAN"),
    ("neg-signed-by-mallory", "ERR_IDENTITY_SAN"),
    ("neg-swapped-entry-body", "ERR_ENTRY_DIGEST"),
    ("neg-swapped-tlog-entry", "ERR_ENTRY_DIGEST"),
    ("neg-timestamp-absent", "ERR_TIMESTAMP_THRESHOLD"),
    ("neg-timestamp-after-cert-end-dsse", "ERR_CHAIN_VALIDITY"),
    ("neg-timestamp-after-cert-end-message", "ERR_CHAIN_VALIDITY"),
    ("neg-timestamp-from-stack-b", "ERR_TIMESTAMP_UNTRUSTED"),
    ("neg-timestamp-swapped", "ERR_TIMESTAMP_IMPRINT"),
    ("neg-timestamp-truncated", "ERR_TIMESTAMP_MALFORMED"),
    ("neg-tlog-duplicated", "ERR_LOG_ENTRY_DUPLICATE"),
    ("neg-trusted-root-certificateAuthorities-expired", "ERR_CHAIN_VALIDITY"),
    ("neg-trusted-root-certificateAuthorities-of-b", "ERR_CHAIN_SIGNATURE"),
    ("neg-trusted-root-of-stack-b", "ERR_TIMESTAMP_UNTRUSTED"),
    ("neg-trusted-root-timestampAuthorities-of-b", "ERR_TIMESTAMP_UNTRUSTED"),
    ("neg-trusted-root-tlogs-expired", "ERR_LOG_KEY_VALIDITY"),
    ("neg-trusted-root-tlogs-of-b", "ERR_LOG_UNTRUSTED"),
    ("neg-trusted-root-without-certificateAuthorities", "ERR_TRUST_ROOT_INCOMPLETE"),
    ("neg-trusted-root-without-ctlogs", "ERR_TRUST_ROOT_INCOMPLETE"),
    ("neg-trusted-root-without-timestampAuthorities", "ERR_TRUST_ROOT_INCOMPLETE"),
    ("neg-v1-body-swapped", "ERR_SET_INVALID"),
    ("neg-v1-dsse-payload-changed", "ERR_SIGNATURE_INVALID"),
    ("neg-v1-inclusion-proof-swapped", "ERR_INCLUSION_PROOF_INVALID"),
    ("neg-v1-integrated-time-a-year-later", "ERR_SET_INVALID"),
    ("neg-v1-integrated-time-changed", "ERR_SET_INVALID"),
    ("neg-v1-set-absent", "ERR_SET_MISSING"),
];

/// The witnesses of the staging log that one bundle's checkpoint was cosigned by, and one by whom it was not.
const WITNESSES: &str = "\
witness geomys witness.navigli.sunlight.geomys.org+a3e00fe2+BNy/co4C1Hn1p+INwJrfUlgz7W55dSZReusH/GhUhJ/G
witness stagemole witness.stagemole.eu+67f7aea0+BEqSG3yu9YrmcM3BHvQYTxwFj3uSWakQepafafpUqklv
witness google staging.witness.transparency.goog/ring-any-bells+2e1a8dc9+BG5JTpLc3FJtwzgh1Uv+Qelz9qeOH2bfWjS1s0s+y4rL
witness absent absent.test+e9028bb5+BNdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea
";

/// Adds a vector for each folder, and those with witnesses.
pub(crate) fn add(vectors: &mut Vectors, root: &Path) {
    conformance(vectors, root);
    catalogues(vectors, root);
    witnesses(vectors);
}

fn witnesses(vectors: &mut Vectors) {
    for (name, bundle, title, quorum, expect) in [
        ("all-three", "rekor2-dsse-happy-path", "three cosignatures", "all geomys stagemole google", "accept"),
        ("three-of-four", "rekor2-dsse-happy-path", "three of four", "3 absent geomys stagemole google", "accept"),
        ("absent", "rekor2-dsse-happy-path", "one is missing", "all geomys absent", "ERR_WITNESS_QUORUM"),
        ("other-witness", "rekor2-checkpoint-cosigned", "by another one", "any geomys google", "ERR_WITNESS_QUORUM"),
        ("no-witness", "rekor2-happy-path", "by nobody", "any geomys google", "ERR_WITNESS_QUORUM"),
    ] {
        let folder = format!("real/conformance/bundle-verify/{bundle}");
        let file = |name: &str| json!({ "file": format!("{folder}/{name}") });
        let kind = if bundle.contains("dsse") { "attestation" } else { "artifact" };
        let policy = format!("{WITNESSES}group some {quorum}\nquorum some\n");
        let case = json!({
            "title": format!("cosigned: {title}"),
            "source": format!("sigstore-conformance, {bundle}; issue 6"),
            "trustRoot": file("trusted_root.json"),
            "policy": {
                "identity": { "san": IDENTITY, "issuer": ISSUER },
                "witnesses": { "policy": policy, "mode": "require" },
            },
            "request": { "kind": kind },
            "bundle": file("bundle.sigstore.json"),
            "artifact": { "file": "real/conformance/bundle-verify/a.txt" },
            "expect": expect,
        });
        vectors.file(&format!("cases/witnesses/{name}.json"), &case);
    }
}

fn conformance(vectors: &mut Vectors, root: &Path) {
    let suite = "real/conformance/bundle-verify";
    let mut refusals = CONFORMANCE.to_vec();
    for name in folders(&root.join(suite)) {
        let folder = format!("{suite}/{name}");
        let has = |file: &str| root.join(&folder).join(file).exists();
        let text =
            |file: &str| std::fs::read_to_string(root.join(&folder).join(file)).map(|text| text.trim().to_owned());
        let own_or = |file: &str, other: &str| {
            if has(file) { json!({ "file": format!("{folder}/{file}") }) } else { json!({ "file": other }) }
        };
        let policy = match text("key.pub") {
            Ok(_) => json!({ "keys": [std::fs::read_to_string(root.join(&folder).join("key.pub")).unwrap()] }),
            Err(_) => json!({ "identity": {
                "san": text("identity").unwrap_or_else(|_| IDENTITY.into()),
                "issuer": text("issuer").unwrap_or_else(|_| ISSUER.into()),
            } }),
        };
        let kind = kind(&root.join(&folder).join("bundle.sigstore.json"), "artifact");
        let expect = expectation(&mut refusals, &name);
        assert_eq!(expect == "accept", !name.ends_with("_fail"), "{name}");
        let mut case = Map::new();
        case.insert("title".into(), json!(title(&name)));
        case.insert("source".into(), json!(format!("sigstore-conformance, {name}")));
        case.insert(
            "trustRoot".into(),
            own_or("trusted_root.json", "real/conformance/roots/production.trusted_root.json"),
        );
        case.insert("policy".into(), policy);
        case.insert("request".into(), json!({ "kind": kind }));
        case.insert("bundle".into(), json!({ "file": format!("{folder}/bundle.sigstore.json") }));
        case.insert("artifact".into(), own_or("artifact", "real/conformance/bundle-verify/a.txt"));
        case.insert("expect".into(), json!(expect));
        vectors.file(&format!("cases/conformance/{name}.json"), &Value::Object(case));
    }
    assert!(refusals.is_empty(), "no such folder: {refusals:?}");
}

fn catalogues(vectors: &mut Vectors, root: &Path) {
    let cases = "real/catalogues/cases";
    let mut refusals = CATALOGUES.to_vec();
    for name in folders(&root.join(cases)) {
        let folder = format!("{cases}/{name}");
        let read = |file: &str| std::fs::read_to_string(root.join(&folder).join(file)).unwrap();
        let expected: Value = serde_json::from_str(&read("expected.json")).unwrap();
        let stated = &expected["policy"];
        let thresholds =
            json!({ "logEntries": stated["tlog"], "timestamps": stated["signedTimestamp"], "scts": stated["sct"] });
        let mut policy = match expected["signer"].as_str() {
            Some("keyless") => json!({ "identity": { "san": expected["identity"], "issuer": expected["issuer"] } }),
            _ => json!({ "keys": [read("public_key.pem")] }),
        };
        policy["thresholds"] = thresholds;
        let kind = if expected["kind"] == "dsse" { "attestation" } else { "catalogue" };
        let expect = expectation(&mut refusals, &name);
        let file = |file: &str| json!({ "file": format!("{folder}/{file}") });
        let mut case = Map::new();
        case.insert("title".into(), expected["why"].clone());
        case.insert("source".into(), json!(format!("catalogues signed by cosign, {name}")));
        case.insert("trustRoot".into(), file("trusted_root.json"));
        case.insert("policy".into(), policy);
        let request = match kind {
            "catalogue" => json!({ "kind": kind, "server": "https://tools.example.com/mcp" }),
            _ => json!({ "kind": kind }),
        };
        case.insert("request".into(), request);
        case.insert("bundle".into(), file("bundle.sigstore.json"));
        case.insert("artifact".into(), file("catalogue.json"));
        case.insert("expect".into(), json!(expect));
        if expected["accept"].as_bool() != Some(expect == "accept") {
            panic!("{name}: expected.json says {}, the table {expect}", expected["accept"]);
        }
        vectors.file(&format!("cases/catalogues/{name}.json"), &Value::Object(case));
    }
    assert!(refusals.is_empty(), "no such folder: {refusals:?}");
}

/// The table's code, taken out of it; acceptance where it has none.
fn expectation<'t>(refusals: &mut Vec<(&'t str, &'t str)>, name: &str) -> &'t str {
    match refusals.iter().position(|(case, _)| *case == name) {
        Some(position) => refusals.remove(position).1,
        None => "accept",
    }
}

fn kind(bundle: &Path, message: &'static str) -> &'static str {
    let text = std::fs::read_to_string(bundle).unwrap();
    if text.contains("dsseEnvelope") { "attestation" } else { message }
}

/// A case's name as words.
fn title(name: &str) -> String {
    match name.strip_suffix("_fail") {
        Some(name) => format!("{}: refused", name.replace('-', " ")),
        None => name.replace('-', " "),
    }
}

fn folders(path: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(path)
        .unwrap()
        .flatten()
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}
