//! The reader of binary bundles beside prost's derived messages (protobuf-specs v0.5), on real bundles and their mutants.
//! What the reader accepts means the same to prost. What prost reads without loss is no malformed protobuf to the reader.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions
)]

mod mutate;

use std::path::Path;

use inkan_core::bundle::{self, Bundle, Content, SignerMaterial, StatedDigest};
use inkan_core::error::Code;
use inkan_core::log::entry::LogEntry;
use mutate::Random;
use prost::Message as _;

/// The messages of `sigstore_bundle.proto` and of the files that it imports. The members of a oneof are fields side by side,
/// which is the same on the wire.
mod messages {
    #[derive(Clone, PartialEq, prost::Message)]
    pub(super) struct Bundle {
        #[prost(string, tag = "1")]
        pub(super) media_type: String,
        #[prost(message, optional, tag = "2")]
        pub(super) verification_material: Option<VerificationMaterial>,
        #[prost(message, optional, tag = "3")]
        pub(super) message_signature: Option<MessageSignature>,
        #[prost(message, optional, tag = "4")]
        pub(super) dsse_envelope: Option<Envelope>,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub(super) struct VerificationMaterial {
        #[prost(message, optional, tag = "1")]
        pub(super) public_key: Option<PublicKeyIdentifier>,
        #[prost(message, optional, tag = "2")]
        pub(super) x509_certificate_chain: Option<X509CertificateChain>,
        #[prost(message, repeated, tag = "3")]
        pub(super) tlog_entries: Vec<TransparencyLogEntry>,
        #[prost(message, optional, tag = "4")]
        pub(super) timestamp_verification_data: Option<TimestampVerificationData>,
        #[prost(message, optional, tag = "5")]
        pub(super) certificate: Option<X509Certificate>,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub(super) struct PublicKeyIdentifier {
        #[prost(string, tag = "1")]
        pub(super) hint: String,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub(super) struct X509CertificateChain {
        #[prost(message, repeated, tag = "1")]
        pub(super) certificates: Vec<X509Certificate>,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub(super) struct X509Certificate {
        #[prost(bytes = "vec", tag = "1")]
        pub(super) raw_bytes: Vec<u8>,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub(super) struct TimestampVerificationData {
        #[prost(message, repeated, tag = "1")]
        pub(super) rfc3161_timestamps: Vec<Rfc3161SignedTimestamp>,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub(super) struct Rfc3161SignedTimestamp {
        #[prost(bytes = "vec", tag = "1")]
        pub(super) signed_timestamp: Vec<u8>,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub(super) struct TransparencyLogEntry {
        #[prost(int64, tag = "1")]
        pub(super) log_index: i64,
        #[prost(message, optional, tag = "2")]
        pub(super) log_id: Option<LogId>,
        #[prost(message, optional, tag = "3")]
        pub(super) kind_version: Option<KindVersion>,
        #[prost(int64, tag = "4")]
        pub(super) integrated_time: i64,
        #[prost(message, optional, tag = "5")]
        pub(super) inclusion_promise: Option<InclusionPromise>,
        #[prost(message, optional, tag = "6")]
        pub(super) inclusion_proof: Option<InclusionProof>,
        #[prost(bytes = "vec", tag = "7")]
        pub(super) canonicalized_body: Vec<u8>,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub(super) struct LogId {
        #[prost(bytes = "vec", tag = "1")]
        pub(super) key_id: Vec<u8>,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub(super) struct KindVersion {
        #[prost(string, tag = "1")]
        pub(super) kind: String,
        #[prost(string, tag = "2")]
        pub(super) version: String,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub(super) struct InclusionPromise {
        #[prost(bytes = "vec", tag = "1")]
        pub(super) signed_entry_timestamp: Vec<u8>,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub(super) struct InclusionProof {
        #[prost(int64, tag = "1")]
        pub(super) log_index: i64,
        #[prost(bytes = "vec", tag = "2")]
        pub(super) root_hash: Vec<u8>,
        #[prost(int64, tag = "3")]
        pub(super) tree_size: i64,
        #[prost(bytes = "vec", repeated, tag = "4")]
        pub(super) hashes: Vec<Vec<u8>>,
        #[prost(message, optional, tag = "5")]
        pub(super) checkpoint: Option<Checkpoint>,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub(super) struct Checkpoint {
        #[prost(string, tag = "1")]
        pub(super) envelope: String,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub(super) struct MessageSignature {
        #[prost(message, optional, tag = "1")]
        pub(super) message_digest: Option<HashOutput>,
        #[prost(bytes = "vec", tag = "2")]
        pub(super) signature: Vec<u8>,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub(super) struct HashOutput {
        #[prost(int32, tag = "1")]
        pub(super) algorithm: i32,
        #[prost(bytes = "vec", tag = "2")]
        pub(super) digest: Vec<u8>,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub(super) struct Envelope {
        #[prost(bytes = "vec", tag = "1")]
        pub(super) payload: Vec<u8>,
        #[prost(string, tag = "2")]
        pub(super) payload_type: String,
        #[prost(message, repeated, tag = "3")]
        pub(super) signatures: Vec<Signature>,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub(super) struct Signature {
        #[prost(bytes = "vec", tag = "1")]
        pub(super) sig: Vec<u8>,
        #[prost(string, tag = "2")]
        pub(super) keyid: String,
    }
}

/// The binary form of every real bundle that has one.
fn binary_bundles() -> Vec<Vec<u8>> {
    let real = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../test/vectors/real");
    let mut found = Vec::new();
    for folder in ["conformance/bundle-verify", "catalogues/cases"] {
        for case in std::fs::read_dir(real.join(folder)).unwrap() {
            let json = std::fs::read(case.unwrap().path().join("bundle.sigstore.json")).unwrap_or_default();
            found.extend(bundle::to_binary(&json));
        }
    }
    found.sort();
    assert!(found.len() > 140, "the real vectors are there");
    found
}

/// The bundle with its long byte strings cut, so that a random octet of it is likely to be a tag or a length.
fn shortened(bytes: &[u8]) -> Vec<u8> {
    let mut bundle = messages::Bundle::decode(bytes).unwrap();
    let material = bundle.verification_material.get_or_insert_default();
    let chain = material.x509_certificate_chain.iter_mut().flat_map(|chain| &mut chain.certificates);
    chain.chain(&mut material.certificate).for_each(|certificate| certificate.raw_bytes.truncate(2));
    for entry in &mut material.tlog_entries {
        entry.canonicalized_body.truncate(2);
        entry.log_id.get_or_insert_default().key_id.truncate(2);
        entry.inclusion_promise.iter_mut().for_each(|promise| promise.signed_entry_timestamp.truncate(2));
        if let Some(proof) = &mut entry.inclusion_proof {
            proof.hashes.truncate(1);
            proof.checkpoint.get_or_insert_default().envelope.clear();
        }
    }
    for timestamp in material.timestamp_verification_data.iter_mut().flat_map(|data| &mut data.rfc3161_timestamps) {
        timestamp.signed_timestamp.truncate(2);
    }
    bundle.message_signature.iter_mut().for_each(|signed| signed.signature.truncate(2));
    if let Some(envelope) = &mut bundle.dsse_envelope {
        envelope.payload.truncate(2);
        envelope.signatures.iter_mut().for_each(|signature| signature.sig.truncate(2));
    }
    bundle.encode_to_vec()
}

/// Requires that a bundle holds what prost reads in the same bytes.
fn compare(bundle: &Bundle, expected: messages::Bundle) {
    let material = expected.verification_material.unwrap();
    let certificates = match (material.certificate, material.x509_certificate_chain) {
        (Some(leaf), None) => vec![leaf],
        (None, Some(chain)) => chain.certificates,
        (None, None) => Vec::new(),
        (Some(_), Some(_)) => panic!("one of the two"),
    };
    let certificates: Vec<_> = certificates.into_iter().map(|certificate| certificate.raw_bytes).collect();
    match &bundle.signer {
        SignerMaterial::Certificates(found) => assert_eq!(*found, certificates),
        SignerMaterial::PublicKey { hint } => assert_eq!(*hint, material.public_key.unwrap().hint),
    }
    let timestamps = material.timestamp_verification_data.unwrap_or_default().rfc3161_timestamps;
    let timestamps: Vec<_> = timestamps.into_iter().map(|timestamp| timestamp.signed_timestamp).collect();
    assert_eq!(bundle.timestamps, timestamps);
    assert_eq!(bundle.entries.len(), material.tlog_entries.len());
    for (entry, expected) in bundle.entries.iter().zip(material.tlog_entries) {
        compare_entries(entry, expected);
    }
    match (&bundle.content, expected.message_signature, expected.dsse_envelope) {
        (Content::Message { digest, signature }, Some(expected), None) => {
            let stated = expected.message_digest.unwrap_or_default();
            match digest {
                StatedDigest::Absent => assert_eq!((stated.algorithm, stated.digest), (0, Vec::new())),
                StatedDigest::Digest(digest) => {
                    assert_eq!(digest.as_bytes(), stated.digest);
                    assert_eq!(digest.as_bytes().len(), 16 + 16 * stated.algorithm as usize);
                }
                StatedDigest::Message(bytes) => assert_eq!((0, bytes), (stated.algorithm, &stated.digest)),
            }
            assert_eq!(*signature, expected.signature);
        }
        (Content::Envelope(envelope), None, Some(expected)) => {
            assert_eq!((&envelope.payload_type, &envelope.payload), (&expected.payload_type, &expected.payload));
            let found = envelope.signatures.iter().map(|found| (&found.keyid, &found.signature));
            assert!(found.eq(expected.signatures.iter().map(|expected| (&expected.keyid, &expected.sig))));
        }
        (content, ..) => panic!("another content than {content:?}"),
    }
}

fn compare_entries(entry: &LogEntry, expected: messages::TransparencyLogEntry) {
    assert_eq!((entry.log_index as i64, entry.integrated_time), (expected.log_index, expected.integrated_time));
    assert_eq!(entry.log_id, expected.log_id.unwrap().key_id);
    let kind = expected.kind_version.unwrap();
    assert_eq!((&entry.kind, &entry.version), (&kind.kind, &kind.version));
    assert_eq!(entry.body, expected.canonicalized_body);
    let promise = expected.inclusion_promise.unwrap_or_default().signed_entry_timestamp;
    assert_eq!(entry.signed_entry_timestamp.clone().unwrap_or_default(), promise);
    assert_eq!(entry.proof.is_some(), expected.inclusion_proof.is_some());
    if let (Some(proof), Some(expected)) = (&entry.proof, expected.inclusion_proof) {
        assert_eq!((proof.log_index as i64, proof.tree_size as i64), (expected.log_index, expected.tree_size));
        assert_eq!((&proof.root_hash, proof.hashes.concat()), (&expected.root_hash, expected.hashes.concat()));
        assert_eq!(proof.hashes.len(), expected.hashes.len());
        assert_eq!(proof.checkpoint.clone().unwrap_or_default(), expected.checkpoint.unwrap_or_default().envelope);
    }
}

/// Whether the bytes are read as a bundle.
fn agree(bytes: &[u8]) -> bool {
    let expected = messages::Bundle::decode(bytes);
    match Bundle::parse(bytes) {
        Ok(bundle) => {
            compare(&bundle, expected.unwrap());
            return true;
        }
        Err(error) => {
            let is_form = matches!(error.code(), Code::BundleProtobuf | Code::BundleUnknownField);
            let loses_nothing = expected.is_ok_and(|bundle| {
                let digest = bundle.message_signature.as_ref().and_then(|signed| signed.message_digest.as_ref());
                // An enumeration's number is not negative. To prost it may be.
                digest.is_none_or(|digest| digest.algorithm >= 0) && bundle.encode_to_vec() == bytes
            });
            assert!(!(is_form && loses_nothing), "{error} in {bytes:x?}");
        }
    }
    false
}

#[test]
fn prost_reads_the_same_in_real_bundles_and_their_mutants() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let (mut real, mut read, mut mutants) = (0, 0, 0);
    for bytes in binary_bundles() {
        real += usize::from(agree(&bytes));
        let short = shortened(&bytes);
        for round in 0..200 {
            let original = if round % 4 == 0 { &bytes } else { &short };
            let mutant = random.mutate(original, &[0x08, 0x0a, 0x12, 0x1a, 0x22, 0x2a, 0x00, 0x80, 0xff], 2);
            read += usize::from(agree(&mutant));
            mutants += 1;
        }
    }
    assert!(real > 130, "{real} real bundles are read");
    assert!(read > mutants / 20 && read < mutants, "{read} of {mutants} mutants are read");
}
