//! nameConstraints (RFC 5280 section 4.2.1.10): which names the certificates below an authority may have.

use super::general_name::GeneralName;
use super::{name, oid};
use std::fmt;

use crate::encoding::der::{Reader, malformed, tag};
use crate::error::{Code, Error, Result, listed};

/// The names that an authority may certify.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameConstraints {
    /// If there are any of a form, a name of that form must lie in one of them.
    pub permitted: Vec<GeneralName>,
    /// No name may lie in one of these.
    pub excluded: Vec<GeneralName>,
    /// Whether a subtree states a minimum or maximum. RFC 5280 does not use them, and nothing here processes them.
    pub has_distances: bool,
}

impl NameConstraints {
    /// Reads the whole value of the extension.
    ///
    /// # Errors
    /// `ERR_DER_MALFORMED`.
    pub(super) fn read(value: &mut Reader<'_>) -> Result<Self> {
        let mut r = value.open(tag::SEQUENCE)?;
        let mut has_distances = false;
        let permitted = subtrees(&mut r, 0, &mut has_distances)?;
        let excluded = subtrees(&mut r, 1, &mut has_distances)?;
        r.end()?;
        value.end()?;
        if permitted.is_empty() && excluded.is_empty() {
            return Err(malformed("permitted or excluded subtrees", "neither"));
        }
        Ok(Self { permitted, excluded, has_distances })
    }

    /// Checks the subject, the e-mail addresses in it, and the alternative names of a certificate below. A constraint
    /// of an unsupported form refuses every certificate.
    ///
    /// # Errors
    /// `ERR_CHAIN_NAME_CONSTRAINTS`.
    pub(super) fn check(&self, subject: &[u8], alternative_names: &[GeneralName]) -> Result<()> {
        let unprocessed = |base: &&GeneralName| matches!(base, GeneralName::OtherName { .. } | GeneralName::Other(_));
        if let Some(base) = self.permitted.iter().chain(&self.excluded).find(unprocessed) {
            return Err(refused("a constraint on URIs, e-mail addresses, DNS, directory or IP names", base));
        }
        if self.has_distances {
            return Err(refused("subtrees without minimum and maximum", "one with"));
        }
        alternative_names.iter().try_for_each(|name| self.check_name(name))?;
        if !name::is_empty(subject) {
            self.check_name(&GeneralName::Directory(subject.to_vec()))?;
            name::walk(subject, &mut |kind, _, value| match (kind, std::str::from_utf8(value)) {
                (oid::EMAIL_ADDRESS, Ok(address)) => self.check_name(&GeneralName::Email(address.to_owned())),
                (oid::EMAIL_ADDRESS, Err(_)) => Err(refused("an e-mail address in ASCII", "other bytes")),
                _ => Ok(()),
            })?;
        }
        Ok(())
    }

    fn check_name(&self, name: &GeneralName) -> Result<()> {
        let matching = |base: &GeneralName| is_within(name, base);
        let mut bounded = false;
        let mut permitted = false;
        for base in &self.excluded {
            match matching(base) {
                Within::Yes | Within::Unclear => {
                    return Err(refused(format_args!("no name within {base}"), name));
                }
                Within::No | Within::OtherForm => {}
            }
        }
        for base in &self.permitted {
            match matching(base) {
                Within::Yes => permitted = true,
                Within::No | Within::Unclear => bounded = true,
                Within::OtherForm => {}
            }
        }
        if bounded && !permitted {
            let all = listed(self.permitted.iter().map(GeneralName::to_string));
            return Err(refused(format_args!("a name within {all}"), name));
        }
        Ok(())
    }
}

/// The bases of the subtrees in the field with this number. Empty if the field is absent.
fn subtrees(r: &mut Reader<'_>, number: u8, has_distances: &mut bool) -> Result<Vec<GeneralName>> {
    let mut bases = Vec::new();
    let Some(field) = r.optional(tag::context(number))? else { return Ok(bases) };
    let mut list = Reader::new(field.content);
    while !list.is_empty() {
        let mut r = list.open(tag::SEQUENCE)?;
        bases.push(GeneralName::from_constraint(&r.element()?)?);
        let minimum = r.optional(tag::context_primitive(0))?;
        let maximum = r.optional(tag::context_primitive(1))?;
        r.end()?;
        *has_distances |= maximum.is_some() || minimum.is_some_and(|m| m.content != [0]);
    }
    if bases.is_empty() { Err(malformed("a subtree", "an empty list")) } else { Ok(bases) }
}

enum Within {
    Yes,
    No,
    /// The constraint is about names of another form.
    OtherForm,
    /// The name has no part that can be compared with the constraint.
    Unclear,
}

impl From<bool> for Within {
    fn from(within: bool) -> Self {
        if within { Self::Yes } else { Self::No }
    }
}

fn is_within(name: &GeneralName, base: &GeneralName) -> Within {
    match (name, base) {
        (GeneralName::Dns(host), GeneralName::Dns(base)) => {
            Within::from(base.is_empty() || is_host(host, base) || is_subdomain(host, base))
        }
        (GeneralName::Email(address), GeneralName::Email(base)) => {
            match (address.rsplit_once('@'), base.rsplit_once('@')) {
                (None, _) => Within::Unclear,
                (Some((local, host)), Some((base_local, base_host))) => {
                    Within::from(local == base_local && host.eq_ignore_ascii_case(base_host))
                }
                (Some((_, host)), None) => {
                    Within::from(base.is_empty() || is_host(host, base) || is_dotted(host, base))
                }
            }
        }
        (GeneralName::Uri(uri), GeneralName::Uri(base)) => match uri_host(uri) {
            None => Within::Unclear,
            Some(host) => Within::from(base.is_empty() || is_host(host, base) || is_dotted(host, base)),
        },
        (GeneralName::Directory(name), GeneralName::Directory(base)) => {
            match (name::relative_names(name), name::relative_names(base)) {
                (Ok(name), Ok(base)) => Within::from(name.starts_with(&base)),
                _ => Within::Unclear,
            }
        }
        (GeneralName::Ip(address), GeneralName::Ip(base)) => {
            let (network, mask) = base.split_at(base.len() / 2);
            if network.len() != mask.len() || !matches!(network.len(), 4 | 16) {
                return Within::Unclear;
            }
            let masked = address.iter().zip(mask).map(|(octet, mask)| octet & mask);
            Within::from(address.len() == network.len() && masked.eq(network.iter().zip(mask).map(|(n, m)| n & m)))
        }
        _ => Within::OtherForm,
    }
}

fn is_host(host: &str, base: &str) -> bool {
    host.eq_ignore_ascii_case(base)
}

/// Whether `base` starts with a dot and `host` ends with it. Such a base means every host below the domain, without the
/// domain itself.
fn is_dotted(host: &str, base: &str) -> bool {
    base.starts_with('.') && ends_with(host, base)
}

/// Whether `host` is below the domain `base`. `base` may begin with a dot.
fn is_subdomain(host: &str, base: &str) -> bool {
    if base.starts_with('.') { ends_with(host, base) } else { ends_with(host, &format!(".{base}")) }
}

fn ends_with(host: &str, suffix: &str) -> bool {
    let start = host.len().checked_sub(suffix.len()).filter(|start| *start > 0);
    start.and_then(|start| host.get(start..)).is_some_and(|end| end.eq_ignore_ascii_case(suffix))
}

/// The host of a URI with an authority. `None` if there is no host, or if it is an IP address, to which RFC 5280
/// applies no constraint.
fn uri_host(uri: &str) -> Option<&str> {
    let (_, rest) = uri.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = host.split_once(':').map_or(host, |(host, _)| host);
    let is_address = host.starts_with('[') || host.bytes().all(|octet| octet.is_ascii_digit() || octet == b'.');
    if host.is_empty() || is_address { None } else { Some(host) }
}

fn refused(expected: impl fmt::Display, found: impl fmt::Display) -> Error {
    Error::new(Code::ChainNameConstraints).expected(expected).found(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uri(text: &str) -> GeneralName {
        GeneralName::Uri(text.to_owned())
    }

    fn email(text: &str) -> GeneralName {
        GeneralName::Email(text.to_owned())
    }

    fn dns(text: &str) -> GeneralName {
        GeneralName::Dns(text.to_owned())
    }

    fn is_allowed(permitted: Option<&GeneralName>, excluded: Option<&GeneralName>, name: &GeneralName) -> bool {
        let listed = |base: Option<&GeneralName>| base.into_iter().cloned().collect();
        let constraints =
            NameConstraints { permitted: listed(permitted), excluded: listed(excluded), has_distances: false };
        constraints.check_name(name).is_ok()
    }

    fn permits(base: &GeneralName, name: &GeneralName) -> bool {
        is_allowed(Some(base), None, name)
    }

    fn excludes(base: &GeneralName, name: &GeneralName) -> bool {
        !is_allowed(None, Some(base), name)
    }

    #[test]
    fn each_form_by_its_own_rule() {
        for (base, within, without) in [
            (
                dns("a.example"),
                vec!["a.example", "A.EXAMPLE", "x.a.example"],
                vec!["xa.example", "example", "a.example.org"],
            ),
            (dns(".a.example"), vec!["x.a.example"], vec!["a.example", "xa.example"]),
            (dns(""), vec!["anything"], vec![]),
        ] {
            within.iter().for_each(|name| assert!(permits(&base, &dns(name)), "{base} {name}"));
            within.iter().for_each(|name| assert!(excludes(&base, &dns(name)), "{base} {name}"));
            without.iter().for_each(|name| assert!(!permits(&base, &dns(name)), "{base} {name}"));
            without.iter().for_each(|name| assert!(!excludes(&base, &dns(name)), "{base} {name}"));
        }
        for (base, within, without) in [
            ("a@b.example", vec!["a@B.example"], vec!["A@b.example", "x@b.example"]),
            ("b.example", vec!["a@b.example", "\"x@y\"@b.example"], vec!["a@x.b.example", "a@b.example@evil"]),
            (".b.example", vec!["a@x.b.example"], vec!["a@b.example"]),
        ] {
            let base = email(base);
            within.iter().for_each(|name| assert!(permits(&base, &email(name)), "{base} {name}"));
            without.iter().for_each(|name| assert!(!permits(&base, &email(name)), "{base} {name}"));
        }
        for (base, within, without) in [
            (
                "github.com",
                vec!["https://github.com/a/b@refs", "https://u:p@GITHUB.com:443/x"],
                vec![
                    "https://evil.example/?https://github.com/",
                    "https://github.com@evil.example/",
                    "https://x.github.com/",
                ],
            ),
            (".github.com", vec!["https://x.github.com"], vec!["https://github.com/"]),
        ] {
            let base = uri(base);
            within.iter().for_each(|name| assert!(permits(&base, &uri(name)), "{base} {name}"));
            without.iter().for_each(|name| assert!(!permits(&base, &uri(name)), "{base} {name}"));
        }
    }

    #[test]
    fn what_cannot_be_judged_is_refused() {
        for name in
            [uri("mailto:a@b"), uri("urn:x"), uri("https://10.0.0.1/x"), uri("https://[::1]/x"), uri("https:///x")]
        {
            assert!(!permits(&uri(""), &name) && excludes(&uri("x.example"), &name), "{name}");
        }
        assert!(excludes(&email("x.example"), &email("no-at-sign")));
        assert!(is_allowed(Some(&uri("github.com")), Some(&email("x.example")), &dns("other.form")));
    }

    #[test]
    fn directory_names_and_addresses() {
        let short = b"\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x0a\x0c\x01a".to_vec();
        let long =
            b"\x30\x18\x31\x0a\x30\x08\x06\x03\x55\x04\x0a\x0c\x01a\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x0c\x01b"
                .to_vec();
        let (short, long) = (GeneralName::Directory(short), GeneralName::Directory(long));
        assert!(permits(&short, &long) && !permits(&long, &short));
        let network = GeneralName::Ip(vec![10, 1, 0, 0, 255, 255, 0, 0]);
        let inside = GeneralName::Ip(vec![10, 1, 2, 3]);
        assert!(permits(&network, &inside) && excludes(&network, &inside));
        assert!(!permits(&network, &GeneralName::Ip(vec![10, 2, 2, 3])));
        assert!(excludes(&GeneralName::Ip(vec![10, 1]), &inside));
    }

    #[test]
    fn parses_subtrees() {
        let parse = |value: &[u8]| NameConstraints::read(&mut Reader::new(value));
        let both = parse(b"\x30\x12\xa0\x07\x30\x05\x86\x03a.b\xa1\x07\x30\x05\x81\x03c.d").unwrap();
        assert_eq!((both.permitted, both.excluded), (vec![uri("a.b")], vec![email("c.d")]));
        assert!(parse(b"\x30\x0c\xa0\x0a\x30\x08\x86\x03a.b\x80\x01\x01").unwrap().has_distances);
        for bytes in [
            &b"\x30\x00"[..],
            b"\x30\x02\xa0\x00",
            b"\x30\x0b\xa0\x09\x30\x07\x86\x03a.b\x05\x00",
            b"\x30\x04\xa2\x02\x30\x00",
        ] {
            assert!(parse(bytes).is_err(), "{bytes:?}");
        }
    }
}
