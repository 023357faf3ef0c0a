//! Honest bundles of every shape: what must verify (attacks.md, "Interoperability").

use serde_json::{Value, json};

use crate::ca::{Authority, OIDC_ISSUER};
use crate::edit::{CHECKPOINT, ENTRY, at, remove, with};
use crate::key::{Secret, sha256};
use crate::rekor::{Log, Place};
use crate::signing::Signing;
use crate::stack::{self, Stack};
use crate::text::{base64, from_base64};
use crate::time::NOW;
use crate::vectors::{ARTIFACT, Case, Vectors};
use crate::x509::{self, Name};
use crate::{der, note};

pub(crate) fn add(vectors: &mut Vectors, stack: &Stack) {
    let mut good = |name: &str, title: &str, bundle: Value| {
        vectors.add(&format!("honest/{name}"), Case::keyless(title, "attacks, interoperability", bundle));
    };
    let artifact = ARTIFACT.as_bytes();
    let v2 = || Signing::new(stack).message(artifact);
    let v1 = || Signing::v1(stack).message(artifact);

    good("keyless-v2", "a P-256 leaf, hashedrekord 0.0.2 in Rekor v2, an RFC 3161 timestamp", v2());
    good("keyless-v1", "a P-256 leaf, hashedrekord 0.0.1 in Rekor v1, dated by its promise", v1());
    let stamped = Signing::v1(stack).stamped(true).message(artifact);
    good("keyless-v1-timestamp", "Rekor v1 with a timestamp beside its promise", stamped);

    good("bundle-v0.1", "a bundle v0.1 with a chain, promise and proof", with_chain(v1(), "0.1", &[]));
    good("bundle-v0.2", "a bundle v0.2 with a chain", with_chain(v1(), "0.2", &[]));
    let intermediate = stack.fulcio.issuer().certificate.clone();
    good(
        "bundle-v0.2-intermediate",
        "the chain carries the intermediate too",
        with_chain(v1(), "0.2", &[intermediate]),
    );
    let old = with(v2(), |b| b["mediaType"] = json!("application/vnd.dev.sigstore.bundle+json;version=0.3"));
    good("media-type-v0.3-old", "the older spelling of the media type of v0.3", old);

    for (name, key) in [
        ("p384", Secret::p384("leaf")),
        ("rsa-2048", Secret::rsa(2048)),
        ("rsa-3072", Secret::rsa(3072)),
        ("rsa-4096", Secret::rsa(4096)),
    ] {
        let title = format!("a leaf with a key of kind {name}: the scheme follows the leaf's key");
        good(&format!("leaf-{name}"), &title, Signing::new(stack).key(key).message(artifact));
    }
    let p384 = Signing::v1(stack).key(Secret::p384("leaf")).message(artifact);
    good("leaf-p384-v1", "a P-384 leaf in Rekor v1, which records the SHA-384 digest", p384);

    for (size, index) in [(1, 0), (2, 1), (5, 2), (5, 4), (7, 6), (8, 0)] {
        let place = Place { size, index, before: 0 };
        let title = format!("leaf {index} of a tree of {size}");
        let bundle = omit_defaults(Signing::new(stack).place(place).message(artifact));
        good(&format!("tree-{size}-index-{index}"), &title, bundle);
    }
    let sharded = Signing::v1(stack).place(Place { size: 5, index: 4, before: 4_163_431 }).message(artifact);
    good("shard-index", "the entry's index is global, the proof's is the shard's", sharded);

    let extended = with(v1(), |b| extend_checkpoint(&stack.rekor1, b, "Timestamp: 1780315200000000000\n"));
    good("checkpoint-extension-lines", "signed lines after the root hash", extended);
    let cosigned = with(v2(), |b| {
        let text = b.pointer(CHECKPOINT).and_then(Value::as_str).unwrap().to_owned();
        let body = text.split_once("\n\n").map(|(body, _)| format!("{body}\n")).unwrap();
        let witness = Secret::ed25519("witness");
        let lines = [
            note::cosignature_line(&body, "witness.example/one", &witness, NOW as u64),
            note::line("other.example", &[1, 2, 3, 4], &[7; 64]),
            note::signature_line(&body, &stack.rekor2.host, &stack.rekor2.key),
        ];
        *at(b, CHECKPOINT) = json!(note::note(&body, &lines));
    });
    good("checkpoint-cosigned", "the log's signature is the last of three lines, two are by unknown keys", cosigned);

    let sct_extensions = Signing::new(stack).scts(|scts| scts[0].extensions = vec![0, 1, 2, 3]).message(artifact);
    good("sct-extensions", "an SCT with extensions, which its signature covers", sct_extensions);
    for (name, serial) in [("negative", vec![0xc0, 1, 2]), ("zero", vec![0])] {
        let signed = Signing::new(stack).leaf(|leaf| leaf.serial = serial.clone()).message(artifact);
        good(&format!("leaf-serial-{name}"), "a leaf whose serial number is no positive integer", signed);
    }
    let only_new = Signing::new(stack).leaf(|leaf| leaf.remove(&x509::fulcio_oid(1))).message(artifact);
    good("issuer-only-v2", "the OIDC issuer only as 1.3.6.1.4.1.57264.1.8", only_new);
    let only_old = Signing::new(stack).leaf(|leaf| leaf.remove(&x509::fulcio_oid(8))).message(artifact);
    good("issuer-only-v1", "the OIDC issuer only as 1.3.6.1.4.1.57264.1.1", only_old);
    let unknown = Signing::new(stack)
        .leaf(|leaf| leaf.set("1.3.6.1.4.1.99999.1", false, der::utf8("anything")))
        .message(artifact);
    good("unknown-extension", "an unknown extension that is not critical", unknown);

    spellings(&mut good, &v2, &v1);
    identities(vectors, stack);
    logs(vectors, stack);
    roots(vectors, stack);
    vectors.add(
        "honest/artifact-digest",
        Case::keyless("the artifact is given as its digest", "issue 3", v2())
            .artifact_source(json!({ "digest": format!("sha256:{}", crate::text::hex(sha256(artifact))) })),
    );
}

/// JSON in the other forms that the protobuf mapping allows.
fn spellings(good: &mut impl FnMut(&str, &str, Value), v2: &impl Fn() -> Value, v1: &impl Fn() -> Value) {
    let unpadded = with(v2(), |b| {
        let raw = at(b, "/verificationMaterial/certificate/rawBytes");
        *raw = json!(raw.as_str().unwrap().trim_end_matches('='));
        let signature = at(b, "/messageSignature/signature");
        *signature = json!(signature.as_str().unwrap().trim_end_matches('=').replace('+', "-").replace('/', "_"));
    });
    good("base64-url-unpadded", "base64 of the other alphabet, without padding", unpadded);
    let numbers = with(v1(), |b| {
        for field in ["logIndex", "integratedTime"] {
            let slot = &mut b["verificationMaterial"]["tlogEntries"][0][field];
            *slot = json!(slot.as_str().unwrap().parse::<u64>().unwrap());
        }
    });
    good("integers-as-numbers", "64-bit integers as JSON numbers", numbers);
    let snake = with(v2(), |b| *b = snake_case(b));
    good("proto-field-names", "the field names of the .proto file", snake);
    let nulls = with(v2(), |b| {
        b["dsseEnvelope"] = Value::Null;
        b["verificationMaterial"]["publicKey"] = Value::Null;
        b["verificationMaterial"]["tlogEntries"][0]["inclusionPromise"] = Value::Null;
    });
    good("nulls", "null is an absent field", nulls);
}

fn identities(vectors: &mut Vectors, stack: &Stack) {
    let artifact = ARTIFACT.as_bytes();
    for (name, san, text) in [
        ("email", Name::Email("publisher@tools.example.com".into()), "publisher@tools.example.com"),
        ("uri", Name::Uri("https://ci.example.com/pipelines/7".into()), "https://ci.example.com/pipelines/7"),
        ("spiffe", Name::Uri("spiffe://example.com/ns/release".into()), "spiffe://example.com/ns/release"),
        ("other-name", Name::Other("publisher!tools.example.com".into()), "publisher!tools.example.com"),
    ] {
        vectors.add(
            &format!("honest/san-{name}"),
            Case::keyless(
                &format!("a SAN of the kind {name}"),
                "design 2",
                Signing::new(stack).san(san).message(artifact),
            )
            .identity(json!({ "san": text, "issuer": OIDC_ISSUER })),
        );
    }
}

fn logs(vectors: &mut Vectors, stack: &Stack) {
    for (name, key) in [("p256", Secret::p256("v2 log")), ("p384", Secret::p384("v2 log")), ("rsa", Secret::rsa(2048))]
    {
        let mut other = stack.clone();
        other.rekor2 = Log { key, ..stack.rekor2.clone() };
        vectors.add(
            &format!("honest/log-{name}"),
            Case::keyless(
                &format!("Rekor v2 with a log key of kind {name}"),
                "formats, C2SP",
                Signing::new(&other).message(ARTIFACT.as_bytes()),
            )
            .root(other.trust_root()),
        );
    }
}

fn roots(vectors: &mut Vectors, stack: &Stack) {
    let artifact = ARTIFACT.as_bytes();
    let namesake =
        Authority::with_keys("forge-fulcio", 1, |level| Secret::p384(&format!("namesake {level}")), |_, _| ());
    let both = with(stack.trust_root(), |root| {
        let other = stack::authority("https://fulcio.forge.test", &namesake.chain());
        root["certificateAuthorities"].as_array_mut().unwrap().insert(0, other);
    });
    vectors.add(
        "honest/roots-of-one-name",
        Case::keyless(
            "two authorities of one name are pinned: the search goes on after the first",
            "attacks, interoperability",
            Signing::new(stack).message(artifact),
        )
        .root(both),
    );
    let foreign = with_chain(
        Signing::v1(stack).message(artifact),
        "0.2",
        &[namesake.issuer().certificate.clone(), stack.fulcio.issuer().certificate.clone()],
    );
    let only_anchor = with(stack.trust_root(), |root| {
        remove(root, "/certificateAuthorities/0/certChain/certificates/0");
    });
    vectors.add(
        "honest/foreign-intermediate",
        Case::keyless(
            "a foreign certificate with the issuer's name in the bundle's chain does not block the search",
            "attacks, interoperability",
            foreign.clone(),
        ),
    );
    vectors.add(
        "honest/intermediate-from-bundle",
        Case::keyless(
            "the intermediate comes with the bundle, after a foreign one of its name",
            "client-spec 4.1",
            foreign,
        )
        .root(only_anchor),
    );
    let mut intermediate_anchor = stack.trust_root();
    remove(&mut intermediate_anchor, "/certificateAuthorities/0/certChain/certificates/1");
    vectors.add(
        "honest/anchor-is-an-intermediate",
        Case::keyless(
            "the anchor is the last certificate of its chain, here an intermediate",
            "formats, trust root",
            Signing::new(stack).message(artifact),
        )
        .root(intermediate_anchor),
    );
    let mut embedded = Case::keyless(
        "the authority's leaf is embedded in the token, the trust root has only the anchor",
        "RFC 3161 section 2.4.2",
        Signing::new(stack)
            .token(|token| token.certificates = vec![stack.tsa.leaf.certificate.clone()])
            .message(artifact),
    );
    embedded = embedded.root(with(stack.trust_root(), |root| {
        remove(root, "/timestampAuthorities/0/certChain/certificates/0");
    }));
    vectors.add("honest/token-with-certificate", embedded);
}

/// A bundle of an older version: a chain in place of one certificate.
pub(crate) fn with_chain(mut bundle: Value, version: &str, more: &[Vec<u8>]) -> Value {
    let leaf = remove(&mut bundle, "/verificationMaterial/certificate");
    let mut certificates = vec![leaf];
    certificates.extend(more.iter().map(|der| json!({ "rawBytes": base64(der) })));
    bundle["verificationMaterial"]["x509CertificateChain"] = json!({ "certificates": certificates });
    bundle["mediaType"] = json!(format!("application/vnd.dev.sigstore.bundle+json;version={version}"));
    bundle
}

/// Leaves out what protobuf-JSON leaves out: zeros and empty lists.
pub(crate) fn omit_defaults(mut bundle: Value) -> Value {
    for pointer in [ENTRY, &format!("{ENTRY}/inclusionProof")] {
        let members = at(&mut bundle, pointer).as_object_mut().unwrap();
        members.retain(|_, value| *value != json!("0") && *value != json!([]));
    }
    bundle
}

/// Signs the checkpoint again with further lines.
fn extend_checkpoint(log: &Log, bundle: &mut Value, lines: &str) {
    let slot = at(bundle, CHECKPOINT);
    let text = slot.as_str().unwrap().split_once("\n\n").map(|(body, _)| format!("{body}\n{lines}")).unwrap();
    *slot = json!(log.seal(&text));
}

fn snake_case(value: &Value) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .map(|(key, value)| {
                let mut name = String::new();
                for character in key.chars() {
                    if character.is_ascii_uppercase() {
                        name.push('_');
                    }
                    name.push(character.to_ascii_lowercase());
                }
                (name, snake_case(value))
            })
            .collect(),
        Value::Array(items) => items.iter().map(snake_case).collect(),
        other => other.clone(),
    }
}

/// The signature of a bundle's message.
pub(crate) fn message_signature(bundle: &Value) -> Vec<u8> {
    from_base64(bundle["messageSignature"]["signature"].as_str().unwrap())
}
