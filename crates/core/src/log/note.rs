//! Signed notes (C2SP signed-note).
//!
//! ```text
//! <text, one or more lines>
//! <empty line>
//! — <key name> <base64(key id[4] || signature)>
//! …
//! ```
//! The text ends with the newline before the last empty line. The signatures cover exactly the text. The note is UTF-8,
//! and newline is its only control character. A key is identified by its name and its key id. Signatures under unknown
//! keys are ignored. A bad signature under a known key refuses the note.

use std::fmt;

use crate::crypto::sha256_parts;
use crate::encoding::{base64, hex};
use crate::error::{Code, Error, Result, listed};
use crate::key::{KeyKind, PublicKey};
use crate::limits;
use crate::log::signature::check_log_signature;

/// Four bytes that distinguish keys of one name. Anybody can make keys whose ids collide, so they prove nothing.
pub type KeyId = [u8; 4];

/// Signature type of a bare Ed25519 key.
const TYPE_ED25519: u8 = 0x01;
/// Signature type for algorithms without a number. The name of the algorithm follows.
const TYPE_OTHER: u8 = 0xff;
/// Rekor v2's name for RSA signatures (rekor-v2-spec.md).
const RSA_NAME: &[u8] = b"PKIX-RSA-PKCS#1v1.5";

/// One signature line, as stated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteSignature {
    /// The key's name.
    pub name: String,
    /// The key's id.
    pub key_id: KeyId,
    /// The signature. Its form depends on the type of the key, such as 0x04 for cosignatures.
    pub signature: Vec<u8>,
}

/// A well-formed note. Nothing of it is verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedNote {
    note: String,
    text_length: usize,
    signatures: Vec<NoteSignature>,
}

impl SignedNote {
    /// Parses a note.
    ///
    /// # Errors
    /// `ERR_CHECKPOINT_MALFORMED`, `ERR_INPUT_TOO_LARGE`; `ERR_CHECKPOINT_UNSIGNED` if there is no signature line.
    pub fn parse(note: &str) -> Result<Self> {
        if note.len() > limits::NOTE_BYTES {
            return Err(too_large("a note", limits::NOTE_BYTES, note.len()));
        }
        // In UTF-8, every control character below U+0020 is one byte.
        if let Some(control) = note.bytes().find(|&byte| byte < b' ' && byte != b'\n') {
            return Err(malformed("no control characters but newline", format_args!("U+{:04X}", u32::from(control))));
        }
        let Some((text, lines)) = note.rsplit_once("\n\n") else {
            return Err(malformed("an empty line between text and signatures", "none"));
        };
        if lines.is_empty() {
            return Err(Error::new(Code::CheckpointUnsigned).expected("at least one signature line").found("none"));
        }
        let Some(lines) = lines.strip_suffix('\n') else {
            return Err(malformed("a newline at the end of the last signature line", "the end of the note"));
        };
        let count = lines.split('\n').count();
        if count > limits::NOTE_SIGNATURES {
            return Err(too_large("signature lines", limits::NOTE_SIGNATURES, count));
        }
        let mut signatures = Vec::with_capacity(count);
        for line in lines.split('\n') {
            signatures.push(parse_signature(line)?);
        }
        Ok(Self { text_length: text.len().saturating_add(1), note: note.to_owned(), signatures })
    }

    /// The signed text, including its last newline.
    pub fn text(&self) -> &str {
        self.note.get(..self.text_length).unwrap_or_default()
    }

    /// The signature lines, in order.
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }

    /// The whole note, without any change.
    pub fn as_str(&self) -> &str {
        &self.note
    }

    /// Opens the note with a trusted key.
    ///
    /// There must be at least one line under the verifier's name and one of its key ids. Every such line must verify.
    ///
    /// # Errors
    /// `ERR_CHECKPOINT_UNSIGNED` if no line is by this key, `ERR_CHECKPOINT_SIGNATURE` if a line by this key does not
    /// verify.
    pub fn verify(self, verifier: &NoteVerifier<'_>) -> Result<VerifiedText> {
        let mut verified = false;
        for line in &self.signatures {
            if verifier.claims(line) {
                verifier.check_signature(self.text(), &line.signature)?;
                verified = true;
            }
        }
        if verified { Ok(VerifiedText { note: self }) } else { Err(verifier.unsigned(&self.signatures)) }
    }
}

fn parse_signature(line: &str) -> Result<NoteSignature> {
    let parts = line.strip_prefix("— ").and_then(|rest| rest.split_once(' '));
    let Some((name, encoded)) = parts else {
        return Err(malformed("a signature line: — <name> <base64>", line));
    };
    if name.is_empty() || name.contains(|character: char| character.is_whitespace() || character == '+') {
        return Err(malformed("a key name without white space and plus signs", name));
    }
    // A signature must have one spelling: the standard alphabet, with padding.
    let decoded = base64::decode(encoded).ok().filter(|bytes| base64::encode(bytes) == encoded);
    match decoded.as_deref() {
        Some([a, b, c, d, signature @ ..]) if !signature.is_empty() => {
            Ok(NoteSignature { name: name.to_owned(), key_id: [*a, *b, *c, *d], signature: signature.to_vec() })
        }
        _ => Err(malformed("base64 of a key id and a signature", encoded)),
    }
}

/// The hash whose first four bytes are the id of `key` under `name`. Rekor v2 uses the whole hash as log id.
///
/// Ed25519: `SHA-256(name || 0x0A || 0x01 || key)`. ECDSA: `SHA-256(SubjectPublicKeyInfo)`, for every name. RSA:
/// `SHA-256(name || 0x0A || 0xFF || "PKIX-RSA-PKCS#1v1.5" || SubjectPublicKeyInfo)`.
pub fn key_hash(name: &str, key: &PublicKey) -> [u8; 32] {
    match (key.kind(), key.ed25519()) {
        (_, Some(bytes)) => sha256_parts(&[name.as_bytes(), b"\n", &[TYPE_ED25519], bytes]),
        (KeyKind::Rsa { .. }, None) => sha256_parts(&[name.as_bytes(), b"\n", &[TYPE_OTHER], RSA_NAME, key.spki()]),
        _ => *key.fingerprint(),
    }
}

/// A key that opens notes: its name, the ids that its signatures may have, and the key. The code that makes one must
/// trust the key.
#[derive(Debug)]
pub struct NoteVerifier<'a> {
    name: &'a str,
    ids: Vec<KeyId>,
    key: &'a PublicKey,
}

impl<'a> NoteVerifier<'a> {
    /// From a trusted key. Its ids are the one of signed-note, the one of Rekor v1 (`SHA-256(SPKI)[:4]` for every kind
    /// of key), and the first four bytes of those `stated` in the trust root.
    pub fn new(name: &'a str, key: &'a PublicKey, stated: &[&[u8]]) -> Self {
        let derived = key_hash(name, key);
        let mut ids: Vec<KeyId> = Vec::new();
        for hash in [derived.as_slice(), key.fingerprint().as_slice()].iter().chain(stated) {
            if let Some(id) = hash.first_chunk::<4>()
                && !ids.contains(id)
            {
                ids.push(*id);
            }
        }
        Self { name, ids, key }
    }

    fn claims(&self, line: &NoteSignature) -> bool {
        line.name == self.name && self.ids.contains(&line.key_id)
    }

    fn check_signature(&self, text: &str, signature: &[u8]) -> Result<()> {
        check_log_signature(self.key, text, signature).map_err(|_| {
            Error::new(Code::CheckpointSignature)
                .on(self.name)
                .expected(format_args!("a signature by the {}", self.key))
                .found("one that does not verify")
        })
    }

    fn unsigned(&self, lines: &[NoteSignature]) -> Error {
        let ids: Vec<String> = self.ids.iter().map(|id| hex::encode(id)).collect();
        let found = listed(lines.iter().map(|line| format!("{}+{}", line.name, hex::encode(&line.key_id))));
        Error::new(Code::CheckpointUnsigned)
            .expected(format_args!("a signature by {}+{}", self.name, ids.join(" or ")))
            .found(format_args!("signatures by {found}"))
    }
}

/// The text of a note that a trusted key signed.
///
/// Proves that the key signed the text under the verifier's name. Does not prove what the text says, or when it was
/// signed.
#[derive(Debug)]
pub struct VerifiedText {
    note: SignedNote,
}

impl VerifiedText {
    /// The signed text.
    pub fn text(&self) -> &str {
        self.note.text()
    }

    /// The note with all its signature lines, including those of unknown keys.
    pub fn note(&self) -> &SignedNote {
        &self.note
    }

    /// The note, without the knowledge that it was verified.
    pub fn into_note(self) -> SignedNote {
        self.note
    }
}

fn malformed(expected: impl fmt::Display, found: impl fmt::Display) -> Error {
    Error::new(Code::CheckpointMalformed).expected(expected).found(found)
}

fn too_large(what: &str, limit: usize, found: usize) -> Error {
    Error::new(Code::InputTooLarge).on(what).expected(format_args!("at most {limit}")).found(found)
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests {
    use super::*;
    use crate::log::pinned::OriginRule;
    use crate::log::tests::{forged_log, key_file, signature_line};

    fn parse_code(note: &str) -> Code {
        SignedNote::parse(note).unwrap_err().code()
    }

    #[test]
    fn splits_at_the_last_empty_line() {
        let note = SignedNote::parse("a\n\nb\n\n— n AAAAAAE=\n— m/x AAAAAAI=\n").unwrap();
        assert_eq!(note.text(), "a\n\nb\n");
        assert_eq!(note.signatures()[1], NoteSignature { name: "m/x".to_owned(), key_id: [0; 4], signature: vec![2] });
    }

    #[test]
    fn refuses_notes_of_another_form() {
        for note in [
            "",
            "\n",
            "a\n",
            "a\n— n AAAAAAE=\n",
            "a\n\n— n AAAAAAE=",
            "a\n\n- n AAAAAAE=\n",
            "a\n\n—n AAAAAAE=\n",
            "a\n\n—  AAAAAAE=\n",
            "a\n\n— n\n",
            "a\n\n— n AAAAAA==\n",
            "a\n\n— n AAAAAAE\n",
            "a\n\n— n AAAAAAF=\n",
            "a\n\n— n AAAA_AE=\n",
            "a\n\n— n AAAAAAE= \n",
            "a\n\n— n+m AAAAAAE=\n",
            "a\n\n— n\u{a0}m AAAAAAE=\n",
            "a\n\n— n m AAAAAAE=\n",
            "a\r\n\n— n AAAAAAE=\n",
            "a\n\n— n AAAAAAE=\r\n",
            "a\tb\n\n— n AAAAAAE=\n",
            "a\n\n— n AAAAAAE=\nx\n",
        ] {
            assert_eq!(parse_code(note), Code::CheckpointMalformed, "{note:?}");
        }
        assert_eq!(parse_code("a\n\n"), Code::CheckpointUnsigned);
        assert_eq!(parse_code(&"a".repeat(limits::NOTE_BYTES + 1)), Code::InputTooLarge);
        let lines = |count: usize| format!("a\n\n{}", "— n AAAAAAE=\n".repeat(count));
        assert!(SignedNote::parse(&lines(limits::NOTE_SIGNATURES)).is_ok());
        assert_eq!(parse_code(&lines(limits::NOTE_SIGNATURES + 1)), Code::InputTooLarge);
    }

    /// The example of the specification: `example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k`.
    #[test]
    fn key_ids() {
        let vkey = base64::decode("AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k").unwrap();
        let mut spki = vec![0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0];
        spki.extend_from_slice(&vkey[1..]);
        let ed25519 = PublicKey::from_spki(&spki).unwrap();
        assert_eq!(key_hash("example.com/foo", &ed25519)[..4], [0x53, 0x0d, 0x90, 0x3a]);
        let rekor1 = key_file("catalogues/logs/a/rekor1.pub");
        assert_eq!(key_hash("whatever", &rekor1), *rekor1.fingerprint());
        let rsa = key_file("catalogues/cases/key-rsa-3072-tlog/public_key.pem");
        let named = [b"testkey\n\xffPKIX-RSA-PKCS#1v1.5".as_slice(), rsa.spki()].concat();
        assert_eq!(key_hash("testkey", &rsa), crate::crypto::sha256(&named));
    }

    #[test]
    fn names_and_ids_choose_the_lines() {
        let (log, pair) = forged_log(1, OriginRule::Stated(vec!["n".to_owned()]));
        let (other, other_pair) = forged_log(2, OriginRule::Stated(vec!["n".to_owned()]));
        let text = "n\n1\n";
        let id = key_hash("n", &log.key);
        let good = signature_line(&pair, "n", &id, text);
        let bad = signature_line(&pair, "n", &id, "another text");
        let by_fingerprint = signature_line(&pair, "n", log.key.fingerprint(), text);
        let foreign = signature_line(&other_pair, "n", &key_hash("n", &other.key), text);
        let collision = signature_line(&other_pair, "n", &id, text);
        let renamed = signature_line(&pair, "m", &id, text);
        let unknown_id = signature_line(&pair, "n", &[9; 4], text);
        let code = |lines: &[&String]| {
            let lines: String = lines.iter().map(|line| line.as_str()).collect();
            let note = SignedNote::parse(&format!("{text}\n{lines}")).unwrap();
            note.verify(&log.note_verifier("n")).err().map(|error| error.code())
        };
        assert_eq!(code(&[&good]), None);
        assert_eq!(code(&[&by_fingerprint]), None);
        assert_eq!(code(&[&foreign, &renamed, &unknown_id, &good]), None);
        assert_eq!(code(&[&good, &good]), None);
        assert_eq!(code(&[&foreign]), Some(Code::CheckpointUnsigned));
        assert_eq!(code(&[&renamed]), Some(Code::CheckpointUnsigned));
        assert_eq!(code(&[&unknown_id]), Some(Code::CheckpointUnsigned));
        assert_eq!(code(&[&bad]), Some(Code::CheckpointSignature));
        assert_eq!(code(&[&good, &bad]), Some(Code::CheckpointSignature));
        assert_eq!(code(&[&bad, &good]), Some(Code::CheckpointSignature));
        assert_eq!(code(&[&good, &collision]), Some(Code::CheckpointSignature));
    }

    #[test]
    fn a_stated_key_id_counts() {
        let (mut log, pair) = forged_log(1, OriginRule::Stated(vec!["n".to_owned()]));
        log.checkpoint_key_id = Some([9; 4]);
        let note = format!("n\n\n{}", signature_line(&pair, "n", &[9; 4], "n\n"));
        assert!(SignedNote::parse(&note).unwrap().verify(&log.note_verifier("n")).is_ok());
    }
}
