//! The certificate by which GitHub attests releases.

use crate::x509::certificate::Certificate;
use crate::x509::general_name::GeneralName;

/// The subject alternative name of GitHub's attester.
pub(super) const ATTESTER: &str = "https://dotcom.releases.github.com";

/// What to do with such an attestation under a policy of a name and an issuer.
pub(super) const RELEASE_HINT: &str = "GitHub attested this as an asset of a release, and no issuer vouches for GitHub. Pin the release with IdentityPolicy.githubRelease({ repository, tag }); inkan inspect BUNDLE prints its members.";

/// Whether a certificate has the attester's one name. Whoever issued the certificate may have written any name.
pub(super) fn is_release_attester(leaf: &Certificate) -> bool {
    matches!(leaf.subject_alt_names(), [GeneralName::Uri(name)] if name == ATTESTER)
        && matches!(leaf.oidc_issuer(), Ok(None))
}
