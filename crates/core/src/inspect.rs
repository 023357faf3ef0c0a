//! Describes what a bundle states, for people to read. Nothing of it is verified, and the output says so.

use crate::bundle::{Bundle, Content, SignerMaterial, statement::Statement};
use crate::encoding::base64;
use crate::encoding::json_writer::ObjectWriter;
use crate::encoding::time::Time;
use crate::error::{Error, IS_FIRST, Result};
use crate::key::fingerprint_text;
use crate::log::entry::LogEntry;
use crate::signer::fulcio;
use crate::timestamp;
use crate::x509::certificate::Certificate;

/// Describes a bundle as JSON.
///
/// # Errors
/// Those of [`Bundle::parse`] and of certificates.
pub fn bundle(bytes: &[u8]) -> Result<String> {
    let bundle = Bundle::parse(bytes)?;
    let mut object = ObjectWriter::new();
    object.json("verified", "false").text("version", bundle.version);
    match &bundle.signer {
        SignerMaterial::Certificates(certificates) => {
            let mut described = Vec::new();
            for der in certificates {
                described.push(certificate(der)?);
            }
            object.array("certificates", described)
        }
        SignerMaterial::PublicKey { hint } => object.string("keyHint", hint),
    };
    let times = bundle.timestamps.iter().map(|response| stated_time(response)).collect::<Result<Vec<_>>>()?;
    Ok(object
        .array("logEntries", bundle.entries.iter().map(entry))
        .strings("timestamps", times)
        .json("content", &content(&bundle.content)?)
        .finish())
}

fn certificate(der: &[u8]) -> Result<String> {
    let certificate = Certificate::from_der(der)?;
    let validity = certificate.validity();
    let key = certificate.public_key().map_or_else(told, |key| Ok(key.kind().to_string()))?;
    let mut extensions = ObjectWriter::new();
    for (number, text) in &certificate.extensions().fulcio {
        if let Some(name) = fulcio::name(*number) {
            extensions.string(name, text);
        }
    }
    Ok(ObjectWriter::new()
        .string("subject", &certificate.subject_text())
        .string("issuedBy", &certificate.issuer_text())
        .strings("names", certificate.subject_alt_names().iter().map(ToString::to_string))
        .optional_string("oidcIssuer", certificate.oidc_issuer()?)
        .text("notBefore", validity.start)
        .optional_text("notAfter", validity.end)
        .string("key", &key)
        .string("fingerprint", &fingerprint_text(&crate::crypto::sha256(der)))
        .json("extensions", &extensions.finish())
        .finish())
}

fn entry(entry: &LogEntry) -> String {
    let time = if entry.integrated_time > 0 { Time::from_seconds(entry.integrated_time) } else { None };
    let mut object = ObjectWriter::new();
    object
        .text("kind", format_args!("{} {}", entry.kind, entry.version))
        .string("logId", &base64::encode(&entry.log_id))
        .text("logIndex", entry.log_index)
        .optional_text("integratedTime", time)
        .json("signedEntryTimestamp", if entry.signed_entry_timestamp.is_some() { "true" } else { "false" });
    if let Some(proof) = &entry.proof {
        object
            .text("treeSize", proof.tree_size)
            .string("rootHash", &base64::encode(&proof.root_hash))
            .optional_string("checkpoint", proof.checkpoint.as_deref());
    }
    object.finish()
}

fn stated_time(response: &[u8]) -> Result<String> {
    timestamp::stated_time(response).map_or_else(told, |time| Ok(time.to_string()))
}

/// Why a part cannot be read, in its place. Only the whole core has the words for it.
fn told(error: Error) -> Result<String> {
    if IS_FIRST { Err(error) } else { Ok(error.to_string()) }
}

fn content(content: &Content) -> Result<String> {
    Ok(match content {
        Content::Message { digest, .. } => ObjectWriter::new()
            .string("kind", "message signature")
            .optional_string("digest", digest.digest().map(ToString::to_string).as_deref())
            .finish(),
        Content::Envelope(envelope) => {
            let mut object = ObjectWriter::new();
            object
                .string("kind", "DSSE envelope")
                .string("payloadType", &envelope.payload_type)
                .text("signatures", envelope.signatures.len());
            match Statement::from_envelope(envelope) {
                Ok(statement) => object.json("statement", &statement.to_json()).finish(),
                Err(error) => object.string("statement", &told(error)?).finish(),
            }
        }
    })
}
