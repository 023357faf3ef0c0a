//! What a bundle states, for people to read. Nothing of it is verified, and the text says so.

use crate::bundle::{Bundle, Content, SignerMaterial, statement::Statement};
use crate::encoding::json_writer::ObjectWriter;
use crate::encoding::time::Time;
use crate::encoding::{base64, hex};
use crate::error::Result;
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
    let object = ObjectWriter::new().json("verified", "false").string("version", &bundle.version.to_string());
    let object = match &bundle.signer {
        SignerMaterial::Certificates(certificates) => {
            let described = certificates.iter().map(|der| certificate(der)).collect::<Result<Vec<_>>>()?;
            object.array("certificates", described)
        }
        SignerMaterial::PublicKey { hint } => object.string("keyHint", hint),
    };
    Ok(object
        .array("logEntries", bundle.entries.iter().map(entry))
        .strings("timestamps", bundle.timestamps.iter().map(|response| stated_time(response)))
        .json("content", &content(&bundle.content))
        .finish())
}

fn certificate(der: &[u8]) -> Result<String> {
    let certificate = Certificate::from_der(der)?;
    let validity = certificate.validity();
    let key = certificate.public_key().map_or_else(|error| error.to_string(), |key| key.kind().to_string());
    let extensions = certificate
        .extensions()
        .fulcio
        .iter()
        .filter_map(|(number, text)| Some((fulcio::name(*number)?, text)))
        .fold(ObjectWriter::new(), |object, (name, text)| object.string(name, text));
    Ok(ObjectWriter::new()
        .string("subject", &certificate.subject_text())
        .string("issuedBy", &certificate.issuer_text())
        .strings("names", certificate.subject_alt_names().iter().map(ToString::to_string))
        .optional_string("oidcIssuer", certificate.oidc_issuer()?)
        .string("notBefore", &validity.start.to_string())
        .optional_string("notAfter", validity.end.map(|end| end.to_string()).as_deref())
        .string("key", &key)
        .string("fingerprint", &format!("sha256:{}", hex::encode(&crate::crypto::sha256(der))))
        .json("extensions", &extensions.finish())
        .finish())
}

fn entry(entry: &LogEntry) -> String {
    let time = if entry.integrated_time > 0 { Time::from_seconds(entry.integrated_time) } else { None };
    let mut object = ObjectWriter::new()
        .string("kind", &format!("{} {}", entry.kind, entry.version))
        .string("logId", &base64::encode(&entry.log_id))
        .string("logIndex", &entry.log_index.to_string())
        .optional_string("integratedTime", time.map(|time| time.to_string()).as_deref())
        .json("signedEntryTimestamp", if entry.signed_entry_timestamp.is_some() { "true" } else { "false" });
    if let Some(proof) = &entry.proof {
        object = object
            .string("treeSize", &proof.tree_size.to_string())
            .string("rootHash", &base64::encode(&proof.root_hash))
            .optional_string("checkpoint", proof.checkpoint.as_deref());
    }
    object.finish()
}

fn stated_time(response: &[u8]) -> String {
    timestamp::stated_time(response).map_or_else(|error| error.to_string(), |time| time.to_string())
}

fn content(content: &Content) -> String {
    match content {
        Content::Message { digest, .. } => ObjectWriter::new()
            .string("kind", "message signature")
            .optional_string("digest", digest.digest().map(ToString::to_string).as_deref())
            .finish(),
        Content::Envelope(envelope) => {
            let object = ObjectWriter::new()
                .string("kind", "DSSE envelope")
                .string("payloadType", &envelope.payload_type)
                .string("signatures", &envelope.signatures.len().to_string());
            match Statement::from_envelope(envelope) {
                Ok(statement) => object.json("statement", &statement.to_json()).finish(),
                Err(error) => object.string("statement", &error.to_string()).finish(),
            }
        }
    }
}
