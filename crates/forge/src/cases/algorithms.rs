//! Attack 15: weak and contradictory algorithms, short keys, octets after the end.

use serde_json::{Value, json};

use super::chain::{issued, leaf_by};
use crate::ca::Authority;
use crate::edit::{at, with};
use crate::key::{Hash, Scheme, Secret};
use crate::signing::Signing;
use crate::stack::{self, Stack};
use crate::text::base64;
use crate::vectors::{ARTIFACT, Case, Vectors};
use crate::x509::Template;

pub(crate) fn add(vectors: &mut Vectors, stack: &Stack) {
    authorities(vectors, stack);
    let artifact = ARTIFACT.as_bytes();
    let mut refuse = |name: &str, title: &str, code: &str, (bundle, root): (Value, Option<Value>)| {
        let mut case = Case::keyless(title, "attacks 15", bundle).refused(code).twin("honest/keyless-v2");
        if let Some(root) = root {
            case = case.root(root);
        }
        vectors.add(&format!("algorithms/{name}"), case);
    };
    let code = "ERR_CHAIN_ALGORITHM";
    let leaf = |spoil: fn(&mut Template)| (Signing::new(stack).leaf(spoil).message(artifact), None);
    let inner = leaf(|leaf| leaf.inner = Some(Scheme::Ecdsa(Hash::Sha256).identifier()));
    refuse("leaf-inner-differs", "the leaf states one algorithm inside and another outside", code, inner);
    let sha1 = leaf(|leaf| leaf.scheme = Some(Scheme::Ecdsa(Hash::Sha1)));
    refuse("leaf-sha1", "the leaf is signed with SHA-1", code, sha1);
    let intermediate = issued(stack, 1, |level, ca| {
        if level == 1 {
            ca.scheme = Some(Scheme::Ecdsa(Hash::Sha1));
        }
    });
    refuse("intermediate-sha1", "the intermediate is signed with SHA-1", code, intermediate);
    let differs = issued(stack, 1, |level, ca| {
        if level == 1 {
            ca.inner = Some(Scheme::Ecdsa(Hash::Sha256).identifier());
        }
    });
    refuse("intermediate-inner-differs", "the intermediate states two algorithms", code, differs);

    let mut rsa = stack.clone();
    rsa.fulcio = Authority::with_keys("forge-fulcio", 0, |_| Secret::rsa(2048), |_, _| ());
    let sha1 = leaf_by(&rsa, rsa.fulcio.issuer(), |leaf| leaf.scheme = Some(Scheme::Rsa(Hash::Sha1)));
    let bundle = put(Signing::new(&rsa).message(artifact), &sha1);
    refuse("leaf-rsa-sha1", "the leaf is signed with RSA and SHA-1", code, (bundle, Some(rsa.trust_root())));
    let mut short = stack.clone();
    short.fulcio = Authority::with_keys(
        "forge-fulcio",
        1,
        |level| if level == 1 { Secret::rsa(1024) } else { Secret::p384("forge-fulcio ca 0") },
        |_, _| (),
    );
    let bundle = Signing::new(&short).message(artifact);
    refuse(
        "intermediate-rsa-1024",
        "the intermediate's key is RSA with 1024 bits",
        code,
        (bundle, Some(short.trust_root())),
    );
    let bundle = Signing::new(stack).key(Secret::rsa(1024)).message(artifact);
    refuse("leaf-rsa-1024", "the leaf's key is RSA with 1024 bits", "ERR_KEY_UNSUPPORTED", (bundle, None));

    let trailing = leaf(|leaf| leaf.trailing = vec![0]);
    refuse("leaf-trailing", "an octet after the leaf", "ERR_CERTIFICATE_MALFORMED", trailing);
    let trailing = issued(stack, 1, |level, ca| {
        if level == 1 {
            ca.trailing = vec![5, 0];
        }
    });
    refuse("intermediate-trailing", "octets after the intermediate", "ERR_CERTIFICATE_MALFORMED", trailing);
    let spki = leaf(|leaf| {
        // Inside the SubjectPublicKeyInfo: a third member.
        let inner = [leaf.spki[2..].to_vec(), vec![5, 0]].concat();
        leaf.spki = crate::der::tlv(0x30, &inner);
    });
    refuse("leaf-key-trailing", "octets after the leaf's key", "ERR_CERTIFICATE_MALFORMED", spki);
    let signature = Signing::new(stack).signature(|signature| signature.push(0)).message(artifact);
    refuse("signature-trailing", "an octet after the signature", "ERR_SIGNATURE_INVALID", (signature, None));
    let long_form = Signing::new(stack).signature(|signature| {
        signature.insert(1, 0x81);
    });
    refuse(
        "signature-long-length",
        "the signature's length in a longer form",
        "ERR_SIGNATURE_INVALID",
        (long_form.message(artifact), None),
    );
    let zero =
        Signing::new(stack).signature(|signature| *signature = vec![0x30, 6, 2, 1, 0, 2, 1, 0]).message(artifact);
    refuse("signature-zero", "the signature (0, 0)", "ERR_SIGNATURE_INVALID", (zero, None));
    let raw = Signing::new(stack).signature(|signature| *signature = fixed(signature)).message(artifact);
    refuse(
        "signature-fixed-form",
        "the signature as two integers of 32 octets, not DER",
        "ERR_SIGNATURE_INVALID",
        (raw, None),
    );

    let root = with(stack.trust_root(), |root| {
        let log = at(root, "/tlogs/1");
        *log = stack::log(&crate::rekor::Log { key: Secret::rsa(1024), ..stack.rekor2.clone() });
        log["publicKey"]["keyDetails"] = json!("PKIX_RSA_PKCS1V5");
    });
    let good = Signing::new(stack).message(artifact);
    refuse(
        "log-rsa-1024",
        "the log's pinned key is RSA with 1024 bits: the log does not count",
        "ERR_LOG_UNTRUSTED",
        (good, Some(root)),
    );
}

/// Authorities of the other accepted kinds.
fn authorities(vectors: &mut Vectors, stack: &Stack) {
    for (name, key) in [
        ("p256", (|_| Secret::p256("ca")) as fn(usize) -> Secret),
        ("rsa-2048", |_| Secret::rsa(2048)),
        ("ed25519", |_| Secret::ed25519("ca")),
    ] {
        let mut other = stack.clone();
        other.fulcio = Authority::with_keys("forge-fulcio", 0, key, |_, _| ());
        vectors.add(
            &format!("algorithms/authority-{name}"),
            Case::keyless(
                &format!("an authority with a key of kind {name}"),
                "issue 4",
                Signing::new(&other).message(ARTIFACT.as_bytes()),
            )
            .root(other.trust_root()),
        );
    }
}

/// Another leaf in place of the bundle's, for cases that are refused before anything else looks at it.
fn put(bundle: Value, certificate: &[u8]) -> Value {
    with(bundle, |b| *at(b, "/verificationMaterial/certificate/rawBytes") = json!(base64(certificate)))
}

/// r and s of an ECDSA signature over P-256, 32 octets each.
fn fixed(der: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = &der[2..];
    for _ in 0..2 {
        let length = usize::from(rest[1]);
        let digits: Vec<u8> = rest[2..2 + length].iter().copied().skip_while(|&octet| octet == 0).collect();
        out.extend(std::iter::repeat_n(0, 32 - digits.len()));
        out.extend(digits);
        rest = &rest[2 + length..];
    }
    out
}
