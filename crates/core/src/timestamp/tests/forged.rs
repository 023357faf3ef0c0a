//! Tokens of an authority with an Ed25519 key, each with one defect that no real authority makes.

use ring::signature::{Ed25519KeyPair, KeyPair};

use super::*;
use crate::crypto::sha256;

const SIGNATURE: &[u8] = b"the signature that is stamped";
const ED25519: &[u8] = &[6, 3, 0x2b, 0x65, 0x70];
const SHA256: &[u8] = &[0x30, 11, 6, 9, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01];
const SHA1: &[u8] = &[0x30, 9, 6, 5, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 5, 0];
const TST_INFO: &[u8] = &[6, 11, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x01, 0x04];
const DATA: &[u8] = &[6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01];
const SIGNED_DATA: &[u8] = &[6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];
const POLICY: &[u8] = &[6, 3, 0x2a, 3, 4];

fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let mut out = vec![tag];
    match content.len() {
        short @ 0..=0x7f => out.push(u8::try_from(short).unwrap()),
        long => {
            out.push(0x82);
            out.extend_from_slice(&u16::try_from(long).unwrap().to_be_bytes());
            if long < 0x100 {
                out.truncate(1);
                out.extend_from_slice(&[0x81, u8::try_from(long).unwrap()]);
            }
        }
    }
    out.extend_from_slice(&content);
    out
}

fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    der(0x30, parts)
}

fn name(common_name: &str) -> Vec<u8> {
    let text = der(0x0c, &[common_name.as_bytes()]);
    sequence(&[&der(0x31, &[&sequence(&[&[6, 3, 0x55, 4, 3], &text])])])
}

fn pair(seed: u8) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap()
}

/// An extension, critical or not.
fn extension(oid: &[u8], critical: bool, value: &[u8]) -> Vec<u8> {
    let flag: &[u8] = if critical { &[1, 1, 0xff] } else { &[] };
    sequence(&[&der(6, &[oid]), flag, &der(4, &[value])])
}

/// A certificate of `subject`'s key, signed by `issuer`'s.
fn certificate(serial: u8, issuer: (&str, u8), subject: (&str, u8), extensions: &[Vec<u8>]) -> Vec<u8> {
    let algorithm = sequence(&[ED25519]);
    let mut bits = vec![0];
    bits.extend_from_slice(pair(subject.1).public_key().as_ref());
    let parts: Vec<&[u8]> = extensions.iter().map(Vec::as_slice).collect();
    let tbs = sequence(&[
        &der(0xa0, &[&[2, 1, 2]]),
        &[2, 1, serial],
        &algorithm,
        &name(issuer.0),
        &sequence(&[&der(0x17, &[b"260101000000Z"]), &der(0x17, &[b"270101000000Z"])]),
        &name(subject.0),
        &sequence(&[&algorithm, &der(3, &[&bits])]),
        &der(0xa3, &[&sequence(&parts)]),
    ]);
    let mut signature = vec![0];
    signature.extend_from_slice(pair(issuer.1).sign(&tbs).as_ref());
    sequence(&[&tbs, &algorithm, &der(3, &[&signature])])
}

const KEY_ID: &[u8] = &[7; 20];

fn root() -> Vec<u8> {
    let constraints = extension(&[0x55, 0x1d, 0x13], true, &[0x30, 3, 1, 1, 0xff]);
    let usage = extension(&[0x55, 0x1d, 0x0f], true, &[3, 2, 2, 4]);
    certificate(1, ("root", 1), ("root", 1), &[constraints, usage])
}

fn leaf_of(serial: u8, purpose: &[u8]) -> Vec<u8> {
    let usage = extension(&[0x55, 0x1d, 0x0f], true, &[3, 2, 7, 0x80]);
    let purposes = extension(&[0x55, 0x1d, 0x25], true, &sequence(&[&der(6, &[purpose])]));
    let key_id = extension(&[0x55, 0x1d, 0x0e], false, &der(4, &[KEY_ID]));
    certificate(serial, ("root", 1), ("tsa", 2), &[usage, purposes, key_id])
}

const TIME_STAMPING: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 8];
const CODE_SIGNING: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 3];

fn leaf() -> Vec<u8> {
    leaf_of(2, TIME_STAMPING)
}

fn attribute(last_arcs: &[u8], values: &[&[u8]]) -> Vec<u8> {
    let mut oid = vec![0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09];
    oid.extend_from_slice(last_arcs);
    sequence(&[&der(6, &[&oid]), &der(0x31, values)])
}

fn signing_certificate(certificate: &[u8], issuer_and_serial: &[u8]) -> Vec<u8> {
    let id = sequence(&[&der(4, &[&sha256(certificate)]), issuer_and_serial]);
    attribute(&[0x10, 2, 0x2f], &[&sequence(&[&sequence(&[&id])])])
}

/// The parts of a response. Without a change, they make one that verifies.
struct Parts {
    status: Vec<u8>,
    content_info: Vec<u8>,
    version: u8,
    digest_algorithms: Vec<u8>,
    content_type: Vec<u8>,
    info: Vec<u8>,
    certificates: Vec<u8>,
    signer_version: u8,
    signer_id: Vec<u8>,
    digest_algorithm: Vec<u8>,
    attributes: Vec<Vec<u8>>,
    signature_algorithm: Vec<u8>,
    unsigned: Vec<u8>,
    second_signer: bool,
}

/// A TSTInfo with these optional fields at its end.
fn info(imprint: &[u8], time: &[u8], rest: &[&[u8]]) -> Vec<u8> {
    sequence(&[&[2, 1, 1], POLICY, imprint, &[2, 1, 9], &der(0x18, &[time]), &rest.concat()])
}

fn imprint() -> Vec<u8> {
    sequence(&[SHA256, &der(4, &[&sha256(SIGNATURE)])])
}

impl Parts {
    fn new() -> Self {
        Self::of(info(&imprint(), b"20261122225204Z", &[]))
    }

    fn of(info: Vec<u8>) -> Self {
        let attributes = vec![
            attribute(&[3], &[TST_INFO]),
            attribute(&[4], &[&der(4, &[&sha256(&info)])]),
            signing_certificate(&leaf(), &[]),
        ];
        Self {
            status: sequence(&[&[2, 1, 0]]),
            content_info: SIGNED_DATA.to_vec(),
            version: 3,
            digest_algorithms: der(0x31, &[SHA256]),
            content_type: TST_INFO.to_vec(),
            info,
            certificates: Vec::new(),
            signer_version: 1,
            signer_id: sequence(&[&name("root"), &[2, 1, 2]]),
            digest_algorithm: SHA256.to_vec(),
            attributes,
            signature_algorithm: sequence(&[ED25519]),
            unsigned: Vec::new(),
            second_signer: false,
        }
    }

    fn build(&self) -> Vec<u8> {
        let attributes: Vec<&[u8]> = self.attributes.iter().map(Vec::as_slice).collect();
        let signature = pair(2).sign(&der(0x31, &attributes));
        let signer = sequence(&[
            &[2, 1, self.signer_version],
            &self.signer_id,
            &self.digest_algorithm,
            &der(0xa0, &attributes),
            &self.signature_algorithm,
            &der(4, &[signature.as_ref()]),
            &self.unsigned,
        ]);
        let signers = if self.second_signer { signer.repeat(2) } else { signer };
        let data = sequence(&[
            &[2, 1, self.version],
            &self.digest_algorithms,
            &sequence(&[&self.content_type, &der(0xa0, &[&der(4, &[&self.info])])]),
            &self.certificates,
            &der(0x31, &[&signers]),
        ]);
        sequence(&[&self.status, &sequence(&[&self.content_info, &der(0xa0, &[&data])])])
    }
}

fn authority(certificates: &[Vec<u8>]) -> TimestampAuthority {
    let certificates = certificates.iter().map(|der| Certificate::from_der(der).unwrap()).collect();
    pinned(certificates, Validity { start: Time::EARLIEST, end: None })
}

/// The code for the parts after `change`. `None` if they verify.
fn code(change: impl FnOnce(&mut Parts)) -> Option<Code> {
    let mut parts = Parts::new();
    change(&mut parts);
    judge(&parts)
}

fn judge(parts: &Parts) -> Option<Code> {
    match verify_timestamp(&parts.build(), SIGNATURE, &[authority(&[leaf(), root()])]) {
        Ok(TimestampOutcome::Verified(_)) => None,
        Ok(TimestampOutcome::Unknown(_)) => Some(Code::TimestampUntrusted),
        Err(error) => Some(error.code()),
    }
}

#[test]
fn the_honest_twins() {
    assert_eq!(code(|_| ()), None);
    assert_eq!(code(|parts| parts.status = sequence(&[&[2, 1, 1], &sequence(&[&der(0x0c, &[b"x"])])])), None);
    assert_eq!(code(|parts| parts.certificates = der(0xa0, &[])), None);
    assert_eq!(code(|parts| parts.certificates = der(0xa0, &[&leaf()])), None);
    assert_eq!(code(|parts| parts.certificates = der(0xa0, &[&root(), &leaf()])), None);
    assert_eq!(code(|parts| drop(parts.attributes.pop())), None);
    assert_eq!(code(|parts| parts.attributes.push(attribute(&[5], &[b"\x05\x00"]))), None);
    let by_key_id = |parts: &mut Parts| {
        parts.signer_version = 3;
        parts.signer_id = der(0x80, &[KEY_ID]);
    };
    assert_eq!(code(by_key_id), None);
    let with_issuer = |serial: u8| {
        let issuer = sequence(&[&der(0xa4, &[&name("root")])]);
        signing_certificate(&leaf(), &sequence(&[&issuer, &[2, 1, serial]]))
    };
    assert_eq!(code(|parts| parts.attributes[2] = with_issuer(2)), None);
    assert_eq!(code(|parts| parts.attributes[2] = with_issuer(3)), Some(Code::TimestampCertificate));
}

#[test]
fn the_envelope() {
    const MALFORMED: Option<Code> = Some(Code::TimestampMalformed);
    for status in 2..=5 {
        assert_eq!(code(|parts| parts.status = sequence(&[&[2, 1, status]])), MALFORMED);
    }
    assert_eq!(code(|parts| parts.status = sequence(&[&[2, 1, 0], &[3, 2, 0, 1]])), MALFORMED);
    assert_eq!(code(|parts| parts.content_info = DATA.to_vec()), MALFORMED);
    assert_eq!(code(|parts| parts.version = 1), MALFORMED);
    assert_eq!(code(|parts| parts.digest_algorithms = der(0x31, &[])), MALFORMED);
    assert_eq!(code(|parts| parts.digest_algorithms = der(0x31, &[SHA1])), MALFORMED);
    assert_eq!(code(|parts| parts.digest_algorithms = der(0x31, &[SHA256, SHA256])), MALFORMED);
    assert_eq!(code(|parts| parts.content_type = DATA.to_vec()), MALFORMED);
    assert_eq!(code(|parts| parts.certificates = der(0xa0, &[&root()])), MALFORMED);
    assert_eq!(code(|parts| parts.certificates = der(0xa0, &[&leaf(), &leaf()])), MALFORMED);
    assert_eq!(code(|parts| parts.certificates = der(0xa0, &[&leaf(), &[5, 0]])), MALFORMED);
    assert_eq!(code(|parts| parts.certificates = der(0xa1, &[])), MALFORMED);
    assert_eq!(code(|parts| parts.certificates = der(0xa0, &[&leaf().repeat(17)])), Some(Code::InputTooLarge));
    assert_eq!(code(|parts| parts.second_signer = true), MALFORMED);
    assert_eq!(code(|parts| parts.signer_version = 3), MALFORMED);
    assert_eq!(code(|parts| parts.signer_id = der(0x80, &[KEY_ID])), MALFORMED);
    assert_eq!(code(|parts| parts.unsigned = der(0xa1, &[&attribute(&[5], &[b"\x05\x00"])])), MALFORMED);
}

#[test]
fn the_signed_attributes() {
    const MALFORMED: Option<Code> = Some(Code::TimestampMalformed);
    assert_eq!(code(|parts| drop(parts.attributes.remove(0))), MALFORMED);
    assert_eq!(code(|parts| drop(parts.attributes.remove(1))), MALFORMED);
    assert_eq!(code(|parts| parts.attributes.clear()), MALFORMED);
    assert_eq!(code(|parts| parts.attributes[0] = attribute(&[3], &[DATA])), MALFORMED);
    assert_eq!(code(|parts| parts.attributes[0] = attribute(&[3], &[TST_INFO, TST_INFO])), MALFORMED);
    assert_eq!(code(|parts| parts.attributes[0] = attribute(&[3], &[])), MALFORMED);
    assert_eq!(
        code(|parts| parts.attributes[1] = attribute(&[4], &[&der(4, &[&[0; 32]])])),
        Some(Code::TimestampSignature)
    );
    assert_eq!(code(|parts| parts.attributes.push(attribute(&[3], &[TST_INFO]))), MALFORMED);
    let many =
        |parts: &mut Parts| parts.attributes.extend((0..40).map(|arc| attribute(&[0x10, 9, arc], &[b"\x05\x00"])));
    assert_eq!(code(many), Some(Code::InputTooLarge));
    assert_eq!(code(|parts| parts.attributes[2] = signing_certificate(&root(), &[])), Some(Code::TimestampCertificate));
    let by_sha1 = sequence(&[&sequence(&[&sequence(&[SHA1, &der(4, &[&[0; 20]])])])]);
    assert_eq!(
        code(|parts| parts.attributes[2] = attribute(&[0x10, 2, 0x2f], &[&by_sha1])),
        Some(Code::TimestampCertificate)
    );
}

#[test]
fn algorithms() {
    let by_sha1 = |parts: &mut Parts| {
        parts.digest_algorithms = der(0x31, &[SHA1]);
        parts.digest_algorithm = SHA1.to_vec();
        // rsaEncryption
        parts.signature_algorithm = sequence(&[&[6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1], &[5, 0]]);
    };
    assert_eq!(code(by_sha1), Some(Code::TimestampSignature));
    // The digest algorithm is not signed. If it names one that is not supported, the content must still be bound to the
    // signature.
    let unread = |parts: &mut Parts| {
        parts.digest_algorithms = der(0x31, &[SHA1]);
        parts.digest_algorithm = SHA1.to_vec();
    };
    assert_eq!(code(unread), Some(Code::TimestampSignature));
    // sha1WithRSAEncryption, ecdsa-with-SHA384 beside a SHA-256 digest, ecdsa-with-SHA256 under an Ed25519 key
    for algorithm in [
        &[6u8, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 5][..],
        &[6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 3],
        &[6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2],
    ] {
        assert_eq!(code(|parts| parts.signature_algorithm = sequence(&[algorithm])), Some(Code::TimestampSignature));
    }
}

#[test]
fn statements() {
    let judge_info = |info: Vec<u8>| judge(&Parts::of(info));
    let with = |rest: &[&[u8]]| judge_info(info(&imprint(), b"20261122225204Z", rest));
    const MALFORMED: Option<Code> = Some(Code::TimestampMalformed);
    let tsa = der(0xa0, &[&der(0xa4, &[&name("tsa")])]);
    let extensions = |critical: bool| der(0xa1, &[&extension(&[0x2a, 3, 5], critical, &[5, 0])]);
    assert_eq!(with(&[&[0x30, 3, 2, 1, 1], &[1, 1, 0xff], &[2, 1, 0x80], &tsa, &extensions(false)]), None);
    assert_eq!(with(&[&[0x30, 6, 0x80, 1, 1, 0x81, 1, 1]]), None);
    assert_eq!(with(&[&extensions(true)]), MALFORMED);
    assert_eq!(with(&[&[1, 1, 0]]), MALFORMED);
    assert_eq!(with(&[&[2, 0]]), MALFORMED);
    assert_eq!(with(&[&[2, 1, 1], &[2, 1, 1]]), MALFORMED);
    assert_eq!(with(&[&[5, 0]]), MALFORMED);
    assert_eq!(with(&[&der(0xa0, &[])]), MALFORMED);
    for time in [&b"20261122225204"[..], b"202611222252Z", b"20261122225204.0Z", b"20261322225204Z", b"261122225204Z"] {
        assert_eq!(judge_info(info(&imprint(), time, &[])), MALFORMED);
    }
    // A fraction of a second is kept.
    assert_eq!(judge_info(info(&imprint(), b"20261122225204.5Z", &[])), None);
    let other = sequence(&[SHA256, &der(4, &[&sha256(b"another")])]);
    assert_eq!(judge_info(info(&other, b"20261122225204Z", &[])), Some(Code::TimestampImprint));
    let short = sequence(&[SHA256, &der(4, &[&[0; 20]])]);
    assert_eq!(judge_info(info(&short, b"20261122225204Z", &[])), MALFORMED);
    let by_sha1 = sequence(&[SHA1, &der(4, &[&[0; 20]])]);
    assert_eq!(judge_info(info(&by_sha1, b"20261122225204Z", &[])), Some(Code::TimestampImprint));
    let mut version_two = info(&imprint(), b"20261122225204Z", &[]);
    version_two[4] = 2;
    assert_eq!(judge_info(version_two), MALFORMED);
    // Before and after the certificates' year.
    for time in [&b"20251231235959Z"[..], b"20270101000001Z"] {
        assert_eq!(judge_info(info(&imprint(), time, &[])), Some(Code::TimestampCertificate));
    }
    for time in [&b"20260101000000Z"[..], b"20270101000000Z"] {
        assert_eq!(judge_info(info(&imprint(), time, &[])), None);
    }
}

#[test]
fn certificates() {
    let judge = |parts: &Parts, certificates: &[Vec<u8>]| match verify_timestamp(
        &parts.build(),
        SIGNATURE,
        &[authority(certificates)],
    ) {
        Ok(TimestampOutcome::Verified(_)) => None,
        Ok(TimestampOutcome::Unknown(_)) => Some(Code::TimestampUntrusted),
        Err(error) => Some(error.code()),
    };
    let bare = Parts::new();
    let mut brought = Parts::new();
    brought.certificates = der(0xa0, &[&leaf()]);
    assert_eq!(judge(&bare, &[root()]), Some(Code::TimestampUntrusted));
    assert_eq!(judge(&brought, &[root()]), None);
    // If the leaf is pinned, another one of the same authority is unknown.
    let mut sibling = Parts::new();
    sibling.certificates = der(0xa0, &[&leaf()]);
    assert_eq!(judge(&sibling, &[leaf_of(3, TIME_STAMPING), root()]), Some(Code::TimestampUntrusted));
    // Another certificate with the issuer and serial number of the pinned one.
    let mut other = Parts::new();
    other.certificates = der(0xa0, &[&leaf_of(2, CODE_SIGNING)]);
    assert_eq!(judge(&other, &[leaf(), root()]), Some(Code::TimestampCertificate));
    // A certificate of the authority that is not for timestamps. It is refused, not ignored.
    assert_eq!(judge(&other, &[root()]), Some(Code::TimestampCertificate));
    assert_eq!(judge(&bare, &[leaf_of(2, CODE_SIGNING), root()]), Some(Code::TimestampCertificate));
    // A certificate that names the authority as its issuer, but is signed by another key. It belongs to no authority.
    let usage = extension(&[0x55, 0x1d, 0x25], true, &sequence(&[&der(6, &[TIME_STAMPING])]));
    let mut forged = Parts::new();
    forged.certificates = der(0xa0, &[&certificate(2, ("root", 3), ("tsa", 2), &[usage])]);
    assert_eq!(judge(&forged, &[root()]), Some(Code::TimestampUntrusted));
}
