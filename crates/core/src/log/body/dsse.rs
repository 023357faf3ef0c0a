//! `dsse`: an envelope, recorded by its hashes alone.
//!
//! 0.0.1: `{"envelopeHash": {"algorithm", "value"}, "payloadHash": {…}, "signatures": [{"signature", "verifier"}]}`.
//! 0.0.2: `{"dsseV002": {"payloadHash": {"algorithm", "digest"}, "signatures": [{"content", "verifier"}]}}`.

use super::object::Object;
use super::verifier::{parse_pem, parse_signature_v002};
use super::{EntryBody, RecordedContent, RecordedSignature};
use crate::error::Result;

pub(super) fn parse_v001(body: &Object<'_, '_, '_>) -> Result<EntryBody> {
    let spec = body.object("spec", &["envelopeHash", "payloadHash", "signatures"])?;
    let mut signatures = Vec::new();
    for signature in spec.objects("signatures", &["signature", "verifier"])? {
        signatures.push(RecordedSignature {
            signature: signature.bytes("signature")?,
            verifier: parse_pem(&signature, "verifier")?,
            key_details: None,
        });
    }
    let content = RecordedContent::Envelope {
        payload_hash: spec.hex_digest("payloadHash")?,
        envelope_hash: Some(spec.hex_digest("envelopeHash")?),
        payload_type: None,
    };
    Ok(EntryBody { content, signatures })
}

pub(super) fn parse_v002(body: &Object<'_, '_, '_>) -> Result<EntryBody> {
    let spec = body.object("spec", &["dsseV002"])?;
    let spec = spec.object("dsseV002", &["payloadHash", "signatures"])?;
    let mut signatures = Vec::new();
    for signature in spec.objects("signatures", &["content", "verifier"])? {
        signatures.push(parse_signature_v002(&signature)?);
    }
    let content = RecordedContent::Envelope {
        payload_hash: spec.base64_digest("payloadHash")?,
        envelope_hash: None,
        payload_type: None,
    };
    Ok(EntryBody { content, signatures })
}
