//! A trust root from PEM, for the authorities and logs of a private deployment. Validity windows are unlimited. The
//! operator states the origin of each log.

use super::TrustRoot;
use super::origins::check_origin;
use crate::crypto;
use crate::encoding::json::{self, Value};
use crate::encoding::pem::{self, Block};
use crate::encoding::protojson::{self, Path};
use crate::encoding::time::{Time, Validity};
use crate::error::{Code, Error, Result};
use crate::foreign::{self, Wanted};
use crate::key::PublicKey;
use crate::log::pinned::{OriginRule, PinnedLog};
use crate::timestamp::TimestampAuthority;
use crate::x509::authority::CertificateAuthority;
use crate::x509::certificate::Certificate;
use crate::x509::sct::CtLog;
use crate::{limits, order};

const OPEN: Validity = Validity { start: Time::EARLIEST, end: None };

impl TrustRoot {
    /// From options in JSON. Each may be one text or a list:
    /// * `fulcio`: PEM certificates, roots and intermediates in any order. Each certificate that no other one issued is
    ///   an anchor. Every intermediate may be used below every anchor.
    /// * `rekor`: `{"pem", "origin"}`, the key and the first line of the log's checkpoints.
    /// * `ctfe`: PEM public keys.
    /// * `tsa`: each text is the PEM chain of one timestamp authority.
    ///
    /// # Errors
    /// Those of [`json::parse`], `ERR_OPTION_UNKNOWN`, `ERR_OPTION_INVALID`, `ERR_PEM_MALFORMED`, `ERR_KEY_MALFORMED`,
    /// `ERR_KEY_UNSUPPORTED`, the errors of the certificate parser, `ERR_INPUT_TOO_LARGE`.
    pub fn from_pem(options: &[u8]) -> Result<Self> {
        let tree = json::parse(options, limits::OPTIONS_BYTES)?;
        let path = Path::root("the trust root", Code::OptionInvalid);
        check_names(&tree, &["fulcio", "rekor", "ctfe", "tsa"], &path)?;

        let mut certificates = Vec::new();
        each(&tree, "fulcio", &path, &mut |value, path| read_certificates(value, path, &mut certificates))?;
        let mut authorities = Vec::new();
        if !certificates.is_empty() {
            let path = path.field("fulcio");
            for certificates in chains(certificates, &path)? {
                let authority = CertificateAuthority::new("fulcio", certificates, OPEN);
                authorities.push(authority.map_err(|error| error.on_outer(path))?);
            }
        }
        let mut logs = Vec::new();
        each(&tree, "rekor", &path, &mut |value, path| {
            logs.push(log(value, path)?);
            Ok(())
        })?;
        let mut ct_logs = Vec::new();
        each(&tree, "ctfe", &path, &mut |value, path| {
            for key in read_keys(value, path)? {
                let log_id = key.fingerprint().to_vec();
                ct_logs.push(CtLog { key, log_id, validity: OPEN, operator: None });
            }
            Ok(())
        })?;
        let mut timestamp_authorities = Vec::new();
        each(&tree, "tsa", &path, &mut |value, path| {
            let mut certificates = Vec::new();
            read_certificates(value, path, &mut certificates)?;
            let uri = path.to_string();
            for certificates in chains(certificates, path)? {
                let authority = CertificateAuthority::new(&uri, certificates, OPEN)?;
                timestamp_authorities.push(TimestampAuthority::new(authority, None));
            }
            Ok(())
        })?;

        let root = Self { authorities, ct_logs, logs, timestamp_authorities, disabled: Vec::new() };
        if root.is_empty() {
            return Err(path.malformed("at least one of fulcio, rekor, ctfe and tsa", "none"));
        }
        Ok(root)
    }
}

fn check_names(value: &Value<'_>, known: &[&str], path: &Path<'_>) -> Result<()> {
    let members = value.as_object().ok_or_else(|| path.malformed("an object", value.kind()))?;
    match members.iter().find(|(name, _)| !known.contains(&name.as_ref())) {
        None => Ok(()),
        Some((name, _)) => Err(path.field(name).refuse(Code::OptionUnknown).expected(known.join(", ")).found(name)),
    }
}

/// Reads the value of an option, or each item if it is a list.
fn each(
    tree: &Value<'_>,
    name: &str,
    path: &Path<'_>,
    read: &mut dyn FnMut(&Value<'_>, &Path<'_>) -> Result<()>,
) -> Result<()> {
    let path = path.field(name);
    match tree.get(name) {
        None => Ok(()),
        Some(Value::Array(items)) if items.len() > limits::TRUST_ROOT_ENTRIES => {
            Err(path.too_many(limits::TRUST_ROOT_ENTRIES, items.len()))
        }
        Some(Value::Array(items)) => {
            for (index, item) in items.iter().enumerate() {
                read(item, &path.item(index))?;
            }
            Ok(())
        }
        Some(one) => read(one, &path),
    }
}

fn blocks(value: &Value<'_>, labels: &[&str], path: &Path<'_>) -> Result<Vec<Block>> {
    let at = |error: Error| error.on(path);
    let text = protojson::string(value, path)?;
    let wanted = if labels.contains(&"CERTIFICATE") { Wanted::Certificates } else { Wanted::Key };
    let blocks = pem::parse(text).map_err(|error| at(foreign::explain(error, text.as_bytes(), wanted)))?;
    if let Some(other) = blocks.iter().find(|block| !labels.contains(&block.label.as_str())) {
        let expected = format!("blocks labelled {}", labels.join(" or "));
        let refusal = path.refuse(Code::PemMalformed).expected(expected).found(&other.label);
        return Err(foreign::explain(refusal, text.as_bytes(), wanted));
    }
    if blocks.len() > limits::TRUST_ROOT_ENTRIES {
        return Err(path.too_many(limits::TRUST_ROOT_ENTRIES, blocks.len()));
    }
    Ok(blocks)
}

fn read_certificates(value: &Value<'_>, path: &Path<'_>, certificates: &mut Vec<Certificate>) -> Result<()> {
    for block in blocks(value, &["CERTIFICATE"], path)? {
        certificates.push(Certificate::from_der(&block.der).map_err(|error| error.on(path))?);
    }
    Ok(())
}

fn read_keys(value: &Value<'_>, path: &Path<'_>) -> Result<Vec<PublicKey>> {
    let mut keys = Vec::new();
    for block in blocks(value, &["PUBLIC KEY", "RSA PUBLIC KEY"], path)? {
        let key = match block.label.as_str() {
            "RSA PUBLIC KEY" => PublicKey::from_pkcs1(&block.der),
            _ => PublicKey::from_spki(&block.der).map(PublicKey::prepare),
        };
        keys.push(key.map_err(|error| error.on(path))?);
    }
    Ok(keys)
}

fn log(value: &Value<'_>, path: &Path<'_>) -> Result<PinnedLog> {
    check_names(value, &["pem", "origin"], path)?;
    let (pem_path, origin_path) = (path.field("pem"), path.field("origin"));
    let keys = read_keys(value.get("pem").ok_or_else(|| pem_path.missing())?, &pem_path)?;
    let found = keys.len();
    let Ok([key]) = <[PublicKey; 1]>::try_from(keys) else {
        return Err(pem_path.malformed("one public key", found));
    };
    let origin = protojson::string(value.get("origin").ok_or_else(|| origin_path.missing())?, &origin_path)?;
    check_origin(origin).ok_or_else(|| origin_path.malformed("the first line of the log's checkpoints", origin))?;
    Ok(PinnedLog {
        log_id: log_id(&key, origin),
        key,
        checkpoint_key_id: None,
        origin: OriginRule::Stated(vec![origin.to_owned()]),
        validity: OPEN,
        operator: None,
    })
}

/// The id that the log's entries name. It is SHA-256 of the SubjectPublicKeyInfo. For an Ed25519 log of Rekor v2 it is
/// the whole hash whose first four bytes are its key id (C2SP signed-note). The origin of a Rekor v1 log ends with its
/// tree id, which distinguishes the two.
fn log_id(key: &PublicKey, origin: &str) -> Vec<u8> {
    let tree = origin.rsplit_once(" - ").map_or("", |(_, tree)| tree);
    let is_v1 = !tree.is_empty() && tree.bytes().all(|digit| digit.is_ascii_digit());
    match key.ed25519() {
        Some(bare) if !is_v1 => crypto::sha256_parts(&[origin.as_bytes(), b"\n\x01", bare]).to_vec(),
        _ => key.fingerprint().to_vec(),
    }
}

/// One chain for each anchor. An anchor is a certificate that no other one issued. Each chain holds all other
/// certificates, those that issued nothing first, and then the anchor.
fn chains(mut certificates: Vec<Certificate>, path: &Path<'_>) -> Result<Vec<Vec<Certificate>>> {
    order::sort_by(&mut certificates, |a, b| a.der() < b.der());
    certificates.dedup_by(|a, b| a.der() == b.der());
    let issued_by =
        |child: &Certificate, issuer: &Certificate| child.der() != issuer.der() && child.issuer() == issuer.subject();
    let (mut anchors, mut issuers, mut others) = (Vec::new(), Vec::new(), Vec::new());
    for certificate in &certificates {
        let is_issued = certificates.iter().any(|issuer| issued_by(certificate, issuer));
        let has_issued = certificates.iter().any(|child| issued_by(child, certificate));
        match (certificate.is_self_issued() || !is_issued, has_issued) {
            (true, _) => anchors.push(certificate),
            (false, true) => issuers.push(certificate),
            (false, false) => others.push(certificate),
        }
    }
    if anchors.is_empty() {
        return Err(path.malformed("a root certificate", "certificates that issued each other"));
    }
    let mut chains = Vec::new();
    for anchor in anchors {
        let mut chain: Vec<Certificate> = Vec::new();
        for certificate in others.iter().chain(&issuers) {
            chain.push(Certificate::clone(certificate));
        }
        chain.push(anchor.clone());
        chains.push(chain);
    }
    Ok(chains)
}
