//! Verifier keys (C2SP signed-note "Verifier keys"): a note's key as text.
//!
//! ```text
//! <key name>+<key id, 8 hexadecimal digits>+<base64(signature type || public key)>
//! ```
//! The key id is computed and must equal the stated one. A key has one spelling: lower-case digits, and padded base64
//! of the standard alphabet.

use std::fmt;

use crate::crypto::{check_ed25519_key, sha256, sha256_parts};
use crate::encoding::{base64, hex};
use crate::error::{Code, Error, Result};
use crate::key::{KeyKind, PublicKey};
use crate::log::note::{KeyId, NoteSignature};

/// Octets of an ML-DSA-44 public key (FIPS 204 table 2).
const ML_DSA_44_KEY: usize = 1312;

/// What a key signs, by the signature types of signed-note, and the key.
#[derive(Debug)]
pub enum KeyMaterial {
    /// 0x01: Ed25519 over the note's text.
    Ed25519([u8; 32]),
    /// 0x02: ECDSA over the note's text.
    Ecdsa(Box<PublicKey>),
    /// 0x04: timestamped Ed25519 cosignatures (C2SP tlog-cosignature).
    Cosignature([u8; 32]),
    /// 0x06: timestamped ML-DSA-44 cosignatures (C2SP tlog-cosignature).
    MlDsaCosignature(Vec<u8>),
}

/// A key of notes, as the operator stated it: its name, its id, and the key.
#[derive(Debug)]
pub struct VerifierKey {
    name: String,
    id: KeyId,
    material: KeyMaterial,
}

impl VerifierKey {
    /// Parses a vkey text.
    ///
    /// # Errors
    /// `ERR_KEY_MALFORMED`, `ERR_KEY_UNSUPPORTED` for another signature type than those of [`KeyMaterial`].
    pub fn parse(text: &str) -> Result<Self> {
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(encoded)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(malformed("a key as <name>+<key id>+<base64>", text));
        };
        if name.is_empty() || name.contains(char::is_whitespace) {
            return Err(malformed("a key name without white space before the first plus sign", text));
        }
        let stated: KeyId = match hex::decode(id).ok().and_then(|id| id.try_into().ok()) {
            Some(id) => id,
            None => return Err(malformed("a key id of 8 lower-case hexadecimal digits", id)),
        };
        let decoded = base64::decode(encoded).ok().filter(|bytes| base64::encode(bytes) == encoded);
        let Some([kind, key @ ..]) = decoded.as_deref() else {
            return Err(malformed("padded base64 of a signature type and a key", encoded));
        };
        let material = parse_material(*kind, key)?;
        let computed = match &material {
            KeyMaterial::Ecdsa(_) => sha256(key),
            _ => sha256_parts(&[name.as_bytes(), b"\n", &[*kind], key]),
        };
        if !computed.starts_with(&stated) {
            let id = computed.first_chunk::<4>().map(|id| hex::encode(id)).unwrap_or_default();
            return Err(malformed(
                format_args!("the key id {id}, which follows from name and key"),
                hex::encode(&stated),
            ));
        }
        Ok(Self { name: name.to_owned(), id: stated, material })
    }

    /// The key's name on notes.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the key signs, and the key.
    pub fn material(&self) -> &KeyMaterial {
        &self.material
    }

    /// Whether both hold one public key, under any names and ids.
    pub fn is_same_key(&self, other: &Self) -> bool {
        self.octets() == other.octets()
    }

    /// Whether it holds this public key.
    pub fn wraps(&self, key: &PublicKey) -> bool {
        self.octets() == key.ed25519().unwrap_or(key.spki())
    }

    /// Whether both have the same name and id, so that their signature lines on a note cannot be told apart.
    pub fn is_named_as(&self, other: &Self) -> bool {
        self.name == other.name && self.id == other.id
    }

    /// Whether the line claims to be a signature by this key.
    pub fn claims(&self, line: &NoteSignature) -> bool {
        line.name == self.name && line.key_id == self.id
    }

    fn octets(&self) -> &[u8] {
        match &self.material {
            KeyMaterial::Ed25519(key) | KeyMaterial::Cosignature(key) => key,
            KeyMaterial::Ecdsa(key) => key.spki(),
            KeyMaterial::MlDsaCosignature(key) => key,
        }
    }
}

impl std::fmt::Display for VerifierKey {
    /// Name and id, which identify the key on notes.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}+{}", self.name, hex::encode(&self.id))
    }
}

fn parse_material(kind: u8, key: &[u8]) -> Result<KeyMaterial> {
    match kind {
        0x01 => parse_ed25519(key).map(KeyMaterial::Ed25519),
        0x02 => {
            let key = PublicKey::from_spki(key)?;
            match key.kind() {
                KeyKind::P256 | KeyKind::P384 | KeyKind::P521 => Ok(KeyMaterial::Ecdsa(Box::new(key.prepare()))),
                KeyKind::Ed25519 | KeyKind::Rsa { .. } => {
                    Err(malformed("an ECDSA key with the signature type 0x02", key))
                }
            }
        }
        0x04 => parse_ed25519(key).map(KeyMaterial::Cosignature),
        0x06 if key.len() == ML_DSA_44_KEY => Ok(KeyMaterial::MlDsaCosignature(key.to_vec())),
        0x06 => Err(malformed("an ML-DSA-44 key of 1312 octets", format_args!("{} octets", key.len()))),
        other => Err(Error::new(Code::KeyUnsupported)
            .expected("one of the signature types 0x01, 0x02, 0x04 and 0x06")
            .found(format_args!("0x{other:02x}"))),
    }
}

fn parse_ed25519(key: &[u8]) -> Result<[u8; 32]> {
    let key: [u8; 32] =
        key.try_into().map_err(|_| malformed("an Ed25519 key of 32 octets", format_args!("{} octets", key.len())))?;
    check_ed25519_key(&key)?;
    Ok(key)
}

fn malformed(expected: impl fmt::Display, found: impl fmt::Display) -> Error {
    Error::new(Code::KeyMalformed).expected(expected).found(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::tests::key_file;

    /// A vkey text with the id that follows from it.
    fn vkey(name: &str, kind: u8, key: &[u8]) -> String {
        let id = sha256_parts(&[name.as_bytes(), b"\n", &[kind], key]);
        format!("{name}+{}+{}", hex::encode(&id[..4]), base64::encode(&[&[kind], key].concat()))
    }

    /// The example of the specification.
    const EXAMPLE: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

    #[test]
    fn reads_each_type() {
        let key = VerifierKey::parse(EXAMPLE).unwrap();
        assert_eq!((key.name(), key.to_string().as_str()), ("example.com/foo", "example.com/foo+530d903a"));
        let KeyMaterial::Ed25519(octets) = key.material() else { panic!("{key:?}") };
        let cosigner = VerifierKey::parse(&vkey("w", 4, octets)).unwrap();
        assert!(matches!(cosigner.material(), KeyMaterial::Cosignature(_)));
        assert!(cosigner.is_same_key(&key) && !cosigner.is_named_as(&key));
        let post_quantum = VerifierKey::parse(&vkey("w", 6, &[7; ML_DSA_44_KEY])).unwrap();
        assert!(matches!(post_quantum.material(), KeyMaterial::MlDsaCosignature(_)));
        assert!(!post_quantum.is_same_key(&cosigner));

        let rekor = key_file("catalogues/logs/a/rekor1.pub");
        let blob = base64::encode(&[&[2], rekor.spki()].concat());
        let ecdsa = VerifierKey::parse(&format!("rekor+{}+{blob}", hex::encode(&rekor.fingerprint()[..4]))).unwrap();
        assert!(ecdsa.wraps(&rekor) && !key.wraps(&rekor));
    }

    #[test]
    fn refuses_other_texts() {
        let code = |text: &str| VerifierKey::parse(text).unwrap_err().code();
        let encoded = EXAMPLE.rsplit_once('+').unwrap().1;
        let octets = &base64::decode(encoded).unwrap()[1..];
        // y = 1 is the neutral element. No point has y = 2. 2^255 - 18 is a second encoding of y = 1.
        let (mut neutral, mut off_curve, mut second) = ([0; 32], [0; 32], [0xff; 32]);
        (neutral[0], off_curve[0], second[0], second[31]) = (1, 2, 0xee, 0x7f);
        for text in [
            String::new(),
            "name".to_owned(),
            "name+530d903a".to_owned(),
            format!("+530d903a+{encoded}"),
            format!("a\u{a0}b+530d903a+{encoded}"),
            format!("example.com/foo+530D903A+{encoded}"),
            format!("example.com/foo+530d90+{encoded}"),
            format!("example.com/foo+530d903b+{encoded}"),
            format!("example.com/fop+530d903a+{encoded}"),
            format!("example.com/foo+530d903a+{}", encoded.replace('A', "_")),
            format!("example.com/foo+530d903a+{encoded}="),
            "example.com/foo+530d903a+".to_owned(),
            vkey("w", 1, &octets[1..]),
            vkey("w", 4, &octets[1..]),
            vkey("w", 4, &neutral),
            vkey("w", 4, &off_curve),
            vkey("w", 4, &second),
            vkey("w", 6, octets),
            vkey("w", 2, octets),
            vkey("w", 2, key_file("catalogues/cases/key-rsa-3072-tlog/public_key.pem").spki()),
        ] {
            assert_eq!(code(&text), Code::KeyMalformed, "{text}");
        }
        for kind in [0, 3, 5, 7, 0xfa, 0xff] {
            assert_eq!(code(&vkey("w", kind, octets)), Code::KeyUnsupported, "{kind}");
        }
    }
}
