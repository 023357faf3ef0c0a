//! RFC 3161 timestamps: foreign, spoilt, and by authorities that may not stamp.

use serde_json::{Value, json};

use crate::edit::{STAMP, at, with};
use crate::key::{Hash, Scheme, Secret, sha256};
use crate::signing::{Signing, stamps};
use crate::stack::Stack;
use crate::text::{base64, from_base64};
use crate::time::{NOW, START};
use crate::tsa::{self, Token, Tsa};
use crate::vectors::{ARTIFACT, Case, Vectors};
use crate::x509::{self, Template};
use crate::{der, edit};

pub(crate) fn add(vectors: &mut Vectors, stack: &Stack) {
    tokens(vectors, stack);
    authorities(vectors, stack);
    foreign(vectors, stack);
}

fn with_token(stack: &Stack, spoil: impl Fn(&mut Token)) -> Value {
    Signing::new(stack).token(spoil).message(ARTIFACT.as_bytes())
}

/// Serial numbers that authorities have.
const SERIALS: [(&str, &[u8]); 4] =
    [("negative", &[0xde, 0xad, 0xbe, 0xef]), ("zero", &[0]), ("minus-one", &[0xff]), ("20-octets", &[0x80; 20])];

fn tokens(vectors: &mut Vectors, stack: &Stack) {
    let mut serials = Vec::new();
    let mut good = |name: &str, title: &str, spoil: &dyn Fn(&mut Token)| {
        let case = Case::keyless(title, "RFC 3161 section 2.4.2", with_token(stack, spoil));
        vectors.add(&format!("timestamps/{name}"), case);
    };
    let signature = Signing::new(stack).sign(ARTIFACT.as_bytes());
    for (name, hash) in [("sha384", Hash::Sha384), ("sha512", Hash::Sha512)] {
        good(&format!("imprint-{name}"), "a message imprint by a longer hash", &|token| {
            token.hash = hash;
            token.imprint = hash.digest(&signature);
        });
        good(&format!("signed-{name}"), "signed attributes by a longer hash", &|token| {
            token.digest = hash;
            token.scheme = Some(Scheme::Ecdsa(hash));
        });
    }
    good("granted-with-mods", "the status is granted with modifications", &|token| token.status = 1);
    for (name, serial) in SERIALS {
        good(&format!("serial-{name}"), "a serial number is a name: any sign and size", &|token| {
            token.serial = serial.to_vec()
        });
        let tsa = Tsa::with("forge-tsa", Secret::p256("forge-tsa tsa"), |leaf| leaf.serial = serial.to_vec());
        let mut token = tsa.token(&signature, NOW);
        token.certificates = tsa.chain();
        let bundle = with(Signing::new(stack).message(ARTIFACT.as_bytes()), |b| {
            b["verificationMaterial"]["timestampVerificationData"] = stamps(&[tsa.sign(&token)])
        });
        let root = with(stack.trust_root(), |root| {
            let chain: Vec<Value> = tsa.chain().iter().map(|der| json!({ "rawBytes": base64(der) })).collect();
            *at(root, "/timestampAuthorities/0/certChain/certificates") = json!(chain);
        });
        let case = Case::keyless("an authority's certificate with such a serial number", "RFC 5280 4.1.2.2", bundle);
        serials.push((format!("timestamps/certificate-serial-{name}"), case.root(root)));
    }
    good("nonce", "a nonce", &|token| token.nonce = Some(0x1234_5678_9abc_def0));
    good("fraction", "a time with a fraction", &|token| token.time = "20260601120000.5Z".into());

    for (name, case) in serials {
        vectors.add(&name, case);
    }
    let not_shortest = with_token(stack, |token| token.serial = vec![0xff, 0xde, 0xad]);
    vectors.add(
        "timestamps/serial-not-shortest",
        Case::keyless("a negative serial number with an octet too many", "X.690 section 8.3.2", not_shortest)
            .refused("ERR_TIMESTAMP_MALFORMED")
            .twin("timestamps/serial-negative"),
    );

    let mut refuse = |name: &str, title: &str, code: &str, spoil: &dyn Fn(&mut Token)| {
        let case = Case::keyless(title, "attacks 10 and 15; RFC 3161, RFC 5652", with_token(stack, spoil));
        vectors.add(&format!("timestamps/{name}"), case.refused(code).twin("honest/keyless-v2"));
    };
    let malformed = "ERR_TIMESTAMP_MALFORMED";
    let unsigned = "ERR_TIMESTAMP_SIGNATURE";
    let imprint = "ERR_TIMESTAMP_IMPRINT";
    refuse("imprint-of-another-signature", "a timestamp about another signature", imprint, &|token| {
        token.imprint = sha256("another")
    });
    refuse("imprint-of-the-artifact", "a timestamp about the artifact", imprint, &|token| {
        token.imprint = sha256(ARTIFACT)
    });
    refuse("imprint-sha1", "a message imprint by SHA-1", imprint, &|token| {
        token.hash = Hash::Sha1;
        token.imprint = Hash::Sha1.digest(&signature);
    });
    refuse("imprint-other-hash", "a SHA-256 imprint that says it is SHA-512", malformed, &|token| {
        token.hash = Hash::Sha512
    });
    refuse("other-key", "another key signed in the authority's name", unsigned, &|token| {
        token.signer = Some(Secret::p256("attacker"))
    });
    refuse("message-digest", "the signed attributes are about another content", unsigned, &|token| {
        token.message_digest = Some(sha256("another"))
    });
    refuse("signed-sha1", "signed with SHA-1", unsigned, &|token| {
        token.digest = Hash::Sha1;
        token.scheme = Some(Scheme::Ecdsa(Hash::Sha1));
    });
    refuse("no-signed-attributes", "no signed attributes", malformed, &|token| token.attributes = false);
    refuse("no-message-digest", "no messageDigest among the signed attributes", malformed, &|token| {
        token.without = vec![tsa::MESSAGE_DIGEST]
    });
    refuse("no-content-type", "no contentType among the signed attributes", malformed, &|token| {
        token.without = vec![tsa::CONTENT_TYPE]
    });
    refuse("content-type-attribute", "the contentType attribute is another one", malformed, &|token| {
        token.content_type.0 = "1.2.840.113549.1.7.1".into()
    });
    refuse("content-type", "the content is no TSTInfo", malformed, &|token| {
        token.content_type = ("1.2.840.113549.1.7.1".into(), "1.2.840.113549.1.7.1".into())
    });
    refuse(
        "signing-certificate",
        "signingCertificateV2 names another certificate",
        "ERR_TIMESTAMP_CERTIFICATE",
        &|token| token.ess_hash = Some(sha256("another")),
    );
    refuse("rejected", "the status is rejection", malformed, &|token| token.status = 2);
    refuse("two-signers", "two signers", malformed, &|token| token.signers = 2);
    refuse("trailing", "an octet after the response", malformed, &|token| token.trailing = vec![0]);
    for (name, title, time) in [
        ("time-no-zone", "a time without Z", "20260601120000"),
        ("time-offset", "a time with an offset", "20260601140000+0200"),
        ("time-no-seconds", "a time without seconds", "202606011200Z"),
        ("time-trailing-zero", "a fraction with a trailing zero", "20260601120000.50Z"),
        ("time-no-such-day", "a day that is not in the calendar", "20260631120000Z"),
    ] {
        refuse(name, title, malformed, &|token| {
            token.time = time.into();
            // The signing time attribute is not this text.
            token.without = vec![tsa::SIGNING_TIME];
        });
    }
    let good = Signing::new(stack).message(ARTIFACT.as_bytes());
    let mut raw_as = |name: &str, title: &str, code: &str, change: fn(Vec<u8>) -> Vec<u8>| {
        let bundle = with(good.clone(), |b| {
            let bytes = change(from_base64(&edit::text(b, STAMP)));
            *at(b, STAMP) = json!(base64(bytes));
        });
        let case = Case::keyless(title, "attacks 15; RFC 3161 section 2.4.2", bundle).refused(code);
        vectors.add(&format!("timestamps/{name}"), case.twin("honest/keyless-v2"));
    };
    raw_as("time-changed", "the time changed after it was signed", unsigned, |mut bytes| {
        let place = bytes.windows(15).position(|window| window == b"20260601120000Z").unwrap();
        bytes[place + 13] = b'1';
        bytes
    });
    let mut raw = |name: &str, title: &str, change: fn(Vec<u8>) -> Vec<u8>| raw_as(name, title, malformed, change);
    raw("truncated", "a response cut by an octet", |mut bytes| {
        bytes.pop();
        bytes
    });
    raw("no-der", "a response that is no DER", |_| b"20260601120000Z".to_vec());
    raw("bare-token", "a token without the response around it", |bytes| bytes[9..].to_vec());
}

/// An authority whose leaf is not as it must be.
fn authorities(vectors: &mut Vectors, stack: &Stack) {
    let with_leaf = |key: Secret, spoil: &dyn Fn(&mut Template)| {
        let mut other = stack.clone();
        other.tsa = Tsa::with("forge-tsa", key, spoil);
        (Signing::new(&other).message(ARTIFACT.as_bytes()), other.trust_root())
    };
    for (name, key) in [("p384", Secret::p384("tsa")), ("rsa-2048", Secret::rsa(2048)), ("rsa-4096", Secret::rsa(4096))]
    {
        let (bundle, root) = with_leaf(key, &|_| ());
        let title = format!("a timestamp authority with a key of kind {name}");
        vectors.add(&format!("timestamps/authority-{name}"), Case::keyless(&title, "issue 4", bundle).root(root));
    }
    let usual = || Secret::p256("forge-tsa tsa");
    let (bundle, root) = with_leaf(usual(), &|leaf| leaf.not_after = NOW);
    vectors.add(
        "timestamps/leaf-ends-now",
        Case::keyless("the authority's leaf ends at the stated time", "ends inclusive", bundle).root(root),
    );
    let mut refuse = |name: &str, title: &str, spoil: &dyn Fn(&mut Template)| {
        let (bundle, root) = with_leaf(usual(), spoil);
        let case = Case::keyless(title, "RFC 3161 section 2.3; RFC 5280", bundle).root(root);
        vectors.add(
            &format!("timestamps/{name}"),
            case.refused("ERR_TIMESTAMP_CERTIFICATE").twin("timestamps/leaf-ends-now"),
        );
    };
    refuse("leaf-expired", "the authority's leaf ended before the stated time", &|leaf| leaf.not_after = NOW - 1);
    refuse("leaf-not-begun", "the authority's leaf begins after the stated time", &|leaf| leaf.not_before = NOW + 1);
    refuse("leaf-no-eku", "the authority's leaf has no extendedKeyUsage", &|leaf| {
        leaf.remove(x509::EXTENDED_KEY_USAGE)
    });
    refuse("leaf-code-signing", "the authority's leaf is for code signing", &|leaf| {
        leaf.set(x509::EXTENDED_KEY_USAGE, true, x509::extended_key_usage(&[x509::CODE_SIGNING]));
    });
    refuse("leaf-two-purposes", "the authority's leaf has a second purpose", &|leaf| {
        leaf.set(x509::EXTENDED_KEY_USAGE, true, x509::extended_key_usage(&[x509::TIME_STAMPING, x509::CODE_SIGNING]));
    });
    refuse("leaf-eku-not-critical", "the purpose of the authority's leaf is not critical", &|leaf| {
        leaf.set(x509::EXTENDED_KEY_USAGE, false, x509::extended_key_usage(&[x509::TIME_STAMPING]));
    });
    refuse("leaf-no-digital-signature", "the authority's leaf is for key encipherment", &|leaf| {
        leaf.set(x509::KEY_USAGE, true, der::named_bits(&[x509::KEY_ENCIPHERMENT]));
    });
    refuse("leaf-critical-extension", "an unknown critical extension in the authority's leaf", &|leaf| {
        leaf.set("1.3.6.1.4.1.99999.1", true, der::utf8("anything"));
    });
    let broken = with(stack.trust_root(), |root| {
        edit::flip(root, "/timestampAuthorities/0/certChain/certificates/0/rawBytes", 0);
    });
    let bundle = naming_leaf_of(&broken, stack, Signing::new(stack).message(ARTIFACT.as_bytes()));
    let case = Case::keyless("the anchor did not issue the authority's leaf", "RFC 5280 section 6.1", bundle);
    vectors.add(
        "timestamps/leaf-signature",
        case.root(broken).refused("ERR_TIMESTAMP_CERTIFICATE").twin("honest/keyless-v2"),
    );
}

/// The token names the certificate that the trust root has, whatever its signature.
fn naming_leaf_of(root: &Value, stack: &Stack, bundle: Value) -> Value {
    let leaf = from_base64(&edit::text(root, "/timestampAuthorities/0/certChain/certificates/0/rawBytes"));
    let signature = super::honest::message_signature(&bundle);
    let mut token = stack.tsa.token(&signature, NOW);
    token.ess_hash = Some(sha256(leaf));
    with(bundle, |b| b["verificationMaterial"]["timestampVerificationData"] = stamps(&[stack.tsa.sign(&token)]))
}

/// Tokens of authorities that are not pinned.
fn foreign(vectors: &mut Vectors, stack: &Stack) {
    let good = Signing::new(stack).message(ARTIFACT.as_bytes());
    let signature = super::honest::message_signature(&good);
    let stamped = |tsa: &Tsa, token: &Token| {
        with(good.clone(), |b| b["verificationMaterial"]["timestampVerificationData"] = stamps(&[tsa.sign(token)]))
    };
    let mut refuse = |name: &str, title: &str, code: &str, bundle: Value| {
        let case = Case::keyless(title, "attacks 18", bundle).refused(code);
        vectors.add(&format!("timestamps/{name}"), case.twin("honest/keyless-v2"));
    };
    let stranger = Tsa::with("stranger-tsa", Secret::p256("stranger tsa"), |leaf| leaf.serial = vec![0x66]);
    let mut token = stranger.token(&signature, NOW);
    refuse(
        "unknown-authority",
        "a timestamp of an unknown authority",
        "ERR_TIMESTAMP_UNTRUSTED",
        stamped(&stranger, &token),
    );
    token.certificates = stranger.chain();
    refuse(
        "unknown-authority-embedded",
        "an unknown authority embeds its whole chain",
        "ERR_TIMESTAMP_UNTRUSTED",
        stamped(&stranger, &token),
    );
    let posing = Tsa::under("forge-tsa", Secret::p384("attacker"), Secret::p256("attacker"), |_| ());
    let mut token = posing.token(&signature, NOW);
    token.ess_hash = Some(sha256(&stack.tsa.leaf.certificate));
    refuse(
        "posing-as-the-authority",
        "an unknown authority has the pinned one's name and serial number",
        "ERR_TIMESTAMP_SIGNATURE",
        stamped(&posing, &token),
    );
    let mut token = posing.token(&signature, NOW);
    token.certificates = posing.chain();
    refuse(
        "posing-as-the-authority-embedded",
        "the same, and it embeds its own certificates",
        "ERR_TIMESTAMP_CERTIFICATE",
        stamped(&posing, &token),
    );
    let sibling = Tsa::with("forge-tsa", Secret::p256("forge-tsa tsa 2"), |leaf| leaf.serial = vec![0x76]);
    let mut token = sibling.token(&signature, NOW);
    token.certificates = sibling.chain();
    let by_sibling = stamped(&sibling, &token);
    refuse(
        "another-leaf-embedded",
        "the pinned authority issued another leaf, which is embedded, than the one that the trust root has",
        "ERR_TIMESTAMP_UNTRUSTED",
        by_sibling.clone(),
    );
    let early = stack.tsa.token(&signature, START - 1);
    refuse(
        "before-everything",
        "a time before any key was in use",
        "ERR_TIMESTAMP_CERTIFICATE",
        stamped(&stack.tsa, &early),
    );
    let anchored = with(stack.trust_root(), |root| {
        edit::remove(root, "/timestampAuthorities/0/certChain/certificates/0");
    });
    let title = "the same, where the trust root has only the anchor";
    let case = Case::keyless(title, "client-spec 4.2.1", by_sibling.clone()).root(anchored);
    vectors.add("timestamps/another-leaf-anchor-pinned", case);
    let both = with(stack.trust_root(), |root| {
        let leaf = json!({ "rawBytes": base64(&sibling.leaf.certificate) });
        at(root, "/timestampAuthorities/0/certChain/certificates").as_array_mut().unwrap().insert(0, leaf);
    });
    let title = "the same, where the trust root has both leaves";
    vectors.add("timestamps/another-leaf-pinned-too", Case::keyless(title, "client-spec 4.2.1", by_sibling).root(both));
}
