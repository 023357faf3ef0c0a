//! Our ECDSA beside ring's. Both must give the same verdict on every signature.

use inkan_ecdsa::{Curve, PreparedKey, PublicKey, parse_der_signature};
use p256::ecdsa::signature::hazmat::PrehashSigner;
use ring::digest::{SHA256, SHA384, digest};
use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA384_ASN1, ECDSA_P384_SHA256_ASN1, ECDSA_P384_SHA384_ASN1, UnparsedPublicKey,
};

/// Changes a good signature. The key follows from the first bytes of the input, the change from the rest. Our verdict
/// must be ring's.
///
/// ```text
/// flags | seed | place in the signature | change | place in the key | change | message…
/// ```
///
/// Says whether it was accepted.
pub fn ecdsa(data: &[u8]) -> bool {
    let Some((&[flags, seed, at, change, key_at, key_change], message)) = data.split_first_chunk::<6>() else {
        return false;
    };
    let (p384, sha384) = (flags & 1 != 0, flags & 2 != 0);
    let hashed = digest(if sha384 { &SHA384 } else { &SHA256 }, message);
    let Some((mut point, mut signature)) = sign(p384, seed, hashed.as_ref()) else { return false };
    spoil(&mut signature, at, change);
    spoil(&mut point, key_at, key_change);
    if flags & 4 != 0 {
        signature.truncate(usize::from(at));
    }
    let oracle = match (p384, sha384) {
        (false, false) => &ECDSA_P256_SHA256_ASN1,
        (false, true) => &ECDSA_P256_SHA384_ASN1,
        (true, false) => &ECDSA_P384_SHA256_ASN1,
        (true, true) => &ECDSA_P384_SHA384_ASN1,
    };
    let expected = UnparsedPublicKey::new(oracle, &point).verify(message, &signature).is_ok();
    let curve = if p384 { Curve::P384 } else { Curve::P256 };
    let found = parse_der_signature(&signature).is_ok_and(|(r, s)| {
        let plain =
            PublicKey::from_sec1(curve, &point).is_ok_and(|key| key.verify_digest(hashed.as_ref(), r, s).is_ok());
        let pinned = PreparedKey::from_sec1(curve, &point).is_ok_and(|key| {
            key.prepare();
            key.verify_digest(hashed.as_ref(), r, s).is_ok()
        });
        assert_eq!(plain, pinned, "a key and its table");
        plain
    });
    assert_eq!(found, expected, "{curve:?} point {point:02x?} signature {signature:02x?} digest {hashed:?}");
    found
}

/// A key's point and its signature over a digest, in DER.
fn sign(p384: bool, seed: u8, hashed: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    // A digest longer than the group's order counts with its leftmost bits; a shorter one must be filled for RustCrypto.
    let filled = |length: usize| {
        let taken = &hashed[..hashed.len().min(length)];
        [&vec![0; length - taken.len()], taken].concat()
    };
    if p384 {
        let mut secret = [0; 48];
        secret[47] = seed;
        let key = p384::ecdsa::SigningKey::from_slice(&secret).ok()?;
        let signature: p384::ecdsa::Signature = key.sign_prehash(&filled(48)).ok()?;
        return Some((
            key.verifying_key().to_encoded_point(false).as_bytes().to_vec(),
            signature.to_der().as_bytes().to_vec(),
        ));
    }
    let mut secret = [0; 32];
    secret[31] = seed;
    let key = p256::ecdsa::SigningKey::from_slice(&secret).ok()?;
    let signature: p256::ecdsa::Signature = key.sign_prehash(&filled(32)).ok()?;
    Some((key.verifying_key().to_encoded_point(false).as_bytes().to_vec(), signature.to_der().as_bytes().to_vec()))
}

fn spoil(bytes: &mut [u8], at: u8, change: u8) {
    let length = bytes.len();
    if let Some(byte) = bytes.get_mut(usize::from(at) % length.max(1)) {
        *byte ^= change;
    }
}
