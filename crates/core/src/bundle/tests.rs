//! The scan beside prost's decoder, on real bundles in the binary form and on their mutants. What the scan accepts is
//! decoded without loss. What prost decodes without loss is no malformed protobuf to the scan.

#![allow(clippy::arithmetic_side_effects, clippy::as_conversions)]

#[path = "../../tests/mutate/mod.rs"]
mod mutate;

use std::path::Path;

use prost::Message as _;

use self::mutate::Random;
use super::schema::{self, Count, Fields, Shape};
use super::wire::{Payload, Reader, write_bytes, write_varint};
use super::{binary, messages, root, to_binary};
use crate::error::Code;

/// The binary form of every real bundle that has one.
fn binary_bundles() -> Vec<Vec<u8>> {
    let real = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../test/vectors/real");
    let mut found = Vec::new();
    for folder in ["conformance/bundle-verify", "catalogues/cases"] {
        for case in std::fs::read_dir(real.join(folder)).unwrap() {
            let json = std::fs::read(case.unwrap().path().join("bundle.sigstore.json")).unwrap_or_default();
            found.extend(to_binary(&json));
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

/// The message as encoders write it: the fields in the order of their numbers, without those that have the default.
fn canonical(bytes: &[u8], fields: Fields) -> Vec<u8> {
    let mut out = Vec::new();
    for field in fields {
        let root = root();
        let mut wire = Reader::new(bytes, &root);
        while let Some((number, payload)) = wire.next().unwrap() {
            match (&field.shape, payload) {
                _ if number != field.number => {}
                (Shape::Message(fields), Payload::Bytes(bytes)) => {
                    write_bytes(number, &canonical(bytes, fields), &mut out);
                }
                (_, Payload::Varint(0)) => {}
                (_, Payload::Bytes([])) if matches!(field.count, Count::Single) => {}
                (_, Payload::Varint(value)) => write_varint(number, value, &mut out),
                (_, Payload::Bytes(bytes)) => write_bytes(number, bytes, &mut out),
                (_, Payload::Fixed) => panic!("no field has a fixed width"),
            }
        }
    }
    out
}

/// Whether the scan accepts the bytes.
fn agree(bytes: &[u8]) -> bool {
    match binary::read(bytes) {
        Ok(bundle) => {
            assert_eq!(bundle.encode_to_vec(), canonical(bytes, schema::BUNDLE));
            return true;
        }
        Err(error) => {
            let is_form = matches!(error.code(), Code::BundleProtobuf | Code::BundleUnknownField);
            let loses_nothing = messages::Bundle::decode(bytes).is_ok_and(|bundle| {
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
fn prost_decodes_all_that_the_scan_accepts() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let (mut accepted, mut mutants) = (0, 0);
    for bytes in binary_bundles() {
        assert!(agree(&bytes));
        let short = shortened(&bytes);
        for round in 0..200 {
            let original = if round % 4 == 0 { &bytes } else { &short };
            let mutant = random.mutate(original, &[0x08, 0x0a, 0x12, 0x1a, 0x22, 0x2a, 0x00, 0x80, 0xff], 2);
            accepted += usize::from(agree(&mutant));
            mutants += 1;
        }
    }
    assert!(accepted > mutants / 20 && accepted < mutants, "{accepted} of {mutants} mutants are accepted");
}
