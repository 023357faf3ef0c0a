//! The chain from the signer's certificate to a pinned authority, at every proven signing time.

use crate::error::{Code, Result};
use crate::signer::instance;
use crate::signer::times::SigningTimes;
use crate::x509::authority::CertificateAuthority;
use crate::x509::certificate::Certificate;
use crate::x509::path::{self, Path};
use crate::x509::purpose::Purpose;

/// A signer's certificate with a valid path to a pinned authority. The path is valid at all [`SigningTimes`]
/// (client-spec 4.3.2).
#[derive(Debug)]
pub struct VerifiedChain(Path);

impl VerifiedChain {
    /// Searches the path.
    ///
    /// # Errors
    /// `ERR_CHAIN_*`, `ERR_CERTIFICATE_MALFORMED`.
    pub fn verify(
        leaf: &Certificate,
        intermediates: &[Certificate],
        authorities: &[CertificateAuthority],
        times: &SigningTimes,
    ) -> Result<Self> {
        path::search(leaf, intermediates, authorities, times.as_slice(), Purpose::CodeSigning).map(Self).map_err(
            |error| {
                if error.code() == Code::ChainUntrusted { instance::hinted(error, &leaf.issuer_text()) } else { error }
            },
        )
    }

    /// The signer's certificate.
    pub fn leaf(&self) -> &Certificate {
        self.0.leaf()
    }

    /// The certificate that issued it. Certificate transparency covers its key.
    pub fn issuer(&self) -> &Certificate {
        self.0.issuer()
    }

    /// The subjects of the path, leaf first, for reports.
    pub fn subjects(&self) -> &[String] {
        self.0.subjects()
    }
}
