//! Certificate authorities of any depth, and leaves as Fulcio issues them.

use crate::key::{Hash, Scheme, Secret};
use crate::time::{END, NOW, START};
use crate::x509::{self, Extension, Name, Template};
use crate::{der, text};

/// A key with its certificate.
#[derive(Clone)]
pub(crate) struct Issuer {
    pub(crate) key: Secret,
    pub(crate) certificate: Vec<u8>,
    pub(crate) name: Vec<u8>,
}

/// An authority: its anchor first, the one that issues leaves last.
#[derive(Clone)]
pub(crate) struct Authority {
    pub(crate) issuers: Vec<Issuer>,
}

impl Authority {
    /// An anchor and `intermediates` below it. `spoil` may change each certificate before it is signed;
    /// 0 is the anchor. Keys are P-384 but for those that `key` replaces.
    pub(crate) fn new(label: &str, intermediates: usize, spoil: impl Fn(usize, &mut Template)) -> Self {
        Self::with_keys(label, intermediates, |level| Secret::p384(&format!("{label} ca {level}")), spoil)
    }

    /// As [`Authority::new`], with keys of the caller's.
    pub(crate) fn with_keys(
        label: &str,
        intermediates: usize,
        key: impl Fn(usize) -> Secret,
        spoil: impl Fn(usize, &mut Template),
    ) -> Self {
        let mut issuers: Vec<Issuer> = Vec::new();
        for level in 0..=intermediates {
            let common_name = if level == 0 { label.to_owned() } else { format!("{label}-intermediate-{level}") };
            let own = key(level);
            let remaining = (intermediates - level) as u64;
            let mut template = Template {
                serial: vec![0x10 + level as u8, 1, 2, 3],
                issuer: issuers.last().map_or_else(|| x509::name(&common_name), |above| above.name.clone()),
                subject: x509::name(&common_name),
                not_before: START,
                not_after: END,
                spki: own.spki(),
                extensions: vec![
                    Extension::new(x509::KEY_USAGE, true, der::named_bits(&[x509::CERT_SIGN, x509::CRL_SIGN])),
                    Extension::new(x509::BASIC_CONSTRAINTS, true, x509::basic_constraints(true, Some(remaining))),
                    Extension::new(x509::SUBJECT_KEY_ID, false, x509::subject_key_id(&own.spki())),
                ],
                scheme: None,
                inner: None,
                trailing: Vec::new(),
            };
            if let Some(above) = issuers.last() {
                template.set(x509::AUTHORITY_KEY_ID, false, x509::authority_key_id(&above.key.spki()));
                template.set(x509::EXTENDED_KEY_USAGE, false, x509::extended_key_usage(&[x509::CODE_SIGNING]));
            }
            spoil(level, &mut template);
            let signer = issuers.last().map_or(&own, |above| &above.key);
            let certificate = template.sign(signer);
            issuers.push(Issuer { name: template.subject.clone(), key: own, certificate });
        }
        Self { issuers }
    }

    /// The one that issues leaves.
    pub(crate) fn issuer(&self) -> &Issuer {
        self.issuers.last().unwrap()
    }

    /// Certificates as a trust root lists them: the anchor last.
    pub(crate) fn chain(&self) -> Vec<Vec<u8>> {
        self.issuers.iter().rev().map(|issuer| issuer.certificate.clone()).collect()
    }

    /// All certificates as PEM.
    pub(crate) fn pem(&self) -> String {
        self.chain().iter().map(|der| text::pem("CERTIFICATE", der)).collect()
    }
}

/// The SAN of honest leaves.
pub(crate) const WORKFLOW: &str = "https://github.com/acme/mcp-tools/.github/workflows/release.yml@refs/tags/v1.4.2";
/// The OIDC issuer of honest leaves.
pub(crate) const OIDC_ISSUER: &str = "https://token.actions.githubusercontent.com";

/// A leaf as Fulcio issues it: ten minutes from `NOW`, no subject, one SAN, the issuer in both forms.
pub(crate) fn leaf(issuer: &Issuer, spki: Vec<u8>, san: &Name) -> Template {
    let utf8 = |arc: u32, value: &str| Extension::new(x509::fulcio_oid(arc), false, der::utf8(value));
    let mut extensions = vec![
        Extension::new(x509::KEY_USAGE, true, der::named_bits(&[x509::DIGITAL_SIGNATURE])),
        Extension::new(x509::EXTENDED_KEY_USAGE, false, x509::extended_key_usage(&[x509::CODE_SIGNING])),
        Extension::new(x509::SUBJECT_KEY_ID, false, x509::subject_key_id(&spki)),
        Extension::new(x509::AUTHORITY_KEY_ID, false, x509::authority_key_id(&issuer.key.spki())),
        Extension::new(x509::SAN, true, x509::subject_alt_name(std::slice::from_ref(san))),
        Extension::new(x509::fulcio_oid(1), false, OIDC_ISSUER.as_bytes().to_vec()),
        utf8(8, OIDC_ISSUER),
    ];
    if matches!(san, Name::Uri(uri) if uri == WORKFLOW) {
        extensions.extend([
            utf8(11, "github-hosted"),
            utf8(12, "https://github.com/acme/mcp-tools"),
            utf8(13, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
            utf8(14, "refs/tags/v1.4.2"),
            utf8(20, "push"),
        ]);
    }
    Template {
        serial: vec![0x5a, 0x11, 0x22, 0x33, 0x44],
        issuer: issuer.name.clone(),
        subject: x509::empty_name(),
        not_before: NOW - 60,
        not_after: NOW + 540,
        spki,
        extensions,
        // Public-good leaves are signed with ecdsa-with-SHA384 whatever their own key is.
        scheme: matches!(issuer.key, Secret::P384(_)).then_some(Scheme::Ecdsa(Hash::Sha384)),
        inner: None,
        trailing: Vec::new(),
    }
}
