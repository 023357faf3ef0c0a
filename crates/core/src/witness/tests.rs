//! Tests of witness policies and of real cosignatures.

use super::cosignature::{CosignatureOutcome, verify_cosignature};
use super::policy::WitnessPolicy;
use super::quorum::{CosignedCheckpoint, verify_cosignatures};
use crate::crypto::sha256_parts;
use crate::encoding::{base64, hex};
use crate::error::{Code, Error};
use crate::limits;
use crate::log::inclusion::{IncludedEntry, verify_inclusion};
use crate::log::note::NoteSignature;
use crate::log::tests::{entries, log_of, logs, trust_root};

const CASE: &str = "conformance/bundle-verify/rekor2-dsse-happy-path";
const GEOMYS: &str = "witness.navigli.sunlight.geomys.org+a3e00fe2+BNy/co4C1Hn1p+INwJrfUlgz7W55dSZReusH/GhUhJ/G";
const STAGEMOLE: &str = "witness.stagemole.eu+67f7aea0+BEqSG3yu9YrmcM3BHvQYTxwFj3uSWakQepafafpUqklv";
const GOOGLE: &str =
    "staging.witness.transparency.goog/ring-any-bells+2e1a8dc9+BG5JTpLc3FJtwzgh1Uv+Qelz9qeOH2bfWjS1s0s+y4rL";

/// The vkey text of a key of type `kind`. Each `seed` makes another key.
fn vkey(name: &str, kind: u8, seed: u8) -> String {
    use ring::signature::{Ed25519KeyPair, KeyPair};
    let pair = Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap();
    let key = if kind == 6 { vec![seed; 1312] } else { pair.public_key().as_ref().to_vec() };
    let id = sha256_parts(&[name.as_bytes(), b"\n", &[kind], &key]);
    format!("{name}+{}+{}", hex::encode(&id[..4]), base64::encode(&[&[kind], key.as_slice()].concat()))
}

/// Witnesses `A` to `H`, as lines.
fn witnesses() -> String {
    let line = |letter: char, seed: u8| format!("witness {letter} {}\n", vkey(&format!("{letter}.example"), 4, seed));
    ('A'..='H').zip(1..).map(|(letter, seed)| line(letter, seed)).collect()
}

fn refusal(text: &str) -> Error {
    WitnessPolicy::parse(text).unwrap_err()
}

#[test]
fn reads_policies() {
    let head = witnesses();
    for (tail, words, met, unmet) in [
        ("quorum none\n", "none", "", None),
        ("quorum A\n", "A", "A", Some("B")),
        ("group g all A B\nquorum g\n", "g (all of A, B)", "AB", Some("AC")),
        ("group g any A B\nquorum g\n", "g (any of A, B)", "B", Some("C")),
        ("group g 2 A B C\nquorum g\n", "g (2 of A, B, C)", "AC", Some("B")),
        ("group g 1 A\nquorum g\n", "g (all of A)", "A", Some("")),
        (
            "group X 2 A B C\ngroup Y any D E F\ngroup both all X Y\nquorum both\n",
            "both (all of X (2 of A, B, C), Y (any of D, E, F))",
            "ABF",
            Some("ABC"),
        ),
        ("group X all A B\ngroup Y 2 X C D\nquorum Y\n", "Y (2 of X (all of A, B), C, D)", "ABD", Some("ACEFGH")),
        // A quorum may be a group that is also a member of another group.
        ("group X any A B\ngroup Y all X C\nquorum X\n", "X (any of A, B)", "A", Some("C")),
        ("\n# group X\n  \t# x\n\t quorum \t A \t\n\n", "A", "A", Some("")),
        ("group all all A\nquorum all\n", "all (all of A)", "A", Some("")),
    ] {
        let policy = WitnessPolicy::parse(&format!("{head}{tail}")).unwrap_or_else(|error| panic!("{tail}: {error}"));
        assert_eq!(policy.describe_quorum(), words);
        assert!(policy.is_met(|witness| met.contains(witness.name)), "{tail} {met}");
        assert!(unmet.is_none_or(|some| !policy.is_met(|witness| some.contains(witness.name))), "{tail} {unmet:?}");
        assert_eq!(policy.asks_nobody(), unmet.is_none());
    }
}

#[test]
fn reads_logs_urls_and_octets_without_a_meaning() {
    let text = format!(
        "quorum none\nlog {} https://log.example/\nlog {}\nlog {}\nwitness K {} u\nwitness \u{212a} {}\n",
        vkey("log.example", 1, 1),
        vkey("log.example", 1, 2),
        vkey("other.example", 6, 3),
        vkey("w", 4, 4),
        vkey("w", 6, 5),
    );
    let policy = WitnessPolicy::parse(&text).unwrap();
    assert_eq!(policy.describe_logs().split(", ").count(), 3);
    let names: Vec<_> = policy.witnesses().map(|witness| (witness.name, witness.is_read())).collect();
    assert_eq!(names, [("K", true), ("\u{212a}", false)]);
}

#[test]
fn refuses_policies_of_another_form() {
    let head = witnesses();
    for (tail, line) in [
        ("", None),
        ("quorum A", Some(9)),
        ("quorum A\nquorum A\n", Some(10)),
        ("quorum A\nquorum none\n", Some(10)),
        ("quorum Z\n", Some(9)),
        ("quorum\n", Some(9)),
        ("quorum A B\n", Some(9)),
        ("quorum A # the best\n", Some(9)),
        ("Quorum A\n", Some(9)),
        ("quorum a\n", Some(9)),
        ("quorum g\ngroup g any A\n", Some(9)),
        ("group g any A h\ngroup h any B\nquorum g\n", Some(9)),
        ("group g any g\nquorum g\n", Some(9)),
        ("group g any A A\nquorum g\n", Some(9)),
        ("group g any A B\ngroup h any B C\nquorum h\n", Some(10)),
        ("group g any A\ngroup h any g\ngroup i any g\nquorum h\n", Some(11)),
        ("group g any none\nquorum g\n", Some(9)),
        ("group g any\nquorum g\n", Some(9)),
        ("group g all\nquorum g\n", Some(9)),
        ("group g\nquorum g\n", Some(9)),
        ("group g 0 A\nquorum g\n", Some(9)),
        ("group g 2 A\nquorum g\n", Some(9)),
        ("group g 01 A\nquorum g\n", Some(9)),
        ("group g +1 A\nquorum g\n", Some(9)),
        ("group g -1 A\nquorum g\n", Some(9)),
        ("group g 1.0 A\nquorum g\n", Some(9)),
        ("group g 18446744073709551617 A\nquorum g\n", Some(9)),
        ("group g most A\nquorum g\n", Some(9)),
        ("group A any B\nquorum A\n", Some(9)),
        ("group none any B\nquorum none\n", Some(9)),
        ("quorum A\r\n", Some(9)),
        ("quorum\u{a0}A\n", Some(9)),
        ("quorum A\u{b}\n", Some(9)),
        ("# \u{7f}\nquorum A\n", Some(9)),
        ("policy 1\nquorum A\n", Some(9)),
        ("witness I\nquorum A\n", Some(9)),
        ("log\nquorum A\n", Some(9)),
    ] {
        let error = refusal(&format!("{head}{tail}"));
        let at = line.map(|line| format!("policy.witnesses.policy, line {line}"));
        assert_eq!((error.code(), error.subject()), (Code::WitnessPolicy, at.as_deref()), "{tail:?}");
    }
}

#[test]
fn refuses_keys_in_two_parts() {
    for lines in [
        format!("witness A {}\nwitness A {}\n", vkey("a", 4, 1), vkey("b", 4, 2)),
        format!("witness none {}\n", vkey("a", 4, 1)),
        format!("witness A {0}\nwitness B {0}\n", vkey("a", 4, 1)),
        format!("witness A {}\nwitness B {}\n", vkey("a", 4, 1), vkey("b", 4, 1)),
        format!("log {}\nlog {}\n", vkey("a", 1, 1), vkey("b", 1, 1)),
        format!("log {}\nwitness A {}\n", vkey("a", 1, 1), vkey("a", 4, 1)),
        format!("witness A {}\nlog {}\n", vkey("a", 4, 1), vkey("b", 1, 1)),
        format!("log {}\n", vkey("a", 4, 1)),
        format!("witness A {}\n", vkey("a", 1, 1)),
        format!("witness A {} a url\n", vkey("a", 4, 1)),
        format!("log {} a url\n", vkey("a", 1, 1)),
        format!("witness A {}\n", vkey("a", 4, 1).replace('+', " ")),
        format!("witness A {}=\n", vkey("a", 4, 1)),
    ] {
        let last = lines.lines().count();
        let error = refusal(&format!("{lines}quorum none\n"));
        let at = format!("policy.witnesses.policy, line {last}");
        assert_eq!((error.code(), error.subject()), (Code::WitnessPolicy, Some(at.as_str())), "{lines}");
    }
}

#[test]
fn bounds_policies() {
    let many = |count: u16| -> String {
        let lines = (1..=count).map(|seed| {
            let mut key = vec![0; 1312];
            key[..2].copy_from_slice(&seed.to_be_bytes());
            let id = sha256_parts(&[b"w\n\x06", &key]);
            format!("witness {seed} w+{}+{}\n", hex::encode(&id[..4]), base64::encode(&[&[6], key.as_slice()].concat()))
        });
        lines.collect::<String>() + "quorum none\n"
    };
    assert!(WitnessPolicy::parse(&many(256)).is_ok());
    assert_eq!(refusal(&many(257)).code(), Code::InputTooLarge);
    let comment = format!("quorum none\n#{}\n", " ".repeat(limits::WITNESS_POLICY_BYTES));
    assert_eq!(refusal(&comment).code(), Code::InputTooLarge);
}

/// The result of `policy` for the checkpoint of a case.
fn with_case<T>(policy: &str, judge: impl FnOnce(&IncludedEntry<'_>, CosignedCheckpoint<'_>) -> T) -> T {
    let policy = WitnessPolicy::parse(policy).unwrap();
    let (entries, logs) = (entries(CASE), logs(&trust_root(CASE)));
    let entry = &entries[0];
    let included = verify_inclusion(entry, log_of(entry, &logs).unwrap()).unwrap();
    let cosigned = verify_cosignatures(&policy, &included).unwrap();
    judge(&included, cosigned)
}

fn described(cosigned: &CosignedCheckpoint<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    cosigned.describe(&mut |line| lines.push(line.to_string()));
    lines
}

#[test]
fn real_cosignatures_verify() {
    let policy = format!(
        "witness geomys {GEOMYS}\nwitness stagemole {STAGEMOLE}\nwitness google {GOOGLE}\n\
         group three all geomys stagemole google\nquorum three\n"
    );
    with_case(&policy, |entry, cosigned| {
        cosigned.check_quorum().unwrap();
        let described = described(&cosigned);
        let expected = ["the tree of ", "cosigned by geomys (", "cosigned by stagemole (", "cosigned by google ("];
        assert_eq!(described.len(), expected.len(), "{described:?}");
        assert!(described.iter().zip(expected).all(|(line, start)| line.starts_with(start)), "{described:?}");
        assert_eq!(cosigned.witnesses_json().len(), 3);

        // Each octet of a cosignature is signed, and so is the checkpoint's text.
        let policy = WitnessPolicy::parse(&policy).unwrap();
        let text = entry.checkpoint().text();
        let verified = |line: &NoteSignature, text: &str| {
            let witness = policy.witness_of(line).unwrap();
            verify_cosignature(witness, line, text).map(|judged| matches!(judged, CosignatureOutcome::Verified(_)))
        };
        for line in entry.checkpoint().signatures().iter().filter(|line| policy.witness_of(line).is_some()) {
            assert!(verified(line, text).unwrap());
            for other in [text.trim_end(), &format!("{text}\n"), &text.replacen('.', ",", 1)] {
                assert_eq!(verified(line, other).unwrap_err().code(), Code::WitnessSignature);
            }
            for index in 0..line.signature.len() {
                let mut changed = line.clone();
                changed.signature[index] ^= 1;
                assert_eq!(verified(&changed, text).unwrap_err().code(), Code::WitnessSignature, "{index}");
            }
            for length in 1..line.signature.len() {
                let mut cut = line.clone();
                cut.signature.truncate(length);
                assert_eq!(verified(&cut, text).unwrap_err().code(), Code::WitnessSignature, "{length}");
            }
        }
    });
}

#[test]
fn a_quorum_counts_witnesses_of_the_policy_alone() {
    let stranger = vkey("stranger.example", 4, 9);
    with_case(&format!("witness a {GEOMYS}\nwitness b {stranger}\ngroup g all a b\nquorum g\n"), |_, cosigned| {
        let error = cosigned.check_quorum().unwrap_err();
        assert_eq!(error.code(), Code::WitnessQuorum);
        assert_eq!(error.expected_text(), Some("cosignatures by g (all of a, b)"));
        assert_eq!(error.found_text(), Some("cosigned by a; not by b"));
        let strangers = described(&cosigned).into_iter().filter(|line| line.starts_with("not counted: "));
        assert_eq!(strangers.count(), 2);
    });
    with_case(&format!("witness b {stranger}\nquorum b\n"), |_, cosigned| {
        assert_eq!(cosigned.check_quorum().unwrap_err().found_text(), Some("nobody cosigned; not by b"));
    });
    let other_log = vkey("log2025-alpha3.rekor.sigstage.dev", 1, 3);
    with_case(&format!("log {other_log}\nwitness a {GEOMYS}\nquorum a\n"), |_, cosigned| {
        let error = cosigned.check_quorum().unwrap_err();
        assert!(error.expected_text().unwrap().starts_with("a log that the witness policy names"));
        assert_eq!(cosigned.witnesses_json().len(), 1);
    });
}

#[test]
fn a_policy_cut_short_is_none() {
    let whole = format!("{}group g 2 A B C\ngroup h all g D\nquorum h\n", witnesses());
    assert!(WitnessPolicy::parse(&whole).is_ok());
    for end in 0..whole.len() {
        assert_eq!(refusal(&whole[..end]).code(), Code::WitnessPolicy, "{end}");
    }
}
