//! `hashedrekord`: a signature over an artifact, which is recorded by its digest alone.
//!
//! 0.0.1: `{"data": {"hash": {"algorithm", "value"}}, "signature": {"content", "publicKey": {"content"}}}`.
//! 0.0.2: `{"hashedRekordV002": {"data": {"algorithm", "digest"}, "signature": {"content", "verifier"}}}`.

use super::object::Object;
use super::verifier::{parse_pem, parse_signature_v002};
use super::{EntryBody, RecordedContent, RecordedSignature};
use crate::error::Result;

pub(super) fn parse_v001(body: &Object<'_, '_, '_>) -> Result<EntryBody> {
    let spec = body.object("spec", &["data", "signature"])?;
    let digest = spec.object("data", &["hash"])?.hex_digest("hash")?;
    let signature = spec.object("signature", &["content", "publicKey"])?;
    let recorded = RecordedSignature {
        signature: signature.bytes("content")?,
        verifier: parse_pem(&signature.object("publicKey", &["content"])?, "content")?,
        key_details: None,
    };
    Ok(EntryBody { content: RecordedContent::ArtifactDigest(digest), signatures: vec![recorded] })
}

pub(super) fn parse_v002(body: &Object<'_, '_, '_>) -> Result<EntryBody> {
    let spec = body.object("spec", &["hashedRekordV002"])?;
    let spec = spec.object("hashedRekordV002", &["data", "signature"])?;
    let digest = spec.base64_digest("data")?;
    let signature = parse_signature_v002(&spec.object("signature", &["content", "verifier"])?)?;
    Ok(EntryBody { content: RecordedContent::ArtifactDigest(digest), signatures: vec![signature] })
}
