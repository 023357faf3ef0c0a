//! Attack 12, and who else may not pass for the pinned signer.

use serde_json::{Value, json};

use crate::ca::{OIDC_ISSUER, WORKFLOW};
use crate::der;
use crate::signing::Signing;
use crate::stack::Stack;
use crate::vectors::{ARTIFACT, Case, Vectors};
use crate::x509::{self, Name};

const EMAIL: &str = "publisher@tools.example.com";

pub(crate) fn add(vectors: &mut Vectors, stack: &Stack) {
    exact(vectors, stack);
    kinds(vectors, stack);
    counts(vectors, stack);
    issuers(vectors, stack);
    extensions(vectors, stack);
    extension_patterns(vectors, stack);
    reusable_workflows(vectors, stack);
    options(vectors, stack);
}

fn bundle(stack: &Stack, san: Name) -> Value {
    Signing::new(stack).san(san).message(ARTIFACT.as_bytes())
}

/// The usual bundle under other pinned names.
fn exact(vectors: &mut Vectors, stack: &Stack) {
    let good = Signing::new(stack).message(ARTIFACT.as_bytes());
    let mut refuse = |name: &str, title: &str, code: &str, san: &str, issuer: &str| {
        let case = Case::keyless(title, "attacks 12; design 2", good.clone())
            .identity(json!({ "san": san, "issuer": issuer }))
            .refused(code)
            .twin("honest/keyless-v2");
        vectors.add(&format!("identity/{name}"), case);
    };
    let (san, issuer) = ("ERR_IDENTITY_SAN", "ERR_IDENTITY_ISSUER");
    let other_repo = WORKFLOW.replace("acme", "evil");
    refuse("other-repository", "another repository is pinned", san, &other_repo, OIDC_ISSUER);
    refuse("other-ref", "another ref is pinned", san, &WORKFLOW.replace("v1.4.2", "v1.4.3"), OIDC_ISSUER);
    refuse("prefix", "the pinned name is a prefix", san, WORKFLOW.trim_end_matches("@refs/tags/v1.4.2"), OIDC_ISSUER);
    refuse(
        "suffix",
        "the pinned name is the beginning without its first letter",
        san,
        &format!("x{WORKFLOW}"),
        OIDC_ISSUER,
    );
    refuse(
        "case",
        "the pinned name differs in case",
        san,
        &WORKFLOW.to_uppercase().replace("HTTPS", "https"),
        OIDC_ISSUER,
    );
    refuse("slash", "the pinned name has a slash at its end", san, &format!("{WORKFLOW}/"), OIDC_ISSUER);
    refuse("one-character", "one character differs", san, &WORKFLOW.replace("release", "releaze"), OIDC_ISSUER);
    refuse("glob", "a glob as the exact name", san, &WORKFLOW.replace("v1.4.2", "*"), OIDC_ISSUER);
    refuse("expression", "a regular expression as the exact name", san, "^https://github.com/acme/.*", OIDC_ISSUER);
    refuse(
        "no-scheme",
        "the pinned name lacks its scheme",
        "ERR_IDENTITY_SAN_TYPE",
        &WORKFLOW["https://".len()..],
        OIDC_ISSUER,
    );
    refuse("space", "the pinned name has a space at its end", san, &format!("{WORKFLOW} "), OIDC_ISSUER);
    refuse("dot", "a dot is no wildcard", san, &WORKFLOW.replace("release.yml", "releaseXyml"), OIDC_ISSUER);
    refuse("other-issuer", "another issuer is pinned", issuer, WORKFLOW, "https://accounts.example.com");
    refuse(
        "issuer-prefix",
        "a prefix of the issuer is pinned",
        issuer,
        WORKFLOW,
        "https://token.actions.githubusercontent.co",
    );
    refuse(
        "issuer-slash",
        "the issuer with a slash at its end is pinned",
        issuer,
        WORKFLOW,
        &format!("{OIDC_ISSUER}/"),
    );
    refuse("both", "another name and another issuer are pinned", san, &other_repo, "https://accounts.example.com");
}

/// One text as another type of name.
fn kinds(vectors: &mut Vectors, stack: &Stack) {
    let email = json!({ "san": EMAIL, "issuer": OIDC_ISSUER });
    for (name, title, san) in [
        ("email-as-dns", "an e-mail policy and a dNSName of the same text", Name::Dns(EMAIL.into())),
        ("email-as-uri", "an e-mail policy and a URI of the same text", Name::Uri(EMAIL.into())),
        ("email-as-other-name", "an e-mail policy and an otherName of the same text", Name::Other(EMAIL.into())),
    ] {
        let case = Case::keyless(title, "attacks 12", bundle(stack, san)).identity(email.clone());
        vectors.add(&format!("identity/{name}"), case.refused("ERR_IDENTITY_SAN_TYPE").twin("honest/san-email"));
    }
    let uri = Case::keyless(
        "a URI policy and an e-mail address of the same text",
        "attacks 12",
        bundle(stack, Name::Email(WORKFLOW.into())),
    );
    vectors.add("identity/uri-as-email", uri.refused("ERR_IDENTITY_SAN_TYPE").twin("honest/keyless-v2"));

    let dns = |kind: Value| {
        let mut identity = json!({ "san": "tools.example.com", "issuer": OIDC_ISSUER });
        if !kind.is_null() {
            identity["sanType"] = kind;
        }
        Case::keyless(
            "a dNSName whose type is stated or not",
            "design 2",
            bundle(stack, Name::Dns("tools.example.com".into())),
        )
        .identity(identity)
    };
    vectors.add("identity/dns-stated", dns(json!("dns")));
    vectors.add("identity/dns-inferred", dns(Value::Null).refused("ERR_IDENTITY_SAN_TYPE").twin("identity/dns-stated"));
    vectors.add("identity/type-unknown", dns(json!("ip")).refused("ERR_OPTION_INVALID").twin("identity/dns-stated"));
}

fn counts(vectors: &mut Vectors, stack: &Stack) {
    let named = |names: Vec<Name>| {
        Signing::new(stack)
            .leaf(move |leaf| leaf.set(x509::SAN, true, x509::subject_alt_name(&names)))
            .message(ARTIFACT.as_bytes())
    };
    let (wanted, other) = (Name::Uri(WORKFLOW.into()), Name::Uri("https://ci.example.com/other".into()));
    let mut refuse = |name: &str, title: &str, bundle: Value| {
        let case = Case::keyless(title, "attacks 12", bundle).refused("ERR_IDENTITY_SAN_COUNT");
        vectors.add(&format!("identity/{name}"), case.twin("honest/keyless-v2"));
    };
    refuse("two-names-wanted-first", "the wanted name and another one", named(vec![wanted.clone(), other.clone()]));
    refuse("two-names-wanted-second", "another name and the wanted one", named(vec![other, wanted.clone()]));
    refuse(
        "two-names-of-two-types",
        "the wanted name and an e-mail address",
        named(vec![wanted.clone(), Name::Email(EMAIL.into())]),
    );
    refuse("one-name-twice", "the wanted name twice", named(vec![wanted.clone(), wanted]));
    let none = Signing::new(stack).leaf(|leaf| leaf.remove(x509::SAN)).message(ARTIFACT.as_bytes());
    refuse("no-name", "no subject alternative name", none);
}

fn issuers(vectors: &mut Vectors, stack: &Stack) {
    let mut refuse = |name: &str, title: &str, code: &str, bundle: Value| {
        let case = Case::keyless(title, "attacks, interoperability; Fulcio oid-info", bundle).refused(code);
        vectors.add(&format!("identity/{name}"), case.twin("honest/keyless-v2"));
    };
    let other = "https://accounts.example.com";
    let old = Signing::new(stack)
        .leaf(|leaf| leaf.set(&x509::fulcio_oid(1), false, other.as_bytes().to_vec()))
        .message(ARTIFACT.as_bytes());
    refuse("issuers-contradict-old", "the older issuer extension names another issuer", "ERR_IDENTITY_ISSUER", old);
    let new = Signing::new(stack)
        .leaf(|leaf| leaf.set(&x509::fulcio_oid(8), false, der::utf8(other)))
        .message(ARTIFACT.as_bytes());
    refuse("issuers-contradict-new", "the newer issuer extension names another issuer", "ERR_IDENTITY_ISSUER", new);
    let none = Signing::new(stack)
        .leaf(|leaf| {
            leaf.remove(&x509::fulcio_oid(1));
            leaf.remove(&x509::fulcio_oid(8));
        })
        .message(ARTIFACT.as_bytes());
    refuse("no-issuer", "no issuer extension", "ERR_IDENTITY_ISSUER", none);
    let raw = Signing::new(stack)
        .leaf(|leaf| leaf.set(&x509::fulcio_oid(8), false, OIDC_ISSUER.as_bytes().to_vec()))
        .message(ARTIFACT.as_bytes());
    refuse("issuer-not-der", "the newer issuer extension holds raw bytes", "ERR_CERTIFICATE_MALFORMED", raw);
    let trailing = Signing::new(stack)
        .leaf(|leaf| leaf.set(&x509::fulcio_oid(8), false, [der::utf8(OIDC_ISSUER), vec![5, 0]].concat()))
        .message(ARTIFACT.as_bytes());
    refuse("issuer-trailing", "octets after the newer issuer's text", "ERR_CERTIFICATE_MALFORMED", trailing);
}

/// Pinned Fulcio extensions.
fn extensions(vectors: &mut Vectors, stack: &Stack) {
    let good = Signing::new(stack).message(ARTIFACT.as_bytes());
    let pinned = |title: &str, bundle: &Value, pins: Value| {
        Case::keyless(title, "design 2", bundle.clone())
            .identity(json!({ "san": WORKFLOW, "issuer": OIDC_ISSUER, "extensions": pins }))
    };
    let all = json!({
        "sourceRepositoryURI": "https://github.com/acme/mcp-tools",
        "sourceRepositoryRef": "refs/tags/v1.4.2",
        "sourceRepositoryDigest": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "runnerEnvironment": "github-hosted",
        "buildTrigger": "push",
    });
    vectors.add("identity/extensions-pinned", pinned("extensions are pinned to their values", &good, all));
    for (name, title, pin, code) in [
        (
            "extension-other-ref",
            "another ref is pinned",
            json!({ "sourceRepositoryRef": "refs/heads/main" }),
            "ERR_IDENTITY_EXTENSION",
        ),
        (
            "extension-prefix",
            "a prefix of the ref is pinned",
            json!({ "sourceRepositoryRef": "refs/tags/v1" }),
            "ERR_IDENTITY_EXTENSION",
        ),
        (
            "extension-self-hosted",
            "another runner is pinned",
            json!({ "runnerEnvironment": "self-hosted" }),
            "ERR_IDENTITY_EXTENSION",
        ),
        (
            "extension-absent",
            "an extension that the certificate lacks is pinned",
            json!({ "sourceRepositoryIdentifier": "424242" }),
            "ERR_IDENTITY_EXTENSION",
        ),
        (
            "extension-unknown",
            "the policy names an extension that nobody knows",
            json!({ "sourceRepositoryReff": "refs/tags/v1.4.2" }),
            "ERR_OPTION_UNKNOWN",
        ),
    ] {
        let case = pinned(title, &good, pin).refused(code);
        vectors.add(&format!("identity/{name}"), case.twin("identity/extensions-pinned"));
    }
    let empty = Signing::new(stack)
        .leaf(|leaf| leaf.set(&x509::fulcio_oid(14), false, der::utf8("")))
        .message(ARTIFACT.as_bytes());
    let case = pinned("the certificate's ref is empty", &empty, json!({ "sourceRepositoryRef": "refs/tags/v1.4.2" }));
    vectors.add("identity/extension-empty", case.refused("ERR_IDENTITY_EXTENSION").twin("identity/extensions-pinned"));
}

/// Globs over extensions. Those that hold a URL have no wildcard in scheme and host.
fn extension_patterns(vectors: &mut Vectors, stack: &Stack) {
    let good = Signing::new(stack).message(ARTIFACT.as_bytes());
    let pinned = |title: &str, globs: Value| {
        Case::keyless(title, "design 2", good.clone())
            .identity(json!({ "san": WORKFLOW, "issuer": OIDC_ISSUER, "extensionPatterns": globs }))
    };
    let all = json!({ "sourceRepositoryRef": "refs/tags/v*", "sourceRepositoryURI": "https://github.com/acme/*", "buildTrigger": "**" });
    vectors.add("identity/extension-patterns", pinned("extensions match globs", all));
    for (name, title, globs, code) in [
        (
            "other-ref",
            "the ref matches no glob",
            json!({ "sourceRepositoryRef": "refs/heads/*" }),
            "ERR_IDENTITY_EXTENSION",
        ),
        ("single-star", "* does not cross /", json!({ "sourceRepositoryRef": "refs/*" }), "ERR_IDENTITY_EXTENSION"),
        (
            "absent",
            "any value, of an extension that is not there",
            json!({ "deploymentEnvironment": "**" }),
            "ERR_IDENTITY_EXTENSION",
        ),
        ("unknown", "an extension that nobody knows", json!({ "sourceRef": "**" }), "ERR_OPTION_UNKNOWN"),
        ("host", "a wildcard in the host of a URL", json!({ "sourceRepositoryURI": "**" }), "ERR_OPTION_INVALID"),
        (
            "no-wildcard",
            "a glob without a wildcard",
            json!({ "sourceRepositoryRef": "refs/tags/v1.4.2" }),
            "ERR_OPTION_INVALID",
        ),
    ] {
        let case = pinned(title, globs).refused(code).twin("identity/extension-patterns");
        vectors.add(&format!("identity/extension-pattern-{name}"), case);
    }
    let both =
        Case::keyless("an extension is pinned exactly and by a glob", "attacks 24", good.clone()).identity(json!({
            "san": WORKFLOW,
            "issuer": OIDC_ISSUER,
            "extensions": { "sourceRepositoryRef": "refs/tags/v1.4.2" },
            "extensionPatterns": { "sourceRepositoryRef": "refs/tags/*" },
        }));
    vectors
        .add("identity/extension-pinned-twice", both.refused("ERR_OPTION_INVALID").twin("identity/extension-patterns"));
}

/// Attack 32: the name is that of the reusable workflow, at a ref of its own; what was built is in extensions.
fn reusable_workflows(vectors: &mut Vectors, stack: &Stack) {
    const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";
    let at = |own: &str| format!("https://github.com/acme/shared/.github/workflows/sign.yml@{own}");
    let built = |own: &str, caller: &str| {
        let caller = caller.to_owned();
        Signing::new(stack)
            .san(Name::Uri(at(own)))
            .leaf(move |leaf| {
                leaf.set(&x509::fulcio_oid(12), false, der::utf8("https://github.com/acme/tools"));
                leaf.set(&x509::fulcio_oid(14), false, der::utf8(&caller));
            })
            .message(ARTIFACT.as_bytes())
    };
    // What IdentityPolicy.githubActions({ repository, workflow, ref, workflowRepository, workflowRef }) expands to.
    let policy = |own: &str| {
        json!({
            "san": at(own),
            "sanType": "uri",
            "issuer": OIDC_ISSUER,
            "extensions": { "sourceRepositoryURI": "https://github.com/acme/tools", "sourceRepositoryRef": "refs/heads/main" },
        })
    };
    for (name, own) in [("branch", "refs/heads/main"), ("commit", COMMIT)] {
        let honest = Case::keyless(
            "a reusable workflow, built from the pinned ref",
            "attacks 32",
            built(own, "refs/heads/main"),
        );
        vectors.add(&format!("identity/reusable-{name}"), honest.identity(policy(own)));
        let other = Case::keyless(
            "a build from another branch through a reusable workflow whose own ref is right",
            "attacks 32; Fulcio oid-info .14",
            built(own, "refs/heads/evil"),
        );
        vectors.add(
            &format!("identity/reusable-{name}-other-caller"),
            other.identity(policy(own)).refused("ERR_IDENTITY_EXTENSION").twin(&format!("identity/reusable-{name}")),
        );
    }
    let moved = Case::keyless(
        "the pinned ref was built by another commit of the reusable workflow",
        "attacks 32",
        built(&COMMIT.replace('0', "f"), "refs/heads/main"),
    );
    vectors.add(
        "identity/reusable-other-commit",
        moved.identity(policy(COMMIT)).refused("ERR_IDENTITY_SAN").twin("identity/reusable-commit"),
    );
}

/// Attack 24: policies with values that cannot be used.
fn options(vectors: &mut Vectors, stack: &Stack) {
    let good = Signing::new(stack).message(ARTIFACT.as_bytes());
    for (name, title, code, identity) in [
        (
            "option-unknown",
            "an option that nobody knows",
            "ERR_OPTION_UNKNOWN",
            json!({ "san": WORKFLOW, "issuer": OIDC_ISSUER, "sanRegexp": ".*" }),
        ),
        (
            "option-misspelt",
            "a misspelt option",
            "ERR_OPTION_UNKNOWN",
            json!({ "san": WORKFLOW, "issuer": OIDC_ISSUER, "extension": {} }),
        ),
        ("no-issuer-pinned", "no issuer is pinned", "ERR_OPTION_INVALID", json!({ "san": WORKFLOW })),
        ("no-name-pinned", "no name is pinned", "ERR_OPTION_INVALID", json!({ "issuer": OIDC_ISSUER })),
        (
            "empty-name-pinned",
            "an empty name is pinned",
            "ERR_OPTION_INVALID",
            json!({ "san": "", "issuer": OIDC_ISSUER }),
        ),
        (
            "empty-issuer-pinned",
            "an empty issuer is pinned",
            "ERR_OPTION_INVALID",
            json!({ "san": WORKFLOW, "issuer": "" }),
        ),
        (
            "two-names-pinned",
            "a name and a pattern are pinned",
            "ERR_OPTION_INVALID",
            json!({ "san": WORKFLOW, "sanPattern": "https://github.com/acme/**", "issuer": OIDC_ISSUER }),
        ),
        (
            "github-actions",
            "github-actions:// is no name that Fulcio certifies",
            "ERR_OPTION_INVALID",
            json!({ "san": "github-actions://acme/mcp-tools", "issuer": OIDC_ISSUER }),
        ),
        (
            "name-no-text",
            "the pinned name is a number",
            "ERR_OPTION_INVALID",
            json!({ "san": 1, "issuer": OIDC_ISSUER }),
        ),
    ] {
        let case = Case::keyless(title, "attacks 24", good.clone()).identity(identity).refused(code);
        vectors.add(&format!("identity/{name}"), case.twin("honest/keyless-v2"));
    }
    for (name, title, code, thresholds) in [
        ("threshold-unknown", "a threshold that nobody knows", "ERR_OPTION_UNKNOWN", json!({ "witnesses": 1 })),
        ("threshold-negative", "a negative threshold", "ERR_OPTION_INVALID", json!({ "logEntries": -1 })),
        ("threshold-fraction", "a threshold that is no integer", "ERR_OPTION_INVALID", json!({ "scts": 0.5 })),
        ("threshold-text", "a threshold in quotes", "ERR_OPTION_INVALID", json!({ "timestamps": "0" })),
    ] {
        let case = Case::keyless(title, "attacks 24", good.clone()).thresholds(thresholds).refused(code);
        vectors.add(&format!("identity/{name}"), case.twin("honest/keyless-v2"));
    }
}
