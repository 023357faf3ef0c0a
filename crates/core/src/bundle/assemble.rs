//! The rules of a bundle (protobuf-specs `sigstore_bundle.proto`; the same that sigstore-go applies when it
//! loads one), judged once for both forms. Nothing is verified here.

use super::proto;
use super::{Bundle, Content, Envelope, EnvelopeSignature, SignerMaterial, StatedDigest, Version};
use crate::crypto::{Digest, HashAlgorithm};
use crate::encoding::protojson::Path;
use crate::error::{Code, Result};
use crate::log::entry::{InclusionProof, LogEntry};

/// A bundle from its decoded message.
///
/// # Errors
/// `ERR_BUNDLE_MEDIA_TYPE`, `ERR_BUNDLE_MALFORMED`, `ERR_BUNDLE_MATERIAL`, `ERR_DIGEST_ALGORITHM`,
/// `ERR_SET_MISSING` (v0.1), `ERR_INCLUSION_PROOF_MISSING` (v0.2 and v0.3).
pub(super) fn bundle(message: proto::Bundle) -> Result<Bundle> {
    let root = super::root();
    let version = Version::from_media_type(&message.media_type)?;
    let path = root.field("verificationMaterial");
    let mut material = message.verification_material.ok_or_else(|| path.missing())?;
    let signer = signer(version, &mut material, &path)?;
    let content = content(message.message_signature, message.dsse_envelope, &root)?;
    let entries_path = path.field("tlogEntries");
    let entries = (material.tlog_entries.into_iter().enumerate())
        .map(|(index, stated)| entry(version, stated, &entries_path.item(index)))
        .collect::<Result<_>>()?;
    let timestamps = material.timestamp_verification_data.unwrap_or_default().rfc3161_timestamps;
    let path = path.field("timestampVerificationData");
    let path = path.field("rfc3161Timestamps");
    let timestamps = (timestamps.into_iter().enumerate())
        .map(|(index, stated)| not_empty(stated.signed_timestamp, &path.item(index).field("signedTimestamp")))
        .collect::<Result<_>>()?;
    Ok(Bundle { version, signer, entries, timestamps, content })
}

/// v0.3 carries one certificate, v0.1 and v0.2 a chain; each may carry a key hint instead.
fn signer(version: Version, material: &mut proto::VerificationMaterial, path: &Path<'_>) -> Result<SignerMaterial> {
    let (key, chain, certificate) =
        (material.public_key.take(), material.x509_certificate_chain.take(), material.certificate.take());
    let wrong_version = |field: &str, expected: &str| {
        let found = format!("{field} in a bundle {version}");
        Err(path.field(field).refuse(Code::BundleMaterial).expected(expected).found(found))
    };
    match (key, chain, certificate) {
        (Some(key), None, None) => Ok(SignerMaterial::PublicKey { hint: key.hint }),
        (None, Some(_), None) if version == Version::V03 => {
            wrong_version("x509CertificateChain", "certificate or publicKey")
        }
        (None, Some(chain), None) => {
            let path = path.field("x509CertificateChain");
            let path = path.field("certificates");
            if chain.certificates.is_empty() {
                return Err(path.missing());
            }
            let certificates = (chain.certificates.into_iter().enumerate())
                .map(|(index, stated)| not_empty(stated.raw_bytes, &path.item(index).field("rawBytes")))
                .collect::<Result<_>>()?;
            Ok(SignerMaterial::Certificates(certificates))
        }
        (None, None, Some(_)) if version != Version::V03 => {
            wrong_version("certificate", "x509CertificateChain or publicKey")
        }
        (None, None, Some(certificate)) => {
            let path = path.field("certificate");
            Ok(SignerMaterial::Certificates(vec![not_empty(certificate.raw_bytes, &path.field("rawBytes"))?]))
        }
        (None, None, None) => Err(path.malformed("a certificate, a certificate chain or a public key hint", "none")),
        _ => Err(path.malformed("one of certificate, x509CertificateChain and publicKey", "more than one")),
    }
}

fn content(
    message: Option<proto::MessageSignature>,
    envelope: Option<proto::Envelope>,
    root: &Path<'_>,
) -> Result<Content> {
    match (message, envelope) {
        (Some(message), None) => {
            let path = root.field("messageSignature");
            let digest = message_digest(message.message_digest, &path.field("messageDigest"))?;
            Ok(Content::Message { digest, signature: not_empty(message.signature, &path.field("signature"))? })
        }
        (None, Some(envelope)) => {
            let path = root.field("dsseEnvelope");
            let path = path.field("signatures");
            let signatures = (envelope.signatures.into_iter().enumerate())
                .map(|(index, stated)| {
                    let signature = not_empty(stated.sig, &path.item(index).field("sig"))?;
                    Ok(EnvelopeSignature { keyid: stated.keyid, signature })
                })
                .collect::<Result<_>>()?;
            Ok(Content::Envelope(Envelope {
                payload_type: envelope.payload_type,
                payload: envelope.payload,
                signatures,
            }))
        }
        (None, None) => Err(root.malformed("messageSignature or dsseEnvelope", "neither")),
        (Some(_), Some(_)) => Err(root.malformed("messageSignature or dsseEnvelope", "both")),
    }
}

/// An algorithm without a digest, or one that is not accepted, is refused: it never falls back to another.
fn message_digest(stated: Option<proto::HashOutput>, path: &Path<'_>) -> Result<StatedDigest> {
    let Some(stated) = stated else { return Ok(StatedDigest::Absent) };
    match (stated.algorithm, stated.digest.is_empty()) {
        (0, true) => Ok(StatedDigest::Absent),
        (0, false) => Ok(StatedDigest::Message(stated.digest)),
        (_, true) => Err(path.field("digest").missing()),
        (number, false) => {
            let algorithm = HashAlgorithm::from_protobuf_number(number).ok_or_else(|| {
                path.field("algorithm")
                    .refuse(Code::DigestAlgorithm)
                    .expected("SHA2_256, SHA2_384 or SHA2_512")
                    .found(format!("algorithm {number}"))
            })?;
            let digest = Digest::from_bytes(algorithm, &stated.digest);
            digest.map(StatedDigest::Digest).map_err(|error| error.on(path.field("digest").to_string()))
        }
    }
}

/// v0.1 promises inclusion, later versions prove it; what a version does not require stays optional.
fn entry(version: Version, stated: proto::TransparencyLogEntry, path: &Path<'_>) -> Result<LogEntry> {
    let kind_path = path.field("kindVersion");
    let kind_version = stated.kind_version.unwrap_or_default();
    let promise = stated.inclusion_promise.map(|promise| promise.signed_entry_timestamp);
    let promise = promise.filter(|timestamp| !timestamp.is_empty());
    let proof_path = path.field("inclusionProof");
    let proof = stated.inclusion_proof.map(|proof| inclusion_proof(proof, &proof_path)).transpose()?;
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
    Ok(LogEntry {
        log_index: natural(stated.log_index, &path.field("logIndex"))?,
        log_id: not_empty(stated.log_id.unwrap_or_default().key_id, &path.field("logId").field("keyId"))?,
        kind: not_empty(kind_version.kind, &kind_path.field("kind"))?,
        version: not_empty(kind_version.version, &kind_path.field("version"))?,
        integrated_time: stated.integrated_time,
        signed_entry_timestamp: promise,
        proof,
        body: not_empty(stated.canonicalized_body, &path.field("canonicalizedBody"))?,
    })
}

fn inclusion_proof(stated: proto::InclusionProof, path: &Path<'_>) -> Result<InclusionProof> {
    let hashes_path = path.field("hashes");
    let hashes = (stated.hashes.into_iter().enumerate())
        .map(|(index, hash)| {
            let length = hash.len();
            <[u8; 32]>::try_from(hash)
                .map_err(|_| hashes_path.item(index).malformed("a SHA-256 hash of 32 bytes", format!("{length} bytes")))
        })
        .collect::<Result<_>>()?;
    Ok(InclusionProof {
        log_index: natural(stated.log_index, &path.field("logIndex"))?,
        root_hash: stated.root_hash,
        tree_size: natural(stated.tree_size, &path.field("treeSize"))?,
        hashes,
        checkpoint: stated.checkpoint.map(|checkpoint| checkpoint.envelope).filter(|envelope| !envelope.is_empty()),
    })
}

fn natural(stated: i64, path: &Path<'_>) -> Result<u64> {
    u64::try_from(stated).map_err(|_| path.malformed("a number from 0 on", stated.to_string()))
}

fn not_empty<T: Default + PartialEq>(stated: T, path: &Path<'_>) -> Result<T> {
    if stated == T::default() { Err(path.missing()) } else { Ok(stated) }
}
