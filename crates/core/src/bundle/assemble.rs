//! The rules of a bundle (protobuf-specs `sigstore_bundle.proto`), which are the same for JSON and binary. sigstore-go
//! applies the same rules when it loads a bundle. Nothing is verified here.

use super::{Bundle, Content, Envelope, EnvelopeSignature, SignerMaterial, StatedDigest, Version, messages};
use crate::crypto::{Digest, HashAlgorithm};
use crate::encoding::protojson::Path;
use crate::error::{Code, Result};
use crate::log::entry::{InclusionProof, LogEntry};

/// A bundle from its message.
///
/// # Errors
/// `ERR_BUNDLE_MEDIA_TYPE`, `ERR_BUNDLE_MALFORMED`, `ERR_BUNDLE_MATERIAL`, `ERR_DIGEST_ALGORITHM`,
/// `ERR_SET_MISSING` (v0.1), `ERR_INCLUSION_PROOF_MISSING` (v0.2 and v0.3).
pub(super) fn bundle(stated: messages::Bundle) -> Result<Bundle> {
    let root = super::root();
    let version = Version::from_media_type(&stated.media_type)?;
    let path = root.field("verificationMaterial");
    let material = stated.verification_material.ok_or_else(|| path.missing())?;
    let signer = signer(version, (material.public_key, material.x509_certificate_chain, material.certificate), &path)?;
    let content = match (stated.message_signature, stated.dsse_envelope) {
        (Some(signed), None) => message(signed, &root.field("messageSignature"))?,
        (None, Some(signed)) => envelope(signed, &root.field("dsseEnvelope"))?,
        (None, None) => return Err(root.malformed("messageSignature or dsseEnvelope", "neither")),
        (Some(_), Some(_)) => return Err(root.malformed("messageSignature or dsseEnvelope", "both")),
    };
    let entries = list(material.tlog_entries, &path.field("tlogEntries"), |stated, path| entry(version, stated, path))?;
    let timestamps = material.timestamp_verification_data.unwrap_or_default().rfc3161_timestamps;
    let timestamps = list(timestamps, &path.field("timestampVerificationData.rfc3161Timestamps"), |stated, path| {
        present(stated.signed_timestamp, &path.field("signedTimestamp"))
    })?;
    Ok(Bundle { version, signer, content, entries, timestamps })
}

/// The members of the oneof `content` of `VerificationMaterial`.
type Material =
    (Option<messages::PublicKeyIdentifier>, Option<messages::X509CertificateChain>, Option<messages::X509Certificate>);

/// v0.3 has one certificate. v0.1 and v0.2 have a chain. Each version may have a key hint instead.
fn signer(version: Version, stated: Material, path: &Path<'_>) -> Result<SignerMaterial> {
    let wrong_version = |field: &str, expected: &str| {
        let found = format!("{field} in a bundle {version}");
        Err(path.field(field).refuse(Code::BundleMaterial).expected(expected).found(found))
    };
    let raw = |stated: messages::X509Certificate, path: &Path<'_>| present(stated.raw_bytes, &path.field("rawBytes"));
    match stated {
        (Some(key), None, None) => Ok(SignerMaterial::PublicKey { hint: key.hint }),
        (None, Some(_), None) if version == Version::V03 => {
            wrong_version("x509CertificateChain", "certificate or publicKey")
        }
        (None, Some(chain), None) => {
            let path = path.field("x509CertificateChain.certificates");
            let chain = list(chain.certificates, &path, raw)?;
            if chain.is_empty() { Err(path.missing()) } else { Ok(SignerMaterial::Certificates(chain)) }
        }
        (None, None, Some(_)) if version != Version::V03 => {
            wrong_version("certificate", "x509CertificateChain or publicKey")
        }
        (None, None, Some(leaf)) => Ok(SignerMaterial::Certificates(vec![raw(leaf, &path.field("certificate"))?])),
        (None, None, None) => Err(path.malformed("a certificate, a certificate chain or a public key hint", "none")),
        _ => Err(path.malformed("one of certificate, x509CertificateChain and publicKey", "more than one")),
    }
}

fn message(stated: messages::MessageSignature, path: &Path<'_>) -> Result<Content> {
    Ok(Content::Message {
        digest: message_digest(stated.message_digest.unwrap_or_default(), path)?,
        signature: present(stated.signature, &path.field("signature"))?,
    })
}

fn envelope(stated: messages::Envelope, path: &Path<'_>) -> Result<Content> {
    let signatures = list(stated.signatures, &path.field("signatures"), |stated, path| {
        Ok(EnvelopeSignature { signature: present(stated.sig, &path.field("sig"))?, keyid: stated.keyid })
    })?;
    Ok(Content::Envelope(Envelope { payload_type: stated.payload_type, payload: stated.payload, signatures }))
}

/// Refuses an algorithm without a digest, and an algorithm that is not accepted. Neither is replaced by a default.
fn message_digest(stated: messages::HashOutput, path: &Path<'_>) -> Result<StatedDigest> {
    let digest_path = path.field("messageDigest.digest");
    match (stated.algorithm, stated.digest) {
        (0, digest) if digest.is_empty() => Ok(StatedDigest::Absent),
        (0, digest) => Ok(StatedDigest::Message(digest)),
        (_, digest) if digest.is_empty() => Err(digest_path.missing()),
        (number, digest) => {
            let algorithm = HashAlgorithm::from_protobuf_number(number).ok_or_else(|| {
                path.field("messageDigest.algorithm")
                    .refuse(Code::DigestAlgorithm)
                    .expected("SHA2_256, SHA2_384 or SHA2_512")
                    .found(format_args!("algorithm {number}"))
            })?;
            let digest = Digest::from_bytes(algorithm, &digest);
            digest.map(StatedDigest::Digest).map_err(|error| error.on(digest_path))
        }
    }
}

/// v0.1 requires a promise of inclusion (SET). Later versions require a proof of inclusion. Each may have the other one
/// as well.
fn entry(version: Version, stated: messages::TransparencyLogEntry, path: &Path<'_>) -> Result<LogEntry> {
    let promise = stated.inclusion_promise.unwrap_or_default().signed_entry_timestamp;
    let promise = if promise.is_empty() { None } else { Some(promise) };
    let proof_path = path.field("inclusionProof");
    let proof = stated.inclusion_proof.map(|stated| inclusion_proof(stated, &proof_path)).transpose()?;
    if version == Version::V01 && promise.is_none() {
        let path = path.field("inclusionPromise");
        return Err(path
            .refuse(Code::SetMissing)
            .expected("a signed entry timestamp, which v0.1 requires")
            .found("none"));
    }
    if version != Version::V01 && proof.is_none() {
        let expected = format!("an inclusion proof, which {version} requires");
        return Err(proof_path.refuse(Code::InclusionProofMissing).expected(expected).found("none"));
    }
    natural(stated.integrated_time, &path.field("integratedTime"))?;
    let kind = stated.kind_version.unwrap_or_default();
    Ok(LogEntry {
        log_index: natural(stated.log_index, &path.field("logIndex"))?,
        log_id: present(stated.log_id.unwrap_or_default().key_id, &path.field("logId.keyId"))?,
        kind: present(kind.kind, &path.field("kindVersion.kind"))?,
        version: present(kind.version, &path.field("kindVersion.version"))?,
        integrated_time: stated.integrated_time,
        signed_entry_timestamp: promise,
        proof,
        body: present(stated.canonicalized_body, &path.field("canonicalizedBody"))?,
    })
}

fn inclusion_proof(stated: messages::InclusionProof, path: &Path<'_>) -> Result<InclusionProof> {
    let hashes = list(stated.hashes, &path.field("hashes"), |hash, path| {
        let length = hash.len();
        hash.try_into().map_err(|_| path.malformed("a SHA-256 hash of 32 bytes", format_args!("{length} bytes")))
    })?;
    let checkpoint = stated.checkpoint.unwrap_or_default().envelope;
    Ok(InclusionProof {
        log_index: natural(stated.log_index, &path.field("logIndex"))?,
        root_hash: stated.root_hash,
        tree_size: natural(stated.tree_size, &path.field("treeSize"))?,
        hashes,
        checkpoint: if checkpoint.is_empty() { None } else { Some(checkpoint) },
    })
}

/// The items of the list at `path`. `read` reads each of them.
fn list<T, U>(stated: Vec<T>, path: &Path<'_>, read: impl Fn(T, &Path<'_>) -> Result<U>) -> Result<Vec<U>> {
    stated.into_iter().enumerate().map(|(index, stated)| read(stated, &path.item(index))).collect()
}

/// An integer that is not negative.
fn natural(stated: i64, path: &Path<'_>) -> Result<u64> {
    u64::try_from(stated).map_err(|_| path.malformed("a number from 0 on", stated.to_string()))
}

/// Bytes or a text that may not be absent.
fn present<T: AsRef<[u8]>>(stated: T, path: &Path<'_>) -> Result<T> {
    if stated.as_ref().is_empty() { Err(path.missing()) } else { Ok(stated) }
}
