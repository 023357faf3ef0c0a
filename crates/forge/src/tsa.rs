//! A timestamp authority (RFC 3161, RFC 5816): plain token parts that a case may spoil before they are signed.

use crate::ca::{Authority, Issuer};
use crate::der;
use crate::key::{Hash, Scheme, Secret, sha256};
use crate::time::{END, START, compact};
use crate::x509::{self, Extension, Template};

const SIGNED_DATA: &str = "1.2.840.113549.1.7.2";
const TST_INFO: &str = "1.2.840.113549.1.9.16.1.4";

/// An authority that stamps.
#[derive(Clone)]
pub(crate) struct Tsa {
    pub(crate) authority: Authority,
    pub(crate) leaf: Issuer,
    serial: Vec<u8>,
}

/// A token before it is signed.
#[derive(Clone)]
pub(crate) struct Token {
    pub(crate) status: u64,
    pub(crate) hash: Hash,
    pub(crate) imprint: Vec<u8>,
    /// GeneralizedTime text.
    pub(crate) time: String,
    pub(crate) serial: Vec<u8>,
    pub(crate) nonce: Option<u64>,
    /// Certificates to embed.
    pub(crate) certificates: Vec<Vec<u8>>,
    /// The contentType attribute and the type of the content.
    pub(crate) content_type: (String, String),
    /// The messageDigest attribute, if not the right one.
    pub(crate) message_digest: Option<Vec<u8>>,
    /// The certificate hash in signingCertificateV2, if not the right one.
    pub(crate) ess_hash: Option<Vec<u8>>,
    /// Attributes left out, by OID.
    pub(crate) without: Vec<&'static str>,
    /// Whether signed attributes are there at all.
    pub(crate) attributes: bool,
    /// The digest algorithm of the signer.
    pub(crate) digest: Hash,
    pub(crate) scheme: Option<Scheme>,
    /// Signs in place of the authority's key.
    pub(crate) signer: Option<Secret>,
    /// Issuer and serial in the signer's id, if not the right ones.
    pub(crate) signer_id: Option<Vec<u8>>,
    /// Whether the SignerInfo stands there twice.
    pub(crate) signers: usize,
    pub(crate) extra: Vec<u8>,
    pub(crate) trailing: Vec<u8>,
}

pub(crate) const CONTENT_TYPE: &str = "1.2.840.113549.1.9.3";
pub(crate) const MESSAGE_DIGEST: &str = "1.2.840.113549.1.9.4";
pub(crate) const SIGNING_TIME: &str = "1.2.840.113549.1.9.5";
pub(crate) const SIGNING_CERTIFICATE_V2: &str = "1.2.840.113549.1.9.16.2.47";

impl Tsa {
    /// A P-384 anchor and a P-256 leaf.
    pub(crate) fn new(label: &str) -> Self {
        Self::with(label, Secret::p256(&format!("{label} tsa")), |_| ())
    }

    /// With a leaf of the caller's.
    pub(crate) fn with(label: &str, key: Secret, spoil: impl Fn(&mut Template)) -> Self {
        Self::under(label, Secret::p384(&format!("{label} ca 0")), key, spoil)
    }

    /// With an anchor's key and a leaf of the caller's.
    pub(crate) fn under(label: &str, anchor: Secret, key: Secret, spoil: impl Fn(&mut Template)) -> Self {
        let authority = Authority::with_keys(
            label,
            0,
            |_| anchor.clone(),
            |_, template| template.set(x509::BASIC_CONSTRAINTS, true, x509::basic_constraints(true, None)),
        );
        let issuer = authority.issuer();
        let common_name = format!("{label}-signer");
        let mut template = Template {
            serial: vec![0x75, 0x53, 0x41],
            issuer: issuer.name.clone(),
            subject: x509::name(&common_name),
            not_before: START,
            not_after: END,
            spki: key.spki(),
            extensions: vec![
                Extension::new(x509::KEY_USAGE, true, der::named_bits(&[x509::DIGITAL_SIGNATURE])),
                Extension::new(x509::EXTENDED_KEY_USAGE, true, x509::extended_key_usage(&[x509::TIME_STAMPING])),
                Extension::new(x509::SUBJECT_KEY_ID, false, x509::subject_key_id(&key.spki())),
                Extension::new(x509::AUTHORITY_KEY_ID, false, x509::authority_key_id(&issuer.key.spki())),
            ],
            scheme: None,
            inner: None,
            trailing: Vec::new(),
        };
        spoil(&mut template);
        let certificate = template.sign(&issuer.key);
        let leaf = Issuer { name: template.subject.clone(), key, certificate };
        Self { authority, leaf, serial: template.serial }
    }

    /// Certificates as a trust root lists them: the leaf first, the anchor last.
    pub(crate) fn chain(&self) -> Vec<Vec<u8>> {
        std::iter::once(self.leaf.certificate.clone()).chain(self.authority.chain()).collect()
    }

    /// A token about `signature` at `seconds`.
    pub(crate) fn token(&self, signature: &[u8], seconds: i64) -> Token {
        Token {
            status: 0,
            hash: Hash::Sha256,
            imprint: sha256(signature),
            time: compact(seconds),
            serial: vec![0x11, 0x22, 0x33],
            nonce: None,
            certificates: Vec::new(),
            content_type: (TST_INFO.into(), TST_INFO.into()),
            message_digest: None,
            ess_hash: None,
            without: Vec::new(),
            attributes: true,
            digest: self.leaf.key.scheme().hash(),
            scheme: None,
            signer: None,
            signer_id: None,
            signers: 1,
            extra: Vec::new(),
            trailing: Vec::new(),
        }
    }

    /// The response as bundles carry it.
    pub(crate) fn sign(&self, token: &Token) -> Vec<u8> {
        let key = token.signer.as_ref().unwrap_or(&self.leaf.key);
        let scheme = token.scheme.unwrap_or_else(|| key.scheme());
        let content = self.tst_info(token);
        let issuer = &self.authority.issuer().name;
        let signer_id =
            token.signer_id.clone().unwrap_or_else(|| der::seq(&[issuer.clone(), der::serial(&self.serial)]));
        let attributes = self.attributes(token, &content);
        let signed = if token.attributes { der::set(&attributes) } else { content.clone() };
        let signature = key.sign_with(scheme, &signed);
        let mut info = vec![der::int(1), signer_id, token.digest.identifier()];
        if token.attributes {
            let mut implicit = der::set(&attributes);
            implicit[0] = 0xa0;
            info.push(implicit);
        }
        info.extend([scheme.identifier(), der::octets(&signature)]);
        let info = der::seq(&info);

        let mut data = vec![
            der::int(3),
            der::set(&[token.digest.identifier()]),
            der::seq(&[der::oid(&token.content_type.1), der::context(0, &der::octets(&content))]),
        ];
        if !token.certificates.is_empty() {
            data.push(der::context(0, &token.certificates.concat()));
        }
        data.push(der::set(&vec![info; token.signers]));
        let signed_data = der::seq(&[der::oid(SIGNED_DATA), der::context(0, &der::seq(&data))]);
        let mut parts = vec![der::seq(&[der::int(token.status)])];
        if token.status < 2 {
            parts.push(signed_data);
        }
        let mut out = der::seq(&parts);
        out.extend(&token.trailing);
        out
    }

    fn tst_info(&self, token: &Token) -> Vec<u8> {
        let mut algorithm = token.hash.identifier();
        if token.hash == Hash::Sha256 {
            // With the NULL that most authorities write.
            algorithm = der::seq(&[der::oid("2.16.840.1.101.3.4.2.1"), der::null()]);
        }
        let mut parts = vec![
            der::int(1),
            der::oid("1.3.6.1.4.1.57264.2"),
            der::seq(&[algorithm, der::octets(&token.imprint)]),
            der::serial(&token.serial),
            der::generalized(&token.time),
            der::seq(&[der::int(1)]),
        ];
        parts.extend(token.nonce.map(der::int));
        parts.push(der::context(0, &der::context(4, &self.leaf.name)));
        if !token.extra.is_empty() {
            parts.push(token.extra.clone());
        }
        der::seq(&parts)
    }

    fn attributes(&self, token: &Token, content: &[u8]) -> Vec<Vec<u8>> {
        let digest = token.message_digest.clone().unwrap_or_else(|| token.digest.digest(content));
        let hash = token.ess_hash.clone().unwrap_or_else(|| sha256(&self.leaf.certificate));
        let issuer = &self.authority.issuer().name;
        let certificate = der::seq(&[
            der::octets(&hash),
            der::seq(&[der::seq(&[der::context(4, issuer)]), der::serial(&self.serial)]),
        ]);
        let values = vec![
            (CONTENT_TYPE, der::oid(&token.content_type.0)),
            (SIGNING_TIME, der::tlv(0x17, format!("{}Z", token.time.get(2..14).unwrap_or_default()).as_bytes())),
            (MESSAGE_DIGEST, der::octets(&digest)),
            (SIGNING_CERTIFICATE_V2, der::seq(&[der::seq(&[certificate])])),
        ];
        values
            .into_iter()
            .filter(|(oid, _)| !token.without.contains(oid))
            .map(|(oid, value)| der::seq(&[der::oid(oid), der::set(&[value])]))
            .collect()
    }
}
