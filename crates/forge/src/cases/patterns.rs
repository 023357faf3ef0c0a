//! Attack 12: patterns over names. `*` never crosses `/`, `**` does, scheme and host hold no wildcard. The first `@` is
//! matched by an `@` only; after it, `@` is ordinary text, since git allows it in refs.

use serde_json::json;

use crate::ca::{OIDC_ISSUER, WORKFLOW};
use crate::signing::Signing;
use crate::stack::Stack;
use crate::vectors::{ARTIFACT, Case, Vectors};
use crate::x509::Name;

const RELEASES: &str = "https://github.com/acme/mcp-tools/.github/workflows/*@refs/tags/v*";
const REPOSITORY: &str = "https://github.com/acme/mcp-tools/*";
const TREE: &str = "https://github.com/acme/**";
const ANY_REF: &str = "https://github.com/acme/**@refs/tags/*";

const BRANCHES: &str = "https://github.com/acme/tools/.github/workflows/release.yml@refs/heads/*";
const TAGS: &str = "https://github.com/acme/tools/.github/workflows/release.yml@refs/tags/*";
const ALL_TAGS: &str = "https://github.com/acme/tools/.github/workflows/release.yml@refs/tags/**";
const PACKAGE_TAGS: &str = "https://github.com/acme/tools/.github/workflows/release.yml@refs/tags/tools@*";
const SCOPED_TAGS: &str = "https://github.com/acme/tools/.github/workflows/release.yml@refs/tags/@acme/tools@*";

/// Name, pattern, certified name, and whether it passes. A name that no certificate may hold is not here.
const URIS: &[(&str, &str, &str, bool)] = &[
    ("tag", RELEASES, WORKFLOW, true),
    (
        "tag-other-workflow",
        RELEASES,
        "https://github.com/acme/mcp-tools/.github/workflows/nightly.yml@refs/tags/v2",
        true,
    ),
    (
        "branch-named-like-a-tag",
        RELEASES,
        "https://github.com/acme/mcp-tools/.github/workflows/release.yml@refs/heads/x@refs/tags/v1",
        false,
    ),
    (
        "workflow-named-like-a-tag",
        RELEASES,
        "https://github.com/acme/mcp-tools/.github/workflows/x@refs/tags/v1@refs/heads/main",
        false,
    ),
    ("branch", RELEASES, "https://github.com/acme/mcp-tools/.github/workflows/release.yml@refs/heads/main", false),
    ("no-ref", RELEASES, "https://github.com/acme/mcp-tools/.github/workflows/release.yml", false),
    (
        "deeper-workflow",
        RELEASES,
        "https://github.com/acme/mcp-tools/.github/workflows/a/release.yml@refs/tags/v1",
        false,
    ),
    ("deeper-tag", RELEASES, "https://github.com/acme/mcp-tools/.github/workflows/release.yml@refs/tags/v1/x", false),
    (
        "other-repository",
        RELEASES,
        "https://github.com/acme/mcp-tools-evil/.github/workflows/release.yml@refs/tags/v1",
        false,
    ),
    ("dots", RELEASES, "https://github.com/acme/mcp-tools/.github/workflows/..@refs/tags/v1", false),
    ("one-segment", REPOSITORY, "https://github.com/acme/mcp-tools/x", true),
    ("query", REPOSITORY, "https://evil.example/?https://github.com/acme/mcp-tools/x", false),
    ("fragment", REPOSITORY, "https://evil.example/#https://github.com/acme/mcp-tools/x", false),
    ("host-suffix", REPOSITORY, "https://github.com.evil.example/acme/mcp-tools/x", false),
    ("host-case", REPOSITORY, "https://GitHub.com/acme/mcp-tools/x", false),
    ("userinfo", REPOSITORY, "https://github.com@evil.example/acme/mcp-tools/x", false),
    ("scheme", REPOSITORY, "http://github.com/acme/mcp-tools/x", false),
    ("two-segments", REPOSITORY, "https://github.com/acme/mcp-tools/x/y", false),
    ("at-sign", REPOSITORY, "https://github.com/acme/mcp-tools/x@refs/heads/main", false),
    ("space", REPOSITORY, "https://github.com/acme/mcp-tools/x y", false),
    ("tree", TREE, "https://github.com/acme/mcp-tools/a/b/c", true),
    ("tree-at-sign", TREE, "https://github.com/acme/mcp-tools/a@b", false),
    ("tree-dots", TREE, "https://github.com/acme/../evil/x", false),
    ("tree-other-owner", TREE, "https://github.com/evil/acme/x", false),
    ("tree-ref", ANY_REF, WORKFLOW, true),
    ("tree-ref-branch", ANY_REF, "https://github.com/acme/x/y.yml@refs/heads/main", false),
    (
        "ref-branch-with-at",
        BRANCHES,
        "https://github.com/acme/tools/.github/workflows/release.yml@refs/heads/user@work",
        true,
    ),
    (
        "ref-branch-deeper",
        BRANCHES,
        "https://github.com/acme/tools/.github/workflows/release.yml@refs/heads/user@work/x",
        false,
    ),
    (
        "ref-scoped-tag",
        ALL_TAGS,
        "https://github.com/acme/tools/.github/workflows/release.yml@refs/tags/@acme/tools@1.2.3",
        true,
    ),
    (
        "ref-branch-ends-like-a-tag",
        ALL_TAGS,
        "https://github.com/acme/tools/.github/workflows/release.yml@refs/heads/x@refs/tags/v1",
        false,
    ),
    (
        "ref-scoped-tag-single-star",
        TAGS,
        "https://github.com/acme/tools/.github/workflows/release.yml@refs/tags/@acme/tools@1.2.3",
        false,
    ),
    (
        "ref-package-tag",
        PACKAGE_TAGS,
        "https://github.com/acme/tools/.github/workflows/release.yml@refs/tags/tools@1.2.3",
        true,
    ),
    (
        "ref-other-package-tag",
        PACKAGE_TAGS,
        "https://github.com/acme/tools/.github/workflows/release.yml@refs/tags/tools-evil@1.2.3",
        false,
    ),
    (
        "ref-scoped-package-tag",
        SCOPED_TAGS,
        "https://github.com/acme/tools/.github/workflows/release.yml@refs/tags/@acme/tools@1.2.3",
        true,
    ),
    (
        "ref-other-scope",
        SCOPED_TAGS,
        "https://github.com/acme/tools/.github/workflows/release.yml@refs/tags/@evil/@acme/tools@1.2.3",
        false,
    ),
    (
        "ref-workflow-with-at",
        SCOPED_TAGS,
        "https://github.com/acme/tools/.github/workflows/evil.yml@release.yml@refs/tags/@acme/tools@1.2.3",
        false,
    ),
    ("tree-ref-branch-named-like-a-tag", ANY_REF, "https://github.com/acme/x/y.yml@refs/heads/z@refs/tags/v1", false),
];

const EMAILS: &[(&str, &str, &str, bool)] = &[
    ("email", "*@tools.example.com", "publisher@tools.example.com", true),
    ("email-two-at-signs", "*@tools.example.com", "publisher@evil.example@tools.example.com", false),
    ("email-other-host", "*@tools.example.com", "publisher@tools.example.com.evil.example", false),
    ("email-sub-domain", "*@tools.example.com", "publisher@x.tools.example.com", false),
    ("email-local-part", "release-*@tools.example.com", "publisher@tools.example.com", false),
];

/// Patterns that pin too little.
const REFUSED: &[(&str, &str)] = &[
    ("everything", "*"),
    ("everything-deep", "**"),
    ("host-wildcard", "https://*/acme/mcp-tools"),
    ("host-part-wildcard", "https://*.github.com/acme/mcp-tools/*"),
    ("host-end-wildcard", "https://github.com*"),
    ("scheme-wildcard", "*://github.com/acme/mcp-tools"),
    ("email-host-wildcard", "publisher@*.example.com"),
    ("three-asterisks", "https://github.com/acme/***"),
];

pub(crate) fn add(vectors: &mut Vectors, stack: &Stack) {
    for (names, kind, twin) in [(URIS, Name::Uri as fn(String) -> Name, "tag"), (EMAILS, Name::Email, "email")] {
        let mut accepted_by_pattern = twin;
        for &(name, pattern, san, accepted) in names {
            if accepted {
                accepted_by_pattern = name;
            }
            let bundle = Signing::new(stack).san(kind(san.into())).message(ARTIFACT.as_bytes());
            let mut case = Case::keyless(&format!("{pattern} and {san}"), "attacks 12; design 2", bundle)
                .identity(json!({ "sanPattern": pattern, "issuer": OIDC_ISSUER }));
            if !accepted {
                case = case.refused("ERR_IDENTITY_SAN").twin(&format!("patterns/{accepted_by_pattern}"));
            }
            vectors.add(&format!("patterns/{name}"), case);
        }
    }
    let good = Signing::new(stack).message(ARTIFACT.as_bytes());
    for &(name, pattern) in REFUSED {
        let case = Case::keyless(&format!("the pattern {pattern}"), "attacks 12; design 2", good.clone())
            .identity(json!({ "sanPattern": pattern, "issuer": OIDC_ISSUER }))
            .refused("ERR_OPTION_INVALID");
        vectors.add(&format!("patterns/option-{name}"), case.twin("patterns/tag"));
    }
    // Octets that no printable name has.
    for (name, san) in [
        ("newline", format!("{WORKFLOW}\n")),
        ("newline-before", format!("https://evil.example/\n{WORKFLOW}")),
        ("nul", format!("{WORKFLOW}\0.evil.example")),
        ("unicode", WORKFLOW.replace("acme", "\u{430}cme")),
    ] {
        let bundle = Signing::new(stack).san(Name::Uri(san)).message(ARTIFACT.as_bytes());
        let case = Case::keyless(
            &format!("a URI with a {} in it", name.replace('-', " ")),
            "attacks 12; RFC 5280 section 4.2.1.6",
            bundle,
        )
        .identity(json!({ "sanPattern": RELEASES, "issuer": OIDC_ISSUER }))
        .refused("ERR_CERTIFICATE_MALFORMED");
        vectors.add(&format!("patterns/{name}"), case.twin("patterns/tag"));
    }
}
