//! The identity that the operator pins, and the identity that a verified certificate states.

use crate::error::{Code, Error, Result, listed};
use crate::options::{Options, invalid};
use crate::signer::attester::{RELEASE_HINT, is_release_attester};
use crate::signer::chain::VerifiedChain;
use crate::signer::pattern::Pattern;
use crate::signer::san_kind::SanKind;
use crate::signer::{fulcio, near_miss};
use crate::x509::certificate::Certificate;
use crate::x509::general_name::GeneralName;

/// The one subject alternative name (SAN) that a certificate must have.
#[derive(Debug)]
pub(super) struct PinnedName {
    rule: SanRule,
    kind: SanKind,
}

/// Which subject alternative names are accepted.
#[derive(Debug)]
enum SanRule {
    Exact(String),
    Pattern(Pattern),
}

/// Who may sign: a subject alternative name of one type, an OIDC issuer, and any Fulcio extensions.
#[derive(Debug)]
pub struct IdentityPolicy {
    name: PinnedName,
    issuer: String,
    extensions: Vec<(u8, ExtensionRule)>,
}

/// Which values of an extension are accepted.
#[derive(Debug)]
enum ExtensionRule {
    Exact(String),
    Pattern(Pattern),
}

/// The identity of a verified certificate, which is the one that the policy pins.
#[derive(Debug)]
pub struct VerifiedIdentity {
    san_type: &'static str,
    san: String,
    issuer: String,
    extensions: Vec<(u8, String)>,
}

impl IdentityPolicy {
    /// Reads a policy's `identity`: `{"san" | "sanPattern", "sanType"?, "issuer", "extensions"?,
    /// "extensionPatterns"?}`. Without `sanType` the type is inferred: a text with `://` is a URI, one with `@` an
    /// e-mail address, and any other an otherName.
    ///
    /// # Errors
    /// `ERR_OPTION_INVALID`, `ERR_OPTION_UNKNOWN`.
    pub fn from_options(mut options: Options<'_>) -> Result<Self> {
        let (exact, pattern) = (options.text("san")?, options.text("sanPattern")?);
        let stated = options.word("sanType", &SanKind::NAMES)?;
        let kind = |text: &str| stated.unwrap_or_else(|| SanKind::infer(text));
        let san = match (exact, pattern) {
            (Some(text), None) if text.starts_with("github-actions://") => {
                return Err(invalid("policy.identity.san", "a name that Fulcio certifies", &text).hint(
                    "Fulcio's name for a workflow is https://github.com/OWNER/REPO/.github/workflows/FILE@REF with the issuer https://token.actions.githubusercontent.com; IdentityPolicy.githubActions({repository, workflow, ref}) builds it.",
                ));
            }
            (Some(text), None) => SanRule::Exact(text),
            (None, Some(text)) => SanRule::Pattern(Pattern::parse("policy.identity.sanPattern", &text, kind(&text))?),
            (Some(_), Some(_)) => return Err(invalid("policy.identity", "either san or sanPattern", "both")),
            (None, None) => return Err(invalid("policy.identity", "san or sanPattern", "neither")),
        };
        let kind = kind(san.text());
        let issuer = options.required_text("issuer")?;
        let mut extensions: Vec<(u8, ExtensionRule)> = Vec::new();
        for (option, is_pattern) in [("extensions", false), ("extensionPatterns", true)] {
            let Some(pinned) = options.nested(option)? else { continue };
            for (name, value) in pinned.into_members() {
                let path = format!("policy.identity.{option}.{name}");
                let number = fulcio::number(&name).ok_or_else(|| {
                    let known = listed(fulcio::EXTENSIONS.iter().map(|(_, name)| *name));
                    Error::new(Code::OptionUnknown).on(&path).expected(format_args!("one of {known}")).found(&name)
                })?;
                let text = value.as_str().ok_or_else(|| invalid(&path, "a text", value.kind()))?;
                if extensions.iter().any(|(other, _)| *other == number) {
                    return Err(invalid(&path, "the extension under extensions or extensionPatterns", "both"));
                }
                let rule = if is_pattern {
                    ExtensionRule::Pattern(extension_pattern(&path, &name, text)?)
                } else {
                    ExtensionRule::Exact(text.to_owned())
                };
                extensions.push((number, rule));
            }
        }
        options.finish()?;
        Ok(Self { name: PinnedName { rule: san, kind }, issuer, extensions })
    }

    /// A text that is equal for equal pinned signers. It is part of the key of state records.
    pub fn scope(&self) -> String {
        format!("identity\n{}\n{}\n{}", self.name.kind.name(), self.name.rule.text(), self.issuer)
    }
}

/// Extensions that hold a URL are matched like names. Others, such as refs, are matched like the part of a name after
/// its `@`.
fn extension_pattern(path: &str, name: &str, text: &str) -> Result<Pattern> {
    if name.ends_with("URI") { Pattern::parse(path, text, SanKind::Uri) } else { Pattern::parse_value(path, text) }
}

impl ExtensionRule {
    fn check(&self, name: &'static str, found: Option<&str>) -> Result<()> {
        let (pinned, matches, hint) = match self {
            Self::Exact(text) => (
                text.as_str(),
                found == Some(text.as_str()),
                found.and_then(|found| near_miss::exact(text, found, &near_miss::EXTENSION)),
            ),
            Self::Pattern(pattern) => (
                pattern.as_str(),
                found.is_some_and(|found| pattern.matches(found)),
                found.and_then(|found| near_miss::pattern_value(pattern, found)),
            ),
        };
        if matches {
            return Ok(());
        }
        let error =
            Error::new(Code::IdentityExtension).on(name).expected(pinned).found(found.unwrap_or("no such extension"));
        Err(match found {
            None => error.hint("The certificate has no such extension, so the policy can pin nothing in it. Leave it out, if the rest of the policy is enough."),
            Some(_) => near_miss::hinted(error, hint),
        })
    }
}

impl SanRule {
    fn text(&self) -> &str {
        match self {
            Self::Exact(text) => text,
            Self::Pattern(pattern) => pattern.as_str(),
        }
    }

    fn matches(&self, name: &str) -> bool {
        match self {
            Self::Exact(text) => text == name,
            Self::Pattern(pattern) => pattern.matches(name),
        }
    }
}

impl VerifiedIdentity {
    /// Compares a verified certificate with the policy. The certificate must have exactly one subject alternative name,
    /// of the pinned type and text, the pinned issuer, and every pinned extension (client-spec 4.3.3; Fulcio
    /// certificate-specification).
    ///
    /// # Errors
    /// `ERR_IDENTITY_SAN_COUNT`, `ERR_IDENTITY_SAN_TYPE`, `ERR_IDENTITY_SAN`, `ERR_IDENTITY_ISSUER`,
    /// `ERR_IDENTITY_EXTENSION`.
    pub fn verify(chain: &VerifiedChain, policy: &IdentityPolicy) -> Result<Self> {
        let leaf = chain.leaf();
        let san = policy.name.check(leaf).map_err(|error| match is_release_attester(leaf) {
            true => error.hint(RELEASE_HINT),
            false => error,
        })?;
        let issuer = leaf.oidc_issuer()?.ok_or_else(|| {
            let error = Error::new(Code::IdentityIssuer).expected(&policy.issuer).found("no issuer extension");
            error.hint(match is_release_attester(leaf) {
                true => RELEASE_HINT,
                false => "The certificate states no OIDC issuer, so nobody is named who vouched for its name. No policy of a name and an issuer accepts that.",
            })
        })?;
        if issuer != policy.issuer {
            let error = Error::new(Code::IdentityIssuer).expected(&policy.issuer).found(issuer);
            return Err(near_miss::hinted(error, near_miss::exact(&policy.issuer, issuer, &near_miss::ISSUER)));
        }
        for (number, pinned) in &policy.extensions {
            pinned.check(fulcio::name(*number).unwrap_or_default(), leaf.extensions().fulcio_text(*number))?;
        }
        Ok(Self {
            san_type: policy.name.kind.name(),
            san: san.to_owned(),
            issuer: issuer.to_owned(),
            extensions: leaf.extensions().fulcio.clone(),
        })
    }

    /// The type of the name, in the spelling of policies.
    pub fn san_type(&self) -> &'static str {
        self.san_type
    }

    /// The name.
    pub fn san(&self) -> &str {
        &self.san
    }

    /// The OIDC issuer.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Fulcio's extensions, by name.
    pub fn extensions(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.extensions.iter().filter_map(|(number, text)| Some((fulcio::name(*number)?, text.as_str())))
    }
}

impl PinnedName {
    /// A URI, exactly.
    pub(super) fn uri(text: &str) -> Self {
        Self { rule: SanRule::Exact(text.to_owned()), kind: SanKind::Uri }
    }

    /// The name of a certificate that has this one and no other.
    ///
    /// # Errors
    /// `ERR_IDENTITY_SAN_COUNT`, `ERR_IDENTITY_SAN_TYPE`, `ERR_IDENTITY_SAN`.
    pub(super) fn check<'c>(&self, leaf: &'c Certificate) -> Result<&'c str> {
        let pinned = self.rule.text();
        let names = leaf.subject_alt_names();
        let [name] = names else {
            let all = listed(names.iter().map(GeneralName::to_string));
            return Err(Error::new(Code::IdentitySanCount)
                .expected(format_args!("one name, {pinned}"))
                .found(if all.is_empty() { "none".to_owned() } else { all }));
        };
        let text = name.text().unwrap_or_default();
        let found = SanKind::of(name);
        if found != Some(self.kind) {
            let stated = self.kind.name();
            let error = Error::new(Code::IdentitySanType).expected(format_args!("{stated} {pinned}")).found(name);
            let is_same = self.rule.matches(text);
            let hint = near_miss::other_type(pinned, is_same, text, stated, found.map(SanKind::name));
            return Err(near_miss::hinted(error, hint));
        }
        if text.is_empty() || !self.rule.matches(text) {
            let error = Error::new(Code::IdentitySan).expected(pinned).found(name);
            let hint = match &self.rule {
                SanRule::Exact(pinned) => near_miss::exact_name(pinned, text, self.kind),
                SanRule::Pattern(pattern) => near_miss::pattern_name(pattern, text, self.kind),
            };
            return Err(near_miss::hinted(error, hint));
        }
        Ok(text)
    }
}
