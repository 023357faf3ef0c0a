//! Timestamps of the real vectors, and every byte of some of them changed.

use super::*;
use crate::crypto::HashAlgorithm;
use crate::encoding::time::Time;
use crate::error::{Code, Result};
use crate::log::tests::{STACK_A, STAGING, at, bytes, cases, items, parse, read, text, trust_root};

/// The authorities of a trust root.
fn authorities(root: &str) -> Vec<TimestampAuthority> {
    let file = read(root);
    let root = parse(&file);
    items(&root, "timestampAuthorities")
        .iter()
        .map(|authority| {
            let certificates = items(authority, "certChain.certificates")
                .iter()
                .map(|certificate| Certificate::from_der(&bytes(certificate, "rawBytes")).unwrap())
                .collect();
            let time = |key: &str| at(authority, key).and_then(|time| Time::parse_rfc3339(time.as_str()?).ok());
            let validity = Validity { start: time("validFor.start").unwrap(), end: time("validFor.end") };
            let made = CertificateAuthority::new(text(authority, "uri"), certificates, validity).unwrap();
            TimestampAuthority::new(made, None)
        })
        .collect()
}

/// A case's timestamps, and the signature that they are over.
fn timestamps(case: &str) -> (Vec<Vec<u8>>, Vec<u8>) {
    let file = read(&format!("{case}/bundle.sigstore.json"));
    let Ok(bundle) = crate::encoding::json::parse(&file, 16 << 20) else { return (Vec::new(), Vec::new()) };
    let tokens = items(&bundle, "verificationMaterial.timestampVerificationData.rfc3161Timestamps")
        .iter()
        .map(|token| bytes(token, "signedTimestamp"))
        .collect();
    let signature = match at(&bundle, "messageSignature") {
        Some(_) => bytes(&bundle, "messageSignature.signature"),
        None => bytes(&bundle, "dsseEnvelope.signatures.0.sig"),
    };
    (tokens, signature)
}

fn judge_case(case: &str, root: &str) -> Vec<Result<Judged>> {
    let (tokens, signature) = timestamps(case);
    let authorities = authorities(root);
    tokens.iter().map(|token| verify_timestamp(token, &signature, &authorities)).collect()
}

#[test]
fn every_case() {
    for case in cases("conformance/bundle-verify").into_iter().chain(cases("catalogues/cases")) {
        if case.ends_with("edge-base64-newline") || case.ends_with("bundle-invalid-base64-signature_fail") {
            continue;
        }
        let (tokens, _) = timestamps(&case);
        if tokens.is_empty() {
            continue;
        }
        for judged in judge_case(&case, &trust_root(&case)) {
            match judged {
                Ok(Judged::Verified(t)) => println!("{case}: {} {}", t.time(), t.uri()),
                other => println!("{case}: {other:?}"),
            }
        }
    }
}
