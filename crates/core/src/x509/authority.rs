//! A certificate authority that the operator pinned.

use std::sync::OnceLock;

use super::certificate::Certificate;
use crate::encoding::time::Validity;
use crate::error::{Code, Error, Result};
use crate::key::PublicKey;

/// An authority of the trust root: Fulcio's, or that of a timestamp authority.
///
/// Its keys are parsed once. Which of its certificates signed which other one is determined once.
#[derive(Debug)]
pub struct CertificateAuthority {
    uri: String,
    validity: Validity,
    members: Vec<Member>,
    certificates: Vec<Certificate>,
}

/// The data that belongs to one certificate.
#[derive(Debug)]
struct Member {
    key: Result<PublicKey>,
    /// The indices of the certificates whose key made this one's signature.
    issuers: OnceLock<Vec<usize>>,
}

impl CertificateAuthority {
    /// From its certificates, in order from the issuing one to the anchor. The anchor is the last certificate, whether
    /// or not it is self-signed. `validity` is the time in which the trust root has it in use.
    ///
    /// # Errors
    /// `ERR_TRUST_ROOT_MALFORMED` without a certificate; `ERR_KEY_UNSUPPORTED`, `ERR_KEY_MALFORMED` if the anchor's key
    /// cannot be used.
    pub fn new(uri: impl Into<String>, certificates: Vec<Certificate>, validity: Validity) -> Result<Self> {
        let Some(anchor) = certificates.last() else {
            return Err(Error::new(Code::TrustRootMalformed)
                .on("certificate authority")
                .expected("at least one certificate")
                .found("none"));
        };
        anchor.public_key().map_err(|error| error.on_outer(anchor.subject_text()))?;
        let members = certificates
            .iter()
            .map(|c| Member { key: c.public_key().map(PublicKey::prepare), issuers: OnceLock::new() })
            .collect();
        Ok(Self { uri: uri.into(), validity, members, certificates })
    }

    /// Its address, for reports only.
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// Its certificates, the anchor last.
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// When it was in use.
    pub fn validity(&self) -> Validity {
        self.validity
    }

    /// The key of the certificate at `index`.
    pub(crate) fn key(&self, index: usize) -> Option<&Result<PublicKey>> {
        self.members.get(index).map(|member| &member.key)
    }

    /// Whether the key of the certificate at `issuer` made the signature of the one at `child`. Nothing else about them
    /// is checked.
    pub(super) fn is_signed_by(&self, child: usize, issuer: usize) -> bool {
        let (Some(certificate), Some(member)) = (self.certificates.get(child), self.members.get(child)) else {
            return false;
        };
        let issuers = member.issuers.get_or_init(|| {
            let mut issuers = Vec::new();
            for (index, (candidate, own)) in self.certificates.iter().zip(&self.members).enumerate() {
                if candidate.subject() == certificate.issuer()
                    && let Ok(key) = &own.key
                    && certificate.is_signed_by(key)
                {
                    issuers.push(index);
                }
            }
            issuers
        });
        issuers.contains(&issuer)
    }
}

#[cfg(test)]
mod tests {
    use super::super::real;
    use super::*;
    use crate::encoding::time::Time;

    #[test]
    fn knows_its_internal_signatures() {
        let root = real::trust_root(&real::case("happy-path-v0.3"));
        let authorities = real::authorities(&root, "certificateAuthorities");
        let authority = authorities.iter().find(|authority| authority.certificates().len() == 2).unwrap();
        assert!(authority.is_signed_by(0, 1) && authority.is_signed_by(1, 1));
        assert!(!authority.is_signed_by(1, 0) && !authority.is_signed_by(0, 0) && !authority.is_signed_by(2, 1));
        assert!(authority.key(1).unwrap().is_ok() && authority.key(2).is_none());
    }

    #[test]
    fn needs_a_certificate() {
        let validity = Validity { start: Time::EARLIEST, end: None };
        let error = CertificateAuthority::new("", Vec::new(), validity).unwrap_err();
        assert_eq!(error.code(), Code::TrustRootMalformed);
    }
}
