//! The rules of a bundle (protobuf-specs `sigstore_bundle.proto`; the same that sigstore-go applies when it
//! loads one), judged once for both forms. Nothing is verified here.

use super::message::{Message, Value};
use super::{Bundle, Content, Envelope, EnvelopeSignature, SignerMaterial, StatedDigest, Version};
use crate::crypto::{Digest, HashAlgorithm};
use crate::encoding::protojson::Path;
use crate::error::{Code, Result};
use crate::log::entry::{InclusionProof, LogEntry};

/// A bundle from its message.
///
/// # Errors
/// `ERR_BUNDLE_MEDIA_TYPE`, `ERR_BUNDLE_MALFORMED`, `ERR_BUNDLE_MATERIAL`, `ERR_DIGEST_ALGORITHM`,
/// `ERR_SET_MISSING` (v0.1), `ERR_INCLUSION_PROOF_MISSING` (v0.2 and v0.3).
pub(super) fn bundle(mut message: Message<'_>) -> Result<Bundle> {
    let root = super::root();
    let version = Version::from_media_type(&message.text("mediaType"))?;
    let path = root.field("verificationMaterial");
    let mut material = message.message("verificationMaterial").ok_or_else(|| path.missing())?;
    let signer = signer(version, &mut material, &path)?;
    let content = content(&mut message, &root)?;
    let entries =
        list(&mut material, "tlogEntries", &path, |stated, path| entry(version, stated.take_message(), path))?;
    let timestamps = material.message("timestampVerificationData").unwrap_or_default();
    let path = path.field("timestampVerificationData");
    let timestamps = list_of_bytes(timestamps, "rfc3161Timestamps", "signedTimestamp", &path)?;
    Ok(Bundle { version, signer, entries, timestamps, content })
}

/// v0.3 carries one certificate, v0.1 and v0.2 a chain; each may carry a key hint instead.
fn signer(version: Version, material: &mut Message<'_>, path: &Path<'_>) -> Result<SignerMaterial> {
    let (key, chain, certificate) =
        (material.message("publicKey"), material.message("x509CertificateChain"), material.message("certificate"));
    let wrong_version = |field: &str, expected: &str| {
        let found = format!("{field} in a bundle {version}");
        Err(path.field(field).refuse(Code::BundleMaterial).expected(expected).found(found))
    };
    match (key, chain, certificate) {
        (Some(mut key), None, None) => Ok(SignerMaterial::PublicKey { hint: key.text("hint").into_owned() }),
        (None, Some(_), None) if version == Version::V03 => {
            wrong_version("x509CertificateChain", "certificate or publicKey")
        }
        (None, Some(chain), None) => {
            let path = path.field("x509CertificateChain");
            let certificates = list_of_bytes(chain, "certificates", "rawBytes", &path)?;
            if certificates.is_empty() {
                return Err(path.field("certificates").missing());
            }
            Ok(SignerMaterial::Certificates(certificates))
        }
        (None, None, Some(_)) if version != Version::V03 => {
            wrong_version("certificate", "x509CertificateChain or publicKey")
        }
        (None, None, Some(mut certificate)) => {
            let certificate = bytes(&mut certificate, "rawBytes", &path.field("certificate"))?;
            Ok(SignerMaterial::Certificates(vec![certificate]))
        }
        (None, None, None) => Err(path.malformed("a certificate, a certificate chain or a public key hint", "none")),
        _ => Err(path.malformed("one of certificate, x509CertificateChain and publicKey", "more than one")),
    }
}

fn content(message: &mut Message<'_>, root: &Path<'_>) -> Result<Content> {
    match (message.message("messageSignature"), message.message("dsseEnvelope")) {
        (Some(mut message), None) => {
            let path = root.field("messageSignature");
            let digest = message_digest(message.message("messageDigest"), &path.field("messageDigest"))?;
            Ok(Content::Message { digest, signature: bytes(&mut message, "signature", &path)? })
        }
        (None, Some(mut envelope)) => {
            let path = root.field("dsseEnvelope");
            let signatures = list(&mut envelope, "signatures", &path, |stated, path| {
                let mut stated = stated.take_message();
                let signature = bytes(&mut stated, "sig", path)?;
                Ok(EnvelopeSignature { keyid: stated.text("keyid").into_owned(), signature })
            })?;
            Ok(Content::Envelope(Envelope {
                payload_type: envelope.text("payloadType").into_owned(),
                payload: envelope.bytes("payload"),
                signatures,
            }))
        }
        (None, None) => Err(root.malformed("messageSignature or dsseEnvelope", "neither")),
        (Some(_), Some(_)) => Err(root.malformed("messageSignature or dsseEnvelope", "both")),
    }
}

/// An algorithm without a digest, or one that is not accepted, is refused: it never falls back to another.
fn message_digest(stated: Option<Message<'_>>, path: &Path<'_>) -> Result<StatedDigest> {
    let Some(mut stated) = stated else { return Ok(StatedDigest::Absent) };
    let digest = stated.bytes("digest");
    match (stated.integer("algorithm"), digest.is_empty()) {
        (0, true) => Ok(StatedDigest::Absent),
        (0, false) => Ok(StatedDigest::Message(digest)),
        (_, true) => Err(path.field("digest").missing()),
        (number, false) => {
            let algorithm = i32::try_from(number).ok().and_then(HashAlgorithm::from_protobuf_number);
            let algorithm = algorithm.ok_or_else(|| {
                path.field("algorithm")
                    .refuse(Code::DigestAlgorithm)
                    .expected("SHA2_256, SHA2_384 or SHA2_512")
                    .found(format!("algorithm {number}"))
            })?;
            let digest = Digest::from_bytes(algorithm, &digest);
            digest.map(StatedDigest::Digest).map_err(|error| error.on(path.field("digest").to_string()))
        }
    }
}

/// v0.1 promises inclusion, later versions prove it; what a version does not require stays optional.
fn entry(version: Version, mut stated: Message<'_>, path: &Path<'_>) -> Result<LogEntry> {
    let promise = stated.message("inclusionPromise").map(|mut promise| promise.bytes("signedEntryTimestamp"));
    let promise = promise.filter(|timestamp| !timestamp.is_empty());
    let proof_path = path.field("inclusionProof");
    let proof = match stated.message("inclusionProof") {
        Some(proof) => Some(inclusion_proof(proof, &proof_path)?),
        None => None,
    };
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
    natural(&mut stated, "integratedTime", path)?;
    let mut log_id = stated.message("logId").unwrap_or_default();
    let mut kind_version = stated.message("kindVersion").unwrap_or_default();
    let kind_path = path.field("kindVersion");
    Ok(LogEntry {
        log_index: natural(&mut stated, "logIndex", path)?,
        log_id: bytes(&mut log_id, "keyId", &path.field("logId"))?,
        kind: text(&mut kind_version, "kind", &kind_path)?,
        version: text(&mut kind_version, "version", &kind_path)?,
        integrated_time: stated.integer("integratedTime"),
        signed_entry_timestamp: promise,
        proof,
        body: bytes(&mut stated, "canonicalizedBody", path)?,
    })
}

fn inclusion_proof(mut stated: Message<'_>, path: &Path<'_>) -> Result<InclusionProof> {
    let hashes = list(&mut stated, "hashes", path, |hash, path| {
        let hash = hash.take_bytes();
        let length = hash.len();
        hash.try_into().map_err(|_| path.malformed("a SHA-256 hash of 32 bytes", format!("{length} bytes")))
    })?;
    let checkpoint = stated.message("checkpoint").map(|mut checkpoint| checkpoint.text("envelope"));
    Ok(InclusionProof {
        log_index: natural(&mut stated, "logIndex", path)?,
        root_hash: stated.bytes("rootHash"),
        tree_size: natural(&mut stated, "treeSize", path)?,
        hashes,
        checkpoint: checkpoint.filter(|envelope| !envelope.is_empty()).map(|envelope| envelope.into_owned()),
    })
}

/// The items of the list `name` of the message at `path`, each read by `read`.
fn list<'a, T>(
    message: &mut Message<'a>,
    name: &'static str,
    path: &Path<'_>,
    read: impl Fn(&mut Value<'a>, &Path<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    let path = path.field(name);
    let mut items = Vec::new();
    for (index, stated) in message.all(name).enumerate() {
        items.push(read(stated, &path.item(index))?);
    }
    Ok(items)
}

/// The bytes that are the one field, which none may lack, of each message in the list `name`.
fn list_of_bytes(
    mut message: Message<'_>,
    name: &'static str,
    field: &'static str,
    path: &Path<'_>,
) -> Result<Vec<Vec<u8>>> {
    list(&mut message, name, path, |stated, path| bytes(&mut stated.take_message(), field, path))
}

/// A number that the message at `path` must state from 0 on.
fn natural(message: &mut Message<'_>, name: &'static str, path: &Path<'_>) -> Result<u64> {
    let stated = message.integer(name);
    u64::try_from(stated).map_err(|_| path.field(name).malformed("a number from 0 on", stated.to_string()))
}

/// Bytes that the message at `path` must have.
fn bytes(message: &mut Message<'_>, name: &'static str, path: &Path<'_>) -> Result<Vec<u8>> {
    let bytes = message.bytes(name);
    if bytes.is_empty() { Err(path.field(name).missing()) } else { Ok(bytes) }
}

/// A text that the message at `path` must have.
fn text(message: &mut Message<'_>, name: &'static str, path: &Path<'_>) -> Result<String> {
    let text = message.text(name);
    if text.is_empty() { Err(path.field(name).missing()) } else { Ok(text.into_owned()) }
}
