//! The signature itself: over an artifact, or over a DSSE envelope.

use crate::bundle::{Envelope, StatedDigest, dsse};
use crate::crypto::{Digest, HashAlgorithm, Message, Scheme};
use crate::error::{Code, Error, Result};
use crate::key::{KeyKind, PublicKey};
use crate::signer::key::TrustedKey;

/// An artifact whose signature verified under a trusted key. Nothing is parsed from it before.
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
    /// Verifies a bundle's message signature. The stated digest must be the artifact's: it is a consistency
    /// check and names the hash, within what the registry allows for the key; it proves nothing.
    ///
    /// # Errors
    /// `ERR_DIGEST_ALGORITHM`, `ERR_DIGEST_MISMATCH`, `ERR_ARTIFACT_DIGEST`, `ERR_SIGNATURE_INVALID`,
    /// `ERR_BUNDLE_MALFORMED` where a digest is required and not stated.
    pub fn verify(
        key: &TrustedKey<'_>,
        artifact: Message<'a>,
        stated: &StatedDigest,
        signature: &'a [u8],
    ) -> Result<Self> {
        let algorithm = stated.digest().map(Digest::algorithm);
        let scheme = message_scheme(key.public_key().kind(), algorithm)?;
        let mismatch =
            |expected: String, found: String| Err(Error::new(Code::DigestMismatch).expected(expected).found(found));
        match stated {
            StatedDigest::Absent => {}
            StatedDigest::Digest(stated) => {
                let found = artifact.digest(stated.algorithm())?;
                if *found != *stated {
                    return mismatch(stated.to_string(), found.to_string());
                }
            }
            StatedDigest::Message(stated) if stated.as_slice() == artifact.bytes()? => {}
            StatedDigest::Message(_) => {
                return mismatch("the stated message".to_owned(), "another artifact".to_owned());
            }
        }
        key.public_key().verify(scheme, artifact, signature)?;
        Ok(Self { artifact, signature })
    }

    /// Verifies a detached signature, which names no algorithm: the key's own scheme is tried first, then the
    /// others that clients have signed with under such a key.
    ///
    /// # Errors
    /// `ERR_SIGNATURE_INVALID`, `ERR_ARTIFACT_DIGEST`.
    pub fn verify_detached(key: &TrustedKey<'_>, artifact: Message<'a>, signature: &'a [u8]) -> Result<Self> {
        verify_by_any_scheme(key.public_key(), artifact, signature)?;
        Ok(Self { artifact, signature })
    }

    /// The artifact, as given.
    pub fn artifact(&self) -> Message<'a> {
        self.artifact
    }
}

impl<'a> SignedEnvelope<'a> {
    /// Verifies an envelope's one signature over its pre-authentication encoding. `recorded` is the hash that
    /// a log entry states for that encoding, if one does: it selects the scheme, within what the registry
    /// allows for the key. Without one, every scheme of such a key is tried.
    ///
    /// # Errors
    /// `ERR_DSSE_SIGNATURES` for none or several, `ERR_DIGEST_ALGORITHM`, `ERR_SIGNATURE_INVALID`.
    pub fn verify(key: &TrustedKey<'_>, envelope: &'a Envelope, recorded: Option<HashAlgorithm>) -> Result<Self> {
        let [signature] = envelope.signatures.as_slice() else {
            return Err(Error::new(Code::DsseSignatures)
                .expected("exactly one signature")
                .found(envelope.signatures.len().to_string()));
        };
        let key = key.public_key();
        let encoding = dsse::pre_authentication_encoding(&envelope.payload_type, &envelope.payload);
        let message = Message::Bytes(&encoding);
        match recorded {
            Some(hash) => key.verify(message_scheme(key.kind(), Some(hash))?, message, &signature.signature)?,
            None => verify_by_any_scheme(key, message, &signature.signature)?,
        }
        Ok(Self { envelope, signature: &signature.signature, encoding })
    }

    /// The envelope.
    pub fn envelope(&self) -> &'a Envelope {
        self.envelope
    }

    /// The pre-authentication encoding, which is what was signed.
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

/// Verifies a signature that names no algorithm: by the key's own scheme, then by those that clients have signed
/// with under such a key. Each is a whole algorithm of the registry; none weakens another.
fn verify_by_any_scheme(key: &PublicKey, message: Message<'_>, signature: &[u8]) -> Result<()> {
    key.verify(key.default_scheme(), message, signature).or_else(|error| match key.kind() {
        KeyKind::P384 | KeyKind::P521 => {
            key.verify(Scheme::Ecdsa(HashAlgorithm::Sha256), message, signature).map_err(|_| error)
        }
        KeyKind::Ed25519 => key.verify(Scheme::Ed25519ph, message, signature).map_err(|_| error),
        KeyKind::P256 | KeyKind::Rsa { .. } => Err(error),
    })
}

/// The scheme of a key of this kind with this hash (Sigstore algorithm registry; SHA-256 under P-384 and P-521
/// is its entry for older clients).
fn message_scheme(kind: KeyKind, hash: Option<HashAlgorithm>) -> Result<Scheme> {
    use HashAlgorithm::{Sha256, Sha384, Sha512};
    match (kind, hash) {
        (KeyKind::P256, Some(Sha256)) => Ok(Scheme::Ecdsa(Sha256)),
        (KeyKind::P384, Some(hash @ (Sha384 | Sha256))) => Ok(Scheme::Ecdsa(hash)),
        (KeyKind::P521, Some(hash @ (Sha512 | Sha256))) => Ok(Scheme::Ecdsa(hash)),
        (KeyKind::Rsa { .. }, Some(Sha256)) => Ok(Scheme::RsaPkcs1(Sha256)),
        (KeyKind::Ed25519, Some(Sha512)) => Ok(Scheme::Ed25519ph),
        (KeyKind::Ed25519, None) => Ok(Scheme::Ed25519),
        (_, None) => Err(Error::new(Code::BundleMalformed)
            .on("messageSignature.messageDigest")
            .expected(format!("a digest, since {kind} keys sign digests"))
            .found("none")),
        (_, Some(hash)) => Err(Error::new(Code::DigestAlgorithm)
            .expected(format!("a hash that the algorithm registry has for {kind} keys"))
            .found(hash.name())),
    }
}
