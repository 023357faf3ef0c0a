//! The two kinds of keyless signer that an operator may pin, and which of them signed.

use std::fmt;

use crate::error::Result;
use crate::options::{Options, invalid};
use crate::signer::attester::ATTESTER;
use crate::signer::chain::VerifiedChain;
use crate::signer::identity::{IdentityPolicy, VerifiedIdentity};
use crate::signer::release::{ReleaseAttester, ReleasePolicy};

/// Who may sign.
#[derive(Debug)]
pub enum SignerPolicy {
    /// Whom the certificate names, with the OIDC issuer that vouched for the name.
    Identity(IdentityPolicy),
    /// GitHub, for a release of a pinned repository.
    Release(ReleasePolicy),
}

/// Who signed, by a verified certificate.
#[derive(Debug)]
pub enum VerifiedSigner<'p> {
    /// The pinned identity.
    Identity(VerifiedIdentity),
    /// GitHub's attester. Whose release it is stands in what it signed.
    Attester(ReleaseAttester<'p>),
}

impl SignerPolicy {
    /// Takes `identity` out of a policy: `{"githubRelease": {…}}`, or what [`IdentityPolicy::from_options`] reads.
    ///
    /// # Errors
    /// `ERR_OPTION_INVALID`, `ERR_OPTION_UNKNOWN`.
    pub fn take(policy: &mut Options<'_>) -> Result<Self> {
        let identity = policy.nested("identity")?;
        let mut options = identity.ok_or_else(|| invalid("policy.identity", "who may sign", "nothing"))?;
        let Some(release) = options.nested("githubRelease")? else {
            return IdentityPolicy::from_options(options).map(Self::Identity);
        };
        options.finish()?;
        ReleasePolicy::from_options(release).map(Self::Release)
    }

    /// A text that is the same for the same pinned signer: part of the key of water-marks.
    pub fn scope(&self) -> String {
        match self {
            Self::Identity(policy) => policy.scope(),
            Self::Release(policy) => policy.scope(),
        }
    }
}

impl<'p> VerifiedSigner<'p> {
    /// Holds a verified certificate against the policy (client-spec 4.3.3).
    ///
    /// # Errors
    /// `ERR_IDENTITY_*`.
    pub fn verify(chain: &VerifiedChain, policy: &'p SignerPolicy) -> Result<Self> {
        match policy {
            SignerPolicy::Identity(policy) => VerifiedIdentity::verify(chain, policy).map(Self::Identity),
            SignerPolicy::Release(policy) => ReleaseAttester::verify(chain, policy).map(Self::Attester),
        }
    }
}

impl fmt::Display for VerifiedSigner<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Identity(identity) => {
                write!(f, "{} {} by {}", identity.san_type(), identity.san(), identity.issuer())
            }
            Self::Attester(_) => {
                write!(f, "uri {ATTESTER} without an OIDC issuer: GitHub, for releases of every repository")
            }
        }
    }
}
