//! Timestamps of the real vectors, and changes of every byte of some of them.

mod forged;

use super::*;
use crate::encoding::base64;
use crate::error::Code;
use crate::log::tests::{STACK_A, STAGING, at, bytes, cases, items, parse, read, text, trust_root};

/// The authorities of a trust root.
fn authorities(root: &str) -> Vec<TimestampAuthority> {
    certificates_and_windows(root).into_iter().map(|(certificates, validity)| pinned(certificates, validity)).collect()
}

fn pinned(certificates: Vec<Certificate>, validity: Validity) -> TimestampAuthority {
    let authority = CertificateAuthority::new("https://tsa.example", certificates, validity).unwrap();
    TimestampAuthority::new(authority, Some("operator".to_owned()))
}

fn certificates_and_windows(root: &str) -> Vec<(Vec<Certificate>, Validity)> {
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
            (certificates, validity)
        })
        .collect()
}

/// The timestamps of a case, and the signature that they cover.
fn timestamps(case: &str) -> (Vec<Vec<u8>>, Vec<u8>) {
    let file = read(&format!("{case}/bundle.sigstore.json"));
    let Ok(bundle) = crate::encoding::json::parse(&file, 16 << 20) else { return (Vec::new(), Vec::new()) };
    let tokens = items(&bundle, "verificationMaterial.timestampVerificationData.rfc3161Timestamps")
        .iter()
        .map(|token| bytes(token, "signedTimestamp"))
        .collect();
    let path = if at(&bundle, "messageSignature").is_some() {
        "messageSignature.signature"
    } else {
        "dsseEnvelope.signatures.0.sig"
    };
    let signature = base64::decode_wrapped(text(&bundle, path)).unwrap_or_default();
    (tokens, signature)
}

fn judge_case(case: &str, root: &str) -> Vec<Result<TimestampOutcome>> {
    let (tokens, signature) = timestamps(case);
    let authorities = authorities(root);
    tokens.iter().map(|token| verify_timestamp(token, &signature, &authorities)).collect()
}

/// The verdicts for all real timestamps that do not verify.
const OTHERWISE: &[(&str, &[Option<Code>])] = &[
    ("rekor2-timestamp-outside-tsa-cert-validity_fail", &[Some(Code::TimestampCertificate)]),
    ("rekor2-timestamp-payload-mismatch_fail", &[Some(Code::TimestampImprint)]),
    ("rekor2-timestamp-untrusted-tsa-with-embedded-cert_fail", &[None]),
    ("neg-dsse-no-signatures", &[Some(Code::TimestampImprint)]),
    ("neg-dsse-signature-flipped", &[Some(Code::TimestampImprint)]),
    ("neg-dsse-trusted-root-of-stack-b", &[None]),
    ("neg-signature-flipped", &[Some(Code::TimestampImprint)]),
    ("neg-timestamp-from-stack-b", &[None]),
    ("neg-timestamp-swapped", &[Some(Code::TimestampImprint)]),
    ("neg-timestamp-truncated", &[Some(Code::TimestampMalformed)]),
    ("neg-trusted-root-of-stack-b", &[None]),
    ("neg-trusted-root-timestampAuthorities-of-b", &[None]),
    ("neg-trusted-root-without-timestampAuthorities", &[None]),
];

#[test]
fn every_case() {
    let mut verified = 0;
    let mut wrong = Vec::new();
    for case in cases("conformance/bundle-verify").into_iter().chain(cases("catalogues/cases")) {
        let name = case.rsplit('/').next().unwrap();
        for (index, judged) in judge_case(&case, &trust_root(&case)).into_iter().enumerate() {
            let expected = OTHERWISE.iter().find(|(other, _)| *other == name).map(|(_, verdicts)| verdicts[index]);
            let expected = expected.or_else(|| (name == "edge-timestamp-plus-foreign" && index == 1).then_some(None));
            let found = match &judged {
                Ok(TimestampOutcome::Verified(_)) => None,
                Ok(TimestampOutcome::Unknown(_)) => Some(None),
                Err(error) => Some(Some(error.code())),
            };
            verified += u32::from(found.is_none());
            if found != expected {
                wrong.push(format!("{name}: {judged:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(verified > 80, "{verified}");
}

fn verified(judged: Result<TimestampOutcome>) -> VerifiedTimestamp {
    match judged {
        Ok(TimestampOutcome::Verified(timestamp)) => timestamp,
        other => panic!("{other:?}"),
    }
}

fn is_unknown(judged: &Result<TimestampOutcome>) -> bool {
    matches!(judged, Ok(TimestampOutcome::Unknown(_)))
}

const EMBEDDED: &str = "conformance/bundle-verify/rekor2-timestamp-with-embedded-cert";
const BARE: &str = "conformance/bundle-verify/rekor2-timestamp-without-embedded-cert";
const FREE_TSA: &str = "conformance/bundle-verify/rekor2-timestamp-untrusted-tsa-with-embedded-cert_fail";

#[test]
fn what_is_proven() {
    let timestamp = verified(judge_case("conformance/bundle-verify/rekor2-happy-path", STAGING).remove(0));
    assert_eq!(timestamp.time().to_string(), "2025-06-12T12:02:20Z");
    assert_eq!((timestamp.authority(), timestamp.uri()), (0, "https://tsa.example"));
    assert_eq!(timestamp.operator(), Some("operator"));
    let twice = judge_case("catalogues/cases/edge-timestamp-duplicated", STACK_A);
    let hashes: Vec<_> = twice.into_iter().map(|judged| *verified(judged).statement_hash()).collect();
    assert_eq!(hashes.len(), 2);
    assert_eq!(hashes[0], hashes[1]);
}

#[test]
fn the_authoritys_window_is_inclusive() {
    let (tokens, signature) = timestamps(BARE);
    let (certificates, _) = certificates_and_windows(STAGING).remove(0);
    let micros = Time::parse_rfc3339("2025-08-06T19:03:51Z").unwrap().as_micros();
    let judge = |start: i64, end: Option<i64>| {
        let time = |offset: i64| Time::from_micros(micros + offset);
        let validity = Validity { start: time(start), end: end.map(time) };
        let authority = pinned(certificates.clone(), validity);
        verify_timestamp(&tokens[0], &signature, &[authority]).err().map(|error| error.code())
    };
    assert_eq!(judge(0, Some(0)), None);
    assert_eq!(judge(-5, None), None);
    assert_eq!(judge(1, None), Some(Code::TimestampCertificate));
    assert_eq!(judge(-5, Some(-1)), Some(Code::TimestampCertificate));
    // If there are two entries for one authority, the one whose window fits counts.
    let past = Validity { start: Time::EARLIEST, end: Some(Time::from_micros(0)) };
    let open = Validity { start: Time::EARLIEST, end: None };
    let both = [pinned(certificates.clone(), past), pinned(certificates.clone(), open)];
    assert_eq!(verified(verify_timestamp(&tokens[0], &signature, &both)).authority(), 1);
}

#[test]
fn with_only_the_anchor_pinned_the_token_must_bring_the_leaf() {
    let (certificates, validity) = certificates_and_windows(STAGING).remove(0);
    let anchor = || pinned(vec![certificates.last().unwrap().clone()], validity);
    let (tokens, signature) = timestamps(EMBEDDED);
    verified(verify_timestamp(&tokens[0], &signature, &[anchor()]));
    let (tokens, signature) = timestamps(BARE);
    assert!(is_unknown(&verify_timestamp(&tokens[0], &signature, &[anchor()])));
    // With an anchor of another instance, neither counts.
    let other = certificates_and_windows(STACK_A).remove(0);
    let other = pinned(vec![other.0.last().unwrap().clone()], other.1);
    let (tokens, signature) = timestamps(EMBEDDED);
    assert!(is_unknown(&verify_timestamp(&tokens[0], &signature, &[other])));
}

#[test]
fn an_authority_with_rsa_keys_whose_certificates_came_along() {
    let (tokens, signature) = timestamps(FREE_TSA);
    let token = token::Token::parse(&tokens[0]).unwrap();
    let open = Validity { start: Time::EARLIEST, end: None };
    let authority = || pinned(vec![token.others[0].clone()], open);
    let timestamp = verified(verify_timestamp(&tokens[0], &signature, &[authority()]));
    assert_eq!(timestamp.time().to_string(), "2025-08-06T19:38:49Z");
    let code = verify_timestamp(&tokens[0], b"another", &[authority()]).unwrap_err().code();
    assert_eq!(code, Code::TimestampImprint);
}

#[test]
fn nothing_changed_verifies() {
    let open = Validity { start: Time::EARLIEST, end: None };
    let anchored = |case: &str| {
        let (tokens, signature) = timestamps(case);
        let authority = match case {
            FREE_TSA => vec![token::Token::parse(&tokens[0]).unwrap().others[0].clone()],
            EMBEDDED => vec![certificates_and_windows(STAGING)[0].0[1].clone()],
            _ => certificates_and_windows(&trust_root(case)).remove(0).0,
        };
        (tokens[0].clone(), signature, [pinned(authority, open)])
    };
    for case in [BARE, EMBEDDED, "catalogues/cases/series-01", FREE_TSA] {
        let (token, signature, authorities) = anchored(case);
        verified(verify_timestamp(&token, &signature, &authorities));
        // The parts that no signature covers. The status may also be "granted with modifications" (its last bit).
        // Certificates in the token other than the signer's are only offered to the path search.
        let status = 8;
        assert_eq!(token[status - 2..=status], [2, 1, 0]);
        let offered = token::Token::parse(&token).unwrap().others.first().map(|other| {
            let start = token.windows(other.der().len()).position(|window| window == other.der()).unwrap();
            start..start + other.der().len()
        });
        let stride = if case == FREE_TSA { 7 } else { 1 };
        for position in (0..token.len()).step_by(stride) {
            let free = offered.as_ref().is_some_and(|range| range.contains(&position));
            for flip in [1u8, 0x80] {
                let mut changed = token.clone();
                changed[position] ^= flip;
                let holds =
                    matches!(verify_timestamp(&changed, &signature, &authorities), Ok(TimestampOutcome::Verified(_)));
                let allowed = free || (position == status && flip == 1);
                assert!(!holds || allowed, "{case}: byte {position} ^ {flip:#x}");
            }
            let cut = verify_timestamp(&token[..position], &signature, &authorities);
            assert_eq!(cut.unwrap_err().code(), Code::TimestampMalformed, "{case}: cut at {position}");
        }
        let mut longer = token.clone();
        longer.push(0);
        let code = verify_timestamp(&longer, &signature, &authorities).unwrap_err().code();
        assert_eq!(code, Code::TimestampMalformed);
    }
}
