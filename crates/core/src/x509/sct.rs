//! Signed certificate timestamps (SCTs) embedded in a certificate (RFC 6962 section 3). Their extensions, which the
//! static CT API uses, are signed data without further meaning here.

use super::certificate::Certificate;
use super::oid;
use std::fmt;

use crate::crypto::{HashAlgorithm, Message, Scheme, sha256};
use crate::encoding::der::{Reader, element, tag};
use crate::encoding::hex;
use crate::encoding::time::{Time, Validity};
use crate::error::{Code, Error, Result};
use crate::key::{KeyKind, PublicKey};
use crate::limits;

/// A certificate transparency log of the trust root.
#[derive(Debug)]
pub struct CtLog {
    /// Its key.
    pub key: PublicKey,
    /// The log id in SCTs: SHA-256 of the key, or what the trust root states.
    pub log_id: Vec<u8>,
    /// When the key was in use.
    pub validity: Validity,
    /// Who operates it.
    pub operator: Option<String>,
}

/// An SCT over this certificate by a pinned log whose key was in use at that time.
///
/// Does not prove that the log contains the certificate, only that the log promised to add it.
#[derive(Debug)]
pub struct VerifiedSct {
    log_id: Vec<u8>,
    time: Time,
}

impl VerifiedSct {
    /// The log's id.
    pub fn log_id(&self) -> &[u8] {
        &self.log_id
    }

    /// When the log saw the certificate, by its own clock.
    pub fn time(&self) -> Time {
        self.time
    }
}

/// The result for a certificate's SCTs. None of those by pinned logs is bad.
#[derive(Debug)]
pub struct Scts {
    verified: Vec<VerifiedSct>,
    ignored: Vec<String>,
}

impl Scts {
    /// Those of pinned logs.
    pub fn verified(&self) -> &[VerifiedSct] {
        &self.verified
    }

    /// The SCTs that do not count, one line each: those by logs that are not pinned, or of another version.
    pub fn ignored(&self) -> &[String] {
        &self.ignored
    }

    /// One line each, for reports.
    pub fn describe(&self) -> impl Iterator<Item = String> {
        let verified = self.verified.iter().map(|sct| format!("log {} at {}", hex::encode(&sct.log_id), sct.time));
        verified.chain(self.ignored.iter().cloned())
    }

    /// Whether none counts. Only where none is required.
    pub fn is_empty(&self) -> bool {
        self.verified.is_empty()
    }
}

/// Verifies every SCT in `leaf`, which `issuer`'s key signed. SCTs of logs that are not pinned do not count. A bad SCT
/// of a pinned log refuses the certificate. A log id may be pinned with several keys and windows, and one of them must
/// fit. There must be SCTs of `required` distinct operators. A log without an operator counts as its own operator.
///
/// # Errors
/// `ERR_SCT_MALFORMED`, `ERR_SCT_SIGNATURE`, `ERR_LOG_KEY_VALIDITY`, even if none is required; `ERR_SCT_MISSING`,
/// `ERR_SCT_UNTRUSTED`, `ERR_SCT_THRESHOLD`.
pub fn verify_scts(leaf: &Certificate, issuer: &Certificate, logs: &[CtLog], required: u32) -> Result<Scts> {
    let mut scts = Scts { verified: Vec::new(), ignored: Vec::new() };
    let mut sources: Vec<&[u8]> = Vec::new();
    if let Some(list) = &leaf.extensions().sct_list {
        let precertificate = Precertificate::of(leaf, issuer)?;
        for serialized in split(list)? {
            let Some(sct) = Sct::parse(serialized)? else {
                scts.ignored.push("a timestamp of another version than v1, not counted".to_owned());
                continue;
            };
            if !logs.iter().any(|log| log.log_id == sct.log_id) {
                scts.ignored.push(format!("log {}, not pinned, not counted", hex::encode(sct.log_id)));
                continue;
            }
            let log = sct.verify(&precertificate, logs)?;
            let source = log.operator.as_ref().map_or(log.log_id.as_slice(), |operator| operator.as_bytes());
            if !sources.contains(&source) {
                sources.push(source);
            }
            scts.verified.push(VerifiedSct { log_id: log.log_id.clone(), time: sct.time });
        }
    }
    check_threshold(&scts, sources.len(), required)?;
    Ok(scts)
}

fn check_threshold(scts: &Scts, sources: usize, required: u32) -> Result<()> {
    if u32::try_from(sources).is_ok_and(|sources| sources < required) {
        let expected = match required {
            1 => "a timestamp of a pinned CT log".to_owned(),
            _ => format!("timestamps of {required} operators of pinned CT logs"),
        };
        let (code, found) = match (scts.verified.is_empty(), scts.ignored.is_empty()) {
            (false, _) => (Code::SctThreshold, format!("of {sources}")),
            (true, false) => (Code::SctUntrusted, scts.ignored.join("; ")),
            (true, true) => (Code::SctMissing, "none".to_owned()),
        };
        return Err(Error::new(code).on("leaf certificate").expected(expected).found(found));
    }
    Ok(())
}

/// The part of a certificate that a log signs before the certificate is issued (RFC 6962 section 3.2, `PreCert`).
struct Precertificate {
    issuer_key_hash: [u8; 32],
    tbs: Vec<u8>,
}

impl Precertificate {
    /// The leaf's signed part without the list of SCTs. It keeps the original bytes, with new lengths around the
    /// extensions.
    fn of(leaf: &Certificate, issuer: &Certificate) -> Result<Self> {
        let mut whole = Reader::new(leaf.tbs());
        let mut r = whole.open(tag::SEQUENCE)?;
        let mut fields = Vec::new();
        while r.peek().is_some_and(|tag| tag != tag::context(3)) {
            fields.extend_from_slice(r.element()?.whole);
        }
        let mut field = r.open(tag::context(3))?;
        let mut list = field.open(tag::SEQUENCE)?;
        let mut extensions = Vec::new();
        while !list.is_empty() {
            let extension = list.expect(tag::SEQUENCE)?;
            if Reader::new(extension.content).expect(tag::OID)?.content != oid::SCT_LIST {
                extensions.extend_from_slice(extension.whole);
            }
        }
        field.end()?;
        r.end()?;
        whole.end()?;
        fields.extend_from_slice(&element(tag::context(3), &element(tag::SEQUENCE, &extensions)));
        Ok(Self { issuer_key_hash: sha256(issuer.spki()), tbs: element(tag::SEQUENCE, &fields) })
    }
}

/// One SCT of version 1, as parsed.
struct Sct<'a> {
    log_id: &'a [u8],
    timestamp: u64,
    time: Time,
    extensions: &'a [u8],
    algorithm: [u8; 2],
    signature: &'a [u8],
}

impl<'a> Sct<'a> {
    /// Parses one whole `SignedCertificateTimestamp`. `None` if it is of another version.
    fn parse(serialized: &'a [u8]) -> Result<Option<Self>> {
        let mut r = Tls(serialized);
        if r.take(1)? != [0] {
            return Ok(None);
        }
        let log_id = r.take(32)?;
        let timestamp = r.number(8)?;
        let extensions = r.opaque()?;
        let [hash, signing] = *r.take(2)? else { return Err(malformed("an algorithm", "nothing")) };
        let signature = r.opaque()?;
        r.end()?;
        let time = i64::try_from(timestamp).ok().and_then(Time::from_millis);
        let time = time.ok_or_else(|| malformed("a time", format_args!("{timestamp} ms")))?;
        Ok(Some(Self { log_id, timestamp, time, extensions, algorithm: [hash, signing], signature }))
    }

    /// The log with this log id under whose key the SCT verifies.
    fn verify<'l>(&self, of: &Precertificate, logs: &'l [CtLog]) -> Result<&'l CtLog> {
        let message = self.signed_bytes(of)?;
        let mut refusal = None;
        for log in logs {
            if log.log_id != self.log_id {
                continue;
            }
            let scheme = self.scheme(&log.key);
            let holds = scheme.is_some_and(|s| log.key.verify(s, Message::Bytes(&message), self.signature).is_ok());
            if holds && log.validity.contains(self.time) {
                return Ok(log);
            }
            if holds {
                refusal = Some(
                    Error::new(Code::LogKeyValidity)
                        .on(format_args!("CT log {}", hex::encode(self.log_id)))
                        .expected(format_args!("a timestamp from {}", log.validity))
                        .found(self.time),
                );
            }
        }
        Err(refusal.unwrap_or_else(|| {
            Error::new(Code::SctSignature)
                .on(format_args!("CT log {}", hex::encode(self.log_id)))
                .expected("a signature by the log's key over this certificate")
                .found("one that does not verify")
        }))
    }

    /// The scheme of a log's key, if the SCT names it. RFC 6962 section 2.1.4 allows P-256 and RSA, both with SHA-256.
    /// There are also logs with keys of other kinds.
    fn scheme(&self, key: &PublicKey) -> Option<Scheme> {
        match (key.kind(), self.algorithm) {
            (KeyKind::P256 | KeyKind::P384, [4, 3]) => Some(Scheme::Ecdsa(HashAlgorithm::Sha256)),
            (KeyKind::P384, [5, 3]) => Some(Scheme::Ecdsa(HashAlgorithm::Sha384)),
            (KeyKind::P521, [6, 3]) => Some(Scheme::Ecdsa(HashAlgorithm::Sha512)),
            (KeyKind::Rsa { .. }, [4, 1]) => Some(Scheme::RsaPkcs1(HashAlgorithm::Sha256)),
            (KeyKind::Ed25519, [8, 7]) => Some(Scheme::Ed25519),
            _ => None,
        }
    }

    /// The `digitally-signed` structure of RFC 6962 section 3.2, for a `precert_entry`.
    fn signed_bytes(&self, of: &Precertificate) -> Result<Vec<u8>> {
        let [0, length @ ..] = u32::try_from(of.tbs.len()).unwrap_or(u32::MAX).to_be_bytes() else {
            return Err(malformed("a certificate below 2^24 octets", "more"));
        };
        let extensions_length = u16::try_from(self.extensions.len()).unwrap_or(u16::MAX).to_be_bytes();
        let parts = [
            &[0, 0],
            &self.timestamp.to_be_bytes()[..],
            &[0, 1],
            &of.issuer_key_hash,
            &length,
            &of.tbs,
            &extensions_length,
            self.extensions,
        ];
        Ok(parts.concat())
    }
}

/// The serialized SCTs in a `SignedCertificateTimestampList` (RFC 6962 section 3.3). There is at least one, and none is
/// empty.
fn split(list: &[u8]) -> Result<Vec<&[u8]>> {
    let mut outer = Tls(list);
    let mut items = Tls(outer.opaque()?);
    outer.end()?;
    let mut scts = Vec::new();
    while !items.0.is_empty() {
        scts.push(items.opaque()?);
        if scts.len() > limits::SCTS {
            return Err(malformed(format_args!("at most {} timestamps", limits::SCTS), "more"));
        }
    }
    if scts.is_empty() || scts.iter().any(|sct| sct.is_empty()) {
        return Err(malformed("timestamps", "none, or an empty one"));
    }
    Ok(scts)
}

/// Reads the TLS presentation language (RFC 8446 section 3).
struct Tls<'a>(&'a [u8]);

impl<'a> Tls<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8]> {
        let (taken, rest) =
            self.0.split_at_checked(length).ok_or_else(|| malformed("as many octets as the length says", "fewer"))?;
        self.0 = rest;
        Ok(taken)
    }

    /// A big-endian number of at most eight octets.
    fn number(&mut self, length: usize) -> Result<u64> {
        Ok(self.take(length)?.iter().fold(0, |sum, octet| sum << 8 | u64::from(*octet)))
    }

    /// A vector with a length of two octets before it.
    fn opaque(&mut self) -> Result<&'a [u8]> {
        let length = self.number(2)?;
        self.take(usize::try_from(length).unwrap_or(usize::MAX))
    }

    fn end(&self) -> Result<()> {
        if self.0.is_empty() { Ok(()) } else { Err(malformed("nothing after the last field", "more octets")) }
    }
}

fn malformed(expected: impl fmt::Display, found: impl fmt::Display) -> Error {
    Error::new(Code::SctMalformed).on("leaf certificate").expected(expected).found(found)
}

#[cfg(test)]
mod tests {
    use super::super::path::search;
    use super::super::purpose::Purpose;
    use super::super::real;
    use super::*;
    use crate::encoding::json::{self, Value};

    /// The CT logs of a trust root, including those with bare RSA keys.
    fn logs(root: &[u8]) -> Vec<CtLog> {
        let root = json::parse(root, limits::TRUST_ROOT_BYTES).unwrap();
        let listed = root.get("ctlogs").and_then(Value::as_array).unwrap_or_default();
        listed
            .iter()
            .map(|log| {
                let key = log.get("publicKey").unwrap();
                let raw = real::bytes(key, "rawBytes");
                let parsed = PublicKey::from_spki(&raw).or_else(|_| PublicKey::from_pkcs1(&raw)).unwrap();
                let log_id = real::bytes(log.get("logId").unwrap(), "keyId");
                CtLog { key: parsed, log_id, validity: real::validity(key), operator: None }
            })
            .collect()
    }

    /// Leaf, issuer and CT logs of a case.
    fn case(name: &str) -> (Certificate, Certificate, Vec<CtLog>) {
        let case = real::case(name);
        let root = real::trust_root(&case);
        let leaf = real::leaf(name);
        let authorities = real::authorities(&root, "certificateAuthorities");
        let times = [leaf.validity().start];
        let path = search(&leaf, &[], &authorities, &times, Purpose::CodeSigning).unwrap();
        (leaf, path.issuer().clone(), logs(&root))
    }

    #[test]
    fn every_real_leaf_has_a_timestamp_of_its_pinned_log() {
        let mut refused = Vec::new();
        for (name, der) in real::leaves() {
            let leaf = Certificate::from_der(&der).unwrap();
            let root = real::trust_root(&real::case(&name));
            let authorities = real::authorities(&root, "certificateAuthorities");
            let times = [leaf.validity().start];
            let Ok(path) = search(&leaf, &[], &authorities, &times, Purpose::CodeSigning) else { continue };
            match verify_scts(&leaf, path.issuer(), &logs(&root), 1) {
                Ok(scts) => assert!(scts.ignored().is_empty() && scts.verified().len() == 1, "{name}"),
                Err(error) => refused.push((name, error.to_string())),
            }
        }
        assert_eq!(refused, []);
    }

    #[test]
    fn extensions_are_signed_data() {
        let (leaf, issuer, logs) = case("bundle-with-sct-with-extensions");
        let list = leaf.extensions().sct_list.as_ref().unwrap();
        let sct = Sct::parse(split(list).unwrap()[0]).unwrap().unwrap();
        assert!(!sct.extensions.is_empty());
        let precertificate = Precertificate::of(&leaf, &issuer).unwrap();
        sct.verify(&precertificate, &logs).unwrap();
        let without = Sct { extensions: &[], ..sct };
        assert_eq!(without.verify(&precertificate, &logs).err().unwrap().code(), Code::SctSignature);
    }

    #[test]
    fn known_logs_bind_and_unknown_ones_do_not_count() {
        let (leaf, issuer, mut logs) = case("happy-path-v0.3");
        let scts = verify_scts(&leaf, &issuer, &logs, 1).unwrap();
        assert_eq!(scts.describe().count(), 1);
        let id = scts.verified()[0].log_id().to_vec();
        let judge =
            |logs: &[CtLog], required| verify_scts(&leaf, &issuer, logs, required).map_err(|error| error.code());
        assert_eq!(judge(&logs, 2).unwrap_err(), Code::SctThreshold);
        assert_eq!(judge(&[], 1).unwrap_err(), Code::SctUntrusted);
        assert_eq!(judge(&[], 0).unwrap().ignored().len(), 1);
        // Another key with the log's id.
        logs.retain(|log| log.log_id != id);
        logs.truncate(1);
        logs[0].log_id = id;
        assert_eq!(judge(&logs, 0).unwrap_err(), Code::SctSignature);
        let (_, _, genuine) = case("happy-path-v0.3");
        assert_eq!(verify_scts(&leaf, &leaf, &genuine, 0).unwrap_err().code(), Code::SctSignature);
        assert_eq!(verify_scts(&issuer, &issuer, &logs, 1).unwrap_err().code(), Code::SctMissing);
        assert!(verify_scts(&issuer, &issuer, &logs, 0).unwrap().verified().is_empty());
    }

    #[test]
    fn the_key_was_in_use_then() {
        let (leaf, issuer, mut logs) = case("happy-path-v0.3");
        let scts = verify_scts(&leaf, &issuer, &logs, 1).unwrap();
        let (id, time) = (scts.verified()[0].log_id().to_vec(), scts.verified()[0].time());
        logs.retain(|log| log.log_id == id);
        let at = |micros: i64| Time::from_micros(time.as_micros().saturating_add(micros));
        for (start, end, accepted) in [(0, 0, true), (1, 2, false), (-2, -1, false)] {
            logs[0].validity = Validity { start: at(start), end: Some(at(end)) };
            let judged = verify_scts(&leaf, &issuer, &logs, 1).map(|_| ()).map_err(|error| error.code());
            assert_eq!(judged, if accepted { Ok(()) } else { Err(Code::LogKeyValidity) });
        }
        // Adds the same log with another window.
        logs.extend(case("happy-path-v0.3").2);
        verify_scts(&leaf, &issuer, &logs, 1).unwrap();
    }

    #[test]
    fn lists_are_read_to_their_end() {
        let list = real::leaf("happy-path-v0.3").extensions().sct_list.clone().unwrap();
        assert!(Sct::parse(split(&list).unwrap()[0]).unwrap().is_some());
        for length in 0..list.len() {
            assert!(split(&list[..length]).is_err());
        }
        let item = split(&list).unwrap()[0];
        for length in 0..item.len() {
            assert!(Sct::parse(&item[..length]).is_err());
        }
        assert!(Sct::parse(&[item, &[0]].concat()).is_err());
        assert!(Sct::parse(&[&[1], item].concat()).unwrap().is_none());
        for bytes in [&[][..], &[0, 0], &[0, 2, 0, 0], &[0, 3, 0, 1, 9, 0], &[0, 1, 0]] {
            assert_eq!(split(bytes).unwrap_err().code(), Code::SctMalformed, "{bytes:?}");
        }
        let many = [[0u8, 3 * 33].as_slice(), &[0, 1, 9].repeat(33)].concat();
        assert_eq!(split(&many).unwrap_err().code(), Code::SctMalformed);
    }

    /// If any octet of the signed data or of the list changes, the SCT is refused.
    #[test]
    fn no_altered_leaf_keeps_its_timestamp() {
        let (leaf, issuer, logs) = case("bundle-with-sct-with-extensions");
        let mut changed = leaf.der().to_vec();
        // The issuer's signature is not covered, and neither is its algorithm identifier.
        let covered = 4..changed.len() - leaf.signature().len() - 16;
        for at in covered.step_by(7) {
            changed[at] ^= 0x01;
            if let Ok(other) = Certificate::from_der(&changed) {
                assert!(verify_scts(&other, &issuer, &logs, 1).is_err(), "octet {at}");
            }
            changed[at] ^= 0x01;
        }
    }
}
