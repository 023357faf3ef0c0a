//! Private keys, derived from names, and what they sign. ECDSA nonces are those of RFC 6979: the same
//! name and message give the same signature each time.

use ed25519_dalek::Signer;
use p256::ecdsa::signature::hazmat::{PrehashSigner, RandomizedPrehashSigner};
use p521::elliptic_curve::rand_core;
use rsa::pkcs8::{DecodePrivateKey, EncodePublicKey};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

use crate::der;

/// SHA-256.
pub(crate) fn sha256(bytes: impl AsRef<[u8]>) -> Vec<u8> {
    Sha256::digest(bytes).to_vec()
}

/// A hash algorithm.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hash {
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    /// The digest of `bytes`.
    pub(crate) fn digest(self, bytes: impl AsRef<[u8]>) -> Vec<u8> {
        match self {
            Self::Sha1 => Sha1::digest(bytes).to_vec(),
            Self::Sha256 => Sha256::digest(bytes).to_vec(),
            Self::Sha384 => Sha384::digest(bytes).to_vec(),
            Self::Sha512 => Sha512::digest(bytes).to_vec(),
        }
    }

    /// Its name in protobuf-specs.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA2_256",
            Self::Sha384 => "SHA2_384",
            Self::Sha512 => "SHA2_512",
        }
    }

    /// Its name in Rekor v1 bodies and in-toto statements.
    pub(crate) fn short(self) -> &'static str {
        match self {
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
            Self::Sha384 => "sha384",
            Self::Sha512 => "sha512",
        }
    }

    /// Its AlgorithmIdentifier, parameters absent.
    pub(crate) fn identifier(self) -> Vec<u8> {
        der::seq(&[der::oid(match self {
            Self::Sha1 => "1.3.14.3.2.26",
            Self::Sha256 => "2.16.840.1.101.3.4.2.1",
            Self::Sha384 => "2.16.840.1.101.3.4.2.2",
            Self::Sha512 => "2.16.840.1.101.3.4.2.3",
        })])
    }
}

/// How a key signs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scheme {
    Ecdsa(Hash),
    Rsa(Hash),
    Ed25519,
    Ed25519Ph,
}

impl Scheme {
    /// The AlgorithmIdentifier of X.509 and CMS signatures.
    pub(crate) fn identifier(self) -> Vec<u8> {
        let oid = match self {
            Self::Ecdsa(Hash::Sha1) => "1.2.840.10045.4.1",
            Self::Ecdsa(Hash::Sha256) => "1.2.840.10045.4.3.2",
            Self::Ecdsa(Hash::Sha384) => "1.2.840.10045.4.3.3",
            Self::Ecdsa(Hash::Sha512) => "1.2.840.10045.4.3.4",
            Self::Rsa(Hash::Sha1) => "1.2.840.113549.1.1.5",
            Self::Rsa(Hash::Sha256) => "1.2.840.113549.1.1.11",
            Self::Rsa(Hash::Sha384) => "1.2.840.113549.1.1.12",
            Self::Rsa(Hash::Sha512) => "1.2.840.113549.1.1.13",
            Self::Ed25519 | Self::Ed25519Ph => "1.3.101.112",
        };
        match self {
            Self::Rsa(_) => der::seq(&[der::oid(oid), der::null()]),
            _ => der::seq(&[der::oid(oid)]),
        }
    }

    /// The digest that log entries name: of the message, by the scheme's hash.
    pub(crate) fn hash(self) -> Hash {
        match self {
            Self::Ecdsa(hash) | Self::Rsa(hash) => hash,
            Self::Ed25519 | Self::Ed25519Ph => Hash::Sha512,
        }
    }
}

/// A private key.
#[derive(Clone)]
pub(crate) enum Secret {
    P256(Box<p256::ecdsa::SigningKey>),
    P384(Box<p384::ecdsa::SigningKey>),
    P521(Box<p521::ecdsa::SigningKey>),
    Ed25519(Box<ed25519_dalek::SigningKey>),
    Rsa(Box<rsa::RsaPrivateKey>),
}

impl Secret {
    pub(crate) fn p256(name: &str) -> Self {
        Self::P256(Box::new(p256::ecdsa::SigningKey::from_slice(&seed(name)[..32]).unwrap()))
    }

    pub(crate) fn p384(name: &str) -> Self {
        Self::P384(Box::new(p384::ecdsa::SigningKey::from_slice(&seed(name)[..48]).unwrap()))
    }

    pub(crate) fn p521(name: &str) -> Self {
        let mut scalar = vec![0, 0];
        scalar.extend(seed(name));
        Self::P521(Box::new(p521::ecdsa::SigningKey::from_slice(&scalar).unwrap()))
    }

    pub(crate) fn ed25519(name: &str) -> Self {
        let bytes: [u8; 32] = seed(name)[..32].try_into().unwrap();
        Self::Ed25519(Box::new(ed25519_dalek::SigningKey::from_bytes(&bytes)))
    }

    /// One of the committed RSA keys: 1024, 2048, 3072 or 4096 bits.
    pub(crate) fn rsa(bits: usize) -> Self {
        Self::from_pem(match bits {
            1024 => include_str!("../keys/rsa-1024.pem"),
            2048 => include_str!("../keys/rsa-2048.pem"),
            3072 => include_str!("../keys/rsa-3072.pem"),
            _ => include_str!("../keys/rsa-4096.pem"),
        })
    }

    fn from_pem(pem: &str) -> Self {
        Self::Rsa(Box::new(rsa::RsaPrivateKey::from_pkcs8_pem(pem).unwrap()))
    }

    /// The scheme that it signs with by the Sigstore algorithm registry.
    pub(crate) fn scheme(&self) -> Scheme {
        match self {
            Self::P256(_) => Scheme::Ecdsa(Hash::Sha256),
            Self::P384(_) => Scheme::Ecdsa(Hash::Sha384),
            Self::P521(_) => Scheme::Ecdsa(Hash::Sha512),
            Self::Ed25519(_) => Scheme::Ed25519,
            Self::Rsa(_) => Scheme::Rsa(Hash::Sha256),
        }
    }

    /// `PublicKeyDetails` of protobuf-specs, for `scheme`.
    pub(crate) fn details(&self, scheme: Scheme) -> String {
        use rsa::traits::PublicKeyParts;
        match self {
            Self::P256(_) => "PKIX_ECDSA_P256_SHA_256".into(),
            Self::P384(_) => "PKIX_ECDSA_P384_SHA_384".into(),
            Self::P521(_) => "PKIX_ECDSA_P521_SHA_512".into(),
            Self::Ed25519(_) if scheme == Scheme::Ed25519Ph => "PKIX_ED25519_PH".into(),
            Self::Ed25519(_) => "PKIX_ED25519".into(),
            Self::Rsa(key) => format!("PKIX_RSA_PKCS1V15_{}_SHA256", key.size() * 8),
        }
    }

    /// The SubjectPublicKeyInfo.
    pub(crate) fn spki(&self) -> Vec<u8> {
        let ec = |curve: &str, point: &[u8]| {
            der::seq(&[der::seq(&[der::oid("1.2.840.10045.2.1"), der::oid(curve)]), der::bits(point)])
        };
        match self {
            Self::P256(key) => ec("1.2.840.10045.3.1.7", key.verifying_key().to_encoded_point(false).as_bytes()),
            Self::P384(key) => ec("1.3.132.0.34", key.verifying_key().to_encoded_point(false).as_bytes()),
            Self::P521(key) => {
                ec("1.3.132.0.35", p521::ecdsa::VerifyingKey::from(&**key).to_encoded_point(false).as_bytes())
            }
            Self::Ed25519(key) => {
                der::seq(&[der::seq(&[der::oid("1.3.101.112")]), der::bits(key.verifying_key().as_bytes())])
            }
            Self::Rsa(key) => key.to_public_key().to_public_key_der().unwrap().as_bytes().to_vec(),
        }
    }

    /// The bare Ed25519 public key.
    pub(crate) fn ed25519_bytes(&self) -> Vec<u8> {
        self.spki()[12..].to_vec()
    }

    /// The public key as PEM.
    pub(crate) fn pem(&self) -> String {
        crate::text::pem("PUBLIC KEY", &self.spki())
    }

    /// Signs by the registry's scheme.
    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.sign_with(self.scheme(), message)
    }

    /// Signs by `scheme`.
    pub(crate) fn sign_with(&self, scheme: Scheme, message: &[u8]) -> Vec<u8> {
        let mut digest = scheme.hash().digest(message);
        if scheme == Scheme::Ecdsa(Hash::Sha1) {
            // As the integer that it is: the curves' crates take no digest so short.
            digest.splice(0..0, [0; 28]);
        }
        match self {
            Self::P256(key) => {
                let signature: p256::ecdsa::Signature = key.sign_prehash(&digest).unwrap();
                ecdsa_der(&signature.to_bytes())
            }
            Self::P384(key) => {
                let signature: p384::ecdsa::Signature = key.sign_prehash(&digest).unwrap();
                ecdsa_der(&signature.to_bytes())
            }
            Self::P521(key) => {
                // This crate has no RFC 6979 for P-521: the nonce comes from the digest in another way.
                let mut nonces = Nonces(Sha512::digest([digest.as_slice(), &key.to_bytes()].concat()).to_vec());
                let signature: p521::ecdsa::Signature = key.sign_prehash_with_rng(&mut nonces, &digest).unwrap();
                ecdsa_der(&signature.to_bytes())
            }
            Self::Ed25519(key) if scheme == Scheme::Ed25519Ph => {
                key.sign_prehashed(Sha512::new_with_prefix(message), None).unwrap().to_vec()
            }
            Self::Ed25519(key) => key.sign(message).to_vec(),
            Self::Rsa(key) => match scheme.hash() {
                Hash::Sha1 => key.sign(rsa::Pkcs1v15Sign::new::<Sha1>(), &digest),
                Hash::Sha256 => key.sign(rsa::Pkcs1v15Sign::new::<Sha256>(), &digest),
                Hash::Sha384 => key.sign(rsa::Pkcs1v15Sign::new::<Sha384>(), &digest),
                Hash::Sha512 => key.sign(rsa::Pkcs1v15Sign::new::<Sha512>(), &digest),
            }
            .unwrap(),
        }
    }
}

/// 64 octets that are the same for the same name.
fn seed(name: &str) -> Vec<u8> {
    Sha512::digest(format!("inkan-forge {name}")).to_vec()
}

fn ecdsa_der(fixed: &[u8]) -> Vec<u8> {
    let (r, s) = fixed.split_at(fixed.len() / 2);
    der::seq(&[der::unsigned(r), der::unsigned(s)])
}

/// Octets that are the same for the same beginning.
struct Nonces(Vec<u8>);

impl rand_core::RngCore for Nonces {
    fn next_u32(&mut self) -> u32 {
        rand_core::impls::next_u32_via_fill(self)
    }

    fn next_u64(&mut self) -> u64 {
        rand_core::impls::next_u64_via_fill(self)
    }

    fn fill_bytes(&mut self, destination: &mut [u8]) {
        for chunk in destination.chunks_mut(64) {
            self.0 = Sha512::digest(&self.0).to_vec();
            chunk.copy_from_slice(&self.0[..chunk.len()]);
        }
    }

    fn try_fill_bytes(&mut self, destination: &mut [u8]) -> Result<(), rand_core::Error> {
        self.fill_bytes(destination);
        Ok(())
    }
}

impl rand_core::CryptoRng for Nonces {}
