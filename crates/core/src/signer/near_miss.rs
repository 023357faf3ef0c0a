//! Hints that say how a pinned text differs from the certificate's. They never make a refusal into an acceptance.
//!
//! Texts of at most [`LONGEST`] bytes are compared, in a fixed number of passes. A hint escapes and cuts what it
//! quotes, because the certificate's text may come from an attacker. An attacker's look-alike may differ as little as a
//! typing error does. So no hint says to copy the certificate's text without a check.

use crate::error::{Error, IS_FIRST, shorten};
use crate::signer::pattern::Pattern;
use crate::signer::regular_expression;
use crate::signer::san_kind::SanKind;

/// Longest text that is compared, in bytes.
const LONGEST: usize = 4096;
/// Longest quotation of a text, in characters.
const QUOTED: usize = 160;

/// The options that hold the pinned text, for messages.
pub(super) struct Options {
    /// The option for a text that is compared exactly.
    pub(super) exact: &'static str,
    /// The option for a glob, if there is one.
    pub(super) pattern: Option<&'static str>,
}

pub(super) const SAN: Options = Options { exact: "san", pattern: Some("sanPattern") };
pub(super) const ISSUER: Options = Options { exact: "issuer", pattern: None };
pub(super) const EXTENSION: Options = Options { exact: "extensions", pattern: Some("extensionPatterns") };

const CHECK: &str = "Find out which of the two is right before you change the policy: a look-alike differs as little.";

/// Adds the hint to the error, if there is one.
pub(super) fn hinted(error: Error, hint: Option<String>) -> Error {
    match hint {
        Some(hint) => error.hint(hint),
        None => error,
    }
}

/// How an exactly pinned text differs from the one found.
#[inline(never)]
pub(super) fn exact(pinned: &str, found: &str, options: &Options) -> Option<String> {
    if IS_FIRST || pinned.len() > LONGEST || found.len() > LONGEST {
        return None;
    }
    slip(pinned, found, options).or_else(|| part(pinned, found)).or_else(|| one_edit(pinned, found))
}

/// How an exactly pinned name differs from the certificate's.
#[inline(never)]
pub(super) fn exact_name(pinned: &str, found: &str, kind: SanKind) -> Option<String> {
    if IS_FIRST || pinned.len() > LONGEST || found.len() > LONGEST {
        return None;
    }
    if let Some(hint) = slip(pinned, found, &SAN) {
        return Some(hint);
    }
    if let Some((name, at)) = found.split_once('@').filter(|_| kind == SanKind::Uri) {
        match pinned.split_once('@') {
            None if pinned == name => return Some(without_ref(at)),
            Some((same, other)) if same == name => return Some(other_ref(other, at)),
            _ => {}
        }
    }
    part(pinned, found).or_else(|| one_edit(pinned, found))
}

/// White space, letter case, a slash at the end, or a text that was meant as a regular expression.
#[inline(never)]
fn slip(pinned: &str, found: &str, options: &Options) -> Option<String> {
    let option = options.exact;
    if pinned.trim_ascii() == found {
        return Some(format!("The pinned {option} has blanks or a line end around it. Remove them from the policy."));
    }
    if pinned.eq_ignore_ascii_case(found) {
        return Some(format!("The two differ in letter case only, and case counts. {CHECK}"));
    }
    if pinned.trim_end_matches('/') == found.trim_end_matches('/') {
        let who = if pinned.ends_with('/') { "the policy has one" } else { "the certificate has one" };
        return Some(format!("The two differ in a slash at the end only: {who}. {CHECK}"));
    }
    regular_expression::hint(pinned).or_else(|| glob(pinned, options))
}

/// Why the certificate's name does not match a pattern.
#[inline(never)]
pub(super) fn pattern_name(pattern: &Pattern, found: &str, kind: SanKind) -> Option<String> {
    let text = pattern.as_str();
    if IS_FIRST || found.len() > LONGEST {
        return None;
    }
    let matches = |text: &str, name: &str| Pattern::parse("", text, kind).is_ok_and(|pattern| pattern.matches(name));
    if let Some(hint) = regular_expression::hint(text) {
        return Some(hint);
    }
    if matches(&text.to_ascii_lowercase(), &found.to_ascii_lowercase()) {
        return Some(format!("Name and pattern differ in letter case only, and case counts. {CHECK}"));
    }
    if matches(text.trim_ascii(), found) {
        return Some("The pattern has blanks or a line end around it. Remove them from the policy.".to_owned());
    }
    if matches(text.trim_end_matches('/'), found.trim_end_matches('/')) {
        return Some(format!("Name and pattern differ in a slash at the end only. {CHECK}"));
    }
    if matches(&deepened(text), found) {
        return Some(deeper());
    }
    if !pattern.matches_before(found) {
        return text.contains(".*").then(loosely_an_expression);
    }
    let at = found.split_once('@').map(|(_, at)| at);
    match (pattern.has_after(), at) {
        (false, Some(at)) => Some(without_ref(at)),
        (true, Some(at)) => Some(other_ref(text.split_once('@').map_or("", |(_, at)| at), at)),
        (true, None) => {
            Some("The certificate's name has no @ and nothing after it, and the pattern asks for it.".to_owned())
        }
        (false, None) => None,
    }
}

/// Why an extension's text does not match a pattern.
#[inline(never)]
pub(super) fn pattern_value(pattern: &Pattern, found: &str) -> Option<String> {
    let text = pattern.as_str();
    if IS_FIRST || found.len() > LONGEST {
        return None;
    }
    let matches = |text: &str, name: &str| Pattern::parse_value("", text).is_ok_and(|pattern| pattern.matches(name));
    if let Some(hint) = regular_expression::hint(text) {
        return Some(hint);
    }
    if matches(&text.to_ascii_lowercase(), &found.to_ascii_lowercase()) {
        return Some(format!("Value and pattern differ in letter case only, and case counts. {CHECK}"));
    }
    matches(&deepened(text), found).then(deeper)
}

/// How a name of another type differs from the pinned one. `stated` and `found_kind` are types in the spelling of
/// policies.
#[inline(never)]
pub(super) fn other_type(
    pinned: &str,
    matches: bool,
    found: &str,
    stated: &str,
    found_kind: Option<&str>,
) -> Option<String> {
    if IS_FIRST {
        return None;
    }
    if let (true, Some(kind)) = (matches, found_kind) {
        return Some(format!(
            "The text is the pinned one, its type is not: the certificate has it as {kind}, the policy pins {stated}. If that signer is right, state sanType: \"{kind}\"."
        ));
    }
    if pinned.starts_with("repo:") {
        return Some(
            "The pinned text reads as the subject of an OIDC token. Fulcio's name for a workflow is https://github.com/OWNER/REPO/.github/workflows/FILE@REF; IdentityPolicy.githubActions builds it.".to_owned(),
        );
    }
    exact(pinned, found, &SAN)
}

#[inline(never)]
fn glob(pinned: &str, options: &Options) -> Option<String> {
    if !pinned.contains('*') {
        return None;
    }
    if pinned.contains(".*") {
        return Some(loosely_an_expression());
    }
    let option = options.exact;
    Some(match options.pattern {
        Some(pattern) => {
            format!("{option} is compared letter by letter, and the pinned text holds a *. Give a glob as {pattern}.")
        }
        None => format!("{option} is compared letter by letter, and the pinned text holds a *. Pin it without a glob."),
    })
}

#[inline(never)]
fn loosely_an_expression() -> String {
    "The pinned text holds .*, as a regular expression does, and none is taken. In sanPattern, a glob, * stays within one segment, ** crosses /, and a dot is a dot.".to_owned()
}

#[inline(never)]
fn without_ref(at: &str) -> String {
    format!(
        "The pinned name lacks what follows the @, the ref of the workflow; the certificate has @{}. Pin the name with its @ref, or use IdentityPolicy.githubActions({{ repository, workflow, ref }}).",
        shorten(at, QUOTED)
    )
}

#[inline(never)]
fn other_ref(pinned: &str, found: &str) -> String {
    let (pinned_text, found_text) = (shorten(pinned, QUOTED), shorten(found, QUOTED));
    let short = if !pinned.is_empty() && found.ends_with(&format!("/{pinned}")) {
        "The policy must name the ref in full. "
    } else {
        ""
    };
    format!(
        "The workflow is the pinned one, and the refs differ: the policy has {pinned_text}, the certificate {found_text}. {short}Change the pinned ref if that one may sign too."
    )
}

#[inline(never)]
fn deeper() -> String {
    "* does not cross /, and what stands there has one. ** crosses it, if all that lies deeper may sign too.".to_owned()
}

fn deepened(text: &str) -> String {
    text.replace("**", "*").replace('*', "**")
}

/// One text is the beginning or the end of the other one.
#[inline(never)]
fn part(pinned: &str, found: &str) -> Option<String> {
    let quoted = |text: &str| shorten(text, QUOTED);
    if let Some(rest) = found.strip_prefix(pinned) {
        return Some(format!(
            "The pinned text is only the beginning: the certificate's continues with {}. {CHECK}",
            quoted(rest)
        ));
    }
    if let Some(missing) = found.strip_suffix(pinned) {
        return Some(format!(
            "The pinned text lacks the beginning: the certificate's starts with {}. {CHECK}",
            quoted(missing)
        ));
    }
    if let Some(rest) = pinned.strip_prefix(found) {
        return Some(format!("The pinned text continues with {}, where the certificate's ends. {CHECK}", quoted(rest)));
    }
    None
}

/// One character is changed, added or lost, or two neighbours are swapped. Only for ASCII texts, as almost all names
/// are.
#[inline(never)]
fn one_edit(pinned: &str, found: &str) -> Option<String> {
    if !pinned.is_ascii() || !found.is_ascii() {
        return None;
    }
    let start = same(&mut pinned.bytes(), &mut found.bytes());
    let (pinned, found) = (pinned.get(start..)?, found.get(start..)?);
    let end = same(&mut pinned.bytes().rev(), &mut found.bytes().rev());
    let ours = pinned.get(..pinned.len().saturating_sub(end))?;
    let theirs = found.get(..found.len().saturating_sub(end))?;
    let is_swapped = ours.len() == 2 && theirs.len() == 2 && ours.bytes().rev().eq(theirs.bytes());
    if ours.len().max(theirs.len()) > 1 && !is_swapped {
        return None;
    }
    let place = start.saturating_add(1);
    let shown = |text: &str| if text.is_empty() { "nothing".to_owned() } else { shorten(text, QUOTED) };
    let (ours, theirs) = (shown(ours), shown(theirs));
    Some(format!(
        "The two differ in one place, at character {place}: the policy has {ours}, the certificate {theirs}. {CHECK}"
    ))
}

/// The number of equal bytes at the beginning.
#[inline(never)]
fn same(one: &mut dyn Iterator<Item = u8>, other: &mut dyn Iterator<Item = u8>) -> usize {
    one.zip(other).take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &str = "https://github.com/acme/tools/.github/workflows/release.yml@refs/heads/main";

    fn hint(pinned: &str) -> String {
        exact_name(pinned, NAME, SanKind::infer(pinned)).unwrap_or_default()
    }

    #[test]
    fn exact_names() {
        for (pinned, says) in [
            (NAME.replace("acme", "Acme"), "letter case"),
            (format!("{NAME}/"), "slash"),
            (format!("{NAME}\n"), "line end"),
            (format!(" {NAME}"), "blanks"),
            (NAME.replace("@refs/heads/main", ""), "certificate has @refs/heads/main"),
            (NAME.replace("heads/main", "tags/v1"), "has refs/tags/v1, the certificate refs/heads/main"),
            (NAME.replace("refs/heads/main", "main"), "ref in full"),
            (NAME.replace("main", "*"), "sanPattern"),
            ("^https://github.com/acme/.*".to_owned(), "regular expression"),
            ("https://github.com/acme/.*".to_owned(), "regular expression"),
            ("https://github\\.com/acme/tools".to_owned(), "regular expression"),
            (NAME.replace("release", "releaze"), "character 54: the policy has z, the certificate s"),
            (NAME.replace("release", "relese"), "character 53: the policy has nothing, the certificate a"),
            (NAME.replace("release", "rellease"), "character 52: the policy has l, the certificate nothing"),
            (NAME.replace("release", "reelase"), "character 51: the policy has el, the certificate le"),
            (NAME.replace("https", "http"), "character 5"),
            (NAME.replace("https://", ""), "starts with https://"),
            ("https://github.com/acme/tools".to_owned(), "continues with /.github/workflows"),
            (format!("{NAME}-2"), "the refs differ"),
        ] {
            assert!(hint(&pinned).contains(says), "{pinned}: {}", hint(&pinned));
        }
        for stranger in
            ["https://github.com/evil/other/.github/workflows/x.yml@refs/heads/main", "somebody@example.com"]
        {
            assert_eq!(hint(stranger), "", "{stranger}");
        }
    }

    #[test]
    fn patterns() {
        for (text, says) in [
            ("https://github.com/Acme/tools/.github/workflows/*@refs/heads/*", "letter case"),
            ("https://github.com/acme/*/.github/workflows/release.yml", "certificate has @refs/heads/main"),
            ("https://github.com/acme/tools/.github/*@refs/heads/*", "* does not cross /"),
            ("https://github.com/acme/tools/.github/workflows/*@refs/tags/*", "has refs/tags/*, the certificate"),
            ("https://github.com/acme/tools/.github/workflows/*@refs/heads/main/", "slash"),
            ("https://github.com/acme/tools/.*", "regular expression"),
            ("^https://github.com/acme/tools/**", "regular expression"),
        ] {
            let pattern = Pattern::parse("p", text, SanKind::Uri).unwrap();
            let hint = pattern_name(&pattern, NAME, SanKind::Uri).unwrap_or_default();
            assert!(hint.contains(says), "{text}: {hint}");
        }
        let stranger = Pattern::parse("p", "https://github.com/evil/**@refs/heads/*", SanKind::Uri).unwrap();
        assert_eq!(pattern_name(&stranger, NAME, SanKind::Uri), None);
    }

    #[test]
    fn what_is_quoted_is_escaped_and_cut() {
        let found = format!("{}@\u{1b}[2J\u{202e}{}", NAME.replace("@refs/heads/main", ""), "x".repeat(3000));
        let pinned = NAME.replace("@refs/heads/main", "");
        let hint = exact_name(&pinned, &found, SanKind::Uri).unwrap();
        assert!(!hint.contains('\u{1b}') && !hint.contains('\u{202e}') && hint.len() < 800, "{hint}");
        assert!(one_edit("ab", "a\u{1b}b").unwrap().contains("\\u{1b}"));
        assert_eq!(exact(&"x".repeat(5000), &"x".repeat(5001), &SAN), None);
    }
}
