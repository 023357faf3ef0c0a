//! Attack 13: unknown critical, duplicate and malformed extensions, anywhere in the chain.

use serde_json::Value;

use super::chain::issued;
use crate::der;
use crate::signing::Signing;
use crate::stack::Stack;
use crate::vectors::{ARTIFACT, Case, Vectors};
use crate::x509::{self, Extension, Template};

const UNKNOWN: &str = "1.3.6.1.4.1.99999.1";

pub(crate) fn add(vectors: &mut Vectors, stack: &Stack) {
    let mut refuse = |name: &str, title: &str, code: &str, twin: &str, (bundle, root): (Value, Option<Value>)| {
        let mut case = Case::keyless(title, "attacks 13; RFC 5280 section 4.2", bundle).refused(code).twin(twin);
        if let Some(root) = root {
            case = case.root(root);
        }
        vectors.add(&format!("extensions/{name}"), case);
    };
    let unknown = |template: &mut Template| template.set(UNKNOWN, true, der::utf8("anything"));
    let leaf = |spoil: &dyn Fn(&mut Template)| (Signing::new(stack).leaf(spoil).message(ARTIFACT.as_bytes()), None);
    let critical = "ERR_CHAIN_CRITICAL_EXTENSION";
    refuse(
        "critical-leaf",
        "an unknown critical extension in the leaf",
        critical,
        "honest/unknown-extension",
        leaf(&unknown),
    );
    for (level, who) in [(0, "anchor"), (1, "intermediate")] {
        let spoilt = issued(stack, 1, |at, ca| {
            if at == level {
                unknown(ca);
            }
        });
        let title = format!("an unknown critical extension in the {who}");
        refuse(&format!("critical-{who}"), &title, critical, "honest/keyless-v2", spoilt);
    }
    refuse(
        "critical-fulcio",
        "a critical Fulcio extension",
        critical,
        "honest/keyless-v2",
        leaf(&|leaf| {
            leaf.set(&x509::fulcio_oid(14), true, der::utf8("refs/tags/v1.4.2"));
        }),
    );
    refuse(
        "poison",
        "a precertificate",
        critical,
        "honest/keyless-v2",
        leaf(&|leaf| {
            leaf.set("1.3.6.1.4.1.11129.2.4.3", true, der::null());
        }),
    );

    let malformed = "ERR_CERTIFICATE_MALFORMED";
    let mut bad = |name: &str, title: &str, spoil: &dyn Fn(&mut Template)| {
        refuse(name, title, malformed, "honest/keyless-v2", leaf(spoil));
    };
    for (name, oid) in [("san", x509::SAN), ("key-usage", x509::KEY_USAGE), ("eku", x509::EXTENDED_KEY_USAGE)] {
        bad(&format!("duplicate-{name}"), &format!("two extensions {oid}"), &|leaf| {
            let first = leaf.extensions.iter().find(|found| found.oid == oid).unwrap().clone();
            leaf.extensions.push(first);
        });
    }
    bad("duplicate-unknown", "two unknown extensions of one kind", &|leaf| {
        leaf.extensions.push(Extension::new(UNKNOWN, false, der::utf8("one")));
        leaf.extensions.push(Extension::new(UNKNOWN, false, der::utf8("two")));
    });
    bad("duplicate-issuer", "two OIDC issuers", &|leaf| {
        leaf.extensions.push(Extension::new(x509::fulcio_oid(8), false, der::utf8("https://accounts.example.com")));
    });
    for (name, oid, value) in [
        ("basic-constraints", x509::BASIC_CONSTRAINTS, vec![0x30, 0x03, 0x02]),
        (
            "basic-constraints-trailing",
            x509::BASIC_CONSTRAINTS,
            [x509::basic_constraints(false, None), vec![5, 0]].concat(),
        ),
        ("key-usage", x509::KEY_USAGE, der::octets(&[0x80])),
        ("key-usage-trailing", x509::KEY_USAGE, [der::named_bits(&[0]), vec![5, 0]].concat()),
        ("eku", x509::EXTENDED_KEY_USAGE, der::seq(&[der::utf8("codeSigning")])),
        ("eku-empty", x509::EXTENDED_KEY_USAGE, der::seq(&[])),
        ("san", x509::SAN, der::utf8("https://github.com/acme/mcp-tools")),
        ("san-empty", x509::SAN, der::seq(&[])),
        (
            "san-trailing",
            x509::SAN,
            [x509::subject_alt_name(&[x509::Name::Uri(crate::ca::WORKFLOW.into())]), vec![5, 0]].concat(),
        ),
    ] {
        bad(&format!("malformed-{name}"), &format!("a malformed extension, {}", name.replace('-', " ")), &|leaf| {
            leaf.set(oid, oid != x509::EXTENDED_KEY_USAGE, value.clone());
        });
    }
    let anchor = issued(stack, 1, |at, ca| {
        if at == 0 {
            ca.set(x509::BASIC_CONSTRAINTS, true, vec![0x30, 0x03, 0x02]);
        }
    });
    refuse("malformed-in-anchor", "a malformed extension in the anchor", malformed, "honest/keyless-v2", anchor);
}
