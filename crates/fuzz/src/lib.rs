//! Fuzz targets. Each takes any bytes and panics only where the library is wrong.
//!
//! Under `targets/` they are built for libFuzzer (`cargo fuzz`, see CONTRIBUTING.md); `tests/share.rs` runs each over a
//! small share of changed real files, on every run of the tests.

mod ecdsa;

pub use ecdsa::ecdsa;

use std::sync::{Arc, OnceLock};

use inkan_core::bundle::Bundle;
use inkan_core::catalogue::{Definition, DefinitionKind};
use inkan_core::encoding::json;
use inkan_core::key::PublicKey;
use inkan_core::log::note::SignedNote;
use inkan_core::log::vkey::VerifierKey;
use inkan_core::log_verifier::LogVerifier;
use inkan_core::state;
use inkan_core::timestamp::stated_time;
use inkan_core::trust::TrustRoot;
use inkan_core::verify::{KeyedVerifier, KeylessVerifier, Verifier};
use inkan_core::witness::policy::WitnessPolicy;
use inkan_core::x509::certificate::Certificate;
use inkan_core::{inspect, limits};

/// How many parsers [`parsers`] chooses from.
pub const PARSERS: u8 = 14;

/// Every parser of untrusted bytes, chosen by the first byte. None may panic, and what one accepts it must accept again.
pub fn parsers(data: &[u8]) {
    let Some((&which, bytes)) = data.split_first() else { return };
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    match which % PARSERS {
        0 => {
            let _ = json::parse(bytes, limits::BUNDLE_BYTES);
        }
        1 => {
            let _ = Bundle::parse(bytes);
        }
        2 => {
            let _ = inspect::bundle(bytes);
        }
        3 => {
            let _ = TrustRoot::from_json(bytes).map(|root| root.describe());
        }
        4 => {
            let _ = TrustRoot::from_pem(bytes);
        }
        5 => {
            // Reads it a second time with x509-parser, and must not differ.
            let _ = Certificate::from_der(bytes).map(|certificate| certificate.public_key().is_ok());
        }
        6 => {
            let _ = stated_time(bytes);
        }
        7 => {
            if let Ok(note) = SignedNote::parse(text) {
                assert_eq!(note.as_str(), text);
            }
        }
        8 => {
            if let Ok(key) = VerifierKey::parse(text) {
                let _ = key.to_string();
            }
        }
        9 => {
            if let Ok(policy) = WitnessPolicy::parse(text) {
                let _ = (policy.describe_quorum(), policy.can_be_met());
            }
        }
        10 => {
            if let Ok(described) = state::describe(text) {
                assert!(described.contains(text), "a record that is accepted is canonical");
            }
        }
        11 => {
            for kind in DefinitionKind::ALL {
                if let Ok(definition) = Definition::from_json(kind, bytes) {
                    let again = Definition::from_json(kind, definition.text().as_bytes()).unwrap();
                    assert_eq!(again.digest().unwrap(), definition.digest().unwrap());
                }
            }
        }
        12 => {
            let _ = PublicKey::from_pem(text);
        }
        _ => {
            let _ = log_verifier().check_fork(bytes);
        }
    }
}

fn log_verifier() -> &'static LogVerifier {
    static AUDIT: OnceLock<LogVerifier> = OnceLock::new();
    AUDIT.get_or_init(|| LogVerifier::from_pem(LOG_KEY, None).unwrap())
}

const LOG_KEY: &str = include_str!("../../../test/vectors/real/catalogues/logs/a/rekor2.pub");
const ROOT: &[u8] = include_bytes!("../../../test/vectors/real/catalogues/cases/series-01/trusted_root.json");
const ARTIFACT: &[u8] = include_bytes!("../../../test/vectors/real/catalogues/cases/series-01/catalogue.json");
const POLICY: &str = include_str!("../../../test/vectors/real/catalogues/cases/series-01/expected.json");

/// A whole verification of any bundle, keyless and keyed, for whoever signed. Must not panic, and must end in a verdict
/// that its report states. Says whether any of them was accepted.
pub fn verification(data: &[u8]) -> bool {
    static VERIFIERS: OnceLock<[Verifier; 2]> = OnceLock::new();
    let verifiers = VERIFIERS.get_or_init(|| {
        let root = Arc::new(TrustRoot::from_json(ROOT).unwrap());
        let member = |name: &str| -> String {
            let expected = json::parse(POLICY.as_bytes(), usize::MAX).unwrap();
            expected.get(name).and_then(json::Value::as_str).unwrap().to_owned()
        };
        let identity = format!(r#"{{"identity":{{"san":"{}","issuer":"{}"}}}}"#, member("identity"), member("issuer"));
        let keyed = format!(r#"{{"keys":["{}"]}}"#, LOG_KEY.replace('\n', "\\n"));
        [
            Verifier::Keyless(KeylessVerifier::new(Arc::clone(&root), &identity).unwrap()),
            Verifier::Keyed(KeyedVerifier::new(&keyed, Some(root)).unwrap()),
        ]
    });
    let mut accepted = false;
    for verifier in verifiers {
        for request in [r#"{"kind":"catalogue"}"#, r#"{"kind":"artifact"}"#, r#"{"kind":"attestation"}"#] {
            let verification = verifier.verify(request, data, ARTIFACT);
            let refused = verification.report().error().is_some();
            assert_eq!(verification.records().is_none(), refused, "a verdict, or records to store");
            accepted |= !refused;
        }
    }
    accepted
}
