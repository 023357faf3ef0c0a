//! Globs over subject alternative names and Fulcio extensions. A glob must match the whole text, and no part of a name
//! that an attacker can choose may stand for another part. The first `@` ends the part that names a workflow or a
//! mailbox. The part after it is a git ref or a host, and is matched separately.
//!
//! * Before the first `@`: `*` does not match `/`, and `**` does. Neither matches `@`. Scheme and host may have no
//!   wildcard.
//! * After it: `@` is ordinary text, and both wildcards match it. git-check-ref-format forbids only the ref `@` and the
//!   sequence `@{`. So `refs/tags/*@1.2.3` is a tag of one package. No git ref contains `*`.

use crate::error::{Error, Result};
use crate::options::invalid;
use crate::signer::regular_expression;
use crate::signer::san_kind::SanKind;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    Literal(char),
    /// `*`
    Segment,
    /// `**`
    Segments,
}

/// A parsed pattern.
#[derive(Debug, Clone)]
pub struct Pattern {
    text: String,
    /// The part before the first `@`. `None` if the whole text is matched like a part after it.
    before: Option<Vec<Token>>,
    after: Option<Vec<Token>>,
}

const LONGEST: usize = 1024;

impl Pattern {
    /// Parses a pattern over names. `path` is the option that holds it.
    ///
    /// # Errors
    /// `ERR_OPTION_INVALID` for a wildcard in scheme or host, three asterisks in a row, a pattern without a
    /// wildcard or without any fixed text, or one that is too long.
    pub fn parse(path: &str, text: &str, kind: SanKind) -> Result<Self> {
        check_wildcards(path, text)?;
        let refuse = |expected: &str| Err(refused(path, expected, text));
        let (before, after) = match text.split_once('@') {
            Some((before, after)) => (before, Some(after)),
            None => (text, None),
        };
        if kind == SanKind::Dns {
            return refuse("no wildcard in a host name");
        }
        if kind == SanKind::Uri && !before.contains("://") {
            return refuse("scheme and host without a wildcard");
        }
        if kind == SanKind::Email && (after.is_none() || before.contains("://")) {
            return refuse("an @ and a host after it");
        }
        if let Some((scheme, rest)) = before.split_once("://") {
            let Some((host, _)) = rest.split_once('/') else { return refuse("a path after the host") };
            if scheme.contains('*') || host.contains('*') || host.is_empty() {
                return refuse("no wildcard in scheme or host");
            }
        } else if let Some(host) = after {
            if host.contains('*') {
                return refuse("no wildcard after the @ of an e-mail address");
            }
        } else if !text.contains(|c: char| c != '*' && c != '/') {
            return refuse("some fixed text");
        }
        Ok(Self { text: text.to_owned(), before: Some(tokens(before)), after: after.map(tokens) })
    }

    /// Parses a pattern over the text of an extension, such as a ref. `@` is ordinary text in all of it. `**` alone
    /// accepts every value of the extension, which must be there.
    ///
    /// # Errors
    /// `ERR_OPTION_INVALID`.
    pub fn parse_value(path: &str, text: &str) -> Result<Self> {
        check_wildcards(path, text)?;
        Ok(Self { text: text.to_owned(), before: None, after: Some(tokens(text)) })
    }

    /// The pattern as written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the whole of `name` matches.
    pub fn matches(&self, name: &str) -> bool {
        let Some(pattern) = &self.before else {
            return !has_dot_segments(name) && self.after.as_ref().is_some_and(|after| matches(after, name, true));
        };
        let (before, after) = split_at_sign(name);
        let before_matches = !has_dot_segments(before) && matches(pattern, before, false);
        before_matches
            && match (&self.after, after) {
                (None, None) => true,
                (Some(pattern), Some(after)) => !has_dot_segments(after) && matches(pattern, after, true),
                _ => false,
            }
    }

    /// Whether the part of `name` before its first `@` matches that part of the pattern.
    pub(super) fn matches_before(&self, name: &str) -> bool {
        let (before, _) = split_at_sign(name);
        self.before.as_ref().is_some_and(|pattern| !has_dot_segments(before) && matches(pattern, before, false))
    }

    /// Whether the pattern has a part after the first `@`.
    pub(super) fn has_after(&self) -> bool {
        self.after.is_some()
    }
}

fn split_at_sign(name: &str) -> (&str, Option<&str>) {
    name.split_once('@').map_or((name, None), |(before, after)| (before, Some(after)))
}

fn has_dot_segments(part: &str) -> bool {
    part.split('/').any(|segment| segment == "." || segment == "..")
}

fn check_wildcards(path: &str, text: &str) -> Result<()> {
    let refuse = |expected: &str| Err(refused(path, expected, text));
    if text.len() > LONGEST {
        return refuse("at most 1024 bytes");
    }
    if text.contains("***") {
        return refuse("* or **");
    }
    if !text.contains('*') {
        return refuse("a wildcard; a fixed text is pinned exactly, with san or extensions");
    }
    Ok(())
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    for character in text.chars() {
        match (character, tokens.last_mut()) {
            ('*', Some(last @ Token::Segment)) => *last = Token::Segments,
            ('*', _) => tokens.push(Token::Segment),
            _ => tokens.push(Token::Literal(character)),
        }
    }
    tokens
}

/// Follows all alternatives at once, so the time is bounded by the product of the two lengths. Wildcards match visible
/// ASCII only.
fn matches(pattern: &[Token], name: &str, at_sign_is_text: bool) -> bool {
    // reached[i]: the first i tokens can match the text read so far.
    let mut reached = vec![false; pattern.len().saturating_add(1)];
    if let Some(start) = reached.first_mut() {
        *start = true;
    }
    skip_wildcards(pattern, &mut reached);
    for character in name.chars() {
        let plain = character.is_ascii_graphic() && (at_sign_is_text || character != '@');
        let mut next = vec![false; reached.len()];
        for (index, token) in pattern.iter().enumerate() {
            if reached.get(index) != Some(&true) {
                continue;
            }
            let (stays, advances) = match token {
                Token::Literal(literal) => (false, *literal == character),
                Token::Segment => (plain && character != '/', false),
                Token::Segments => (plain, false),
            };
            if stays && let Some(slot) = next.get_mut(index) {
                *slot = true;
            }
            if advances && let Some(slot) = next.get_mut(index.saturating_add(1)) {
                *slot = true;
            }
        }
        reached = next;
        skip_wildcards(pattern, &mut reached);
    }
    reached.last() == Some(&true)
}

/// A wildcard may match nothing.
fn skip_wildcards(pattern: &[Token], reached: &mut [bool]) {
    for (index, token) in pattern.iter().enumerate() {
        if reached.get(index) == Some(&true)
            && matches!(token, Token::Segment | Token::Segments)
            && let Some(slot) = reached.get_mut(index.saturating_add(1))
        {
            *slot = true;
        }
    }
}

/// The refusal of a pattern, with a hint if it was meant as a regular expression.
fn refused(path: &str, expected: &str, text: &str) -> Error {
    let error = invalid(path, expected, text);
    match regular_expression::hint(text) {
        Some(hint) => error.hint(hint),
        None => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Pattern> {
        Pattern::parse("policy.identity.sanPattern", text, SanKind::infer(text))
    }

    const PATTERN: &str = "https://github.com/acme/repo/.github/workflows/*@refs/tags/v*";

    #[test]
    fn matches_whole_names_only() {
        let pattern = parse(PATTERN).unwrap();
        assert!(pattern.matches("https://github.com/acme/repo/.github/workflows/release.yml@refs/tags/v1.4.2"));
        for name in [
            "https://github.com/acme/repo/.github/workflows/release.yml@refs/heads/x@refs/tags/v1",
            "https://github.com/acme/repo/.github/workflows/x@refs/tags/v1@refs/heads/main",
            "https://evil.example/?https://github.com/acme/repo/.github/workflows/release.yml@refs/tags/v1",
            "https://github.com/acme/repo/.github/workflows/a/b.yml@refs/tags/v1",
            "https://github.com/acme/repo/.github/workflows/release.yml@refs/tags/v1/x",
            "https://github.com/acme/repo/.github/workflows/release.yml@refs/tags/v1\n",
            "https://github.com/acme/repo/.github/workflows/\n.yml@refs/tags/v1",
            "https://github.com/acme/repo/.github/workflows/é.yml@refs/tags/v1",
            "https://github.com/acme/repo/.github/workflows/..@refs/tags/v1",
            "https://github.com/acme/repo/.github/workflows/release.yml",
            "https://GITHUB.com/acme/repo/.github/workflows/release.yml@refs/tags/v1",
        ] {
            assert!(!pattern.matches(name), "{name}");
        }
        let deep = parse("https://github.com/acme/**").unwrap();
        assert!(deep.matches("https://github.com/acme/a/b/c"));
        for name in [
            "https://github.com/acme/a@b",
            "https://github.com/acme/../evil/x",
            "https://github.com/acme",
            "https://github.com/evil/acme/x",
        ] {
            assert!(!deep.matches(name), "{name}");
        }
        assert!(parse("*@example.com").unwrap().matches("a.b@example.com"));
        assert!(!parse("*@example.com").unwrap().matches("a@evil.com@example.com"));
    }

    #[test]
    fn after_the_first_at_sign_it_is_ordinary_text() {
        let at = |rest: &str| format!("https://github.com/acme/tools/.github/workflows/release.yml@{rest}");
        for (pattern, name, accepted) in [
            ("refs/heads/*", "refs/heads/user@work", true),
            ("refs/heads/*", "refs/heads/a/user@work", false),
            ("refs/tags/tools@*", "refs/tags/tools@1.2.3", true),
            ("refs/tags/tools@*", "refs/tags/tool@1.2.3", false),
            ("refs/tags/tools@*", "refs/tags/tools@1/2", false),
            ("refs/tags/@acme/tools@*", "refs/tags/@acme/tools@1.2.3", true),
            ("refs/tags/@acme/tools@*", "refs/tags/@evil/tools@1.2.3", false),
            ("refs/tags/**", "refs/tags/@acme/tools@1.2.3", true),
            ("refs/tags/*", "refs/tags/@acme/tools@1.2.3", false),
            ("refs/tags/v*", "refs/heads/x@refs/tags/v1", false),
            ("refs/tags/**", "refs/heads/x@refs/tags/v1", false),
            ("refs/tags/**", "refs/tags/../heads/x", false),
            ("**", "0123456789abcdef0123456789abcdef01234567", true),
        ] {
            assert_eq!(parse(&at(pattern)).unwrap().matches(&at(name)), accepted, "{pattern} {name}");
            let value = Pattern::parse_value("p", pattern).unwrap();
            assert_eq!(value.matches(name), accepted, "{pattern} {name}");
        }
        assert!(!Pattern::parse_value("p", "**").unwrap().matches("a\u{e9}"));
        assert!(Pattern::parse_value("p", "refs/heads/main").is_err());
        assert!(Pattern::parse_value("p", "refs/***").is_err());
    }

    #[test]
    fn refuses_patterns_that_pin_nothing() {
        for text in [
            "*",
            "**",
            "https://*",
            "https://*/x",
            "https://github.com*",
            "*://github.com/x",
            "https://github.com",
            "a@*.com",
            "a***",
            "fixed",
            "/*",
            "https:///*",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_stated_type_lets_no_wildcard_into_scheme_or_host() {
        for (text, kind) in [
            ("**/acme/mcp-tools/**@refs/tags/v1", SanKind::Uri),
            ("*.example.com", SanKind::Dns),
            ("https://github.com/*", SanKind::Dns),
            ("*", SanKind::Email),
            ("https://github.com/acme/*", SanKind::Email),
        ] {
            assert!(Pattern::parse("p", text, kind).is_err(), "{text}");
        }
    }

    #[test]
    fn long_names_take_bounded_time() {
        let pattern = parse(&format!("a{}b", "*x".repeat(500))).unwrap();
        assert!(!pattern.matches(&format!("a{}", "x".repeat(20_000))));
    }
}
