//! Compares with RustCrypto on random signatures, good and altered.
#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used, reason = "a test may fail")]

use ed25519_dalek::{Digest, Sha512, Signature, SigningKey, VerifyingKey};
use inkan_p521_ed25519_rsa::{ed25519, p521};
use p521_oracle::ecdsa::signature::hazmat::{PrehashVerifier, RandomizedPrehashSigner};
use p521_oracle::elliptic_curve::rand_core::{CryptoRng, Error, RngCore};
use proptest::prelude::*;

/// The verdict of [`ed25519::verify`] on an Ed25519ph signature, context empty.
fn verify_ph(key: &[u8; 32], digest: &[u8], signature: &[u8; 64]) -> bool {
    let mut hash = Sha512::new();
    for part in [b"SigEd25519 no Ed25519 collisions\x01\x00", &signature[..32], key, digest] {
        hash.update(part);
    }
    ed25519::verify(key, signature, &hash.finalize().into())
}

/// Nonces for P-521 that follow from the case.
struct Nonces(Vec<u8>);

impl RngCore for Nonces {
    fn next_u32(&mut self) -> u32 {
        unreachable!()
    }

    fn next_u64(&mut self) -> u64 {
        unreachable!()
    }

    fn fill_bytes(&mut self, destination: &mut [u8]) {
        for chunk in destination.chunks_mut(64) {
            self.0 = Sha512::digest(&self.0).to_vec();
            chunk.copy_from_slice(&self.0[..chunk.len()]);
        }
    }

    fn try_fill_bytes(&mut self, destination: &mut [u8]) -> Result<(), Error> {
        self.fill_bytes(destination);
        Ok(())
    }
}

impl CryptoRng for Nonces {}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn ed25519ph(seed: [u8; 32], message: Vec<u8>, at in 0..64usize, flip in 1..=255u8) {
        let hash = || Sha512::new().chain_update(&message);
        let digest = hash().finalize();
        let key = SigningKey::from_bytes(&seed);
        let public = key.verifying_key();
        let signature = key.sign_prehashed(hash(), None).unwrap().to_bytes();
        prop_assert!(verify_ph(public.as_bytes(), &digest, &signature));
        let mut spoilt = signature;
        spoilt[at] ^= flip;
        let oracle = public.verify_prehashed_strict(hash(), None, &Signature::from_bytes(&spoilt)).is_ok();
        prop_assert_eq!(verify_ph(public.as_bytes(), &digest, &spoilt), oracle);
        // Another key, or none at all.
        let mut other = public.to_bytes();
        other[at % 32] ^= flip;
        let oracle = VerifyingKey::from_bytes(&other)
            .is_ok_and(|key| key.verify_prehashed_strict(hash(), None, &Signature::from_bytes(&signature)).is_ok());
        prop_assert_eq!(verify_ph(&other, &digest, &signature), oracle);
    }

    #[test]
    fn ecdsa_p521(seed in prop::collection::vec(any::<u8>(), 65), digest in prop::collection::vec(any::<u8>(), 33..=64), at in 0..66usize, flip in 1..=255u8) {
        let secret = [&[0][..], &seed].concat();
        let Ok(key) = p521_oracle::ecdsa::SigningKey::from_slice(&secret) else { return Ok(()) };
        let public = p521_oracle::ecdsa::VerifyingKey::from(&key);
        let point = public.to_encoded_point(false);
        // RustCrypto takes the whole of a digest that is as long as the field, zeros on its left.
        let padded = [&vec![0; 66 - digest.len()][..], &digest].concat();
        let signature: p521_oracle::ecdsa::Signature = key.sign_prehash_with_rng(&mut Nonces(digest.clone()), &padded).unwrap();
        let bytes = signature.to_bytes();
        let (r, s) = bytes.split_at(66);
        prop_assert!(p521::verify(point.as_bytes(), &digest, r, s));
        for part in 0..2 {
            let mut spoilt = bytes.to_vec();
            spoilt[66 * part + at] ^= flip;
            let oracle = p521_oracle::ecdsa::Signature::from_slice(&spoilt)
                .is_ok_and(|signature| public.verify_prehash(&padded, &signature).is_ok());
            let (r, s) = spoilt.split_at(66);
            prop_assert_eq!(p521::verify(point.as_bytes(), &digest, r, s), oracle);
        }
        let mut spoilt = digest.clone();
        spoilt[at % digest.len()] ^= flip;
        prop_assert!(!p521::verify(point.as_bytes(), &spoilt, r, s));
        let mut spoilt = point.as_bytes().to_vec();
        spoilt[1 + at] ^= flip;
        prop_assert!(!p521::is_point(&spoilt) && !p521::verify(&spoilt, &digest, r, s));
    }
}

/// Points of order 1, 2, 4 and 8, in every encoding that a lenient reader takes, with a signature that such a key fits.
#[test]
fn keys_of_small_order_are_refused() {
    let hex = |text: &str| -> [u8; 32] {
        let bytes: Vec<u8> = (0..32).map(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).unwrap()).collect();
        bytes.try_into().unwrap()
    };
    let mut seen = 0;
    for text in [
        "0100000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    ] {
        let key = hex(text);
        // s = 0 and R = neutral: under the neutral key the equation holds for every message, under others for some.
        let mut signature = [0; 64];
        signature[0] = 1;
        for message in 0..16u8 {
            assert!(!verify_ph(&key, &[message; 64], &signature), "{text}");
        }
        seen += 1;
    }
    assert_eq!(seen, 14);
}
