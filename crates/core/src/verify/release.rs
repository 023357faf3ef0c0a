//! A release of GitHub's: what its attester signed, held against the policy.

use super::attested_subject::find_subject;
use crate::bundle::release::Release;
use crate::bundle::statement::Statement;
use crate::crypto::Message;
use crate::error::{Code, Error, Result};
use crate::signature::Signed;
use crate::signer::release::ReleaseAttester;

/// A release that the policy pins, and its asset that is the artifact. It can be made only of a signature that was verified
/// under the certificate of GitHub's attester. The tag's commit is not looked at, nor whether the release still exists.
#[derive(Debug)]
pub(super) struct VerifiedRelease {
    pub(super) release: Release,
    pub(super) asset: String,
    pub(super) certificate: [u8; 32],
    pub(super) statement: Statement,
}

impl VerifiedRelease {
    /// Reads the signed statement, and requires a pinned release with this artifact as a named asset.
    ///
    /// # Errors
    /// `ERR_BUNDLE_CONTENT`, `ERR_IDENTITY_RELEASE`, `ERR_STATEMENT_SUBJECT`, `ERR_ARTIFACT_DIGEST`, and those of
    /// [`Statement::from_envelope`].
    pub(super) fn verify(attester: &ReleaseAttester<'_>, signed: &Signed<'_>, artifact: Message<'_>) -> Result<Self> {
        let Signed::Envelope(signed) = signed else {
            return Err(Error::new(Code::BundleContent)
                .expected("a DSSE envelope, which says whose release it is")
                .found("a message signature")
                .hint("GitHub signs a release as an attestation: get that from GitHub."));
        };
        let statement = Statement::from_envelope(signed.envelope())?;
        let release = Release::from_statement(&statement)?;
        attester.check(&release)?;
        let asset = find_subject(&statement.assets(), artifact)?.name.clone();
        Ok(Self { release, asset, certificate: *attester.certificate(), statement })
    }
}
