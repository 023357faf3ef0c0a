//! What GitHub attests of a release that nobody may change any more: in-toto's predicate "release" v0.1 and v0.2
//! (in-toto/attestation, `spec/predicates/release.md`) with the members that GitHub adds to it.
//!
//! The release is named three times: by `repository` and `tag`, by the predicate's `purl`, and by the URI of one subject. All
//! must name the same. Proves nothing: who signed the statement is not looked at here.

use std::fmt;

use super::statement::Statement;
use crate::encoding::hex;
use crate::encoding::json::{self, Value};
use crate::encoding::protojson::{self, Path};
use crate::error::{Code, Error, Result};
use crate::limits;

/// The predicate types that are read.
const TYPES: [&str; 2] = ["https://in-toto.io/attestation/release/v0.2", "https://in-toto.io/attestation/release/v0.1"];

/// A release, as stated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// `owner/name`, in the letter case that GitHub shows.
    pub repository: String,
    /// The git tag.
    pub tag: String,
    /// The repository's number, which no later repository of this name has.
    pub repository_id: Option<String>,
    /// The owner's number, which no later owner of this name has.
    pub owner_id: Option<String>,
}

impl Release {
    /// Reads the predicate of a statement.
    ///
    /// # Errors
    /// `ERR_IDENTITY_RELEASE`, and those of [`json::parse`].
    pub fn from_statement(statement: &Statement) -> Result<Self> {
        if !TYPES.contains(&statement.predicate_type.as_str()) {
            return Err(Error::new(Code::IdentityRelease)
                .on("predicateType")
                .expected(TYPES.join(" or "))
                .found(&statement.predicate_type)
                .hint("This is no attestation of a release, or inkan is older than its form."));
        }
        let predicate = json::parse(statement.predicate.as_bytes(), limits::BUNDLE_BYTES)?;
        let document = Path::root("the statement", Code::IdentityRelease);
        let path = document.field("predicate");
        let release = Self {
            repository: required(&predicate, "repository", &path)?.to_owned(),
            tag: required(&predicate, "tag", &path)?.to_owned(),
            repository_id: id(&predicate, "repositoryId", &path)?,
            owner_id: id(&predicate, "ownerId", &path)?,
        };
        release.check_purl(required(&predicate, "purl", &path)?, &path.field("purl"))?;

        let subjects = document.field("subject");
        let mut is_named = false;
        for (index, subject) in statement.subjects.iter().enumerate() {
            let Some(uri) = &subject.uri else { continue };
            let path = subjects.item(index);
            let path = path.field("uri");
            if is_named {
                return Err(path.malformed("one subject with a URI, which is the release", "a second one"));
            }
            release.check_purl(uri, &path)?;
            is_named = true;
        }
        if is_named {
            Ok(release)
        } else {
            Err(subjects.malformed("a subject whose URI is the release's purl", "none"))
        }
    }

    /// A purl must name this release (package-url/purl-spec). Its type `github` ignores the letter case of owner and name,
    /// which never hold an `@`. GitHub has no two repositories that differ in letter case alone. The version is the tag, as
    /// it is or percent-encoded.
    fn check_purl(&self, purl: &str, path: &Path<'_>) -> Result<()> {
        let named = purl.strip_prefix("pkg:github/").and_then(|rest| rest.split_once('@'));
        let is_same = named.is_some_and(|(repository, version)| {
            let is_tag = version == self.tag || decoded(version).is_some_and(|bytes| bytes == self.tag.as_bytes());
            repository.eq_ignore_ascii_case(&self.repository) && is_tag
        });
        if is_same {
            return Ok(());
        }
        Err(path
            .malformed(format_args!("pkg:github/{}@{}, as repository and tag say", self.repository, self.tag), purl)
            .hint("The attestation contradicts itself. GitHub makes none like it: get it from GitHub again."))
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "release {} of {}", self.tag, self.repository)?;
        for (what, id) in [("repository", &self.repository_id), ("owner", &self.owner_id)] {
            if let Some(id) = id {
                write!(f, ", {what} {id}")?;
            }
        }
        Ok(())
    }
}

/// Whether a text is one of GitHub's numbers, in the one spelling that it has.
pub fn is_id(text: &str) -> bool {
    (1..=20).contains(&text.len()) && !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a text is an owner and a name.
pub fn is_repository(text: &str) -> bool {
    let is_part = |part: &str| {
        let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        !part.is_empty() && part.bytes().all(is_letter)
    };
    text.len() <= 200 && text.split_once('/').is_some_and(|(owner, name)| is_part(owner) && is_part(name))
}

/// A purl's percent-encoding undone; `None` if it is malformed.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let mut parts = text.split('%');
    let mut bytes = parts.next()?.as_bytes().to_vec();
    for part in parts {
        let (digits, rest) = part.split_at_checked(2)?;
        bytes.extend(hex::decode(&digits.to_ascii_lowercase()).ok()?);
        bytes.extend_from_slice(rest.as_bytes());
    }
    Some(bytes)
}

fn required<'v>(predicate: &'v Value<'_>, name: &str, path: &Path<'_>) -> Result<&'v str> {
    let path = path.field(name);
    let text = protojson::string(predicate.get(name).ok_or_else(|| path.missing())?, &path)?;
    if text.is_empty() { Err(path.missing()) } else { Ok(text) }
}

/// GitHub writes its numbers as texts. They are compared as texts, so that no number loses digits.
fn id(predicate: &Value<'_>, name: &str, path: &Path<'_>) -> Result<Option<String>> {
    let Some(value) = predicate.get(name) else { return Ok(None) };
    let path = path.field(name);
    let text = protojson::string(value, &path)?;
    if is_id(text) { Ok(Some(text.to_owned())) } else { Err(path.malformed("digits", text)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{"_type":"https://in-toto.io/Statement/v1","subject":[{"uri":"pkg:github/acme/tools@v1","digest":{"sha1":"43d0bd191f16d1fe3484a4b58aa69118f7692442"}}],"predicateType":"https://in-toto.io/attestation/release/v0.2","predicate":{"ownerId":"45","purl":"pkg:github/acme/tools@v1","repository":"acme/tools","repositoryId":"123","tag":"v1"}}"#;

    fn release(text: &str) -> Result<Release> {
        Release::from_statement(&Statement::parse(text.as_bytes()).unwrap())
    }

    #[test]
    fn reads_what_github_attests() {
        let read = release(GOOD).unwrap();
        assert_eq!(read.to_string(), "release v1 of acme/tools, repository 123, owner 45");
        for (from, to) in [
            ("release/v0.2", "release/v0.1"),
            (r#""repository":"acme/tools""#, r#""repository":"Acme/Tools""#),
            (r#""ownerId":"45","#, ""),
        ] {
            assert!(release(&GOOD.replace(from, to)).is_ok(), "{from} {to}");
        }
        // The version of a purl is percent-encoded, a tag is not.
        for (version, tag) in [
            ("%40acme%2ftools%401", "@acme/tools@1"),
            ("@acme/tools@1", "@acme/tools@1"),
            ("v1%2F", "v1%2F"),
            ("v1%252F", "v1%2F"),
        ] {
            let text = GOOD.replace("tools@v1", &format!("tools@{version}")).replace(r#""v1""#, &format!("\"{tag}\""));
            assert_eq!(release(&text).unwrap().tag, tag, "{version}");
        }
    }

    #[test]
    fn refuses_what_contradicts_itself() {
        for (from, to) in [
            ("release/v0.2", "release/v0.3"),
            ("release/v0.2", "release/v0.2/"),
            (r#""tag":"v1""#, r#""tag":"v2""#),
            (r#""tag":"v1""#, r#""tag":"""#),
            (r#""tag":"v1""#, r#""tag":1"#),
            (r#""tag":"v1""#, r#""tags":"v1""#),
            (r#""repository":"acme/tools""#, r#""repository":"evil/tools""#),
            (r#""purl":"pkg:github/acme/tools@v1""#, r#""purl":"pkg:github/evil/tools@v1""#),
            (r#""purl":"pkg:github/acme/tools@v1""#, r#""purl":"pkg:github/acme%2Ftools@v1""#),
            (r#""purl":"pkg:github/acme/tools@v1""#, r#""purl":"pkg:github/acme/tools@%761%""#),
            (r#""purl":"pkg:github/acme/tools@v1""#, r#""purl":"pkg:github/acme/tools@v1?x=1""#),
            (r#""purl":"pkg:github/acme/tools@v1""#, r#""purl":"pkg:github/acme/tools""#),
            (r#""purl":"pkg:github/acme/tools@v1""#, r#""purl":"pkg:npm/acme/tools@v1""#),
            (r#""purl":"pkg:github/acme/tools@v1","#, ""),
            (r#""uri":"pkg:github/acme/tools@v1""#, r#""uri":"pkg:github/acme/tools@v2""#),
            (r#""uri":"pkg:github/acme/tools@v1""#, r#""name":"pkg:github/acme/tools@v1""#),
            (r#""subject":["#, r#""subject":[{"uri":"pkg:github/acme/tools@v1","digest":{"sha1":"ab"}},"#),
            (r#""45""#, "45"),
            (r#""45""#, r#""045""#),
            (r#""45""#, r#""""#),
            (r#""45""#, "null"),
        ] {
            let text = GOOD.replacen(from, to, 1);
            assert_ne!(text, GOOD, "{from}");
            assert_eq!(release(&text).unwrap_err().code(), Code::IdentityRelease, "{from} {to}");
        }
        let without = GOOD.replace(r#","predicate":{"#, r#","other":{"#);
        assert_eq!(release(&without).unwrap_err().code(), Code::IdentityRelease);
    }

    #[test]
    fn forms() {
        for (text, is_one) in [
            ("acme/tools", true),
            ("A-c_m.e/9", true),
            ("acme", false),
            ("a/b/c", false),
            ("/b", false),
            ("a/", false),
            ("a/b@c", false),
            ("a/*", false),
        ] {
            assert_eq!(is_repository(text), is_one, "{text}");
        }
        for (text, is_one) in [
            ("1", true),
            ("18446744073709551615", true),
            ("0", false),
            ("01", false),
            ("-1", false),
            ("1.0", false),
            ("", false),
            ("123456789012345678901", false),
        ] {
            assert_eq!(is_id(text), is_one, "{text}");
        }
    }
}
