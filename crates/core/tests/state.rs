//! The state records of a real catalogue: what they allow and refuse between verification and release.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test program")]

use std::fs;
use std::path::Path;
use std::sync::Arc;

use inkan_core::encoding::json;
use inkan_core::encoding::time::Time;
use inkan_core::error::Code;
use inkan_core::state::record::{LogMark, Order, ScopeMark};
use inkan_core::trust::TrustRoot;
use inkan_core::verify::{KeylessVerifier, Verification, Verifier};

const IDENTITY: &str = r#""identity":{"san":"https://github.com/acme/mcp-tools/.github/workflows/release.yml@refs/tags/v1.4.2","issuer":"http://127.0.0.1:18100/gha"}"#;

const CATALOGUE: &str = r#"{"kind":"catalogue","server":"https://tools.example.com/mcp"}"#;

/// A real catalogue that is verified and waits for its records.
fn verify_with(policy: &str, request: &str) -> Verification {
    let case = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../test/vectors/real/catalogues/cases/series-01");
    let read = |name: &str| fs::read(case.join(name)).unwrap();
    let root = Arc::new(TrustRoot::from_json(&read("trusted_root.json")).unwrap());
    let verifier = Verifier::Keyless(KeylessVerifier::new(root, &format!("{{{IDENTITY}{policy}}}")).unwrap());
    verifier.verify(request, &read("bundle.sigstore.json"), &read("catalogue.json"))
}

fn verify() -> Verification {
    verify_with("", CATALOGUE)
}

fn verdict(outcome: &Verification) -> String {
    let report = outcome.report().to_json();
    json::parse(report.as_bytes(), 1 << 20).unwrap().get("verdict").unwrap().as_str().unwrap().to_owned()
}

/// The keys of the log's and of the scope's record.
fn keys(outcome: &Verification) -> [String; 2] {
    let text = outcome.records().unwrap();
    let records = json::parse(text.as_bytes(), 1 << 20).unwrap();
    let member =
        |index: usize, name| records.as_array().unwrap()[index].get(name).unwrap().as_str().unwrap().to_owned();
    assert_eq!(
        (records.as_array().unwrap().len(), member(0, "kind"), member(1, "kind")),
        (2, "log".into(), "scope".into())
    );
    [member(0, "key"), member(1, "key")]
}

/// A verification that was judged with an empty store, the keys of its records, and the scope mark that it would write.
fn judged() -> (Verification, [String; 2], ScopeMark) {
    let mut outcome = verify();
    let [log, scope] = keys(&outcome);
    LogMark::from_text(&outcome.judge(&log, None, None).unwrap().unwrap()).unwrap();
    let mark = ScopeMark::from_text(&outcome.judge(&scope, None, None).unwrap().unwrap()).unwrap();
    (outcome, [log, scope], mark)
}

#[test]
fn verified_is_said_only_when_every_record_stands() {
    let (mut outcome, [log, scope], _) = judged();
    outcome.mark_stored(&log);
    assert_eq!(verdict(&outcome), "pending");
    outcome.mark_stored(&scope);
    assert_eq!(verdict(&outcome), "verified");
    outcome.release().unwrap();
    assert_eq!(outcome.release().unwrap_err().code(), Code::Internal);
}

#[test]
fn what_is_only_judged_does_not_stand() {
    let (mut outcome, ..) = judged();
    assert_eq!(verdict(&outcome), "pending");
    assert!(!outcome.report().to_json().contains("first use"));
    assert_eq!(outcome.release().unwrap_err().code(), Code::Internal);
}

#[test]
fn nothing_is_released_before_its_records_stand() {
    let mut early = verify();
    assert_eq!(early.release().unwrap_err().code(), Code::Internal);
    let refused = |mut outcome: Verification| {
        assert_eq!((verdict(&outcome).as_str(), outcome.release().unwrap_err().code()), ("refused", Code::Internal));
    };
    let mut unjudged = verify();
    let [log, _] = keys(&unjudged);
    unjudged.mark_stored(&log);
    refused(unjudged);
    let mut half = verify();
    half.judge(&log, None, None).unwrap();
    half.mark_stored(&log);
    refused(half);
    for wrong in [0, 1] {
        let (mut outcome, keys, _) = judged();
        outcome.mark_stored(&keys[0]);
        if wrong == 0 {
            outcome.mark_stored(&keys[0]);
        } else {
            outcome.mark_stored("log:0");
        }
        refused(outcome);
    }
    let (mut scope_first, [_, scope], _) = judged();
    scope_first.mark_stored(&scope);
    refused(scope_first);
    let (mut once, [log, _], _) = judged();
    once.mark_stored(&log);
    assert_eq!(once.release().unwrap_err().code(), Code::Internal);
    assert_eq!(verify().judge("log:0", None, None).unwrap_err().code(), Code::Internal);
}

#[test]
fn a_judgement_is_of_the_texts_seen_last() {
    let (mut outcome, [log, scope], mark) = judged();
    let stored = outcome.judge(&log, None, None).unwrap().unwrap();
    assert_eq!(outcome.judge(&log, Some(&stored), None), Ok(None));
    outcome.mark_stored(&log);
    assert!(outcome.report().to_json().contains("has not gone back"));
    assert_eq!(outcome.judge(&scope, Some(&mark.to_text()), None), Ok(None));
    assert_eq!(outcome.judge(&scope, None, None), Ok(Some(mark.to_text())));
    outcome.mark_stored(&scope);
    assert!(outcome.report().to_json().contains("first use of this scope"));
}

#[test]
fn a_refusal_is_final() {
    let mut outcome = verify();
    let [log, _] = keys(&outcome);
    assert_eq!(outcome.judge(&log, Some("0"), None).unwrap_err().code(), Code::StateCorrupt);
    assert_eq!((verdict(&outcome).as_str(), outcome.records()), ("refused", None));
    assert_eq!(outcome.judge(&log, None, None).unwrap_err().code(), Code::StateCorrupt);
    assert_eq!(outcome.release().unwrap_err().code(), Code::StateCorrupt);
}

#[test]
fn no_merge_of_stored_floor_and_seen_lowers_a_mark() {
    let (.., seen) = judged();
    let Order::NotBefore(not_before) = seen.order else { panic!("{seen:?}") };
    let with = |digest: u8, seconds: i64| {
        let mut mark = seen.clone();
        mark.order = Order::NotBefore(Time::from_micros(not_before.as_micros() + seconds * 1_000_000));
        if digest > 0 {
            mark.digest = [digest; 32];
        }
        mark
    };
    for (stored, floor, stands) in [
        (with(0, 5), with(0, 0), with(0, 5)),
        (with(0, 0), with(0, 5), with(0, 5)),
        (with(1, -1), with(0, -2), with(0, 0)),
        (with(0, -2), with(1, -1), with(0, 0)),
        (with(1, -1), with(2, -2), with(0, 0)),
    ] {
        let (mut outcome, [_, scope], _) = judged();
        let written = outcome.judge(&scope, Some(&stored.to_text()), Some(&floor.to_text())).unwrap();
        let written = written.map_or_else(|| stored.clone(), |text| ScopeMark::from_text(&text).unwrap());
        assert_eq!(written, stands, "{stored:?} {floor:?}");
    }
    for (stored, floor) in [(with(1, 0), with(0, 0)), (with(0, 0), with(1, 0)), (with(0, 0), with(1, 1))] {
        let (mut outcome, [_, scope], _) = judged();
        let refused = outcome.judge(&scope, Some(&stored.to_text()), Some(&floor.to_text())).unwrap_err();
        assert_eq!(refused.code(), Code::CatalogueRollback);
    }
}

#[test]
fn a_record_counts_only_under_its_own_key() {
    let (mut outcome, [log, scope], mark) = judged();
    let stored = outcome.judge(&log, None, None).unwrap().unwrap();
    let mut other_log = LogMark::from_text(&stored).unwrap();
    other_log.origin = "another.log".into();
    let mut other_scope = mark.clone();
    other_scope.name.server = Some("https://another.example".into());
    for (key, text) in
        [(&log, other_log.to_text()), (&scope, other_scope.to_text()), (&log, mark.to_text()), (&scope, stored)]
    {
        for (stored, floor) in [(Some(text.as_str()), None), (None, Some(text.as_str()))] {
            let (mut outcome, ..) = judged();
            assert_eq!(outcome.judge(key, stored, floor).unwrap_err().code(), Code::StateCorrupt, "{key} {text}");
        }
    }
}

#[test]
fn a_named_scope_outlives_its_policy_and_says_so() {
    const NAMED: &str = r#"{"kind":"catalogue","server":"https://tools.example.com/mcp","scope":"tools"}"#;
    let judge = |stored: Option<&str>| {
        let mut outcome = verify_with("", NAMED);
        let [log, scope] = keys(&outcome);
        outcome.judge(&log, None, None).unwrap();
        let text = outcome.judge(&scope, stored, None).map_err(|error| error.code())?;
        outcome.mark_stored(&log);
        outcome.mark_stored(&scope);
        Ok((text, outcome.report().to_json()))
    };
    let (first, _) = judge(None).unwrap();
    let mark = ScopeMark::from_text(&first.unwrap()).unwrap();
    let mut rotated = mark.clone();
    rotated.name.policy = "keys\nff".into();
    let (text, report) = judge(Some(&rotated.to_text())).unwrap();
    assert_eq!(text, None);
    assert!(report.contains("recorded under another policy: keys ff"), "{report}");
    rotated.order = Order::Version(9);
    rotated.digest = [1; 32];
    assert_eq!(judge(Some(&rotated.to_text())), Err(Code::CatalogueRollback));
}

#[test]
fn without_a_store_there_is_nothing_to_store() {
    let mut outcome = verify_with(r#","store":"none""#, CATALOGUE);
    assert_eq!((outcome.records().as_deref(), verdict(&outcome).as_str()), (Some("[]"), "verified"));
    let report = outcome.report().to_json();
    assert!(report.contains(r#""status":"not-required","details":["not compared with earlier"#), "{report}");
    outcome.release().unwrap();
}

#[test]
fn files_have_an_order_only_within_a_named_scope() {
    let kinds = |request: &str| verify_with("", request).records().unwrap().matches(r#""kind":"scope""#).count();
    assert_eq!(kinds(r#"{"kind":"artifact"}"#), 0);
    assert_eq!(kinds(r#"{"kind":"artifact","scope":"tools"}"#), 1);
    assert_eq!(kinds(CATALOGUE), 1);
}

#[test]
fn a_catalogue_that_names_a_server_needs_a_call_that_does() {
    let code = |request: &str| verify_with("", request).report().error().map(inkan_core::error::Error::code);
    assert_eq!(code(CATALOGUE), None);
    assert_eq!(code(r#"{"kind":"catalogue","anyServer":true}"#), None);
    assert_eq!(code(r#"{"kind":"catalogue"}"#), Some(Code::CatalogueServer));
    assert_eq!(code(r#"{"kind":"catalogue","server":"https://another.example"}"#), Some(Code::CatalogueServer));
}

#[test]
fn a_maximum_age_needs_a_time() {
    let request = |time: &str| format!(r#"{{"kind":"catalogue","anyServer":true{time}}}"#);
    let code = |time: &str| {
        let outcome = verify_with(r#","maxAgeSeconds":60"#, &request(time));
        outcome.report().error().map(inkan_core::error::Error::code)
    };
    assert_eq!(code(""), Some(Code::OptionInvalid));
    assert_eq!(code(r#","clock":"2026-11-22T22:52:30Z""#), None);
    assert_eq!(code(r#","clock":"2026-11-22T23:52:30Z""#), Some(Code::CatalogueExpired));
    assert_eq!(code(r#","now":"2026-11-22T22:00:00Z""#), Some(Code::TimeInFuture));
}

/// The log record that is written over `stored`.
fn log_record(policy: &str, stored: Option<&str>) -> Result<Option<String>, Code> {
    let mut outcome = verify_with(policy, CATALOGUE);
    let [log, _] = keys(&outcome);
    outcome.judge(&log, stored, None).map_err(|error| error.code())
}

#[test]
fn a_stored_log_record_is_what_the_log_signed() {
    let genuine = LogMark::from_text(&log_record("", None).unwrap().unwrap()).unwrap();
    assert_eq!(log_record("", Some(&genuine.to_text())), Ok(None));
    let changed = |change: &dyn Fn(&mut LogMark)| {
        let mut mark = genuine.clone();
        change(&mut mark);
        mark.to_text()
    };
    let larger = |mark: &mut LogMark| mark.tree_size += 1;
    let altered = |mark: &mut LogMark| {
        mark.tree_size += 1;
        let sizes = [genuine.tree_size, mark.tree_size].map(|size| format!("\n{size}\n"));
        mark.note = mark.note.replace(&sizes[0], &sizes[1]);
    };
    for stored in [
        // This is not a fork, because the log never signed the other root.
        changed(&|mark| mark.root_hash = [0; 32]),
        changed(&|mark| mark.note = String::new()),
        changed(&|mark| mark.note.truncate(mark.note.len() - 20)),
        changed(&|mark| mark.tree_size -= 1),
        changed(&larger),
        changed(&altered),
    ] {
        for policy in ["", r#","freshness":"log""#, r#","consistency":"offline""#] {
            assert_eq!(log_record(policy, Some(&stored)), Err(Code::StateCorrupt), "{policy} {stored}");
        }
        let mut outcome = verify_with(r#","consistency":"refuse""#, CATALOGUE);
        let [log, _] = keys(&outcome);
        assert_eq!(outcome.unproven(&log, Some(&stored), None).unwrap_err().code(), Code::StateCorrupt);
    }
}
