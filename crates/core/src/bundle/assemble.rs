//! The rules of a bundle (protobuf-specs `sigstore_bundle.proto`), which are the same for JSON and binary. sigstore-go
//! applies the same rules when it loads a bundle. Nothing is verified here.

use super::message::Value;
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
pub(super) fn bundle(stated: &mut Value<'_>) -> Result<Bundle> {
    let root = super::root();
    let version = Version::from_media_type(&stated.text("mediaType"))?;
    if !stated.has("verificationMaterial") {
        return Err(root.field("verificationMaterial").missing());
    }
    Ok(Bundle {
        version,
        signer: signer(version, stated, &root)?,
        content: content(stated, &root)?,
        entries: list(stated, "verificationMaterial.tlogEntries", &root, |stated, path| entry(version, stated, path))?,
        timestamps: list(
            stated,
            "verificationMaterial.timestampVerificationData.rfc3161Timestamps",
            &root,
            |stated, path| bytes(stated, "signedTimestamp", path),
        )?,
    })
}

/// v0.3 has one certificate. v0.1 and v0.2 have a chain. Each version may have a key hint instead.
fn signer(version: Version, stated: &mut Value<'_>, root: &Path<'_>) -> Result<SignerMaterial> {
    let path = root.field("verificationMaterial");
    let wrong_version = |field: &str, expected: &str| {
        let found = format!("{field} in a bundle {version}");
        Err(path.field(field).refuse(Code::BundleMaterial).expected(expected).found(found))
    };
    let has_key = stated.has("verificationMaterial.publicKey");
    let has_chain = stated.has("verificationMaterial.x509CertificateChain");
    let has_certificate = stated.has("verificationMaterial.certificate");
    match (has_key, has_chain, has_certificate) {
        (true, false, false) => {
            Ok(SignerMaterial::PublicKey { hint: stated.text("verificationMaterial.publicKey.hint").into_owned() })
        }
        (false, true, false) if version == Version::V03 => {
            wrong_version("x509CertificateChain", "certificate or publicKey")
        }
        (false, true, false) => {
            let name = "verificationMaterial.x509CertificateChain.certificates";
            let chain = list(stated, name, root, |stated, path| bytes(stated, "rawBytes", path))?;
            if chain.is_empty() { Err(root.field(name).missing()) } else { Ok(SignerMaterial::Certificates(chain)) }
        }
        (false, false, true) if version != Version::V03 => {
            wrong_version("certificate", "x509CertificateChain or publicKey")
        }
        (false, false, true) => {
            let certificate = bytes(stated, "verificationMaterial.certificate.rawBytes", root)?;
            Ok(SignerMaterial::Certificates(vec![certificate]))
        }
        (false, false, false) => Err(path.malformed("a certificate, a certificate chain or a public key hint", "none")),
        _ => Err(path.malformed("one of certificate, x509CertificateChain and publicKey", "more than one")),
    }
}

fn content(stated: &mut Value<'_>, root: &Path<'_>) -> Result<Content> {
    match (stated.has("messageSignature"), stated.has("dsseEnvelope")) {
        (true, false) => Ok(Content::Message {
            digest: message_digest(stated, root)?,
            signature: bytes(stated, "messageSignature.signature", root)?,
        }),
        (false, true) => Ok(Content::Envelope(Envelope {
            signatures: list(stated, "dsseEnvelope.signatures", root, |stated, path| {
                Ok(EnvelopeSignature {
                    signature: bytes(stated, "sig", path)?,
                    keyid: stated.text("keyid").into_owned(),
                })
            })?,
            payload_type: stated.text("dsseEnvelope.payloadType").into_owned(),
            payload: stated.bytes("dsseEnvelope.payload"),
        })),
        (false, false) => Err(root.malformed("messageSignature or dsseEnvelope", "neither")),
        (true, true) => Err(root.malformed("messageSignature or dsseEnvelope", "both")),
    }
}

/// Refuses an algorithm without a digest, and an algorithm that is not accepted. Neither is replaced by a default.
fn message_digest(stated: &mut Value<'_>, root: &Path<'_>) -> Result<StatedDigest> {
    let (algorithm_name, digest_name) =
        ("messageSignature.messageDigest.algorithm", "messageSignature.messageDigest.digest");
    let digest = stated.bytes(digest_name);
    match (stated.integer(algorithm_name), digest.is_empty()) {
        (0, true) => Ok(StatedDigest::Absent),
        (0, false) => Ok(StatedDigest::Message(digest)),
        (_, true) => Err(root.field(digest_name).missing()),
        (number, false) => {
            let algorithm = i32::try_from(number).ok().and_then(HashAlgorithm::from_protobuf_number);
            let algorithm = algorithm.ok_or_else(|| {
                root.field(algorithm_name)
                    .refuse(Code::DigestAlgorithm)
                    .expected("SHA2_256, SHA2_384 or SHA2_512")
                    .found(format_args!("algorithm {number}"))
            })?;
            let digest = Digest::from_bytes(algorithm, &digest);
            digest.map(StatedDigest::Digest).map_err(|error| error.on(digest_name))
        }
    }
}

/// v0.1 requires a promise of inclusion (SET). Later versions require a proof of inclusion. Each may have the other one
/// as well.
fn entry(version: Version, stated: &mut Value<'_>, path: &Path<'_>) -> Result<LogEntry> {
    let promise = stated.bytes("inclusionPromise.signedEntryTimestamp");
    let promise = if promise.is_empty() { None } else { Some(promise) };
    let proof = if stated.has("inclusionProof") { Some(inclusion_proof(stated, path)?) } else { None };
    if version == Version::V01 && promise.is_none() {
        let path = path.field("inclusionPromise");
        return Err(path
            .refuse(Code::SetMissing)
            .expected("a signed entry timestamp, which v0.1 requires")
            .found("none"));
    }
    if version != Version::V01 && proof.is_none() {
        let path = path.field("inclusionProof");
        let expected = format!("an inclusion proof, which {version} requires");
        return Err(path.refuse(Code::InclusionProofMissing).expected(expected).found("none"));
    }
    natural(stated, "integratedTime", path)?;
    Ok(LogEntry {
        log_index: natural(stated, "logIndex", path)?,
        log_id: bytes(stated, "logId.keyId", path)?,
        kind: text(stated, "kindVersion.kind", path)?,
        version: text(stated, "kindVersion.version", path)?,
        integrated_time: stated.integer("integratedTime"),
        signed_entry_timestamp: promise,
        proof,
        body: bytes(stated, "canonicalizedBody", path)?,
    })
}

fn inclusion_proof(stated: &mut Value<'_>, path: &Path<'_>) -> Result<InclusionProof> {
    let hashes = list(stated, "inclusionProof.hashes", path, |hash, path| {
        let hash = hash.bytes("");
        let length = hash.len();
        hash.try_into().map_err(|_| path.malformed("a SHA-256 hash of 32 bytes", format_args!("{length} bytes")))
    })?;
    let checkpoint = stated.text("inclusionProof.checkpoint.envelope");
    Ok(InclusionProof {
        log_index: natural(stated, "inclusionProof.logIndex", path)?,
        root_hash: stated.bytes("inclusionProof.rootHash"),
        tree_size: natural(stated, "inclusionProof.treeSize", path)?,
        hashes,
        checkpoint: if checkpoint.is_empty() { None } else { Some(checkpoint.into_owned()) },
    })
}

/// The items of the list `name` in the message at `path`. `read` reads each of them.
fn list<'a, T>(
    stated: &mut Value<'a>,
    name: &str,
    path: &Path<'_>,
    read: impl Fn(&mut Value<'a>, &Path<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    let path = path.field(name);
    let mut items = Vec::new();
    for (index, stated) in stated.list(name).iter_mut().enumerate() {
        items.push(read(stated, &path.item(index))?);
    }
    Ok(items)
}

/// An integer that is not negative.
fn natural(stated: &mut Value<'_>, name: &str, path: &Path<'_>) -> Result<u64> {
    let stated = stated.integer(name);
    u64::try_from(stated).map_err(|_| path.field(name).malformed("a number from 0 on", stated.to_string()))
}

/// Bytes that may not be absent.
fn bytes(stated: &mut Value<'_>, name: &str, path: &Path<'_>) -> Result<Vec<u8>> {
    let bytes = stated.bytes(name);
    if bytes.is_empty() { Err(path.field(name).missing()) } else { Ok(bytes) }
}

/// A text that may not be absent.
fn text(stated: &mut Value<'_>, name: &str, path: &Path<'_>) -> Result<String> {
    let text = stated.text(name);
    if text.is_empty() { Err(path.field(name).missing()) } else { Ok(text.into_owned()) }
}
