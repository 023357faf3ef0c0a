//! Every entry of the real vectors, with the log that its trust root pins.

use super::*;
use crate::crypto::HashAlgorithm;
use crate::error::{Code, Result};
use crate::log::body::{RecordedContent, RecordedVerifier, parse_body};
use crate::log::entry::Generation;
use crate::log::inclusion::verify_inclusion;
use crate::log::set::verify_set;

/// The cases whose log entry does not verify, and why. The entries of all other cases verify.
const REFUSED: &[(&str, Code)] = &[
    ("bundle-empty-certificate-chain_fail", Code::CheckpointMissing),
    ("bundle-invalid-base64-signature_fail", Code::InclusionProofInvalid),
    ("checkpoint-wrong-roothash_fail", Code::CheckpointMismatch),
    ("inclusion-proof-corrupted-hash_fail", Code::InclusionProofInvalid),
    ("intoto-missing-inclusion-proof_fail", Code::InclusionProofMissing),
    ("invalid-checkpoint-signature_fail", Code::CheckpointSignature),
    ("invalid-inclusion-proof_fail", Code::CheckpointMissing),
    ("rekor2-checkpoint-missing-log-signature_fail", Code::CheckpointUnsigned),
    ("rekor2-checkpoint-missing-origin_fail", Code::CheckpointOrigin),
    ("rekor2-checkpoint-missing-root-hash_fail", Code::CheckpointSignature),
    ("rekor2-checkpoint-no-matching-signature_fail", Code::CheckpointOrigin),
    ("rekor2-no-inclusion-proof_fail", Code::InclusionProofMissing),
    ("set-invalid-signature_fail", Code::SetInvalid),
    ("neg-checkpoint-absent", Code::CheckpointMissing),
    ("neg-checkpoint-origin", Code::CheckpointOrigin),
    ("neg-inclusion-hash-dropped", Code::InclusionProofInvalid),
    ("neg-inclusion-hash-extra", Code::InclusionProofInvalid),
    ("neg-swapped-entry-body", Code::InclusionProofInvalid),
    ("neg-v1-body-swapped", Code::InclusionProofInvalid),
    ("neg-v1-inclusion-proof-swapped", Code::InclusionProofInvalid),
    ("neg-v1-integrated-time-a-year-later", Code::SetInvalid),
    ("neg-v1-integrated-time-changed", Code::SetInvalid),
    ("neg-v1-set-absent", Code::SetMissing),
];

fn judge(entry: &LogEntry, log: &PinnedLog) -> Result<()> {
    let included = verify_inclusion(entry, log)?;
    if included.generation() == Generation::V1 {
        verify_set(entry, log)?;
    }
    Ok(())
}

#[test]
fn every_case() {
    let mut held = 0;
    let mut wrong = Vec::new();
    for case in cases("conformance/bundle-verify").into_iter().chain(cases("catalogues/cases")) {
        let name = case.rsplit('/').next().unwrap();
        let file = read(&format!("{case}/bundle.sigstore.json"));
        if json::parse(&file, 16 << 20).is_err() || name == "edge-log-index-negative" {
            continue;
        }
        let logs = logs(&trust_root(&case));
        let expected = REFUSED.iter().find(|(refused, _)| *refused == name).map(|(_, code)| *code);
        for entry in entries(&case) {
            let Some(log) = log_of(&entry, &logs) else { continue };
            let found = judge(&entry, log).err();
            held += u32::from(found.is_none());
            if found.as_ref().map(|error| error.code()) != expected {
                wrong.push(format!("{name}: {expected:?}, found {found:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(held > 80, "{held}");
}

#[test]
fn every_body_is_read() {
    for case in cases("conformance/bundle-verify").into_iter().chain(cases("catalogues/cases")) {
        let file = read(&format!("{case}/bundle.sigstore.json"));
        if json::parse(&file, 16 << 20).is_err() || case.ends_with("edge-log-index-negative") {
            continue;
        }
        for entry in entries(&case) {
            match parse_body(&entry) {
                Ok(body) => assert!(!body.signatures.is_empty()),
                Err(error) => {
                    // Without a spec, without a PEM block, and with a signature that is base64 only once.
                    let broken = [
                        "bundle-empty-certificate-chain_fail",
                        "bundle-invalid-base64-signature_fail",
                        "intoto-log-entry-mismatch_fail",
                    ];
                    assert!(broken.iter().any(|name| case.ends_with(name)), "{case}: {error}");
                    assert_eq!(error.code(), Code::EntryMalformed, "{case}");
                }
            }
        }
    }
}

#[test]
fn bodies_by_kind() {
    let body = |case: &str| parse_body(&entries(case)[0]).unwrap();
    let v1 = body("conformance/bundle-verify/happy-path-v0.1");
    let RecordedContent::ArtifactDigest(digest) = &v1.content else { panic!("{v1:?}") };
    assert_eq!(digest.to_string(), "sha256:a0cfc71271d6e278e57cd332ff957c3f7043fdda354c4cbb190a30d56efa01bf");
    assert!(matches!(&v1.signatures[0].verifier, RecordedVerifier::Certificate(der) if der[0] == 0x30));
    assert_eq!(v1.signatures[0].key_details, None);

    let v2 = body("catalogues/cases/key-ed25519-tlog");
    let RecordedContent::ArtifactDigest(digest) = &v2.content else { panic!("{v2:?}") };
    assert_eq!(digest.algorithm(), HashAlgorithm::Sha512);
    assert_eq!(v2.signatures[0].key_details.as_deref(), Some("PKIX_ED25519_PH"));
    assert!(matches!(&v2.signatures[0].verifier, RecordedVerifier::PublicKey(spki) if spki.len() == 44));

    let p384 = body("catalogues/cases/v1-key-ecdsa-p384");
    let RecordedContent::ArtifactDigest(digest) = &p384.content else { panic!("{p384:?}") };
    assert_eq!(digest.algorithm(), HashAlgorithm::Sha384);
    assert!(matches!(&p384.signatures[0].verifier, RecordedVerifier::PublicKey(_)));

    for (case, has_envelope_hash, has_type) in [
        ("conformance/bundle-verify/happy-path-intoto-in-dsse-v3", true, false),
        ("catalogues/cases/v1-dsse-keyless-email", true, false),
        ("catalogues/cases/old-dsse-keyless-email-2", false, false),
        ("conformance/bundle-verify/intoto-expired-certificate_fail", true, true),
    ] {
        let body = body(case);
        let RecordedContent::Envelope { payload_hash, envelope_hash, payload_type } = &body.content else {
            panic!("{body:?}")
        };
        assert_eq!(payload_hash.algorithm(), HashAlgorithm::Sha256, "{case}");
        assert_eq!((envelope_hash.is_some(), payload_type.is_some()), (has_envelope_hash, has_type), "{case}");
        let file = read(&format!("{case}/bundle.sigstore.json"));
        let bundle = parse(&file);
        let payload = bytes(&bundle, "dsseEnvelope.payload");
        assert_eq!(HashAlgorithm::Sha256.digest(&payload), *payload_hash, "{case}");
        assert_eq!(bytes(&bundle, "dsseEnvelope.signatures.0.sig"), body.signatures[0].signature, "{case}");
    }
}

#[test]
fn a_real_entry_under_another_log_is_refused() {
    let production = logs(PRODUCTION);
    let entry = &entries("conformance/bundle-verify/happy-path-v0.1")[0];
    let log = log_of(entry, &production).unwrap();
    verify_inclusion(entry, log).unwrap();
    let other = production.iter().find(|other| other.log_id != log.log_id).unwrap();
    assert_eq!(verify_inclusion(entry, other).unwrap_err().code(), Code::LogUntrusted);
    assert_eq!(verify_set(entry, other).unwrap_err().code(), Code::LogUntrusted);
    // The same with the other log's id. The origin is still that of the first log.
    let mut relabelled = entry.clone();
    relabelled.log_id.clone_from(&other.log_id);
    assert_eq!(verify_inclusion(&relabelled, other).unwrap_err().code(), Code::CheckpointOrigin);
    assert_eq!(verify_set(&relabelled, other).unwrap_err().code(), Code::SetInvalid);
}

#[test]
fn what_the_proof_states_must_be_the_checkpoints() {
    for (case, root) in
        [("conformance/bundle-verify/happy-path-v0.1", PRODUCTION), ("catalogues/cases/series-02", STACK_A)]
    {
        let logs = logs(root);
        let entry = entries(case).remove(0);
        let log = log_of(&entry, &logs).unwrap();
        let code = |change: &dyn Fn(&mut LogEntry, &mut InclusionProof)| {
            let mut changed = entry.clone();
            let mut proof = changed.proof.take().unwrap();
            change(&mut changed, &mut proof);
            changed.proof = Some(proof);
            verify_inclusion(&changed, log).err().map(|error| error.code())
        };
        assert_eq!(code(&|_, _| ()), None);
        assert_eq!(code(&|_, proof| proof.root_hash[0] ^= 1), Some(Code::CheckpointMismatch));
        assert_eq!(code(&|_, proof| proof.root_hash.clear()), Some(Code::CheckpointMismatch));
        assert_eq!(code(&|_, proof| proof.tree_size += 1), Some(Code::CheckpointMismatch));
        assert_eq!(code(&|_, proof| proof.tree_size = 0), Some(Code::CheckpointMismatch));
        assert_eq!(code(&|_, proof| proof.checkpoint = None), Some(Code::CheckpointMissing));
        assert_eq!(code(&|_, proof| proof.hashes.push([0; 32])), Some(Code::InclusionProofInvalid));
        assert_eq!(code(&|_, proof| proof.hashes.truncate(proof.hashes.len() - 1)), Some(Code::InclusionProofInvalid));
        assert_eq!(code(&|entry, _| entry.body[10] ^= 1), Some(Code::InclusionProofInvalid));
        assert_eq!(code(&|entry, _| entry.version = "0.0.9".to_owned()), Some(Code::EntryKind));
        let v2 = entry.generation().unwrap() == Generation::V2;
        // The global index of Rekor v1 is another number. The signed entry timestamp covers it.
        assert_eq!(code(&|entry, _| entry.log_index += 1), v2.then_some(Code::CheckpointMismatch));
        let moved = code(&|entry, proof| {
            entry.log_index -= 1;
            proof.log_index -= 1;
        });
        assert_eq!(moved, Some(Code::InclusionProofInvalid));
    }
}

#[test]
fn a_set_covers_body_time_log_and_index() {
    let logs = logs(PRODUCTION);
    let entry = entries("conformance/bundle-verify/happy-path-v0.1").remove(0);
    let log = log_of(&entry, &logs).unwrap();
    assert_eq!(verify_set(&entry, log).unwrap().time().to_string(), "2023-07-12T15:56:36Z");
    let code = |change: &dyn Fn(&mut LogEntry)| {
        let mut changed = entry.clone();
        change(&mut changed);
        verify_set(&changed, log).unwrap_err().code()
    };
    assert_eq!(code(&|entry| entry.integrated_time += 1), Code::SetInvalid);
    assert_eq!(code(&|entry| entry.integrated_time = 0), Code::SetInvalid);
    assert_eq!(code(&|entry| entry.integrated_time = -1), Code::SetInvalid);
    assert_eq!(code(&|entry| entry.log_index += 1), Code::SetInvalid);
    assert_eq!(code(&|entry| entry.body[0] ^= 1), Code::SetInvalid);
    assert_eq!(code(&|entry| entry.signed_entry_timestamp = None), Code::SetMissing);
    assert_eq!(code(&|entry| entry.signed_entry_timestamp = Some(Vec::new())), Code::SetInvalid);
}
