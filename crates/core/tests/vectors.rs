//! Every vector of `test/vectors`, as JSON bundles, as binary ones, and with the artifact given as a digest.
//! The format is described in `test/vectors/README.md`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test program")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use inkan_core::bundle;
use inkan_core::crypto::HashAlgorithm;
use inkan_core::encoding::json::{self, Value};
use inkan_core::encoding::{base64, jcs};
use inkan_core::error::{Code, Error};
use inkan_core::trust::TrustRoot;
use inkan_core::verify::{KeyedVerifier, KeylessVerifier, Verifier};

/// Signed with a hash that ring does not support for the curve. The feature `ring-ecdsa` also refuses digests.
const RING_LACKS: [&str; 1] = ["forged/timestamps/signed-sha512.json"];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../test/vectors")
}

fn find_vectors(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            find_vectors(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "json") {
            found.push(path);
        }
    }
}

/// The vectors: everything below `cases` and `forged` that has an expectation.
fn vectors() -> BTreeMap<String, Vec<u8>> {
    let mut paths = Vec::new();
    for part in ["cases", "forged"] {
        find_vectors(&folder().join(part), &mut paths);
    }
    paths
        .into_iter()
        .map(|path| (path.strip_prefix(folder()).unwrap().display().to_string(), fs::read(&path).unwrap()))
        .filter(|(_, bytes)| json::parse(bytes, 1 << 26).unwrap().get("expect").is_some())
        .collect()
}

/// The JSON text of a part of a vector. Its spelling does not matter.
fn text(value: &Value<'_>) -> String {
    jcs::canonicalize(value).unwrap()
}

fn bytes(value: &Value<'_>) -> Vec<u8> {
    let member = |name: &str| value.get(name).and_then(Value::as_str);
    let mut bytes = if let Some(file) = member("file") {
        fs::read(folder().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
    } else if let Some(text) = member("text") {
        text.as_bytes().to_vec()
    } else if let Some(encoded) = member("base64").or(member("signature")) {
        base64::decode(encoded).unwrap()
    } else {
        text(value.get("json").expect("file, text, base64, signature or json")).into_bytes()
    };
    if let Some(Value::Number(count)) = value.get("blanks") {
        bytes.extend(std::iter::repeat_n(b' ', count.parse().unwrap()));
    }
    bytes
}

#[derive(Clone, Copy, PartialEq)]
enum Form {
    AsGiven,
    Binary,
    Digest,
}

/// `accept`, or the code of the refusal. `None` if the vector does not have this form.
fn run(vector: &Value<'_>, form: Form) -> Option<String> {
    match verdict(vector, form)? {
        Ok(_) => Some("accept".to_owned()),
        Err(error) => Some(error.code().text().to_owned()),
    }
}

fn verdict(vector: &Value<'_>, form: Form) -> Option<Result<String, Error>> {
    let stated = vector.get("bundle").unwrap();
    let mut evidence = bytes(stated);
    let mut request: Vec<(String, String)> = vector
        .get("request")
        .unwrap()
        .as_object()
        .unwrap()
        .iter()
        .map(|(key, value)| (key.to_string(), text(value)))
        .collect();
    if stated.get("signature").is_some() {
        request.push(("evidence".into(), "\"signature\"".into()));
    }
    let artifact = vector.get("artifact").unwrap();
    let digest = artifact.get("digest").and_then(Value::as_str).map(str::to_owned);
    let mut content = if digest.is_some() { Vec::new() } else { bytes(artifact) };
    let digest = match form {
        Form::Digest if digest.is_some() || request.contains(&("kind".into(), "\"catalogue\"".into())) => return None,
        Form::Digest => Some(HashAlgorithm::Sha256.digest(&std::mem::take(&mut content)).to_string()),
        Form::Binary if stated.get("signature").is_some() => return None,
        Form::Binary => {
            evidence = bundle::to_binary(&evidence).ok()?;
            digest
        }
        Form::AsGiven => digest,
    };
    if let Some(digest) = digest {
        request.push(("digest".into(), format!("\"{digest}\"")));
    }
    let members: Vec<String> = request.iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
    let request = format!("{{{}}}", members.join(","));
    Some(verifier(vector).and_then(|verifier| {
        let mut outcome = verifier.verify(&request, &evidence, &content);
        if let Some(error) = outcome.report().error() {
            return Err(error.clone());
        }
        let records = outcome.records().unwrap_or_default();
        let records = json::parse(records.as_bytes(), 1 << 20)?;
        let keys: Vec<&str> =
            records.as_array().unwrap().iter().map(|record| record.get("key").unwrap().as_str().unwrap()).collect();
        for key in &keys {
            outcome.judge(key, None, None)?;
        }
        for key in &keys {
            outcome.mark_stored(key);
        }
        outcome.release()
    }))
}

fn verifier(vector: &Value<'_>) -> Result<Verifier, Error> {
    let root = match vector.get("trustRoot") {
        None => None,
        Some(stated) => Some(Arc::new(match stated.get("pem") {
            Some(pem) => TrustRoot::from_pem(text(pem).as_bytes())?,
            None => match stated.get("origins") {
                Some(origins) => {
                    TrustRoot::from_json_with(&bytes(stated), &format!("{{\"origins\":{}}}", text(origins)))?
                }
                None => TrustRoot::from_json(&bytes(stated))?,
            },
        })),
    };
    let policy = vector.get("policy").unwrap();
    if policy.get("keys").is_some() {
        return KeyedVerifier::new(&text(policy), root).map(Verifier::Keyed);
    }
    // The Rust types require a trust root. If there is none, the TypeScript API refuses with this code.
    let root = root.ok_or_else(|| Error::new(Code::OptionInvalid))?;
    KeylessVerifier::new(root, &text(policy)).map(Verifier::Keyless)
}

#[test]
fn every_vector_has_its_verdict() {
    let vectors = vectors();
    assert!(vectors.len() > 100, "only {} vectors found", vectors.len());
    let only = std::env::var("INKAN_VECTOR").unwrap_or_default();
    let mut wrong = Vec::new();
    for (name, source) in vectors.iter().filter(|(name, _)| name.contains(&only)) {
        let vector = json::parse(source, 1 << 26).unwrap();
        let expected = vector.get("expect").unwrap().as_str().unwrap();
        let found = run(&vector, Form::AsGiven).unwrap();
        let by_digest = vector.get("artifact").unwrap().get("digest").is_some();
        let refused_by_ring = (by_digest && found == "ERR_ARTIFACT_DIGEST") || RING_LACKS.contains(&name.as_str());
        if cfg!(feature = "ring-ecdsa") && refused_by_ring {
            continue;
        }
        if found != expected {
            let error = verdict(&vector, Form::AsGiven).unwrap().err().map(|error| error.to_string());
            wrong.push(format!("{name}: expected {expected}, found {found}: {}", error.unwrap_or_default()));
        }
        if let Some(binary) = run(&vector, Form::Binary)
            && binary != found
        {
            wrong.push(format!("{name}: {found} as given, {binary} as a binary bundle"));
        }
        // If the signature needs another digest, or the whole message, the refusal has a code of its own.
        if let Some(digest) = run(&vector, Form::Digest)
            && digest != found
            && digest != "ERR_ARTIFACT_DIGEST"
        {
            wrong.push(format!("{name}: {found} with the artifact, {digest} with its digest"));
        }
    }
    assert!(wrong.is_empty(), "{} of {} wrong\n{}", wrong.len(), vectors.len(), wrong.join("\n"));
}

#[test]
fn every_refusal_has_a_twin_that_is_accepted() {
    for (name, source) in vectors().iter().filter(|(name, _)| name.starts_with("forged")) {
        let vector = json::parse(source, 1 << 26).unwrap();
        if vector.get("expect").unwrap().as_str() == Some("accept") {
            continue;
        }
        let twin = vector.get("twin").and_then(Value::as_str).unwrap_or_else(|| panic!("{name} names no twin"));
        let twin = fs::read(folder().join(twin)).unwrap_or_else(|error| panic!("{name}: {twin}: {error}"));
        let twin = json::parse(&twin, 1 << 26).unwrap();
        assert_eq!(twin.get("expect").unwrap().as_str(), Some("accept"), "{name}");
    }
}
