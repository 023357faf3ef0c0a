//! The canonicalized body of a log entry: what the log recorded (Rekor's entry types, rekor-v2-spec).
//!
//! Read strictly. Kind and version must be those that the entry states, and a field that the type does not define is
//! refused. The log hashed exactly these bytes, so no part of them may be ignored.

mod object;
mod hashedrekord;
mod dsse;
mod intoto;
mod verifier;

use crate::crypto::Digest;
use crate::encoding::json;
use crate::encoding::protojson::Path;
use crate::error::{Code, Result};
use crate::limits;
use crate::log::entry::LogEntry;
use object::Object;

/// What an entry recorded. Proves nothing by itself. The inclusion proof shows that the log recorded it. The comparison
/// with the bundle shows that it is about this signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryBody {
    /// What was signed.
    pub content: RecordedContent,
    /// The signatures over it, each with its signer. At least one; `hashedrekord` has exactly one.
    pub signatures: Vec<RecordedSignature>,
}

/// What was signed, according to the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordedContent {
    /// `hashedrekord`: the digest of an artifact, or of a DSSE envelope's pre-authentication encoding.
    ArtifactDigest(Digest),
    /// `dsse` and `intoto`: a DSSE envelope.
    Envelope {
        /// The digest of the payload.
        payload_hash: Digest,
        /// The digest of the envelope's JSON as it was uploaded. A bundle does not keep that spelling.
        envelope_hash: Option<Digest>,
        /// The payload type. Only `intoto` records it.
        payload_type: Option<String>,
    },
}

/// A signature, according to the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedSignature {
    /// The signature's bytes.
    pub signature: Vec<u8>,
    /// Who signed.
    pub verifier: RecordedVerifier,
    /// The algorithm (`PublicKeyDetails` in protobuf-specs). Only Rekor v2 records it.
    pub key_details: Option<String>,
}

/// Who signed, according to the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordedVerifier {
    /// A certificate, DER.
    Certificate(Vec<u8>),
    /// A public key, SubjectPublicKeyInfo in DER.
    PublicKey(Vec<u8>),
}

/// Reads the body of an entry.
///
/// # Errors
/// `ERR_ENTRY_KIND`, `ERR_ENTRY_MALFORMED`, `ERR_INPUT_TOO_LARGE`.
pub fn parse_body(entry: &LogEntry) -> Result<EntryBody> {
    entry.generation()?;
    let entry_path = Path::root("the entry", Code::EntryMalformed);
    let path = entry_path.field("body");
    let value = json::parse(&entry.body, limits::BUNDLE_BYTES).map_err(|error| match error.code() {
        Code::InputTooLarge => error,
        code => path.malformed("canonical JSON", code.text()),
    })?;
    let body = Object::open(&value, path, &["apiVersion", "kind", "spec"])?;
    for (field, stated) in [("kind", &entry.kind), ("apiVersion", &entry.version)] {
        let found = body.text(field)?;
        if found != stated {
            return Err(path.field(field).malformed(format_args!("{stated}, as the entry states"), found));
        }
    }
    match (entry.kind.as_str(), entry.version.as_str()) {
        ("hashedrekord", "0.0.1") => hashedrekord::parse_v001(&body),
        ("hashedrekord", _) => hashedrekord::parse_v002(&body),
        ("dsse", "0.0.1") => dsse::parse_v001(&body),
        ("dsse", _) => dsse::parse_v002(&body),
        _ => intoto::parse_v002(&body),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::tests::entries;

    /// The code for a body in which `from` is replaced by `to`.
    fn code(case: &str, from: &str, to: &str) -> Option<Code> {
        let mut entry = entries(case).remove(0);
        let body = String::from_utf8(entry.body).unwrap();
        assert!(from.is_empty() || body.contains(from), "{case}: {from}");
        entry.body = if from.is_empty() { body } else { body.replacen(from, to, 1) }.into_bytes();
        parse_body(&entry).err().map(|error| error.code())
    }

    #[test]
    fn refuses_what_the_type_does_not_define() {
        const V1: &str = "conformance/bundle-verify/happy-path-v0.1";
        const V2: &str = "catalogues/cases/series-01";
        const DSSE1: &str = "conformance/bundle-verify/happy-path-intoto-in-dsse-v3";
        const DSSE2: &str = "catalogues/cases/old-dsse-keyless-email-2";
        const INTOTO: &str = "conformance/bundle-verify/intoto-expired-certificate_fail";
        for case in [V1, V2, DSSE1, DSSE2, INTOTO] {
            assert_eq!(code(case, "", ""), None, "{case}");
            for (from, to) in [
                ("{", "["),
                ("{\"apiVersion\"", "{\"extra\":1,\"apiVersion\""),
                ("\"spec\":{", "\"spec\":{\"extra\":1,"),
                ("\"spec\":{", "\"spec\":{\"\":{},"),
                ("\"kind\":\"", "\"kind\":\"x"),
                ("\"apiVersion\":\"0.0.", "\"apiVersion\":\"0.1."),
                ("\"kind\":", "\"Kind\":"),
                ("\"kind\":", "\"kind\":\"dsse\",\"kind\":"),
                ("\"algorithm\":\"", "\"algorithm\":\"x"),
                ("\"algorithm\":", "\"value\":\"00\",\"algorithm\":"),
                ("\"spec\":", "\"spec\":null,\"extra\":"),
            ] {
                assert_eq!(code(case, from, to), Some(Code::EntryMalformed), "{case}: {from} to {to}");
            }
        }
        for (case, from, to) in [
            (V1, "\"value\":\"a0", "\"value\":\"A0"),
            (V1, "\"value\":\"a0", "\"value\":\""),
            (V1, "\"content\":\"M", "\"content\":\"*"),
            (V1, "\"publicKey\":{\"content\":\"LS0t", "\"publicKey\":{\"content\":\"AAAA"),
            (V1, "\"sha256\"", "\"sha512\""),
            (V1, "\"sha256\"", "\"SHA2_256\""),
            (V2, "\"SHA2_256\"", "\"sha256\""),
            (V2, "\"SHA2_256\"", "\"SHA2_384\""),
            (V2, "\"x509Certificate\"", "\"x509certificate\""),
            (V2, "\"x509Certificate\":", "\"publicKey\":{\"rawBytes\":\"AAAA\"},\"x509Certificate\":"),
            (V2, "\"keyDetails\":\"PKIX_ECDSA_P256_SHA_256\",", ""),
            (V2, "\"rawBytes\":\"", "\"rawBytes\":\"\",\"x\":\""),
            (DSSE1, "\"signatures\":[", "\"signatures\":[{},"),
            (DSSE1, "\"envelopeHash\"", "\"envelopehash\""),
            (DSSE2, "\"signatures\":[", "\"signatures\":[],\"x\":["),
            (DSSE2, "\"signatures\":[{", "\"signatures\":[],\"payloadHash\":[{"),
            (INTOTO, "\"payload\":\"Z", "\"payload\":\"Y"),
            (
                INTOTO,
                "\"payloadHash\":{\"algorithm\":\"sha256\",\"value\":\"0",
                "\"payloadHash\":{\"algorithm\":\"sha256\",\"value\":\"1",
            ),
            (INTOTO, "\"sig\":\"TU", "\"sig\":\"//"),
        ] {
            assert_eq!(code(case, from, to), Some(Code::EntryMalformed), "{case}: {from} to {to}");
        }
    }

    #[test]
    fn several_signatures_are_read() {
        let mut entry = entries("catalogues/cases/old-dsse-keyless-email-2").remove(0);
        let body = String::from_utf8(entry.body).unwrap();
        let (head, list) = body.split_once("\"signatures\":[").unwrap();
        let (signature, tail) = list.rsplit_once(']').unwrap();
        entry.body = format!("{head}\"signatures\":[{signature},{signature}]{tail}").into_bytes();
        assert_eq!(parse_body(&entry).unwrap().signatures.len(), 2);
    }
}
