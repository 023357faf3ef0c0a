//! Who signed, in the forms of Rekor v1 (PEM) and Rekor v2 (protobuf-JSON).

use super::object::Object;
use super::{RecordedSignature, RecordedVerifier};
use crate::encoding::pem;
use crate::error::Result;

/// Base64 of one PEM block, a certificate or a public key (Rekor v1).
pub(super) fn parse_pem(object: &Object<'_, '_, '_>, key: &str) -> Result<RecordedVerifier> {
    let text = object.encoded_text(key)?;
    let path = object.path.field(key);
    let blocks = pem::parse(&text).map_err(|_| path.malformed("base64 of a PEM block", "other text"))?;
    let mut blocks = blocks.into_iter();
    match (blocks.next(), blocks.next()) {
        (Some(block), None) if block.label == "CERTIFICATE" => Ok(RecordedVerifier::Certificate(block.der)),
        (Some(block), None) if block.label == "PUBLIC KEY" => Ok(RecordedVerifier::PublicKey(block.der)),
        (Some(block), None) => Err(path.malformed("a CERTIFICATE or a PUBLIC KEY", &block.label)),
        _ => Err(path.malformed("one PEM block", "several")),
    }
}

/// `{"content": "<base64>", "verifier": {"keyDetails": …, "x509Certificate" or "publicKey": {"rawBytes": …}}}` (Rekor
/// v2). The caller has opened `signature`.
pub(super) fn parse_signature_v002(signature: &Object<'_, '_, '_>) -> Result<RecordedSignature> {
    let verifier = signature.object("verifier", &["keyDetails", "publicKey", "x509Certificate"])?;
    let recorded = match (verifier.has("x509Certificate"), verifier.has("publicKey")) {
        (true, false) => {
            RecordedVerifier::Certificate(verifier.object("x509Certificate", &["rawBytes"])?.bytes("rawBytes")?)
        }
        (false, true) => RecordedVerifier::PublicKey(verifier.object("publicKey", &["rawBytes"])?.bytes("rawBytes")?),
        (true, true) => return Err(verifier.path.malformed("a certificate or a public key", "both")),
        (false, false) => return Err(verifier.path.malformed("a certificate or a public key", "neither")),
    };
    Ok(RecordedSignature {
        signature: signature.bytes("content")?,
        verifier: recorded,
        key_details: Some(verifier.text("keyDetails")?.to_owned()),
    })
}
