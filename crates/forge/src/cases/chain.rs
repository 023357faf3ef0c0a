//! Attack 14 and the chain tests: issuers that may not issue, leaves that may not sign.

use serde_json::{Value, json};

use super::honest::with_chain;
use crate::ca::{self, Authority, WORKFLOW};
use crate::ct;
use crate::der;
use crate::key::Secret;
use crate::signing::Signing;
use crate::stack::Stack;
use crate::text::base64;
use crate::time::{END, NOW, START};
use crate::vectors::{ARTIFACT, Case, Vectors};
use crate::x509::{self, Extension, Name, Template};

type Refuse<'r> = dyn FnMut(&str, &str, &str, &str, (Value, Option<Value>)) + 'r;

pub(crate) fn add(vectors: &mut Vectors, stack: &Stack) {
    let tiers = issued(stack, 2, |_, _| ());
    vectors.add(
        "chain/three-tiers",
        Case::keyless("an anchor, two intermediates and a leaf", "attacks, chain tests", tiers.0)
            .root(tiers.1.unwrap()),
    );
    let direct = issued(stack, 0, |_, _| ());
    vectors.add(
        "chain/issued-by-anchor",
        Case::keyless("the anchor itself issued the leaf", "RFC 5280 section 6.1", direct.0).root(direct.1.unwrap()),
    );
    let free = issued(stack, 1, |level, ca| {
        if level == 1 {
            ca.remove(x509::EXTENDED_KEY_USAGE);
        }
    });
    vectors.add(
        "chain/issuer-without-eku",
        Case::keyless("an intermediate without extendedKeyUsage", "RFC 5280 section 4.2.1.12", free.0)
            .root(free.1.unwrap()),
    );
    let plain =
        Signing::new(stack).leaf(|leaf| leaf.set(x509::BASIC_CONSTRAINTS, true, x509::basic_constraints(false, None)));
    vectors.add(
        "chain/leaf-states-no-ca",
        Case::keyless("a leaf that says it is no CA", "RFC 5280 section 4.2.1.9", plain.message(ARTIFACT.as_bytes())),
    );

    let mut refuse = |name: &str, title: &str, code: &str, twin: &str, (bundle, root): (Value, Option<Value>)| {
        let mut case = Case::keyless(title, "attacks 14; RFC 5280 section 6.1", bundle).refused(code).twin(twin);
        if let Some(root) = root {
            case = case.root(root);
        }
        vectors.add(&format!("chain/{name}"), case);
    };
    issuers(&mut refuse, stack);
    leaves(&mut refuse, stack);
    strangers(&mut refuse, stack);
    super::name_constraints::add(vectors, stack);
}

/// A bundle by an authority of its own, and the trust root that pins it.
pub(super) fn issued(
    stack: &Stack,
    intermediates: usize,
    spoil: impl Fn(usize, &mut Template),
) -> (Value, Option<Value>) {
    let mut other = stack.clone();
    other.fulcio = Authority::new("forge-fulcio", intermediates, spoil);
    (Signing::new(&other).message(ARTIFACT.as_bytes()), Some(other.trust_root()))
}

fn issuers(refuse: &mut Refuse<'_>, stack: &Stack) {
    let twin = "chain/three-tiers";
    let at = |wanted: usize, spoil: fn(&mut Template)| {
        issued(stack, 2, move |level, ca| {
            if level == wanted {
                spoil(ca);
            }
        })
    };
    for (level, who) in [(0, "anchor"), (1, "first-intermediate"), (2, "last-intermediate")] {
        let words = who.replace('-', " ");
        let mut case = |what: &str, title: &str, code: &str, spoil: fn(&mut Template)| {
            refuse(&format!("{who}-{what}"), &format!("the {words} {title}"), code, twin, at(level, spoil));
        };
        case("no-ca", "has cA false", "ERR_CHAIN_NOT_CA", |ca| {
            ca.set(x509::BASIC_CONSTRAINTS, true, x509::basic_constraints(false, None))
        });
        case("no-cert-sign", "has keyUsage without keyCertSign", "ERR_CHAIN_KEY_USAGE", |ca| {
            ca.set(x509::KEY_USAGE, true, der::named_bits(&[x509::DIGITAL_SIGNATURE, x509::CRL_SIGN]));
        });
        if level > 0 {
            case("no-basic-constraints", "has no basicConstraints", "ERR_CHAIN_NOT_CA", |ca| {
                ca.remove(x509::BASIC_CONSTRAINTS)
            });
            case("other-eku", "may issue for TLS only", "ERR_CHAIN_EXTENDED_KEY_USAGE", |ca| {
                ca.set(x509::EXTENDED_KEY_USAGE, false, x509::extended_key_usage(&[x509::SERVER_AUTH]));
            });
        }
    }
    let path = |ca: &mut Template, length: u64| {
        ca.set(x509::BASIC_CONSTRAINTS, true, x509::basic_constraints(true, Some(length)))
    };
    let code = "ERR_CHAIN_PATH_LENGTH";
    let anchor = issued(stack, 2, |level, ca| path(ca, if level == 0 { 1 } else { 2 }));
    refuse("anchor-path-length-1", "pathLen 1 at the anchor with two intermediates below", code, twin, anchor);
    let anchor = issued(stack, 1, |level, ca| path(ca, if level == 0 { 0 } else { 2 }));
    refuse(
        "anchor-path-length-0",
        "pathLen 0 at the anchor with one intermediate below",
        code,
        "honest/keyless-v2",
        anchor,
    );
    let first = issued(stack, 2, |level, ca| path(ca, if level == 1 { 0 } else { 3 }));
    refuse("intermediate-path-length-0", "pathLen 0 at the first intermediate with one below", code, twin, first);
}

fn leaves(refuse: &mut Refuse<'_>, stack: &Stack) {
    let mut leaf = |name: &str, title: &str, code: &str, spoil: fn(&mut Template)| {
        let bundle = Signing::new(stack).leaf(spoil).message(ARTIFACT.as_bytes());
        refuse(&format!("leaf-{name}"), title, code, "honest/keyless-v2", (bundle, None));
    };
    leaf("is-ca", "a leaf that is a CA", "ERR_CHAIN_NOT_CA", |leaf| {
        leaf.set(x509::BASIC_CONSTRAINTS, true, x509::basic_constraints(true, None));
    });
    leaf("serial-not-shortest", "a serial number with an octet too many", "ERR_CERTIFICATE_MALFORMED", |leaf| {
        leaf.serial = vec![0xff, 0xc0, 1];
    });
    leaf("no-digital-signature", "a leaf for key encipherment", "ERR_CHAIN_KEY_USAGE", |leaf| {
        leaf.set(x509::KEY_USAGE, true, der::named_bits(&[x509::KEY_ENCIPHERMENT]));
    });
    leaf("no-key-usage", "a leaf without keyUsage", "ERR_CHAIN_KEY_USAGE", |leaf| leaf.remove(x509::KEY_USAGE));
    let eku = "ERR_CHAIN_EXTENDED_KEY_USAGE";
    leaf("no-eku", "a leaf without extendedKeyUsage", eku, |leaf| leaf.remove(x509::EXTENDED_KEY_USAGE));
    leaf("server-auth", "a leaf for TLS", eku, |leaf| {
        leaf.set(x509::EXTENDED_KEY_USAGE, false, x509::extended_key_usage(&[x509::SERVER_AUTH]));
    });
    leaf("time-stamping", "a leaf for timestamps", eku, |leaf| {
        leaf.set(x509::EXTENDED_KEY_USAGE, true, x509::extended_key_usage(&[x509::TIME_STAMPING]));
    });
    leaf("any-eku", "a leaf for any purpose: that is not enough", eku, |leaf| {
        leaf.set(x509::EXTENDED_KEY_USAGE, false, x509::extended_key_usage(&[x509::ANY_USAGE]));
    });
}

/// Certificates that no pinned authority issued.
fn strangers(refuse: &mut Refuse<'_>, stack: &Stack) {
    let artifact = ARTIFACT.as_bytes();
    let twin = "honest/keyless-v2";
    let by = |authority: Authority| {
        let mut other = stack.clone();
        other.fulcio = authority;
        Signing::new(&other).message(artifact)
    };
    let stranger = by(Authority::new("stranger", 1, |_, _| ()));
    refuse(
        "unknown-authority",
        "an authority of another name issued the leaf",
        "ERR_CHAIN_UNTRUSTED",
        twin,
        (stranger, None),
    );
    let namesake = |level: usize| Secret::p384(&format!("namesake {level}"));
    let same_name = by(Authority::with_keys("forge-fulcio", 1, namesake, |_, _| ()));
    refuse(
        "unknown-authority-same-name",
        "an authority of the same name and another key issued the leaf",
        "ERR_CHAIN_SIGNATURE",
        twin,
        (same_name, None),
    );

    let key = Secret::p256("leaf");
    let own = ca::Issuer { key: key.clone(), certificate: Vec::new(), name: x509::name("self") };
    let own_authority = Authority { issuers: vec![own] };
    let selfish = by(own_authority);
    refuse("self-signed", "a self-signed leaf with the wanted SAN", "ERR_CHAIN_UNTRUSTED", twin, (selfish, None));
    let posing = ca::Issuer { key, certificate: Vec::new(), name: stack.fulcio.issuer().name.clone() };
    let posing = by(Authority { issuers: vec![posing] });
    refuse(
        "self-signed-in-the-authoritys-name",
        "a self-signed leaf that names the authority as its issuer",
        "ERR_CHAIN_SIGNATURE",
        twin,
        (posing, None),
    );

    // The bundle brings its own root.
    let own_root = Authority::new("stranger", 1, |_, _| ());
    let mut other = stack.clone();
    other.fulcio = own_root.clone();
    let chain = own_root.chain();
    let bundle = with_chain(Signing::v1(&other).message(artifact), "0.2", &chain);
    refuse(
        "root-from-bundle",
        "the bundle brings its own root: no certificate of it is an anchor",
        "ERR_CHAIN_UNTRUSTED",
        "honest/bundle-v0.2",
        (bundle, None),
    );

    // A leaf of the authority issues another leaf.
    let first = Secret::p256("first leaf");
    let first_leaf =
        Signing::new(stack).key(first.clone()).leaf(|leaf| leaf.subject = x509::name("first leaf")).certificate();
    let mut other = stack.clone();
    other.fulcio.issuers.push(ca::Issuer {
        key: first,
        certificate: first_leaf.clone(),
        name: x509::name("first leaf"),
    });
    let bundle = with_chain(Signing::v1(&other).message(artifact), "0.2", &[first_leaf]);
    refuse(
        "issued-by-a-leaf",
        "a leaf of the authority issued the leaf",
        "ERR_CHAIN_NOT_CA",
        "honest/bundle-v0.2",
        (bundle, None),
    );

    let flipped = crate::edit::with(Signing::new(stack).message(artifact), |b| {
        crate::edit::flip(b, "/verificationMaterial/certificate/rawBytes", 0);
    });
    refuse("leaf-signature", "a bit of the leaf's signature changed", "ERR_CHAIN_SIGNATURE", twin, (flipped, None));
    let altered = altered_identity(stack);
    refuse("leaf-identity", "the leaf's SAN changed after it was signed", "ERR_CHAIN_SIGNATURE", twin, (altered, None));
    let (_, root) = issued(stack, 1, |_, _| ());
    let broken = crate::edit::with(root.unwrap(), |root| {
        crate::edit::flip(root, "/certificateAuthorities/0/certChain/certificates/0/rawBytes", 0);
    });
    let good = Signing::new(stack).message(artifact);
    refuse(
        "intermediate-signature",
        "a bit of the intermediate's signature changed",
        "ERR_CHAIN_SIGNATURE",
        twin,
        (good, Some(broken)),
    );

    let (leaf, mesh) = mesh(stack);
    let bundle = crate::edit::with(with_chain(Signing::v1(stack).message(artifact), "0.2", &mesh), |b| {
        let slot = crate::edit::at(b, "/verificationMaterial/x509CertificateChain/certificates/0/rawBytes");
        *slot = json!(base64(&leaf));
    });
    refuse(
        "mesh",
        "twelve certificates of one name that all certify each other and lead nowhere",
        "ERR_CHAIN_BUDGET",
        "honest/bundle-v0.2",
        (bundle, None),
    );

    let many: Vec<Vec<u8>> = vec![stack.fulcio.issuer().certificate.clone(); 17];
    let bundle = with_chain(Signing::v1(stack).message(artifact), "0.2", &many);
    refuse(
        "many-certificates",
        "a chain of 18 certificates",
        "ERR_INPUT_TOO_LARGE",
        "honest/bundle-v0.2",
        (bundle, None),
    );
}

/// A leaf, and issuers of one name with four keys, each key certified by each of the others.
fn mesh(stack: &Stack) -> (Vec<u8>, Vec<Vec<u8>>) {
    let name = x509::name("mesh");
    let keys: Vec<Secret> = (0..4).map(|at| Secret::p256(&format!("mesh {at}"))).collect();
    let mut certificates = Vec::new();
    for (of, own) in keys.iter().enumerate() {
        for (by, signer) in keys.iter().enumerate().filter(|(by, _)| *by != of) {
            let template = Template {
                serial: vec![1 + of as u8, 1 + by as u8],
                issuer: name.clone(),
                subject: name.clone(),
                not_before: START,
                not_after: END,
                spki: own.spki(),
                extensions: vec![
                    Extension::new(x509::KEY_USAGE, true, der::named_bits(&[x509::CERT_SIGN])),
                    Extension::new(x509::BASIC_CONSTRAINTS, true, x509::basic_constraints(true, None)),
                ],
                scheme: None,
                inner: None,
                trailing: Vec::new(),
            };
            certificates.push(template.sign(signer));
        }
    }
    let issuer = ca::Issuer { key: keys[0].clone(), certificate: Vec::new(), name };
    let leaf = leaf_by(stack, &issuer, |leaf| leaf.remove(x509::AUTHORITY_KEY_ID));
    (leaf, certificates)
}

/// The leaf of mallory's with the wanted SAN written over hers.
fn altered_identity(stack: &Stack) -> Value {
    let mallory = Signing::new(stack).san(Name::Uri(WORKFLOW.replace("acme", "evil")));
    let bundle = mallory.message(ARTIFACT.as_bytes());
    crate::edit::with(bundle, |b| {
        let slot = crate::edit::at(b, "/verificationMaterial/certificate/rawBytes");
        let mut der = crate::text::from_base64(slot.as_str().unwrap());
        let place = der.windows(9).position(|window| window == b"com/evil/").unwrap();
        der[place + 4..place + 8].copy_from_slice(b"acme");
        *slot = json!(base64(der));
    })
}

/// A leaf by an issuer of any kind, with an SCT.
pub(super) fn leaf_by(stack: &Stack, issuer: &ca::Issuer, spoil: impl Fn(&mut Template)) -> Vec<u8> {
    let mut template = ca::leaf(issuer, Secret::p256("leaf").spki(), &Name::Uri(WORKFLOW.into()));
    spoil(&mut template);
    let sct = stack.ct.sign(&stack.ct.sct(NOW - 60), &template, issuer);
    ct::embed(&mut template, &[sct]);
    template.sign(&issuer.key)
}
