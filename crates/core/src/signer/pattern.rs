//! Whole-string globs over subject alternative names, made so that no attacker-chosen part of a name can
//! stand in for another: `*` never crosses `/` or `@`, `**` crosses `/` only, scheme and host hold no
//! wildcard, and what follows the first `@` is matched separately (`x@refs/tags/v1` is a legal branch name).

use crate::error::Result;
use crate::options::invalid;
use crate::signer::identity::SanKind;

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
    before: Vec<Token>,
    after: Option<Vec<Token>>,
}

const LONGEST: usize = 1024;

impl Pattern {
    /// Parses a pattern.
    ///
    /// # Errors
    /// `ERR_OPTION_INVALID` for a wildcard in scheme or host, three asterisks in a row, a pattern without a
    /// wildcard or without any fixed text, or one that is too long.
    pub fn parse(text: &str, kind: SanKind) -> Result<Self> {
        let refuse = |expected: &str| Err(invalid("policy.identity.sanPattern", expected, text));
        if text.len() > LONGEST {
            return refuse("at most 1024 bytes");
        }
        if text.contains("***") {
            return refuse("* or **");
        }
        if !text.contains('*') {
            return refuse("a wildcard; pin a fixed name with san");
        }
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
        Ok(Self { text: text.to_owned(), before: tokens(before), after: after.map(tokens) })
    }

    /// The pattern as written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the whole of `name` matches.
    pub fn matches(&self, name: &str) -> bool {
        let (before, after) = match name.split_once('@') {
            Some((before, after)) => (before, Some(after)),
            None => (name, None),
        };
        let dots = name.split(['/', '@']).any(|segment| segment == "." || segment == "..");
        !dots
            && match (&self.after, after) {
                (None, None) => matches(&self.before, before),
                (Some(pattern), Some(after)) => matches(&self.before, before) && matches(pattern, after),
                _ => false,
            }
    }
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

/// Simulates all alternatives at once: time is bounded by pattern length × name length.
fn matches(pattern: &[Token], name: &str) -> bool {
    // reached[i]: the first i tokens can match what was read so far.
    let mut reached = vec![false; pattern.len().saturating_add(1)];
    if let Some(start) = reached.first_mut() {
        *start = true;
    }
    skip_wildcards(pattern, &mut reached);
    for character in name.chars() {
        let plain = character.is_ascii_graphic() && character != '@';
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

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Pattern> {
        Pattern::parse(text, SanKind::infer(text))
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
            assert!(Pattern::parse(text, kind).is_err(), "{text}");
        }
    }

    #[test]
    fn long_names_take_bounded_time() {
        let pattern = parse(&format!("a{}b", "*x".repeat(500))).unwrap();
        assert!(!pattern.matches(&format!("a{}", "x".repeat(20_000))));
    }
}
