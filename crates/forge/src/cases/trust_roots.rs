//! Trust roots: what is tolerated in them, what is not, and the PEM form.

use serde_json::{Value, json};

use crate::edit::{at, remove, with};
use crate::key::Secret;
use crate::signing::Signing;
use crate::stack::Stack;
use crate::text::{base64, pem};
use crate::vectors::{ARTIFACT, Case, Vectors};

const TWIN: &str = "honest/keyless-v2";

pub(crate) fn add(vectors: &mut Vectors, stack: &Stack) {
    tolerated(vectors, stack);
    refused(vectors, stack);
    pems(vectors, stack);
}

fn case(title: &str, stack: &Stack) -> Case {
    Case::keyless(title, "formats, trust root; issue 3", Signing::new(stack).message(ARTIFACT.as_bytes()))
}

/// Adds a member to every object.
fn extend(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.values_mut().for_each(extend);
            members.insert("unknownField".into(), json!({ "x": [1] }));
        }
        Value::Array(items) => items.iter_mut().for_each(extend),
        _ => {}
    }
}

fn tolerated(vectors: &mut Vectors, stack: &Stack) {
    let root = |change: &dyn Fn(&mut Value)| with(stack.trust_root(), |root| change(root));
    vectors.add(
        "trust-roots/unknown-fields",
        case("unknown fields at every level", stack).root(root(&|root| extend(root))),
    );
    vectors.add(
        "trust-roots/unknown-key-kinds",
        case("logs whose keys are of kinds that are not accepted do not count", stack).root(root(&|root| {
            for (list, details) in [("tlogs", "LMS_SHA256"), ("tlogs", "ML_DSA_65"), ("ctlogs", "A_KIND_OF_THE_FUTURE")]
            {
                let mut log = root[list][0].clone();
                log["publicKey"]["keyDetails"] = json!(details);
                log["publicKey"]["rawBytes"] = json!(base64([7; 60]));
                log["logId"]["keyId"] = json!(base64([7; 32]));
                root[list].as_array_mut().unwrap().insert(0, log);
            }
        })),
    );
    vectors.add(
        "trust-roots/weak-keys-beside",
        case("logs whose keys anybody can sign under do not count", stack).root(root(&|root| {
            for (name, key) in super::keyed::weak_ed25519() {
                for list in ["tlogs", "ctlogs"] {
                    let mut log = root[list][0].clone();
                    log["publicKey"]["keyDetails"] = json!("PKIX_ED25519");
                    log["publicKey"]["rawBytes"] = json!(base64(super::keyed::ed25519_spki(&key)));
                    log["logId"]["keyId"] = json!(base64(crate::key::sha256(name)));
                    root[list].as_array_mut().unwrap().insert(0, log);
                }
            }
        })),
    );
    vectors.add(
        "trust-roots/signing-config-beside",
        case("empty lists", stack).root(root(&|root| {
            root["timestampAuthorities"].as_array_mut().unwrap().truncate(1);
            root["extraLogs"] = json!([]);
        })),
    );
    for (name, media_type) in [
        ("v0.2-old", "application/vnd.dev.sigstore.trustedroot+json;version=0.2"),
        ("v0.2", "application/vnd.dev.sigstore.trustedroot.v0.2+json"),
    ] {
        let stated = root(&|root| root["mediaType"] = json!(media_type));
        vectors.add(&format!("trust-roots/media-type-{name}"), case("a trust root v0.2", stack).root(stated));
    }
}

fn refused(vectors: &mut Vectors, stack: &Stack) {
    let mut refuse = |name: &str, title: &str, code: &str, root: Value| {
        let case = case(title, stack).root_source(root).refused(code);
        vectors.add(&format!("trust-roots/{name}"), case.twin(TWIN));
    };
    let malformed = "ERR_TRUST_ROOT_MALFORMED";
    let mut spoilt = |name: &str, title: &str, code: &str, change: &dyn Fn(&mut Value)| {
        refuse(name, title, code, json!({ "json": with(stack.trust_root(), |root| change(root)) }));
    };
    spoilt("no-start", "a window without a start is malformed, not open", malformed, &|root| {
        *at(root, "/tlogs/1/publicKey/validFor") = json!({});
    });
    spoilt("authority-no-start", "an authority's window without a start", malformed, &|root| {
        *at(root, "/certificateAuthorities/0/validFor") = json!({ "end": "2030-01-01T00:00:00Z" });
    });
    spoilt("no-window", "a log without a window", malformed, &|root| {
        remove(root, "/tlogs/1/publicKey/validFor");
    });
    spoilt("window-no-time", "a window whose start is no time", malformed, &|root| {
        *at(root, "/tlogs/1/publicKey/validFor/start") = json!("yesterday");
    });
    spoilt("empty-chain", "an authority without certificates", malformed, &|root| {
        *at(root, "/certificateAuthorities/0/certChain/certificates") = json!([]);
    });
    spoilt("no-log-key", "a log without a key", malformed, &|root| {
        remove(root, "/tlogs/1/publicKey");
    });
    spoilt("no-host", "a log's URL without a host", malformed, &|root| {
        *at(root, "/tlogs/1/baseUrl") = json!("https://")
    });
    spoilt("media-type", "the media type of a bundle", malformed, &|root| {
        root["mediaType"] = json!("application/vnd.dev.sigstore.bundle.v0.3+json");
    });
    spoilt("list-object", "an object for a list", malformed, &|root| root["tlogs"] = json!({}));
    spoilt("base64", "a key that is no base64", "ERR_BASE64_MALFORMED", &|root| {
        *at(root, "/tlogs/1/publicKey/rawBytes") = json!("*");
    });
    spoilt("certificate", "an authority's certificate that is no DER", "ERR_CERTIFICATE_MALFORMED", &|root| {
        *at(root, "/certificateAuthorities/0/certChain/certificates/0/rawBytes") = json!(base64(b"certificate"));
    });
    spoilt(
        "key-of-another-kind",
        "a log whose key is of another kind than stated does not count",
        "ERR_LOG_UNTRUSTED",
        &|root| {
            *at(root, "/tlogs/1/publicKey/keyDetails") = json!("PKIX_ECDSA_P256_SHA_256");
        },
    );
    let code = "ERR_TRUST_ROOT_INCOMPLETE";
    for list in ["tlogs", "ctlogs"] {
        // Each third: a point of each order and some second spellings.
        for (name, key) in super::keyed::weak_ed25519().into_iter().step_by(3) {
            let spki = super::keyed::ed25519_spki(&key);
            spoilt(&format!("weak-{list}-{name}"), "the log's own key is one anybody can sign under", code, &|root| {
                for log in root[list].as_array_mut().unwrap() {
                    log["publicKey"]["keyDetails"] = json!("PKIX_ED25519");
                    log["publicKey"]["rawBytes"] = json!(base64(&spki));
                }
            });
        }
    }
    let text = stack.trust_root().to_string();
    refuse(
        "truncated",
        "a trust root cut in the middle",
        "ERR_JSON_MALFORMED",
        json!({ "text": &text[..text.len() / 2] }),
    );
    refuse("empty", "an empty file", "ERR_JSON_MALFORMED", json!({ "text": "" }));
    let twice = text.replacen(r#""tlogs":"#, r#""tlogs":[],"tlogs":"#, 1);
    refuse("duplicate-key", "a key twice", "ERR_JSON_DUPLICATE_KEY", json!({ "text": twice }));
    let lines = format!("{text}\n{text}\n");
    refuse("json-lines", "two roots, one a line", malformed, json!({ "text": lines }));
    let list = json!([stack.trust_root(), stack.trust_root()]).to_string();
    refuse("list", "two roots in a list", malformed, json!({ "text": list }));
    refuse("rest", "a root and something else", "ERR_JSON_MALFORMED", json!({ "text": format!("{text}\n[]\n") }));
    refuse("too-large", "4 MiB of blanks behind it", "ERR_INPUT_TOO_LARGE", json!({ "text": text, "blanks": 4 << 20 }));
}

/// The PEM form: Fulcio's certificates, logs with their origins, CT logs, timestamp authorities.
fn pems(vectors: &mut Vectors, stack: &Stack) {
    let tsa: String = stack.tsa.chain().iter().map(|der| pem("CERTIFICATE", der)).collect();
    let root = json!({
        "fulcio": stack.fulcio.pem(),
        "rekor": [
            { "pem": stack.rekor1.key.pem(), "origin": stack.rekor1.origin() },
            { "pem": stack.rekor2.key.pem(), "origin": stack.rekor2.origin() },
        ],
        "ctfe": [stack.ct.key.pem()],
        "tsa": [tsa],
    });
    let v1 = || Signing::v1(stack).message(ARTIFACT.as_bytes());
    let of = |title: &str, bundle: Value, change: &dyn Fn(&mut Value)| {
        Case::keyless(title, "design 2, TrustRoot.fromPem", bundle)
            .root_source(json!({ "pem": with(root.clone(), |root| change(root)) }))
    };
    let v2 = || Signing::new(stack).message(ARTIFACT.as_bytes());
    vectors.add("trust-roots/pem-v2", of("PEM texts, Rekor v2", v2(), &|_| ()));
    vectors.add("trust-roots/pem-v1", of("PEM texts, Rekor v1", v1(), &|_| ()));
    vectors.add(
        "trust-roots/pem-v1-no-tsa",
        of("PEM texts without a timestamp authority, Rekor v1", v1(), &|root| {
            remove(root, "/tsa");
        }),
    );
    vectors.add(
        "trust-roots/pem-crlf",
        of("PEM texts with carriage returns", v2(), &|root| {
            for slot in ["/fulcio", "/rekor/1/pem", "/ctfe/0", "/tsa/0"] {
                let text = at(root, slot);
                *text = json!(text.as_str().unwrap().replace('\n', "\r\n"));
            }
        }),
    );
    vectors.add(
        "trust-roots/pem-no-ctfe-none-required",
        of("no CT log, and none is required", v2(), &|root| {
            remove(root, "/ctfe");
        })
        .thresholds(json!({ "scts": 0 })),
    );
    let mut refuse = |name: &str, title: &str, code: &str, change: &dyn Fn(&mut Value)| {
        vectors
            .add(&format!("trust-roots/pem-{name}"), of(title, v2(), change).refused(code).twin("trust-roots/pem-v2"));
    };
    refuse("no-ctfe", "no CT log, but an SCT is required", "ERR_TRUST_ROOT_INCOMPLETE", &|root| {
        remove(root, "/ctfe");
    });
    refuse(
        "no-tsa",
        "no timestamp authority, and nothing else dates the signature",
        "ERR_TIMESTAMP_UNTRUSTED",
        &|root| {
            remove(root, "/tsa");
        },
    );
    refuse("other-log", "only the other log is pinned", "ERR_LOG_UNTRUSTED", &|root| {
        remove(root, "/rekor/1");
    });
    refuse("origin", "another origin is pinned", "ERR_LOG_UNTRUSTED", &|root| {
        *at(root, "/rekor/1/origin") = json!("log2027-1.rekor.forge.test");
    });
    refuse("fulcio-key", "a key where certificates are expected", "ERR_PEM_MALFORMED", &|root| {
        *at(root, "/fulcio") = json!(Secret::p256("x").pem());
    });
    refuse("rekor-certificate", "a certificate where a key is expected", "ERR_PEM_MALFORMED", &|root| {
        *at(root, "/rekor/1/pem") = json!(stack.fulcio.pem());
    });
    refuse("fulcio-empty", "no certificates", "ERR_PEM_MALFORMED", &|root| *at(root, "/fulcio") = json!(""));
    refuse("fulcio-cut", "a certificate that was cut", "ERR_PEM_MALFORMED", &|root| {
        let text = at(root, "/fulcio");
        *text = json!(&text.as_str().unwrap()[..300]);
    });
    let v1_origin = of("another tree id than the pinned one", v1(), &|root| {
        *at(root, "/rekor/0/origin") = json!("rekor1.forge.test - 7");
    });
    vectors.add("trust-roots/pem-v1-other-tree", v1_origin.refused("ERR_CHECKPOINT_ORIGIN").twin("trust-roots/pem-v1"));
}
