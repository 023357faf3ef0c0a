//! Pinned keys: detached signatures, and bundles with a managed key.

use serde_json::{Value, json};

use crate::der;
use crate::edit::{ENTRY, at, remove, with};
use crate::key::{Hash, Scheme, Secret};
use crate::signing::{Era, Signing};
use crate::stack::Stack;
use crate::text::{base64, pem};
use crate::time::{NOW, rfc3339};
use crate::vectors::{ARTIFACT, Case, Vectors};

const SOURCE: &str = "attacks, keyed tests; design 2";

fn publisher() -> Secret {
    Secret::p256("publisher")
}

pub(crate) fn add(vectors: &mut Vectors, stack: &Stack) {
    detached(vectors);
    keys(vectors);
    weak_keys(vectors);
    bundles(vectors, stack);
    spoilt_bundles(vectors, stack);
}

fn detached(vectors: &mut Vectors) {
    let artifact = ARTIFACT.as_bytes();
    for (name, key) in [
        ("p256", publisher()),
        ("p384", Secret::p384("publisher")),
        ("p521", Secret::p521("publisher")),
        ("ed25519", Secret::ed25519("publisher")),
        ("rsa-2048", Secret::rsa(2048)),
        ("rsa-3072", Secret::rsa(3072)),
        ("rsa-4096", Secret::rsa(4096)),
    ] {
        let signature = key.sign(artifact);
        let case = |title: &str, file: &[u8]| Case::detached(&format!("{title}, {name}"), SOURCE, &[key.pem()], file);
        vectors.add(&format!("keyed/raw-{name}"), case("a raw signature", &signature));
        vectors.add(&format!("keyed/base64-{name}"), case("a signature in base64", base64(&signature).as_bytes()));
        let tampered =
            case("a tampered artifact", base64(&signature).as_bytes()).artifact("the bytes that were signed.\n");
        vectors.add(
            &format!("keyed/tampered-{name}"),
            tampered.refused("ERR_SIGNATURE_INVALID").twin(&format!("keyed/base64-{name}")),
        );
        let mut flipped = signature.clone();
        *flipped.last_mut().unwrap() ^= 1;
        let flipped = case("a signature with one bit changed", &flipped);
        vectors.add(
            &format!("keyed/flipped-{name}"),
            flipped.refused("ERR_SIGNATURE_INVALID").twin(&format!("keyed/raw-{name}")),
        );
    }
    let key = publisher();
    let signature = key.sign(artifact);
    let text = base64(&signature);
    let (first, second) = text.split_at(64);
    let case = |title: &str, file: &[u8]| Case::detached(title, SOURCE, &[key.pem()], file);
    vectors.add("keyed/base64-newline", case("base64 with a newline at its end", format!("{text}\n").as_bytes()));
    vectors.add("keyed/base64-wrapped", case("base64 in two lines", format!("{first}\r\n{second}\r\n").as_bytes()));
    let p384 = Secret::p384("publisher");
    let sha256 = p384.sign_with(Scheme::Ecdsa(Hash::Sha256), artifact);
    vectors.add(
        "keyed/p384-sha256",
        Case::detached(
            "a P-384 key with SHA-256, as older clients signed",
            "algorithm registry",
            &[p384.pem()],
            &sha256,
        ),
    );

    let twin = "keyed/base64-p256";
    let mut refuse =
        |name: &str, code: &str, case: Case| vectors.add(&format!("keyed/{name}"), case.refused(code).twin(twin));
    let malformed = "ERR_SIGNATURE_MALFORMED";
    refuse("signature-empty", malformed, case("an empty signature file", b""));
    refuse("signature-short", malformed, case("a signature of three octets", &[1, 2, 3]));
    refuse("signature-long", malformed, case("a signature file of 3000 octets", &[7; 3000]));
    refuse("signature-text", "ERR_SIGNATURE_INVALID", case("a signature file with some text", b"this is no signature"));
    let other = Secret::p256("another publisher").sign(artifact);
    refuse("other-key", "ERR_SIGNATURE_INVALID", case("a signature by another key", &other));
    let kind = Secret::ed25519("publisher").sign(artifact);
    refuse("other-kind", "ERR_SIGNATURE_INVALID", case("a signature by a key of another kind", &kind));
    let cut = &text[..text.len() - 9];
    refuse("signature-cut", "ERR_SIGNATURE_INVALID", case("base64 that was cut", cut.as_bytes()));
    let given = case("the artifact's digest is given", &signature);
    let digest = json!({ "digest": format!("sha256:{}", crate::text::hex(Hash::Sha256.digest(artifact))) });
    vectors.add("keyed/digest-given", given.artifact_source(digest.clone()));
    let ed25519 = Secret::ed25519("publisher");
    let pure = Case::detached(
        "a pure Ed25519 signature needs the artifact itself",
        "RFC 8032",
        &[ed25519.pem()],
        &ed25519.sign(artifact),
    );
    vectors.add(
        "keyed/ed25519-digest-given",
        pure.artifact_source(digest).refused("ERR_ARTIFACT_DIGEST").twin("keyed/raw-ed25519"),
    );
}

/// What may be pinned.
fn keys(vectors: &mut Vectors) {
    let key = publisher();
    let signature = key.sign(ARTIFACT.as_bytes());
    let good = key.pem();
    let case = |title: &str, keys: &[String]| Case::detached(title, SOURCE, keys, &signature);
    let others = [Secret::ed25519("a").pem(), Secret::rsa(2048).pem()];
    vectors.add(
        "keyed/one-of-a-set",
        case("the last of three pinned keys signed", &[others.as_slice(), std::slice::from_ref(&good)].concat()),
    );
    vectors.add("keyed/pem-crlf", case("a PEM file with carriage returns", &[good.replace('\n', "\r\n")]));
    vectors.add("keyed/pem-no-newline", case("a PEM file without a newline at its end", &[good.trim_end().to_owned()]));
    let (body, label) = (base64(key.spki()), "PUBLIC KEY");
    let long = format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n");
    vectors.add("keyed/pem-one-line", case("a PEM block in one line", &[long]));

    let mut refuse = |name: &str, title: &str, code: &str, keys: &[String]| {
        vectors.add(&format!("keyed/{name}"), case(title, keys).refused(code).twin("keyed/raw-p256"));
    };
    let malformed = "ERR_PEM_MALFORMED";
    refuse("none-of-a-set", "none of two pinned keys signed", "ERR_SIGNATURE_INVALID", &others);
    refuse("no-keys", "no key is pinned", "ERR_OPTION_INVALID", &[]);
    refuse("pem-empty", "an empty text is pinned", malformed, &[String::new()]);
    refuse("pem-no-end", "a PEM block without its end", malformed, &[good.replace("-----END PUBLIC KEY-----\n", "")]);
    refuse("pem-cut", "a PEM block cut in its text", malformed, &[good.replacen('A', "", 1)]);
    refuse("pem-two-blocks", "two keys in one text", malformed, &[good.repeat(2)]);
    refuse(
        "pem-private-label",
        "a block labelled as a private key",
        malformed,
        &[good.replace("PUBLIC KEY", "PRIVATE KEY")],
    );
    refuse("pem-bare-base64", "base64 without a PEM block", malformed, &[base64(key.spki())]);
    refuse("pem-second-bad", "a good key and a malformed one", malformed, &[good.clone(), "x".into()]);
    let der = |bytes: Vec<u8>| [pem("PUBLIC KEY", &bytes)];
    refuse("key-trailing", "an octet after the key", "ERR_KEY_MALFORMED", &der([key.spki(), vec![0]].concat()));
    refuse("key-no-der", "a PEM block with other octets", "ERR_KEY_MALFORMED", &der(b"public key".to_vec()));
    let mut off = key.spki();
    *off.last_mut().unwrap() ^= 1;
    refuse("key-off-curve", "a point that is not on the curve", "ERR_KEY_MALFORMED", &der(off));
    refuse("key-rsa-1024", "an RSA key of 1024 bits", "ERR_KEY_UNSUPPORTED", &[Secret::rsa(1024).pem()]);
    let dsa =
        crate::der::seq(&[crate::der::seq(&[crate::der::oid("1.2.840.10040.4.1")]), crate::der::bits(&[1, 2, 3])]);
    refuse("key-dsa", "a DSA key", "ERR_KEY_UNSUPPORTED", &der(dsa));
}

/// The SubjectPublicKeyInfo of a bare Ed25519 key.
pub(crate) fn ed25519_spki(bare: &[u8]) -> Vec<u8> {
    der::seq(&[der::seq(&[der::oid("1.3.101.112")]), der::bits(bare)])
}

/// The SubjectPublicKeyInfo of an RSA key.
fn rsa_spki(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    let key = der::seq(&[der::unsigned(modulus), der::unsigned(exponent)]);
    der::seq(&[der::seq(&[der::oid("1.2.840.113549.1.1.1"), der::null()]), der::bits(&key)])
}

/// The 32 octets that `hex` writes.
fn octets(hex: &str) -> Vec<u8> {
    (0..32).map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap()).collect()
}

/// Bare Ed25519 keys that [`weak_keys`] and trust roots have: the points of small order, and spellings that are not
/// the one of their point (RFC 8032 section 5.1.3).
pub(crate) fn weak_ed25519() -> Vec<(&'static str, Vec<u8>)> {
    let filled = |low: u8, fill: u8, high: u8| {
        let mut key = vec![fill; 32];
        (key[0], key[31]) = (low, high);
        key
    };
    vec![
        ("identity", filled(1, 0, 0)),
        ("order-2", filled(0xec, 0xff, 0x7f)),
        ("order-4", filled(0, 0, 0)),
        ("order-4-odd", filled(0, 0, 0x80)),
        ("order-8-a", octets("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")),
        ("order-8-b", octets("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85")),
        ("order-8-c", octets("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")),
        ("order-8-d", octets("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa")),
        ("spelling-identity-odd", filled(1, 0, 0x80)),
        ("spelling-identity-p", filled(0xee, 0xff, 0x7f)),
        ("spelling-identity-p-odd", filled(0xee, 0xff, 0xff)),
        ("spelling-order-2-odd", filled(0xec, 0xff, 0xff)),
        ("spelling-order-4-p", filled(0xed, 0xff, 0x7f)),
        ("spelling-order-4-p-odd", filled(0xed, 0xff, 0xff)),
        // y = p + 3, a point of large order.
        ("spelling-large-order", filled(0xf0, 0xff, 0x7f)),
    ]
}

/// Keys under which one signature fits every message, or anybody can sign; and keys in other spellings than their one.
fn weak_keys(vectors: &mut Vectors) {
    // R = B and s = 1 fit s·B = R + k·A whatever k is, where A is the neutral point.
    let mut constant = vec![0x66; 32];
    constant[0] = 0x58;
    constant.push(1);
    constant.resize(64, 0);
    let mut refuse = |name: &str, title: &str, code: &str, twin: &str, spki: &[u8], signature: &[u8]| {
        let case = Case::detached(title, "attacks 29", &[pem("PUBLIC KEY", spki)], signature).refused(code);
        vectors.add(&format!("keyed/key-{name}"), case.twin(&format!("keyed/raw-{twin}")));
    };
    for (name, key) in weak_ed25519() {
        let title = "an Ed25519 key of small order, or in a second spelling";
        refuse(&format!("ed25519-{name}"), title, "ERR_KEY_MALFORMED", "ed25519", &ed25519_spki(&key), &constant);
    }
    let short = &Secret::ed25519("publisher").ed25519_bytes()[1..];
    refuse(
        "ed25519-short",
        "an Ed25519 key of 31 octets",
        "ERR_KEY_MALFORMED",
        "ed25519",
        &ed25519_spki(short),
        &constant,
    );

    let rsa = Secret::rsa(2048);
    let signature = rsa.sign(ARTIFACT.as_bytes());
    // The modulus stands before the exponent 65537, of five octets.
    let spki = rsa.spki();
    let modulus = spki[spki.len() - 5 - 256..spki.len() - 5].to_vec();
    let changed = |last: u8| [&modulus[..255], &[last]].concat();
    let mut rsa_key = |name: &str, title: &str, modulus: &[u8], exponent: &[u8]| {
        let spki = rsa_spki(modulus, exponent);
        refuse(&format!("rsa-{name}"), title, "ERR_KEY_UNSUPPORTED", "rsa-2048", &spki, &signature);
    };
    rsa_key("exponent-0", "RSA with the exponent 0", &modulus, &[0]);
    rsa_key("exponent-1", "RSA with the exponent 1: each signature is its message", &modulus, &[1]);
    rsa_key("exponent-2", "RSA with the exponent 2", &modulus, &[2]);
    rsa_key("exponent-65536", "RSA with an even exponent", &modulus, &[1, 0, 0]);
    rsa_key("exponent-2-33", "RSA with an exponent that nothing verifies under", &modulus, &[2, 0, 0, 0, 1]);
    rsa_key("modulus-even", "RSA with an even modulus", &changed(modulus[255] ^ 1), &[1, 0, 1]);
    let mut power = vec![0; 256];
    power[0] = 0x80;
    rsa_key("modulus-power-of-two", "RSA with a power of two as modulus", &power, &[1, 0, 1]);
    rsa_key("modulus-mersenne", "RSA with the modulus 2^2048 - 1, which 3 divides", &[0xff; 256], &[1, 0, 1]);
    let divisible = (0..=255u8).step_by(2).map(|add| changed(add | 1)).find(|n| {
        let rest = |by: u32| n.iter().fold(0u32, |rest, &octet| (rest << 8 | u32::from(octet)) % by);
        rest(7) == 0 && rest(3) != 0 && rest(5) != 0
    });
    rsa_key("modulus-small-factor", "RSA with a modulus that 7 divides", &divisible.unwrap(), &[1, 0, 1]);

    let p256 = publisher();
    let artifact_signature = p256.sign(ARTIFACT.as_bytes());
    let spki = p256.spki();
    let point = &spki[spki.len() - 64..];
    let ec = |key: &[u8]| {
        der::seq(&[der::seq(&[der::oid("1.2.840.10045.2.1"), der::oid("1.2.840.10045.3.1.7")]), der::bits(key)])
    };
    let (x, y) = point.split_at(32);
    let mut ec_key = |name: &str, title: &str, key: &[u8]| {
        refuse(&format!("p256-{name}"), title, "ERR_KEY_MALFORMED", "p256", &ec(key), &artifact_signature);
    };
    ec_key("infinity", "the point at infinity", &[0]);
    ec_key("compressed", "a compressed point", &[&[2 | y[31] & 1], x].concat());
    ec_key("hybrid", "a point in hybrid form", &[&[6 | y[31] & 1], x, y].concat());
    ec_key("zero", "coordinates of zero", &[&[4][..], &[0; 64]].concat());
    // x = p + 5, where x = 5 is on the curve: a second spelling of that point.
    let beyond = "ffffffff00000001000000000000000000000001000000000000000000000004";
    let below = "459243b9aa581806fe913bce99817ade11ca503c64d9a3c533415c083248fbcc";
    let spelling: Vec<u8> = std::iter::once(4).chain(octets(beyond)).chain(octets(below)).collect();
    ec_key("second-spelling", "a coordinate beyond the prime", &spelling);
    ec_key("short", "a point that lacks an octet", &[&[4], x, &y[..31]].concat());
}

/// Managed keys in bundles.
fn bundles(vectors: &mut Vectors, stack: &Stack) {
    let artifact = ARTIFACT.as_bytes();
    let case =
        |title: &str, key: &Secret, bundle: Value| Case::keyed(title, "issue 4; client-spec", &[key.pem()], bundle);
    for (name, key) in [
        ("p256", publisher()),
        ("p384", Secret::p384("publisher")),
        ("p521", Secret::p521("publisher")),
        ("rsa-2048", Secret::rsa(2048)),
        ("rsa-4096", Secret::rsa(4096)),
    ] {
        let v2 = Signing::new(stack).managed(key.clone()).message(artifact);
        vectors.add(
            &format!("keyed/bundle-v2-{name}"),
            case(&format!("a managed key of kind {name}, Rekor v2"), &key, v2),
        );
    }
    let key = publisher();
    let v1 = Signing::v1(stack).managed(key.clone()).message(artifact);
    vectors.add("keyed/bundle-v1-p256", case("a managed key, Rekor v1", &key, v1));
    let ed25519 = Secret::ed25519("publisher");
    let prehashed = Signing::new(stack).managed(ed25519.clone()).scheme(Scheme::Ed25519Ph).message(artifact);
    vectors.add(
        "keyed/bundle-v2-ed25519ph",
        case("an Ed25519 key that signs the SHA-512 (Ed25519ph), Rekor v2", &ed25519, prehashed),
    );
    let pure = Signing::new(stack).managed(ed25519.clone()).era(Era::Unlogged).message(artifact);
    vectors.add(
        "keyed/bundle-unlogged-ed25519",
        case("a pure Ed25519 signature, timestamped, not logged", &ed25519, pure)
            .thresholds(json!({ "logEntries": 0, "timestamps": 1 })),
    );
    let undated = Signing::new(stack).managed(key.clone()).stamped(false).message(artifact);
    vectors.add("keyed/bundle-v2-undated", case("a managed key needs no proven time", &key, undated.clone()));
    let bare = Signing::new(stack).managed(key.clone()).era(Era::Unlogged).stamped(false).message(artifact);
    vectors.add(
        "keyed/bundle-bare",
        case("neither log nor timestamp, and no trust root: only the signature is claimed", &key, bare.clone())
            .root_source(Value::Null),
    );
    vectors.add(
        "keyed/bundle-bare-trust-root",
        case("neither log nor timestamp, but a trust root is pinned", &key, bare.clone())
            .refused("ERR_LOG_ENTRY_MISSING")
            .twin("keyed/bundle-v2-p256"),
    );
    vectors.add(
        "keyed/bundle-timestamp-required",
        case("a timestamp is required, none is there", &key, undated.clone())
            .thresholds(json!({ "timestamps": 1 }))
            .refused("ERR_TIMESTAMP_THRESHOLD")
            .twin("keyed/bundle-v2-p256"),
    );
    let ended = with(stack.trust_root(), |root| root["tlogs"][1]["publicKey"]["validFor"]["end"] = json!(rfc3339(NOW)));
    let case_ended = case("the log's key has ended, and no time is proven", &key, undated).root(ended);
    vectors
        .add("keyed/bundle-undated-ended-log", case_ended.refused("ERR_TIME_MISSING").twin("keyed/bundle-v2-undated"));
    for (name, hint) in [("free", "publisher key 1"), ("empty", "")] {
        let hinted = with(Signing::new(stack).managed(key.clone()).message(artifact), |b| {
            *at(b, "/verificationMaterial/publicKey/hint") = json!(hint);
        });
        vectors.add(
            &format!("keyed/bundle-hint-{name}"),
            case("a hint that is no fingerprint is only a name", &key, hinted),
        );
    }
    let both = [Secret::p384("publisher").pem(), key.pem()];
    let set = Signing::new(stack).managed(key.clone()).message(artifact);
    vectors.add("keyed/bundle-one-of-a-set", Case::keyed("one of two pinned keys signed", "design 2", &both, set));
    let envelope = Signing::new(stack).managed(key.clone()).attest(&crate::dsse::statement(artifact));
    vectors.add("keyed/attestation", case("an attestation under a managed key", &key, envelope).attestation());
    let envelope = Signing::new(stack)
        .managed(ed25519.clone())
        .scheme(Scheme::Ed25519Ph)
        .attest(&crate::dsse::statement(artifact));
    vectors.add(
        "keyed/attestation-ed25519ph",
        case("an attestation under an Ed25519 key, logged prehashed", &ed25519, envelope).attestation(),
    );
    vectors.add(
        "keyed/bundle-scts-required",
        Case::keyed("a key has no SCT that could be required", "design 2", &[key.pem()], bare)
            .thresholds(json!({ "scts": 1 }))
            .refused("ERR_OPTION_INVALID")
            .twin("keyed/bundle-v2-p256"),
    );
}

fn spoilt_bundles(vectors: &mut Vectors, stack: &Stack) {
    let artifact = ARTIFACT.as_bytes();
    let key = publisher();
    let other = Secret::p256("another publisher");
    let v2 = || Signing::new(stack).managed(publisher()).message(artifact);
    let v1 = || Signing::v1(stack).managed(publisher()).message(artifact);
    let mut refuse = |name: &str, title: &str, code: &str, twin: &str, keys: &[String], bundle: Value| {
        let case = Case::keyed(title, "attacks 2, 3 and 9", keys, bundle).refused(code);
        vectors.add(&format!("keyed/bundle-{name}"), case.twin(&format!("keyed/bundle-{twin}")));
    };
    let pinned = [key.pem()];
    let hint = "/verificationMaterial/publicKey/hint";
    refuse("other-key", "another key is pinned", "ERR_KEY_HINT", "v2-p256", &[other.pem()], v2());
    let forged = with(Signing::new(stack).managed(other.clone()).message(artifact), |b| {
        *at(b, hint) = json!(base64(crate::key::sha256(key.spki())))
    });
    refuse(
        "forged-hint",
        "another key signed under the pinned key's hint",
        "ERR_SIGNATURE_INVALID",
        "v2-p256",
        &pinned,
        forged,
    );
    let unhinted =
        with(Signing::new(stack).managed(other.clone()).message(artifact), |b| *at(b, hint) = json!("publisher key 1"));
    refuse(
        "other-key-free-hint",
        "another key signed under a hint that is only a name",
        "ERR_SIGNATURE_INVALID",
        "hint-free",
        &pinned,
        unhinted,
    );
    refuse(
        "certificate",
        "a certificate where a key is pinned",
        "ERR_BUNDLE_KEY_MISSING",
        "v2-p256",
        &pinned,
        Signing::new(stack).message(artifact),
    );
    let recorded = |spoil: &dyn Fn(&mut Value)| Signing::new(stack).managed(publisher()).body(spoil).message(artifact);
    let verifier = "/spec/hashedRekordV002/signature/verifier";
    refuse(
        "entry-of-another-key",
        "the entry records another key",
        "ERR_ENTRY_VERIFIER",
        "v2-p256",
        &pinned,
        recorded(&|body| {
            *at(body, &format!("{verifier}/publicKey/rawBytes")) = json!(base64(other.spki()));
        }),
    );
    let certificate = Signing::new(stack).key(publisher()).certificate();
    refuse(
        "entry-of-a-certificate",
        "the entry records a certificate of the key",
        "ERR_ENTRY_VERIFIER",
        "v2-p256",
        &pinned,
        recorded(&|body| {
            *at(body, verifier) = json!({ "keyDetails": "PKIX_ECDSA_P256_SHA_256", "x509Certificate": { "rawBytes": base64(&certificate) } });
        }),
    );
    let swapped = with(v2(), |b| {
        *at(b, ENTRY) = Signing::new(stack).managed(publisher()).message(b"another\n").pointer(ENTRY).unwrap().clone()
    });
    refuse(
        "entry-swapped",
        "the whole entry of another signing by the key",
        "ERR_ENTRY_DIGEST",
        "v2-p256",
        &pinned,
        swapped,
    );
    let without = |mut bundle: Value, pointer: &str| {
        remove(&mut bundle, pointer);
        bundle
    };
    refuse(
        "v1-no-promise",
        "no signed entry timestamp",
        "ERR_SET_MISSING",
        "v1-p256",
        &pinned,
        without(v1(), &format!("{ENTRY}/inclusionPromise")),
    );
    refuse(
        "v1-no-proof",
        "no inclusion proof",
        "ERR_INCLUSION_PROOF_MISSING",
        "v1-p256",
        &pinned,
        without(v1(), &format!("{ENTRY}/inclusionProof")),
    );
    refuse(
        "v2-no-entry",
        "no log entry, but a timestamp",
        "ERR_LOG_ENTRY_MISSING",
        "v2-p256",
        &pinned,
        without(v2(), "/verificationMaterial/tlogEntries"),
    );
    let unknown =
        with(v2(), |b| *at(b, &format!("{ENTRY}/logId/keyId")) = json!(base64(crate::key::sha256("another log"))));
    refuse("unknown-log", "the log id of an unknown log", "ERR_LOG_UNTRUSTED", "v2-p256", &pinned, unknown);
    let foreign = Signing::new(stack).managed(publisher()).token(|token| token.imprint = crate::key::sha256("another"));
    refuse(
        "timestamp-of-another",
        "a timestamp about another signature",
        "ERR_TIMESTAMP_IMPRINT",
        "v2-p256",
        &pinned,
        foreign.message(artifact),
    );
    let p384 = Secret::p384("publisher");
    let wrong = Signing::new(stack).managed(p384.clone()).scheme(Scheme::Ecdsa(Hash::Sha512)).message(artifact);
    refuse("p384-sha512", "a P-384 key with SHA-512", "ERR_DIGEST_ALGORITHM", "v2-p384", &[p384.pem()], wrong);
    let ed25519 = Secret::ed25519("publisher");
    let pure = Signing::new(stack)
        .managed(ed25519.clone())
        .scheme(Scheme::Ed25519Ph)
        .signature(|signature| {
            *signature = Secret::ed25519("publisher").sign(ARTIFACT.as_bytes());
        })
        .message(artifact);
    refuse(
        "ed25519-pure-as-prehashed",
        "a pure Ed25519 signature that says it is prehashed",
        "ERR_SIGNATURE_INVALID",
        "v2-ed25519ph",
        &[ed25519.pem()],
        pure,
    );
}
