//! P-256 and P-384 by ring, for builds with the feature `ring-ecdsa`. ring hashes the message itself, so a digest alone
//! is refused. ring supports SHA-512 with neither curve.

use inkan_p521_ed25519_rsa::is_on_curve;
use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA384_ASN1, ECDSA_P384_SHA256_ASN1, ECDSA_P384_SHA384_ASN1, UnparsedPublicKey,
};

use super::{Curve, HashAlgorithm, Message, invalid};
use crate::error::{Code, Error, Result};

/// p = 2^256 - 2^224 + 2^192 + 2^96 - 1, and b (SP 800-186, section 3.2.1.3).
const P256: ([u8; 32], [u8; 32]) = (
    words([0xffffffff, 1, 0, 0, 0, 0xffffffff, 0xffffffff, 0xffffffff]),
    words([0x5ac635d8, 0xaa3a93e7, 0xb3ebbd55, 0x769886bc, 0x651d06b0, 0xcc53b0f6, 0x3bce3c3e, 0x27d2604b]),
);

/// p = 2^384 - 2^128 - 2^96 + 2^32 - 1, and b (section 3.2.1.4).
const P384: ([u8; 48], [u8; 48]) = (
    words([!0, !0, !0, !0, !0, !0, !0, !0 - 1, !0, 0, 0, !0]),
    words([
        0xb3312fa7, 0xe23ee7e4, 0x988e056b, 0xe3f82d19, 0x181d9c6e, 0xfe814112, 0x0314088f, 0x5013875a, 0xc656398d,
        0x8a2ed19d, 0x2a85c8ed, 0xd3ec2aef,
    ]),
);

#[allow(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "evaluated by the compiler")]
const fn words<const W: usize, const N: usize>(words: [u32; W]) -> [u8; N] {
    let mut bytes = [0; N];
    let mut at = 0;
    while at < N {
        bytes[at] = words[at / 4].to_be_bytes()[at % 4];
        at += 1;
    }
    bytes
}

/// A public key: a point on P-256 or P-384.
#[derive(Debug)]
pub(super) struct P256OrP384Key {
    curve: Curve,
    point: Vec<u8>,
}

impl P256OrP384Key {
    /// From an uncompressed SEC 1 point. `None` if it is not on the curve, or if the curve is another one.
    pub(super) fn from_sec1(curve: Curve, point: &[u8]) -> Option<Self> {
        let fits = match curve {
            Curve::P256 => is_on_curve(&P256.0, &P256.1, point),
            Curve::P384 => is_on_curve(&P384.0, &P384.1, point),
            Curve::P521 => false,
        };
        fits.then(|| Self { curve, point: point.to_vec() })
    }

    /// Does nothing: ring has no prepared keys.
    pub(super) fn prepare(&mut self) {}

    /// Verifies a DER signature.
    pub(super) fn verify(&self, hash: HashAlgorithm, message: Message<'_>, signature: &[u8]) -> Result<()> {
        if let Message::Digest(_) = message {
            let expected = "the artifact itself: this build verifies no digests";
            return Err(Error::new(Code::ArtifactDigest).expected(expected).found("a digest"));
        }
        let algorithm = match (self.curve, hash) {
            (Curve::P256, HashAlgorithm::Sha256) => &ECDSA_P256_SHA256_ASN1,
            (Curve::P256, HashAlgorithm::Sha384) => &ECDSA_P256_SHA384_ASN1,
            (Curve::P384, HashAlgorithm::Sha256) => &ECDSA_P384_SHA256_ASN1,
            (Curve::P384, HashAlgorithm::Sha384) => &ECDSA_P384_SHA384_ASN1,
            _ => return Err(invalid()),
        };
        UnparsedPublicKey::new(algorithm, &self.point).verify(message.bytes()?, signature).map_err(|_| invalid())
    }
}
