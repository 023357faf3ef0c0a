//! Measures verifications natively, beside those of ring: `cargo run --release -p inkan-ecdsa --example bench`.
//!
//! This is not a test. On a shared machine, only ratios within one run mean anything.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, clippy::as_conversions, reason = "a measurement")]

use inkan_ecdsa::{Curve, PreparedKey, PublicKey, parse_der_signature};
use ring::digest::{Algorithm, SHA256, SHA384, digest};
use ring::rand::SystemRandom;
use ring::signature::{
    self, EcdsaKeyPair, EcdsaSigningAlgorithm, EcdsaVerificationAlgorithm, KeyPair, UnparsedPublicKey,
};
use std::time::Instant;

/// The best of many runs, in microseconds.
fn best(rounds: u32, mut run: impl FnMut()) -> f64 {
    (0..rounds)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed().as_nanos() as f64 / 1000.0
        })
        .fold(f64::INFINITY, f64::min)
}

fn measure(
    curve: Curve,
    signing: &'static EcdsaSigningAlgorithm,
    verifying: &'static EcdsaVerificationAlgorithm,
    hash: &'static Algorithm,
) {
    let random = SystemRandom::new();
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(signing, &random).unwrap();
    let pair = EcdsaKeyPair::from_pkcs8(signing, pkcs8.as_ref(), &random).unwrap();
    let point = pair.public_key().as_ref();
    let signature = pair.sign(&random, b"message").unwrap();
    let digest = digest(hash, b"message");
    let (r, s) = parse_der_signature(signature.as_ref()).unwrap();
    let pinned = PreparedKey::from_sec1(curve, point).unwrap();
    let first = best(1, || pinned.verify_digest(digest.as_ref(), r, s).unwrap());
    pinned.prepare();
    let build = best(20, || PreparedKey::from_sec1(curve, point).unwrap().prepare());
    let warm = best(2000, || pinned.verify_digest(digest.as_ref(), r, s).unwrap());
    let unpinned =
        best(2000, || PublicKey::from_sec1(curve, point).unwrap().verify_digest(digest.as_ref(), r, s).unwrap());
    let ring = UnparsedPublicKey::new(verifying, point);
    let ring = best(2000, || ring.verify(b"message", signature.as_ref()).unwrap());
    println!(
        "{curve:?}: pinned {warm:.0} µs (first {first:.0}, table {build:.0}), \
         unpinned {unpinned:.0} µs, ring {ring:.0} µs, {} bytes",
        pinned.table_bytes()
    );
}

fn main() {
    use signature as s;
    measure(Curve::P256, &s::ECDSA_P256_SHA256_ASN1_SIGNING, &s::ECDSA_P256_SHA256_ASN1, &SHA256);
    measure(Curve::P384, &s::ECDSA_P384_SHA384_ASN1_SIGNING, &s::ECDSA_P384_SHA384_ASN1, &SHA384);
}
