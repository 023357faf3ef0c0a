//! Attack 14: names outside an issuer's constraints (RFC 5280 section 4.2.1.10).

use serde_json::json;

use crate::ca::{Authority, OIDC_ISSUER, WORKFLOW};
use crate::der;
use crate::signing::Signing;
use crate::stack::Stack;
use crate::vectors::{ARTIFACT, Case, Vectors};
use crate::x509::{self, Name};

pub(super) fn add(vectors: &mut Vectors, stack: &Stack) {
    let uri = |host: &str| der::context_primitive(6, host.as_bytes());
    let email = |domain: &str| der::context_primitive(1, domain.as_bytes());
    let registered = || der::context_primitive(8, &[0x2a, 3, 4]);
    let workflow = || Name::Uri(WORKFLOW.into());
    let publisher = || Name::Email("publisher@tools.example.com".into());
    let (permitted, excluded) = (true, false);
    for (name, title, names, permit, san, accepted) in [
        ("uri-permitted", "the URI's host is permitted", vec![uri("github.com")], permitted, workflow(), true),
        ("uri-other-permitted", "another host is permitted", vec![uri("gitlab.com")], permitted, workflow(), false),
        (
            "uri-sub-domains-permitted",
            "only sub-domains of the host are permitted",
            vec![uri(".github.com")],
            permitted,
            workflow(),
            false,
        ),
        ("uri-excluded", "the URI's host is excluded", vec![uri("github.com")], excluded, workflow(), false),
        ("uri-other-excluded", "another host is excluded", vec![uri("gitlab.com")], excluded, workflow(), true),
        (
            "email-domain-permitted",
            "the address's host is permitted",
            vec![email("tools.example.com")],
            permitted,
            publisher(),
            true,
        ),
        (
            "email-sub-domain-permitted",
            "the address's domain is permitted",
            vec![email(".example.com")],
            permitted,
            publisher(),
            true,
        ),
        (
            "email-other-permitted",
            "another host is permitted",
            vec![email("example.org")],
            permitted,
            publisher(),
            false,
        ),
        (
            "email-mailbox-permitted",
            "another mailbox is permitted",
            vec![email("other@tools.example.com")],
            permitted,
            publisher(),
            false,
        ),
        (
            "email-excluded",
            "the address's domain is excluded",
            vec![email(".example.com")],
            excluded,
            publisher(),
            false,
        ),
        (
            "email-constrains-no-uri",
            "a constraint on addresses says nothing about a URI",
            vec![email("example.org")],
            permitted,
            workflow(),
            true,
        ),
        (
            "unknown-form",
            "a constraint of a form that is not processed",
            vec![registered()],
            permitted,
            workflow(),
            false,
        ),
    ] {
        let mut other = stack.clone();
        other.fulcio = Authority::new("forge-fulcio", 1, |level, ca| {
            if level == 1 {
                let (some, none) = (names.as_slice(), [].as_slice());
                let (in_, out) = if permit { (some, none) } else { (none, some) };
                ca.set(x509::NAME_CONSTRAINTS, true, x509::name_constraints(in_, out));
            }
        });
        let pinned = match &san {
            Name::Email(text) | Name::Uri(text) | Name::Dns(text) | Name::Other(text) => text.clone(),
        };
        let bundle = Signing::new(&other).san(san).message(ARTIFACT.as_bytes());
        let mut case = Case::keyless(title, "attacks 14; RFC 5280 section 4.2.1.10", bundle)
            .root(other.trust_root())
            .identity(json!({ "san": pinned, "issuer": OIDC_ISSUER }));
        if !accepted {
            let twin = if name.starts_with("email") { "email-domain-permitted" } else { "uri-permitted" };
            case = case.refused("ERR_CHAIN_NAME_CONSTRAINTS").twin(&format!("name-constraints/{twin}"));
        }
        vectors.add(&format!("name-constraints/{name}"), case);
    }
}
