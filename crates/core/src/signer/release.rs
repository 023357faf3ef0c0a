//! GitHub's attestations of releases: who signs them, and which release the operator pins.
//!
//! GitHub signs for every repository with one certificate that lives for a year. It has the name below, no OIDC issuer and no
//! extension of Fulcio's. So the certificate does not say whose release it is: the signed statement does.

use crate::bundle::release::{Release, is_id, is_repository};
use crate::crypto::sha256;
use crate::error::{Code, Error, Result};
use crate::options::{Options, invalid};
use crate::signer::attester::ATTESTER;
use crate::signer::chain::VerifiedChain;
use crate::signer::fulcio;
use crate::signer::identity::PinnedName;
use crate::signer::pattern::Pattern;

/// Which releases count.
#[derive(Debug)]
pub struct ReleasePolicy {
    repository: String,
    tag: Option<TagRule>,
    repository_id: Option<String>,
    owner_id: Option<String>,
}

#[derive(Debug)]
enum TagRule {
    Exact(String),
    Pattern(Pattern),
}

impl ReleasePolicy {
    /// Reads `githubRelease`: `{"repository", "tag"?, "repositoryId"?, "ownerId"?}`. A tag with a `*`, which git allows in
    /// none, is a glob as refs are.
    ///
    /// # Errors
    /// `ERR_OPTION_INVALID`, `ERR_OPTION_UNKNOWN`.
    pub fn from_options(mut options: Options<'_>) -> Result<Self> {
        let repository = options.required_text("repository")?;
        if !is_repository(&repository) {
            return Err(invalid(options.path("repository"), "owner/name", repository));
        }
        let tag = options.text("tag")?;
        let tag = match tag {
            Some(text) if text.starts_with("refs/") => {
                return Err(invalid(options.path("tag"), "the name of a tag, without refs/tags/", text));
            }
            Some(text) if text.contains('*') => {
                Some(TagRule::Pattern(Pattern::parse_value(&options.path("tag"), &text)?))
            }
            tag => tag.map(TagRule::Exact),
        };
        let policy = Self {
            repository,
            tag,
            repository_id: id(&mut options, "repositoryId")?,
            owner_id: id(&mut options, "ownerId")?,
        };
        options.finish()?;
        Ok(policy)
    }

    /// A text that is the same for the same pinned repository: part of the key of water-marks. Tag and ids are left out, so
    /// that a policy for the next tag does not start anew.
    pub fn scope(&self) -> String {
        format!("github-release\n{}", self.repository.to_ascii_lowercase())
    }

    /// Whether this is a release that the policy pins.
    fn check(&self, release: &Release) -> Result<()> {
        let refuse = |name: &str, expected: &str, found: &str| {
            Error::new(Code::IdentityRelease).on(format_args!("predicate.{name}")).expected(expected).found(found)
        };
        if release.repository != self.repository {
            let error = refuse("repository", &self.repository, &release.repository);
            return Err(match release.repository.eq_ignore_ascii_case(&self.repository) {
                true => error.hint(
                    "The two differ in letter case only. GitHub takes them for one repository, and inkan compares letter by letter: write it as GitHub attests it.",
                ),
                false => error,
            });
        }
        let (is_pinned, pinned) = match &self.tag {
            None => (true, ""),
            Some(TagRule::Exact(tag)) => (*tag == release.tag, tag.as_str()),
            Some(TagRule::Pattern(pattern)) => (pattern.matches(&release.tag), pattern.as_str()),
        };
        if !is_pinned {
            return Err(refuse("tag", pinned, &release.tag));
        }
        for (name, pinned, found) in [
            ("repositoryId", &self.repository_id, &release.repository_id),
            ("ownerId", &self.owner_id, &release.owner_id),
        ] {
            if pinned.is_some() && pinned != found {
                return Err(refuse(
                    name,
                    pinned.as_deref().unwrap_or_default(),
                    found.as_deref().unwrap_or("no such member"),
                )
                .hint(
                    "Another repository or owner may have this name now. Find out which of the two is right before you change the policy.",
                ));
            }
        }
        Ok(())
    }
}

fn id(options: &mut Options<'_>, name: &'static str) -> Result<Option<String>> {
    let id = options.text(name)?;
    match &id {
        Some(text) if !is_id(text) => Err(invalid(options.path(name), "digits", text)),
        _ => Ok(id),
    }
}

/// A verified certificate of GitHub's attester of releases, under a policy that pins a release. Proves only that GitHub signed.
#[derive(Debug)]
pub struct ReleaseAttester<'p> {
    policy: &'p ReleasePolicy,
    certificate: [u8; 32],
}

impl<'p> ReleaseAttester<'p> {
    /// Requires the attester's one name, and nothing that says that an OIDC issuer vouched for it.
    ///
    /// # Errors
    /// `ERR_IDENTITY_SAN_COUNT`, `ERR_IDENTITY_SAN_TYPE`, `ERR_IDENTITY_SAN`, `ERR_IDENTITY_ISSUER`,
    /// `ERR_IDENTITY_EXTENSION`.
    pub fn verify(chain: &VerifiedChain, policy: &'p ReleasePolicy) -> Result<Self> {
        const OTHER: &str = "GitHub did not sign this as the attestation of a release. If a workflow of the publisher signed it, pin that with IdentityPolicy.githubActions.";
        let leaf = chain.leaf();
        PinnedName::uri(ATTESTER).check(leaf).map_err(|error| match error.code() {
            Code::IdentitySan => error.hint(OTHER),
            _ => error,
        })?;
        if let Some(issuer) = leaf.oidc_issuer()? {
            return Err(Error::new(Code::IdentityIssuer).expected("no OIDC issuer").found(issuer).hint(OTHER));
        }
        // Fulcio's extensions tell of a token. GitHub's attester has none.
        if let Some((number, text)) = leaf.extensions().fulcio.first() {
            return Err(Error::new(Code::IdentityExtension)
                .on(fulcio::name(*number).unwrap_or("an extension of Fulcio's"))
                .expected("no extension of Fulcio's")
                .found(text)
                .hint(OTHER));
        }
        Ok(Self { policy, certificate: sha256(leaf.der()) })
    }

    /// Whether a statement that this attester signed is of a pinned release. The caller sees to who signed.
    ///
    /// # Errors
    /// `ERR_IDENTITY_RELEASE`.
    pub fn check(&self, release: &Release) -> Result<()> {
        self.policy.check(release)
    }

    /// SHA-256 of the certificate.
    pub fn certificate(&self) -> &[u8; 32] {
        &self.certificate
    }
}
