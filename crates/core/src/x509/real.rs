//! Real certificates and trust roots for the tests of this folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::authority::CertificateAuthority;
use super::certificate::Certificate;
use crate::encoding::base64;
use crate::encoding::json::{self, Value};
use crate::encoding::time::{Time, Validity};
use crate::limits;

/// All cases of the real vectors that have a bundle, in order.
pub(super) fn cases() -> Vec<PathBuf> {
    let real = folder();
    let mut cases = Vec::new();
    for group in ["conformance/bundle-verify", "catalogues/cases"] {
        let entries = std::fs::read_dir(real.join(group)).unwrap();
        cases.extend(
            entries.map(|entry| entry.unwrap().path()).filter(|case| case.join("bundle.sigstore.json").exists()),
        );
    }
    cases.sort();
    cases
}

/// The case of this name.
pub(super) fn case(name: &str) -> PathBuf {
    cases().into_iter().find(|case| case.file_name().unwrap() == name).unwrap_or_else(|| panic!("no case {name}"))
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../test/vectors/real")
}

/// The DER certificates in a case's bundle, the leaf first. Empty if no certificate of the bundle can be read.
pub(super) fn bundle_certificates(case: &Path) -> Vec<Vec<u8>> {
    let bytes = std::fs::read(case.join("bundle.sigstore.json")).unwrap();
    let Ok(bundle) = json::parse(&bytes, limits::BUNDLE_BYTES) else { return Vec::new() };
    let Some(material) = bundle.get("verificationMaterial") else { return Vec::new() };
    let single = material.get("certificate").into_iter();
    let chain = material.get("x509CertificateChain").and_then(|chain| chain.get("certificates")?.as_array());
    let raw = single.chain(chain.into_iter().flatten()).filter_map(|item| item.get("rawBytes")?.as_str());
    raw.filter_map(|text| base64::decode(text).ok()).filter(|der| !der.is_empty()).collect()
}

/// The leaf of a case's bundle.
pub(super) fn leaf(name: &str) -> Certificate {
    Certificate::from_der(&bundle_certificates(&case(name))[0]).unwrap()
}

/// All different leaves of the real vectors, each by the name of one case that has it.
pub(super) fn leaves() -> BTreeMap<String, Vec<u8>> {
    let mut leaves = BTreeMap::new();
    let mut seen = std::collections::HashSet::new();
    for case in cases() {
        if let Some(der) = bundle_certificates(&case).into_iter().next()
            && seen.insert(der.clone())
        {
            leaves.insert(case.file_name().unwrap().to_string_lossy().into_owned(), der);
        }
    }
    leaves
}

/// A trust root: the case's own, or that of the public-good instance.
pub(super) fn trust_root(case: &Path) -> Vec<u8> {
    let own = case.join("trusted_root.json");
    let file = if own.exists() { own } else { folder().join("conformance/roots/production.trusted_root.json") };
    std::fs::read(file).unwrap()
}

/// The trust root of the public-good instance's staging.
pub(super) fn staging_root() -> Vec<u8> {
    std::fs::read(folder().join("conformance/roots/staging.trusted_root.json")).unwrap()
}

/// The authorities in the field `kind` of a trust root.
pub(super) fn authorities(root: &[u8], kind: &str) -> Vec<CertificateAuthority> {
    let root = json::parse(root, limits::TRUST_ROOT_BYTES).unwrap();
    let listed = root.get(kind).and_then(Value::as_array).unwrap_or_default();
    listed
        .iter()
        .map(|authority| {
            let chain = authority.get("certChain").and_then(|chain| chain.get("certificates")?.as_array()).unwrap();
            let certificates = chain.iter().map(|item| Certificate::from_der(&bytes(item, "rawBytes")).unwrap());
            let uri = authority.get("uri").and_then(Value::as_str).unwrap_or_default();
            CertificateAuthority::new(uri, certificates.collect(), validity(authority)).unwrap()
        })
        .collect()
}

/// The base64 text in `field`, decoded.
pub(super) fn bytes(value: &Value<'_>, field: &str) -> Vec<u8> {
    base64::decode(value.get(field).and_then(Value::as_str).unwrap()).unwrap()
}

/// The field `validFor`.
pub(super) fn validity(value: &Value<'_>) -> Validity {
    let window = value.get("validFor").unwrap();
    let time = |field| window.get(field).and_then(Value::as_str).map(|text| Time::parse_rfc3339(text).unwrap());
    Validity { start: time("start").unwrap_or(Time::EARLIEST), end: time("end") }
}
