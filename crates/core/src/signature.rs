//! The signature over an artifact, or over a DSSE envelope.

use std::fmt;

use crate::bundle::{Envelope, StatedDigest, dsse};
use crate::crypto::HashAlgorithm::{self, Sha256, Sha384, Sha512};
use crate::crypto::{Digest, Message, Scheme};
use crate::error::{Code, Error, IS_FIRST, Result};
use crate::foreign::{self, Wanted};
use crate::key::{KeyKind, PublicKey};
use crate::signer::key::TrustedKey;

/// An artifact whose signature verified under a trusted key. Nothing parses it before.
#[derive(Debug)]
pub struct SignedArtifact<'a> {
    artifact: Message<'a>,
    signature: &'a [u8],
}

/// A DSSE envelope whose one signature verified under a trusted key.
#[derive(Debug)]
pub struct SignedEnvelope<'a> {
    envelope: &'a Envelope,
    signature: &'a [u8],
    encoding: Vec<u8>,
}

/// What was signed.
#[derive(Debug)]
pub enum Signed<'a> {
    /// An artifact.
    Artifact(SignedArtifact<'a>),
    /// An envelope.
    Envelope(SignedEnvelope<'a>),
}

impl<'a> SignedArtifact<'a> {
    /// Verifies a bundle's message signature. The stated digest must be the artifact's. It also names the hash, which
    /// must be one that the registry allows for the key. It proves nothing by itself.
    ///
    /// # Errors
    /// `ERR_DIGEST_ALGORITHM`, `ERR_DIGEST_MISMATCH`, `ERR_ARTIFACT_DIGEST`, `ERR_SIGNATURE_INVALID`,
    /// `ERR_BUNDLE_MALFORMED` if a digest is required and not stated.
    pub fn verify(
        key: &TrustedKey<'_>,
        artifact: Message<'a>,
        stated: &StatedDigest,
        signature: &'a [u8],
    ) -> Result<Self> {
        let algorithm = stated.digest().map(Digest::algorithm);
        let schemes = message_schemes(key.public_key().kind(), algorithm)?;
        let mismatch = |expected: &dyn fmt::Display, found: &dyn fmt::Display| {
            Err(Error::new(Code::DigestMismatch).expected(expected).found(found))
        };
        match stated {
            StatedDigest::Absent => {}
            StatedDigest::Digest(stated) => {
                let found = artifact.digest(stated.algorithm())?;
                if *found != *stated {
                    let is_signed = |bytes: &[u8]| stated.algorithm().digest(bytes) == *stated;
                    return mismatch(stated, &*found).map_err(|error| explain_artifact(error, artifact, &is_signed));
                }
            }
            StatedDigest::Message(stated) if stated.as_slice() == artifact.bytes()? => {}
            StatedDigest::Message(_) => {
                return mismatch(&"the stated message", &"another artifact");
            }
        }
        verify_by_one_of(key.public_key(), schemes, artifact, signature)?;
        Ok(Self { artifact, signature })
    }

    /// Verifies a detached signature. It names no algorithm, so the key's own scheme is tried first, and then the
    /// others that clients have used with such a key.
    ///
    /// # Errors
    /// `ERR_SIGNATURE_INVALID`, `ERR_ARTIFACT_DIGEST`.
    pub fn verify_detached(key: &TrustedKey<'_>, artifact: Message<'a>, signature: &'a [u8]) -> Result<Self> {
        verify_by_one_of(key.public_key(), every_scheme(key.public_key().kind()), artifact, signature)?;
        Ok(Self { artifact, signature })
    }

    /// The artifact, as given.
    pub fn artifact(&self) -> Message<'a> {
        self.artifact
    }
}

impl<'a> SignedEnvelope<'a> {
    /// Verifies the one signature of an envelope over its pre-authentication encoding. `recorded` is the hash that a
    /// log entry states for that encoding. It selects the scheme, which must be one that the registry allows for the
    /// key. Without it, every scheme of such a key is tried.
    ///
    /// # Errors
    /// `ERR_DSSE_SIGNATURES` for none or several, `ERR_DIGEST_ALGORITHM`, `ERR_SIGNATURE_INVALID`.
    pub fn verify(key: &TrustedKey<'_>, envelope: &'a Envelope, recorded: Option<HashAlgorithm>) -> Result<Self> {
        let [signature] = envelope.signatures.as_slice() else {
            return Err(Error::new(Code::DsseSignatures)
                .expected("exactly one signature")
                .found(envelope.signatures.len()));
        };
        let key = key.public_key();
        let encoding = dsse::pre_authentication_encoding(&envelope.payload_type, &envelope.payload);
        let message = Message::Bytes(&encoding);
        match recorded {
            Some(hash) => {
                verify_by_one_of(key, message_schemes(key.kind(), Some(hash))?, message, &signature.signature)?
            }
            None => verify_by_one_of(key, every_scheme(key.kind()), message, &signature.signature)?,
        }
        Ok(Self { envelope, signature: &signature.signature, encoding })
    }

    /// The envelope.
    pub fn envelope(&self) -> &'a Envelope {
        self.envelope
    }

    /// The pre-authentication encoding, which was signed.
    pub fn encoding(&self) -> &[u8] {
        &self.encoding
    }
}

impl Signed<'_> {
    /// The signature's bytes.
    pub fn signature(&self) -> &[u8] {
        match self {
            Self::Artifact(signed) => signed.signature,
            Self::Envelope(signed) => signed.signature,
        }
    }
}

/// The refusal of an artifact that is not the signed one. The hint says how they differ, if that is known: the line
/// ends were changed, and undoing that gives the file that `is_signed` accepts; or another file was given.
pub fn explain_artifact(error: Error, artifact: Message<'_>, is_signed: &dyn Fn(&[u8]) -> bool) -> Error {
    let bytes = match artifact {
        _ if IS_FIRST => return error,
        Message::Bytes(bytes) => bytes,
        Message::Hashed(hashed) => hashed.bytes(),
        Message::Digest(_) => return error,
    };
    match changed_line_ends(bytes, is_signed) {
        Some(change) => error.hint(format!(
            "The file differs from the signed one only in {change}: git (core.autocrlf), an editor or a paste changed it. Get the published file again."
        )),
        None => foreign::explain(error, bytes, Wanted::Artifact),
    }
}

/// The change to a text, if undoing it gives the signed text.
fn changed_line_ends(bytes: &[u8], is_signed: &dyn Fn(&[u8]) -> bool) -> Option<&'static str> {
    const LARGEST: usize = 1 << 20;
    let text = std::str::from_utf8(bytes).ok().filter(|text| text.len() <= LARGEST)?;
    let unix = text.replace("\r\n", "\n");
    let bare = unix.trim_end_matches('\n');
    let candidates = [
        (unix.clone(), "its line ends (CRLF for LF)"),
        (unix.replace('\n', "\r\n"), "its line ends (LF for CRLF)"),
        (format!("{bare}\n"), "the line end at its end"),
        (bare.to_owned(), "the line end at its end"),
        (text.trim_start_matches('\u{feff}').to_owned(), "the byte order mark at its start"),
    ];
    let fits = |candidate: &str| candidate != text && is_signed(candidate.as_bytes());
    candidates.iter().find(|(candidate, _)| fits(candidate)).map(|(_, change)| *change)
}

/// Verifies by the first scheme that fits. Each scheme is a whole algorithm of the registry, and none weakens another.
/// The refusal is that of the key's own scheme, which comes first.
fn verify_by_one_of(key: &PublicKey, schemes: &[Scheme], message: Message<'_>, signature: &[u8]) -> Result<()> {
    let mut refusal = None;
    for scheme in schemes {
        match key.verify(*scheme, message, signature) {
            Ok(()) => return Ok(()),
            Err(error) => refusal = refusal.or(Some(error)),
        }
    }
    Err(refusal.unwrap_or_else(|| Error::new(Code::SignatureInvalid)))
}

/// The schemes that clients have used with a key of this kind. The key's own scheme comes first.
fn every_scheme(kind: KeyKind) -> &'static [Scheme] {
    match kind {
        KeyKind::P256 => &[Scheme::Ecdsa(Sha256)],
        KeyKind::P384 => &[Scheme::Ecdsa(Sha384), Scheme::Ecdsa(Sha256)],
        KeyKind::P521 => &[Scheme::Ecdsa(Sha512), Scheme::Ecdsa(Sha256)],
        KeyKind::Ed25519 => &[Scheme::Ed25519, Scheme::Ed25519ph],
        KeyKind::Rsa { .. } => &[Scheme::RsaPkcs1(Sha256), Scheme::RsaPss(Sha256)],
    }
}

/// The schemes of a key of this kind with this hash (Sigstore algorithm registry). RSA has PKCS #1 v1.5 and PSS.
/// SHA-256 with P-384 and P-521 is in the registry for older clients.
fn message_schemes(kind: KeyKind, hash: Option<HashAlgorithm>) -> Result<&'static [Scheme]> {
    match (kind, hash) {
        (KeyKind::P256, Some(Sha256)) => Ok(&[Scheme::Ecdsa(Sha256)]),
        (KeyKind::P384, Some(Sha384)) => Ok(&[Scheme::Ecdsa(Sha384)]),
        (KeyKind::P521, Some(Sha512)) => Ok(&[Scheme::Ecdsa(Sha512)]),
        (KeyKind::P384 | KeyKind::P521, Some(Sha256)) => Ok(&[Scheme::Ecdsa(Sha256)]),
        (KeyKind::Rsa { .. }, Some(Sha256)) => Ok(every_scheme(kind)),
        (KeyKind::Ed25519, Some(Sha512)) => Ok(&[Scheme::Ed25519ph]),
        (KeyKind::Ed25519, None) => Ok(&[Scheme::Ed25519]),
        (_, None) => Err(Error::new(Code::BundleMalformed)
            .on("messageSignature.messageDigest")
            .expected(format_args!("a digest, since {kind} keys sign digests"))
            .found("none")),
        (_, Some(hash)) => Err(Error::new(Code::DigestAlgorithm)
            .expected(format_args!("a hash that the algorithm registry has for {kind} keys"))
            .found(hash.name())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::base64;
    use crate::options;
    use crate::signer::pinned_key::PinnedKey;

    /// An RSA key and its signatures over `abc`, made by OpenSSL: PKCS #1 v1.5, and PSS with a salt of 32 bytes.
    const KEY: &str = "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA4eQOlMrRP+CoLSFi4Du6\naOdiDTwJEjtY6hoVnSiN05Y5l8Q8OuGtCUYaDgs9znfK95N4PJqgTzdugOwc1vZZ\naFkPrxamVNaAQleIqg8+DItVfkv/XrxG8QVgb7utElGF0SsHJnSZSKWZbRxwC1Ak\nbxQDbA5+mqqj73q/3KL7L0Lh0AwyH0tRkyAtZGvlTD7tHtu+Nwj/CcaG3tLk9Enj\nxFW2B870bgpPxPAGSOnKJbfjZS/s0Z/G3ha8/8hh0+hlyNypOGPihxkTvmI6XtkH\n5ld8oASSScuDqsFFGELtRdKzvFxGUfsazaOfM1VP0/W+I7mjLbqqeVWClElaUNi9\nwQIDAQAB\n-----END PUBLIC KEY-----";
    const PKCS1: &str = "XX2SZhrnMP4enHbgbDOBRP8AlTPukeWSVzhCAytk2dlRaXjq0LrEBKn5d9788NQ5VbrJ7x0G4PNw6lRWGCqLXCuDXRAg75nedQ/5dOvO2sRhKWxs5gRrypHcfS/5nDVAVwNwGBYk3rSqtmCelAVvW4ai7jhIl8Ga8+qyKzfXrUEX3aC4yWic+O1XMJ964zaFNwokli0leI7ooNd8zstbDodeGKDXhi7YRJw/d89UPSK6S0+/VT05afhVUY9yog3YGztlGW1P+Ac6erqlso3tWk5OVfms7IZRiQeFh3/gyi9lCLf5Pm8+Tbn/WVXGUmxQ4ndy0wSu2MoZbbaRZi8tBA==";
    const PSS: &str = "Od9tQEawJcNgPf9b91jsmXZXTyZMJ8ifK4+CDviM6uHOJcrQaMDz2Teeh4OM9WK0LQ5mCIUUejPNECq6dl/bhMtAg/kGN/UJeHt9j3HqAr0GEZa+QVxXcTox9Jij/P322cNjmsx3qfpC3Mcc5zrj8LvJmAIyBfnspjFxgzXDrWO1wvOksm2gXfNAAV9Fp1Fyf983P5WG07J+pBzbm6tJ4imgsb3bPASRpy6MMGSY6GEMvB07ZcsIUBgqEN0w2borTZ1jE/tUHLloUrvtZPWemyGGZs5LPzI8XnYK04H2KEVKBu+it6dZD0t0xZAZXXXUMx2Z83XSJvy2ZbWFFnBxXQ==";

    #[test]
    fn rsa_signs_in_two_ways() {
        let policy = format!(r#"{{"keys":["{}"]}}"#, KEY.replace('\n', r"\n"));
        let keys = PinnedKey::take_all(&mut options::parse(&policy, "policy").unwrap()).unwrap();
        let key = TrustedKey::pinned(&keys[0]);
        let digest = Sha256.digest(b"abc");
        for (signature, by_digest) in [(PKCS1, true), (PSS, false)] {
            let signature = base64::decode(signature).unwrap();
            let stated = StatedDigest::Digest(digest.clone());
            SignedArtifact::verify(&key, Message::Bytes(b"abc"), &stated, &signature).unwrap();
            SignedArtifact::verify_detached(&key, Message::Bytes(b"abc"), &signature).unwrap();
            // PSS needs the message, because PSS over a digest is not implemented here.
            let known = SignedArtifact::verify(&key, Message::Digest(&digest), &stated, &signature);
            assert_eq!(known.is_ok(), by_digest);
            let other = SignedArtifact::verify_detached(&key, Message::Bytes(b"abd"), &signature);
            assert_eq!(other.unwrap_err().code(), Code::SignatureInvalid);
        }
    }

    #[test]
    fn each_kind_of_key_has_its_hashes() {
        use KeyKind::{Ed25519, P256, P384, P521};
        let rsa = KeyKind::Rsa { bits: 2048 };
        for (kind, hash) in [
            (P256, Sha384),
            (P256, Sha512),
            (P384, Sha512),
            (P521, Sha384),
            (rsa, Sha384),
            (rsa, Sha512),
            (Ed25519, Sha256),
        ] {
            assert_eq!(message_schemes(kind, Some(hash)).unwrap_err().code(), Code::DigestAlgorithm, "{kind} {hash:?}");
        }
        for kind in [P256, P384, P521, rsa] {
            assert_eq!(message_schemes(kind, None).unwrap_err().code(), Code::BundleMalformed, "{kind}");
        }
        assert_eq!(message_schemes(Ed25519, None).unwrap(), [Scheme::Ed25519]);
    }
}
