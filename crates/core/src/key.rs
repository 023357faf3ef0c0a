//! Public keys: SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7), and the algorithms that each kind of key may be used
//! with (Sigstore algorithm registry). Parsing a key proves nothing about it. The types around it (`TrustedKey`, a
//! pinned log, an authority) say who vouches for it.

use std::fmt;

use crate::crypto::{self, Curve, EcdsaKey, HashAlgorithm, Message, Scheme};
use crate::encoding::der::{Reader, element, refused_as, tag};
use crate::encoding::pem::{self, Block};
use crate::encoding::{base64, hex};
use crate::error::{Code, Error, Result, listed};
use crate::first;
use crate::foreign::{self, Wanted};

/// DER content octets of algorithm and curve identifiers.
mod oid {
    pub(super) const EC_PUBLIC_KEY: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
    pub(super) const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
    pub(super) const P384: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x22];
    pub(super) const P521: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x23];
    pub(super) const RSA_ENCRYPTION: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
    pub(super) const ED25519: &[u8] = &[0x2b, 0x65, 0x70];
}

/// The kinds of keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// ECDSA over P-256
    P256,
    /// ECDSA over P-384
    P384,
    /// ECDSA over P-521
    P521,
    /// Ed25519
    Ed25519,
    /// RSA, 2048 to 4096 bits
    Rsa {
        /// Length of the modulus.
        bits: usize,
    },
}

impl std::fmt::Display for KeyKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::P256 => f.write_str("ECDSA P-256"),
            Self::P384 => f.write_str("ECDSA P-384"),
            Self::P521 => f.write_str("ECDSA P-521"),
            Self::Ed25519 => f.write_str("Ed25519"),
            Self::Rsa { bits } => write!(f, "RSA-{bits}"),
        }
    }
}

#[derive(Debug)]
enum Material {
    Ecdsa(EcdsaKey),
    Ed25519(Vec<u8>),
    Rsa(Vec<u8>),
}

/// A public key, well-formed and of an accepted kind and strength.
#[derive(Debug)]
pub struct PublicKey {
    spki: Vec<u8>,
    fingerprint: [u8; 32],
    kind: KeyKind,
    material: Material,
}

impl PublicKey {
    /// From the DER of a SubjectPublicKeyInfo.
    ///
    /// # Errors
    /// `ERR_KEY_MALFORMED`, `ERR_KEY_UNSUPPORTED`.
    pub fn from_spki(der: &[u8]) -> Result<Self> {
        let (kind, material) = parse_spki(der).map_err(|error| match error.code() {
            Code::KeyUnsupported => error,
            _ => refused_as(Code::KeyMalformed, None, "a SubjectPublicKeyInfo", &error),
        })?;
        Ok(Self { spki: der.to_vec(), fingerprint: crypto::sha256(der), kind, material })
    }

    /// The same key, prepared for many verifications. For keys of the trust root and keys that the operator pins.
    #[must_use]
    pub fn prepare(mut self) -> Self {
        if let Material::Ecdsa(key) = &mut self.material {
            key.prepare();
        }
        self
    }

    /// From PEM (`PUBLIC KEY`), exactly one block.
    ///
    /// # Errors
    /// `ERR_PEM_MALFORMED`, `ERR_KEY_MALFORMED`, `ERR_KEY_UNSUPPORTED`.
    pub fn from_pem(text: &str) -> Result<Self> {
        let explained = |error| foreign::explain(error, text.as_bytes(), Wanted::Key);
        let blocks = pem::parse(text).map_err(explained)?;
        let is_key = |block: &Block| matches!(block.label.as_str(), "PUBLIC KEY" | "RSA PUBLIC KEY");
        match blocks.as_slice() {
            [block] if block.label == "PUBLIC KEY" => Self::from_spki(&block.der),
            [block] if block.label == "RSA PUBLIC KEY" => Self::from_pkcs1(&block.der),
            [block] => {
                let refusal =
                    Error::new(Code::PemMalformed).expected("a block labelled PUBLIC KEY").found(&block.label);
                Err(explained(refusal.hint("Give the public key. Nothing else can replace it.")))
            }
            blocks if blocks.iter().all(is_key) => Err(Error::new(Code::PemMalformed)
                .expected("one public key in a text")
                .found(format_args!("{} keys in one text", blocks.len()))
                .hint("Give one public key in each text. Several keys are several items of the list.")),
            blocks => Err(Error::new(Code::PemMalformed)
                .expected("one block, labelled PUBLIC KEY")
                .found(listed(blocks.iter().map(|block| block.label.as_str())))
                .hint("Give the block of the public key alone.")),
        }
    }

    /// From a bare `RSAPublicKey` (RFC 8017 appendix A.1.1). Old trust roots have such keys. The fingerprint is that of
    /// the SubjectPublicKeyInfo made from it.
    ///
    /// # Errors
    /// `ERR_KEY_MALFORMED`, `ERR_KEY_UNSUPPORTED`.
    pub fn from_pkcs1(der: &[u8]) -> Result<Self> {
        let mut algorithm = element(tag::OID, oid::RSA_ENCRYPTION);
        algorithm.extend(element(tag::NULL, &[]));
        let mut bits = vec![0];
        bits.extend_from_slice(der);
        let mut content = element(tag::SEQUENCE, &algorithm);
        content.extend(element(tag::BIT_STRING, &bits));
        Self::from_spki(&element(tag::SEQUENCE, &content))
    }

    /// The SubjectPublicKeyInfo.
    pub fn spki(&self) -> &[u8] {
        &self.spki
    }

    /// SHA-256 of the SubjectPublicKeyInfo. It is the log id of RFC 6962, cosign's key hint, and the scope of a pinned
    /// key.
    pub fn fingerprint(&self) -> &[u8; 32] {
        &self.fingerprint
    }

    /// The kind.
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The bare Ed25519 key of 32 bytes, if this is an Ed25519 key.
    pub fn ed25519(&self) -> Option<&[u8]> {
        if let Material::Ed25519(bytes) = &self.material { Some(bytes) } else { None }
    }

    /// The scheme of this key where nothing names another one (Sigstore algorithm registry).
    pub fn default_scheme(&self) -> Scheme {
        match self.kind {
            KeyKind::P256 => Scheme::Ecdsa(HashAlgorithm::Sha256),
            KeyKind::P384 => Scheme::Ecdsa(HashAlgorithm::Sha384),
            KeyKind::P521 => Scheme::Ecdsa(HashAlgorithm::Sha512),
            KeyKind::Ed25519 => Scheme::Ed25519,
            KeyKind::Rsa { .. } => Scheme::RsaPkcs1(HashAlgorithm::Sha256),
        }
    }

    /// Verifies `signature` over `message` by `scheme`.
    ///
    /// # Errors
    /// `ERR_SIGNATURE_INVALID`, also if the scheme does not belong to this kind of key; `ERR_ARTIFACT_DIGEST` if the
    /// message is only a digest that the scheme cannot use.
    pub fn verify(&self, scheme: Scheme, message: Message<'_>, signature: &[u8]) -> Result<()> {
        if matches!(self.material, Material::Rsa(_)) || scheme == Scheme::Ed25519ph {
            first::require_whole()?;
        }
        match (&self.material, scheme) {
            (Material::Ecdsa(key), Scheme::Ecdsa(hash)) => key.verify(hash, message, signature),
            (Material::Rsa(key), Scheme::RsaPkcs1(hash)) => crypto::verify_rsa_pkcs1(key, hash, message, signature),
            (Material::Rsa(key), Scheme::RsaPss(hash)) => crypto::verify_rsa_pss(key, hash, message, signature),
            (Material::Ed25519(key), Scheme::Ed25519) => crypto::verify_ed25519(key, message.bytes()?, signature),
            (Material::Ed25519(key), Scheme::Ed25519ph) => {
                crypto::verify_ed25519ph(key, &*message.digest(HashAlgorithm::Sha512)?, signature)
            }
            _ => Err(Error::new(Code::SignatureInvalid)
                .expected(format_args!("a scheme of {} keys", self.kind))
                .found("a scheme of another kind of key")),
        }
    }
}

impl std::fmt::Display for PublicKey {
    /// Kind and fingerprint.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} key {}", self.kind, fingerprint_text(&self.fingerprint))
    }
}

/// How a fingerprint is written in every text and record.
pub(crate) fn fingerprint_text(fingerprint: &[u8]) -> String {
    format!("sha256:{}", hex::encode(fingerprint))
}

/// The fingerprint that the key hint of a bundle is. `None` for a hint that is any other text.
pub(crate) fn hinted_fingerprint(hint: &str) -> Option<Vec<u8>> {
    base64::decode(hint).ok().filter(|bytes| bytes.len() == 32)
}

/// The curves, by the identifiers of RFC 5480 section 2.1.1.1.
const CURVES: [(&[u8], KeyKind, Curve); 3] = [
    (oid::P256, KeyKind::P256, Curve::P256),
    (oid::P384, KeyKind::P384, Curve::P384),
    (oid::P521, KeyKind::P521, Curve::P521),
];

fn parse_spki(der: &[u8]) -> Result<(KeyKind, Material)> {
    let mut whole = Reader::new(der);
    let mut r = whole.open(tag::SEQUENCE)?;
    let mut identifier = r.open(tag::SEQUENCE)?;
    let algorithm = identifier.expect(tag::OID)?.content;
    let parameters = if identifier.is_empty() { None } else { Some(identifier.element()?) };
    identifier.end()?;
    let key = r.bit_string()?;
    let parsed = parse_key(algorithm, parameters.map(|p| (p.tag, p.content)), key)?;
    r.end()?;
    whole.end()?;
    Ok(parsed)
}

fn parse_key(algorithm: &[u8], parameters: Option<(u8, &[u8])>, key: &[u8]) -> Result<(KeyKind, Material)> {
    match (algorithm, parameters) {
        (oid::EC_PUBLIC_KEY, parameters) => {
            let known = CURVES.iter().find(|(curve, ..)| parameters == Some((tag::OID, *curve)));
            let (_, kind, curve) = known.ok_or_else(|| unsupported("another elliptic curve"))?;
            Ok((*kind, Material::Ecdsa(EcdsaKey::from_sec1(*curve, key)?)))
        }
        (oid::ED25519, None) => {
            let bare: &[u8; 32] = key.try_into().map_err(|_| {
                Error::new(Code::KeyMalformed)
                    .expected("an Ed25519 key of 32 bytes")
                    .found(format_args!("{} bytes", key.len()))
            })?;
            crypto::check_ed25519_key(bare)?;
            Ok((KeyKind::Ed25519, Material::Ed25519(bare.to_vec())))
        }
        (oid::RSA_ENCRYPTION, Some((tag::NULL, []))) => {
            let bits = rsa_bits(key)?;
            Ok((KeyKind::Rsa { bits }, Material::Rsa(key.to_vec())))
        }
        (oid::ED25519 | oid::RSA_ENCRYPTION, _) => {
            Err(Error::new(Code::KeyMalformed).expected("the parameters of its algorithm").found("others"))
        }
        (other, _) => Err(unsupported(format_args!("algorithm {}", hex::encode(other)))),
    }
}

fn unsupported(found: impl fmt::Display) -> Error {
    Error::new(Code::KeyUnsupported)
        .expected("ECDSA P-256, P-384 or P-521, Ed25519, or RSA with 2048 to 4096 bits")
        .found(found)
}

/// The length of the modulus of an `RSAPublicKey`. Refuses a key under which anybody can sign.
fn rsa_bits(key: &[u8]) -> Result<usize> {
    let mut whole = Reader::new(key);
    let mut r = whole.open(tag::SEQUENCE)?;
    let modulus = r.unsigned()?;
    let exponent = r.u64()?;
    let leading = modulus.first().map_or(0, |byte| byte.leading_zeros());
    let bits = modulus.len().saturating_mul(8).saturating_sub(usize::try_from(leading).unwrap_or(0));
    if !(2048..=4096).contains(&bits) {
        return Err(unsupported(format_args!("RSA with {bits} bits")));
    }
    r.end()?;
    whole.end()?;
    crypto::check_rsa_key(modulus, exponent)?;
    Ok(bits)
}
