//! `intoto` 0.0.2: an in-toto envelope. Signatures are base64, encoded a second time as base64. The payload is absent,
//! or it is encoded in the same way and must match its hash.
//!
//! `{"content": {"envelope": {"payload"?, "payloadType", "signatures": [{"keyid"?, "publicKey", "sig"}]},
//! "hash": {"algorithm", "value"}, "payloadHash": {…}}}`

use super::object::Object;
use super::verifier::parse_pem;
use super::{EntryBody, RecordedContent, RecordedSignature};
use crate::encoding::base64;
use crate::error::Result;

pub(super) fn parse_v002(body: &Object<'_, '_, '_>) -> Result<EntryBody> {
    let spec = body.object("spec", &["content"])?;
    let spec = spec.object("content", &["envelope", "hash", "payloadHash"])?;
    let envelope = spec.object("envelope", &["payload", "payloadType", "signatures"])?;
    let payload_hash = spec.hex_digest("payloadHash")?;
    if envelope.has("payload") {
        let payload = twice_decoded(&envelope, "payload")?;
        let found = payload_hash.algorithm().digest(&payload);
        if found != payload_hash {
            return Err(spec.path.field("payloadHash").malformed(found, payload_hash));
        }
    }
    let mut signatures = Vec::new();
    for signature in envelope.objects("signatures", &["keyid", "publicKey", "sig"])? {
        signatures.push(RecordedSignature {
            signature: twice_decoded(&signature, "sig")?,
            verifier: parse_pem(&signature, "publicKey")?,
            key_details: None,
        });
    }
    let content = RecordedContent::Envelope {
        payload_hash,
        envelope_hash: Some(spec.hex_digest("hash")?),
        payload_type: Some(envelope.text("payloadType")?.to_owned()),
    };
    Ok(EntryBody { content, signatures })
}

fn twice_decoded(object: &Object<'_, '_, '_>, key: &str) -> Result<Vec<u8>> {
    let inner = object.encoded_text(key)?;
    base64::decode(&inner).map_err(|_| object.path.field(key).malformed("base64 of base64", &inner))
}
