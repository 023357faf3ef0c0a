//! Certificates: a plain template that a case may spoil before it is signed, and the extensions.

use crate::der;
use crate::key::{Scheme, Secret, sha256};

pub(crate) const SUBJECT_KEY_ID: &str = "2.5.29.14";
pub(crate) const KEY_USAGE: &str = "2.5.29.15";
pub(crate) const SAN: &str = "2.5.29.17";
pub(crate) const BASIC_CONSTRAINTS: &str = "2.5.29.19";
pub(crate) const NAME_CONSTRAINTS: &str = "2.5.29.30";
pub(crate) const AUTHORITY_KEY_ID: &str = "2.5.29.35";
pub(crate) const EXTENDED_KEY_USAGE: &str = "2.5.29.37";
pub(crate) const SCT_LIST: &str = "1.3.6.1.4.1.11129.2.4.2";
pub(crate) const CODE_SIGNING: &str = "1.3.6.1.5.5.7.3.3";
pub(crate) const TIME_STAMPING: &str = "1.3.6.1.5.5.7.3.8";
pub(crate) const SERVER_AUTH: &str = "1.3.6.1.5.5.7.3.1";
pub(crate) const ANY_USAGE: &str = "2.5.29.37.0";

/// keyUsage bits.
pub(crate) const DIGITAL_SIGNATURE: u8 = 0;
pub(crate) const KEY_ENCIPHERMENT: u8 = 2;
pub(crate) const CERT_SIGN: u8 = 5;
pub(crate) const CRL_SIGN: u8 = 6;

/// One extension.
#[derive(Clone)]
pub(crate) struct Extension {
    pub(crate) oid: String,
    pub(crate) critical: bool,
    pub(crate) value: Vec<u8>,
}

impl Extension {
    pub(crate) fn new(oid: impl Into<String>, critical: bool, value: Vec<u8>) -> Self {
        Self { oid: oid.into(), critical, value }
    }

    fn der(&self) -> Vec<u8> {
        let mut parts = vec![der::oid(&self.oid)];
        if self.critical {
            parts.push(der::boolean(true));
        }
        parts.push(der::octets(&self.value));
        der::seq(&parts)
    }
}

/// A certificate before it is signed.
#[derive(Clone)]
pub(crate) struct Template {
    pub(crate) serial: Vec<u8>,
    pub(crate) issuer: Vec<u8>,
    pub(crate) subject: Vec<u8>,
    pub(crate) not_before: i64,
    pub(crate) not_after: i64,
    pub(crate) spki: Vec<u8>,
    pub(crate) extensions: Vec<Extension>,
    /// What it is signed with; the issuing key's usual scheme if `None`.
    pub(crate) scheme: Option<Scheme>,
    /// The algorithm that the signed part states, where it differs from the outer one.
    pub(crate) inner: Option<Vec<u8>>,
    /// Octets after the end.
    pub(crate) trailing: Vec<u8>,
}

impl Template {
    /// Sets or replaces an extension.
    pub(crate) fn set(&mut self, oid: &str, critical: bool, value: Vec<u8>) {
        let extension = Extension::new(oid, critical, value);
        match self.extensions.iter_mut().find(|found| found.oid == oid) {
            Some(found) => *found = extension,
            None => self.extensions.push(extension),
        }
    }

    /// Removes an extension.
    pub(crate) fn remove(&mut self, oid: &str) {
        self.extensions.retain(|found| found.oid != oid);
    }

    /// The TBSCertificate as signed with `algorithm`.
    pub(crate) fn tbs(&self, algorithm: &[u8]) -> Vec<u8> {
        let mut parts = vec![
            der::context(0, &der::int(2)),
            der::serial(&self.serial),
            self.inner.clone().unwrap_or_else(|| algorithm.to_vec()),
            self.issuer.clone(),
            der::seq(&[der::time(self.not_before), der::time(self.not_after)]),
            self.subject.clone(),
            self.spki.clone(),
        ];
        if !self.extensions.is_empty() {
            let extensions: Vec<Vec<u8>> = self.extensions.iter().map(Extension::der).collect();
            parts.push(der::context(3, &der::seq(&extensions)));
        }
        der::seq(&parts)
    }

    /// The scheme that `key` signs it with.
    pub(crate) fn scheme(&self, key: &Secret) -> Scheme {
        self.scheme.unwrap_or_else(|| key.scheme())
    }

    /// The signed certificate.
    pub(crate) fn sign(&self, key: &Secret) -> Vec<u8> {
        let scheme = self.scheme(key);
        let tbs = self.tbs(&scheme.identifier());
        let signature = key.sign_with(scheme, &tbs);
        let mut out = der::seq(&[tbs, scheme.identifier(), der::bits(&signature)]);
        out.extend_from_slice(&self.trailing);
        out
    }
}

/// A Name: `O=forge.test, CN=…`.
pub(crate) fn name(common_name: &str) -> Vec<u8> {
    name_in("forge.test", common_name)
}

/// A Name of an organization.
pub(crate) fn name_in(organization: &str, common_name: &str) -> Vec<u8> {
    let attribute = |oid: &str, text: &str| der::set(&[der::seq(&[der::oid(oid), der::utf8(text)])]);
    der::seq(&[attribute("2.5.4.10", organization), attribute("2.5.4.3", common_name)])
}

/// A Name without attributes, as Fulcio's leaves have.
pub(crate) fn empty_name() -> Vec<u8> {
    der::seq(&[])
}

/// BasicConstraints.
pub(crate) fn basic_constraints(ca: bool, path_length: Option<u64>) -> Vec<u8> {
    let mut parts = Vec::new();
    if ca {
        parts.push(der::boolean(true));
    }
    parts.extend(path_length.map(der::int));
    der::seq(&parts)
}

/// ExtendedKeyUsage.
pub(crate) fn extended_key_usage(purposes: &[&str]) -> Vec<u8> {
    der::seq(&purposes.iter().map(|purpose| der::oid(purpose)).collect::<Vec<_>>())
}

/// The key identifier of a SubjectPublicKeyInfo (the first 20 octets of its SHA-256: any stable one will do).
pub(crate) fn key_id(spki: &[u8]) -> Vec<u8> {
    sha256(spki)[..20].to_vec()
}

/// SubjectKeyIdentifier.
pub(crate) fn subject_key_id(spki: &[u8]) -> Vec<u8> {
    der::octets(&key_id(spki))
}

/// AuthorityKeyIdentifier.
pub(crate) fn authority_key_id(issuer_spki: &[u8]) -> Vec<u8> {
    der::seq(&[der::context_primitive(0, &key_id(issuer_spki))])
}

/// One subject alternative name.
#[derive(Clone)]
pub(crate) enum Name {
    Uri(String),
    Email(String),
    Dns(String),
    /// Fulcio's otherName (1.3.6.1.4.1.57264.1.7), a UTF8String.
    Other(String),
}

impl Name {
    /// The GeneralName.
    pub(crate) fn der(&self) -> Vec<u8> {
        match self {
            Self::Email(text) => der::context_primitive(1, text.as_bytes()),
            Self::Dns(text) => der::context_primitive(2, text.as_bytes()),
            Self::Uri(text) => der::context_primitive(6, text.as_bytes()),
            Self::Other(text) => {
                let value = der::context(0, &der::utf8(text));
                der::context(0, &[der::oid("1.3.6.1.4.1.57264.1.7"), value].concat())
            }
        }
    }
}

/// SubjectAltName.
pub(crate) fn subject_alt_name(names: &[Name]) -> Vec<u8> {
    der::seq(&names.iter().map(Name::der).collect::<Vec<_>>())
}

/// NameConstraints over GeneralNames given as DER.
pub(crate) fn name_constraints(permitted: &[Vec<u8>], excluded: &[Vec<u8>]) -> Vec<u8> {
    let trees = |number: u8, names: &[Vec<u8>]| {
        let subtrees: Vec<u8> = names.iter().flat_map(|name| der::seq(std::slice::from_ref(name))).collect();
        if names.is_empty() { Vec::new() } else { der::context(number, &subtrees) }
    };
    der::seq(&[trees(0, permitted), trees(1, excluded)])
}

/// The OID of a Fulcio extension.
pub(crate) fn fulcio_oid(arc: u32) -> String {
    format!("1.3.6.1.4.1.57264.1.{arc}")
}
