//! Test vectors: what stands in `test/vectors/forged/<area>/<case>.json`, and the files they share.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value, json};

use crate::ca::{OIDC_ISSUER, WORKFLOW};
use crate::text::base64;

/// The artifact of most cases.
pub(crate) const ARTIFACT: &str = "the bytes that were signed\n";

/// One vector.
pub(crate) struct Case(Map<String, Value>);

impl Case {
    /// Keyless, under the honest trust root, for [`ARTIFACT`]; accepted unless [`Case::refused`] says otherwise.
    pub(crate) fn keyless(title: &str, source: &str, bundle: Value) -> Self {
        let policy = json!({ "identity": { "san": WORKFLOW, "issuer": OIDC_ISSUER } });
        Self::new(title, source, policy, json!({ "json": bundle }))
    }

    /// With these pinned keys, under the honest trust root.
    pub(crate) fn keyed(title: &str, source: &str, keys: &[String], bundle: Value) -> Self {
        Self::new(title, source, json!({ "keys": keys }), json!({ "json": bundle }))
    }

    /// With these pinned keys and a detached signature, without a trust root.
    pub(crate) fn detached(title: &str, source: &str, keys: &[String], signature: &[u8]) -> Self {
        let bundle = json!({ "signature": base64(signature) });
        let mut case = Self::new(title, source, json!({ "keys": keys }), bundle);
        case.0.shift_remove("trustRoot");
        case
    }

    fn new(title: &str, source: &str, policy: Value, bundle: Value) -> Self {
        let value = json!({
            "title": title,
            "source": source,
            "trustRoot": { "file": "forged/trusted_root.json" },
            "policy": policy,
            "request": { "kind": "artifact" },
            "bundle": bundle,
            "artifact": { "text": ARTIFACT },
            "expect": "accept",
        });
        let Value::Object(map) = value else { unreachable!() };
        Self(map)
    }

    fn set(mut self, field: &str, value: Value) -> Self {
        self.0.insert(field.into(), value);
        self
    }

    /// Refused with this code.
    pub(crate) fn refused(self, code: &str) -> Self {
        self.set("expect", json!(code))
    }

    /// Its accepted twin, `<area>/<case>` under forged.
    pub(crate) fn twin(self, name: &str) -> Self {
        let value = json!(format!("forged/{name}.json"));
        let mut out = Map::new();
        for (key, member) in self.0 {
            let source = key == "source";
            out.insert(key, member);
            if source {
                out.insert("twin".into(), value.clone());
            }
        }
        Self(out)
    }

    /// Under another trust root, inline.
    pub(crate) fn root(self, root: Value) -> Self {
        self.set("trustRoot", json!({ "json": root }))
    }

    /// Under another trust root, any form; null for none.
    pub(crate) fn root_source(mut self, root: Value) -> Self {
        if root.is_null() {
            self.0.shift_remove("trustRoot");
            return self;
        }
        self.set("trustRoot", root)
    }

    /// With another identity policy.
    pub(crate) fn identity(self, identity: Value) -> Self {
        self.set("policy", json!({ "identity": identity }))
    }

    /// With thresholds.
    pub(crate) fn thresholds(mut self, thresholds: Value) -> Self {
        self.0["policy"]["thresholds"] = thresholds;
        self
    }

    /// With a witness policy.
    pub(crate) fn witnesses(self, policy: &str, mode: &str) -> Self {
        self.option("witnesses", json!({ "policy": policy, "mode": mode }))
    }

    /// With another option of the policy.
    pub(crate) fn option(mut self, name: &str, value: Value) -> Self {
        self.0["policy"][name] = value;
        self
    }

    /// With another request.
    pub(crate) fn request(self, request: Value) -> Self {
        self.set("request", request)
    }

    /// With the bundle in another form.
    pub(crate) fn bundle(self, bundle: Value) -> Self {
        self.set("bundle", bundle)
    }

    /// For another artifact.
    pub(crate) fn artifact(self, artifact: &str) -> Self {
        self.set("artifact", json!({ "text": artifact }))
    }

    /// For another artifact, any form.
    pub(crate) fn artifact_source(self, artifact: Value) -> Self {
        self.set("artifact", artifact)
    }

    /// As an attestation.
    pub(crate) fn attestation(self) -> Self {
        self.request(json!({ "kind": "attestation" }))
    }
}

/// All files to write.
#[derive(Default)]
pub(crate) struct Vectors {
    cases: BTreeMap<String, Map<String, Value>>,
    files: BTreeMap<String, String>,
}

impl Vectors {
    /// Adds the case `<area>/<name>`.
    pub(crate) fn add(&mut self, name: &str, case: Case) {
        assert!(self.cases.insert(name.into(), case.0).is_none(), "{name} twice");
    }

    /// Writes the cases down. A bundle or a trust root that several have goes into a file of its own, named
    /// after the shortest-named honest case that has it, or the first case.
    pub(crate) fn settle(&mut self) {
        let mut cases = std::mem::take(&mut self.cases);
        for (member, folder) in [("bundle", "bundles"), ("trustRoot", "roots")] {
            let mut owners: BTreeMap<String, Vec<String>> = BTreeMap::new();
            for (name, case) in &cases {
                if let Some(json) = case.get(member).and_then(|source| source.get("json")) {
                    owners.entry(json.to_string()).or_default().push(name.clone());
                }
            }
            for (json, names) in owners.into_iter().filter(|(_, names)| names.len() > 1) {
                let honest = names.iter().filter(|name| name.starts_with("honest/")).min_by_key(|name| name.len());
                let name = honest.unwrap_or(&names[0]);
                let path = format!("forged/{folder}/{}.json", name.trim_start_matches("honest/").replace('/', "-"));
                self.file(&path, &serde_json::from_str(&json).unwrap());
                for name in &names {
                    cases.get_mut(name).unwrap()[member] = json!({ "file": path });
                }
            }
        }
        for (name, case) in cases {
            self.file(&format!("forged/{name}.json"), &Value::Object(case));
        }
    }

    /// Adds any JSON file, its path relative to test/vectors.
    pub(crate) fn file(&mut self, path: &str, value: &Value) {
        let Value::Object(members) = value else { panic!("{path}: no object") };
        // One line for each member: small, and a diff still says what changed.
        let lines: Vec<String> =
            members.iter().map(|(name, value)| format!("  {}: {value}", Value::String(name.clone()))).collect();
        let text = format!("{{\n{}\n}}\n", lines.join(",\n"));
        assert!(self.files.insert(path.into(), text).is_none(), "{path} twice");
    }

    /// The paths of what was added.
    pub(crate) fn contains(&self, path: &str) -> bool {
        self.files.contains_key(path)
    }

    /// Every refused case must have a twin, which is there and accepted.
    pub(crate) fn check_twins(&self) {
        for (path, text) in &self.files {
            let value: Value = serde_json::from_str(text).unwrap();
            let refused = value["expect"].as_str().is_some_and(|expect| expect != "accept");
            assert!(!refused || value["twin"].is_string(), "{path}: no twin");
            if let Some(twin) = value["twin"].as_str() {
                assert!(self.contains(twin), "{path}: no twin {twin}");
                let twin: Value = serde_json::from_str(&self.files[twin]).unwrap();
                assert_eq!(twin["expect"], "accept", "{path}: its twin is not accepted");
            }
        }
    }

    /// Writes everything below `root`, and removes what `folders` hold beside it.
    pub(crate) fn write(&self, root: &Path, folders: &[&str]) {
        for stray in self.strays(root, folders) {
            std::fs::remove_file(root.join(stray)).unwrap();
        }
        for (path, text) in &self.files {
            let file = root.join(path);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            if std::fs::read_to_string(&file).ok().as_deref() != Some(text) {
                std::fs::write(&file, text).unwrap();
            }
        }
        let bytes: usize = self.files.values().map(String::len).sum();
        println!("{} files, {bytes} bytes", self.files.len());
    }

    /// What differs from the files below `root`.
    pub(crate) fn drift(&self, root: &Path, folders: &[&str]) -> Vec<String> {
        let mut drift: Vec<String> = self.strays(root, folders).iter().map(|path| format!("{path} is stray")).collect();
        for (path, text) in &self.files {
            match std::fs::read_to_string(root.join(path)) {
                Ok(found) if &found == text => {}
                Ok(_) => drift.push(format!("{path} differs")),
                Err(_) => drift.push(format!("{path} is missing")),
            }
        }
        drift
    }

    fn strays(&self, root: &Path, folders: &[&str]) -> Vec<String> {
        let mut found = Vec::new();
        for folder in folders {
            list(&root.join(folder), folder, &mut found);
        }
        found.retain(|path| !self.files.contains_key(path));
        found
    }
}

fn list(folder: &Path, prefix: &str, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = format!("{prefix}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            list(&entry.path(), &path, found);
        } else {
            found.push(path);
        }
    }
}
