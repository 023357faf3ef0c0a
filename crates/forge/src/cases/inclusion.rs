//! Attacks 4 and 5: proofs for trees that the log never signed, and statements that contradict its checkpoint.

use serde_json::{Value, json};

use crate::edit::{CHECKPOINT, ENTRY, at, flip, remove, text, with};
use crate::merkle;
use crate::rekor::{Log, Place};
use crate::signing::Signing;
use crate::stack::Stack;
use crate::text::{base64, from_base64};
use crate::vectors::{ARTIFACT, Case, Vectors};
use crate::{key::sha256, note};

pub(crate) fn add(vectors: &mut Vectors, stack: &Stack) {
    for (era, log) in [("v1", &stack.rekor1), ("v2", &stack.rekor2)] {
        let signing = || if era == "v1" { Signing::v1(stack) } else { Signing::new(stack) };
        let good = signing().message(ARTIFACT.as_bytes());
        let edge = signing().place(Place { size: 5, index: 4, before: 0 }).message(ARTIFACT.as_bytes());
        let mut refuse = |name: &str, title: &str, source: &str, code: &str, bundle: Value| {
            let case = Case::keyless(title, source, bundle).refused(code).twin(&format!("honest/keyless-{era}"));
            vectors.add(&format!("inclusion/{era}-{name}"), case);
        };
        trees(&mut refuse, log, &good);
        paths(&mut refuse, &good, &edge);
        // Notes are of one form in both.
        if era == "v2" {
            notes(&mut refuse, log, &good);
        }
        vectors.add(
            &format!("inclusion/{era}-right-edge"),
            Case::keyless("five leaves, the last is ours", "attacks, log tests", edge),
        );
    }
    let v1 = || Signing::v1(stack).message(ARTIFACT.as_bytes());
    let mut refuse = |name: &str, title: &str, code: &str, bundle: Value| {
        let case = Case::keyless(title, "attacks 2 and 10", bundle).refused(code).twin("honest/keyless-v1");
        vectors.add(&format!("inclusion/{name}"), case);
    };
    let promise = format!("{ENTRY}/inclusionPromise/signedEntryTimestamp");
    refuse(
        "promise-flipped",
        "the promise's signature changed",
        "ERR_SET_INVALID",
        with(v1(), |b| flip(b, &promise, 0)),
    );
    let later = with(v1(), |b| *at(b, &format!("{ENTRY}/integratedTime")) = json!("1780315201"));
    refuse("promise-time", "the time changed by a second", "ERR_SET_INVALID", later);
    let index = with(v1(), |b| *at(b, &format!("{ENTRY}/logIndex")) = json!("3"));
    refuse("promise-index", "the global index changed", "ERR_SET_INVALID", index);
    let other_log = with(v1(), |b| {
        Log { key: stack.rekor2.key.clone(), ..stack.rekor1.clone() }.promise(at(b, ENTRY));
    });
    refuse("promise-by-another-log", "the promise is signed by another pinned log's key", "ERR_SET_INVALID", other_log);
    let zero = with(v1(), |b| {
        *at(b, &format!("{ENTRY}/integratedTime")) = json!("0");
        stack.rekor1.promise(at(b, ENTRY));
    });
    refuse("promise-without-time", "a promise over the time 0", "ERR_SET_INVALID", zero);
    let timed = with(Signing::new(stack).message(ARTIFACT.as_bytes()), |b| {
        at(b, ENTRY)["integratedTime"] = json!("1780315200");
    });
    vectors.add(
        "inclusion/v2-integrated-time",
        Case::keyless("a Rekor v2 entry with a time that nothing proves", "attacks 10", timed)
            .refused("ERR_ENTRY_MALFORMED")
            .twin("honest/keyless-v2"),
    );
}

type Refuse<'r> = dyn FnMut(&str, &str, &str, &str, Value) + 'r;

fn proof(field: &str) -> String {
    format!("{ENTRY}/inclusionProof/{field}")
}

/// States root, size and path of another tree.
fn state(bundle: &Value, root: &[u8], size: usize, index: usize, hashes: &[Vec<u8>]) -> Value {
    with(with_index(bundle.clone(), index), |b| {
        *at(b, &proof("rootHash")) = json!(base64(root));
        *at(b, &proof("treeSize")) = json!(size.to_string());
        *at(b, &proof("logIndex")) = json!(index.to_string());
        *at(b, &proof("hashes")) = json!(hashes.iter().map(base64).collect::<Vec<_>>());
    })
}

fn trees(refuse: &mut Refuse<'_>, log: &Log, good: &Value) {
    let leaf = merkle::leaf_hash(&from_base64(&text(good, &format!("{ENTRY}/canonicalizedBody"))));
    let lone = state(good, &leaf, 1, 0, &[]);
    refuse(
        "one-leaf-tree",
        "a proof for a one-leaf tree of the attacker's beside the log's checkpoint",
        "attacks 4",
        "ERR_CHECKPOINT_MISMATCH",
        lone.clone(),
    );
    let with_root = with(lone, |b| *at(b, &proof("rootHash")) = json!(text(good, &proof("rootHash"))));
    let with_root = with(with_root, |b| *at(b, &proof("treeSize")) = json!("5"));
    refuse(
        "one-leaf-tree-signed-root",
        "the same with the checkpoint's root and size stated",
        "attacks 4",
        "ERR_INCLUSION_PROOF_INVALID",
        with_root,
    );
    let attacker = Log { key: crate::key::Secret::p256("attacker"), ..log.clone() };
    let forged = with(state(good, &leaf, 1, 0, &[]), |b| *at(b, CHECKPOINT) = json!(attacker.checkpoint(1, &leaf)));
    let claimed = with(forged, |b| {
        // Under the log's own name and key id.
        let body = note::checkpoint(&log.origin(), 1, &leaf);
        let line = note::line(&log.host, &note::key_id(&log.host, &log.key), &attacker.key.sign(body.as_bytes()));
        *at(b, CHECKPOINT) = json!(note::note(&body, &[line]));
    });
    refuse(
        "attackers-checkpoint",
        "a one-leaf tree with a checkpoint that the attacker signed in the log's name",
        "attacks 4",
        "ERR_CHECKPOINT_SIGNATURE",
        claimed,
    );
    let other_root = with(good.clone(), |b| *at(b, CHECKPOINT) = json!(log.checkpoint(5, &sha256("another tree"))));
    refuse(
        "checkpoint-of-another-tree",
        "a valid checkpoint over another root",
        "attacks 5; log tests",
        "ERR_CHECKPOINT_MISMATCH",
        other_root.clone(),
    );
    let stated = with(other_root, |b| *at(b, &proof("rootHash")) = json!(base64(sha256("another tree"))));
    refuse(
        "checkpoint-of-another-tree-stated",
        "a valid checkpoint over another root, which the proof states too",
        "attacks 4",
        "ERR_INCLUSION_PROOF_INVALID",
        stated,
    );
    let larger = with(good.clone(), |b| {
        let root = from_base64(&text(b, &proof("rootHash")));
        *at(b, CHECKPOINT) = json!(log.checkpoint(6, &root));
    });
    refuse(
        "checkpoint-of-another-size",
        "a checkpoint of the same root and another size",
        "attacks 5",
        "ERR_CHECKPOINT_MISMATCH",
        larger,
    );
    for (name, field, value) in [
        ("stated-root", "rootHash", json!(base64(sha256("x")))),
        ("stated-root-empty", "rootHash", json!("")),
        ("stated-size", "treeSize", json!("6")),
        ("stated-size-zero", "treeSize", json!("0")),
    ] {
        let bundle = with(good.clone(), |b| *at(b, &proof(field)) = value);
        let title = format!("the proof states another {field} than the checkpoint");
        refuse(name, &title, "attacks 5", "ERR_CHECKPOINT_MISMATCH", bundle);
    }
}

/// Rekor v2's index stands in two places.
fn with_index(mut bundle: Value, index: usize) -> Value {
    let entry = at(&mut bundle, ENTRY);
    if entry.get("inclusionPromise").is_none() {
        entry["logIndex"] = json!(index.to_string());
    }
    bundle
}

fn paths(refuse: &mut Refuse<'_>, good: &Value, edge: &Value) {
    let invalid = "ERR_INCLUSION_PROOF_INVALID";
    for sibling in 0..3 {
        let bundle = with(good.clone(), |b| flip(b, &proof(&format!("hashes/{sibling}")), 7));
        refuse(&format!("sibling-{sibling}"), "an altered sibling hash", "log tests", invalid, bundle);
    }
    let bundle = with(edge.clone(), |b| flip(b, &proof("hashes/0"), 7));
    refuse("right-edge-sibling", "an altered sibling hash at the right edge", "log tests", invalid, bundle);
    let dropped = with(good.clone(), |b| {
        remove(b, &proof("hashes/2"));
    });
    refuse("sibling-dropped", "a hash too few", "RFC 9162 section 2.1.3.2", invalid, dropped);
    let extra =
        with(good.clone(), |b| at(b, &proof("hashes")).as_array_mut().unwrap().push(json!(base64(sha256("x")))));
    refuse("sibling-extra", "a hash too many", "RFC 9162 section 2.1.3.2", invalid, extra);
    let swapped = with(good.clone(), |b| at(b, &proof("hashes")).as_array_mut().unwrap().swap(0, 1));
    refuse("siblings-swapped", "two hashes changed places", "RFC 9162 section 2.1.3.2", invalid, swapped);
    for (name, index) in [("index-neighbour", 3), ("index-beyond", 5), ("index-far-beyond", 1 << 40)] {
        let moved = with_index(with(good.clone(), |b| *at(b, &proof("logIndex")) = json!(index.to_string())), index);
        refuse(name, "the proof is for another index", "RFC 9162 section 2.1.3.2", invalid, moved);
    }
    let short = with(good.clone(), |b| *at(b, &proof("hashes/1")) = json!(base64([1; 31])));
    refuse("sibling-short", "a hash of 31 octets", "RFC 6962 section 2.1", "ERR_BUNDLE_MALFORMED", short);
    if good.pointer(&format!("{ENTRY}/inclusionPromise")).is_none() {
        let split = with(good.clone(), |b| *at(b, &format!("{ENTRY}/logIndex")) = json!("3"));
        refuse("index-split", "entry and proof state two indexes", "rekor-v2-spec", "ERR_CHECKPOINT_MISMATCH", split);
    }
}

/// The checkpoint as a note.
fn notes(refuse: &mut Refuse<'_>, log: &Log, good: &Value) {
    let note_text = text(good, CHECKPOINT);
    let put = |text: String| with(good.clone(), |b| *at(b, CHECKPOINT) = json!(text));
    let (body, line) = note_text.split_once("\n\n").unwrap();
    let [origin, _, root] = body.split('\n').collect::<Vec<_>>()[..] else { unreachable!() };
    let source = "C2SP signed-note, tlog-checkpoint";

    let other = base64(sha256("another tree"));
    refuse(
        "note-root",
        "the root changed in the note",
        source,
        "ERR_CHECKPOINT_SIGNATURE",
        put(note_text.replace(root, &other)),
    );
    let resized = format!("{origin}\n6\n{root}\n\n{line}");
    refuse("note-size", "the size changed in the note", source, "ERR_CHECKPOINT_SIGNATURE", put(resized));
    let (name, encoded) = line.trim_end().rsplit_once(' ').unwrap();
    let mut signature = from_base64(encoded);
    *signature.last_mut().unwrap() ^= 1;
    let flipped = format!("{body}\n\n{name} {}\n", base64(&signature));
    refuse("note-signature", "the signature changed", source, "ERR_CHECKPOINT_SIGNATURE", put(flipped));
    let twice = format!("{note_text}{name} {}\n", base64(&signature));
    let title = "a good and a bad signature by the log's key: a known key's bad signature refuses the note";
    refuse("note-good-and-bad", title, source, "ERR_CHECKPOINT_SIGNATURE", put(twice));
    refuse("note-unsigned", "no signature line", source, "ERR_CHECKPOINT_UNSIGNED", put(format!("{body}\n\n")));
    refuse("note-no-blank-line", "no blank line", source, "ERR_CHECKPOINT_MALFORMED", put(format!("{body}\n{line}")));
    refuse("note-cut", "no newline at the end", source, "ERR_CHECKPOINT_MALFORMED", put(note_text.trim_end().into()));
    refuse(
        "note-dash",
        "a hyphen in place of the dash",
        source,
        "ERR_CHECKPOINT_MALFORMED",
        put(note_text.replace('\u{2014}', "-")),
    );
    refuse("note-crlf", "carriage returns", source, "ERR_CHECKPOINT_MALFORMED", put(note_text.replace('\n', "\r\n")));

    for (name, title, text) in [
        ("signed-size-zeros", "the log signed a size with leading zeros", format!("{origin}\n005\n{root}\n")),
        ("signed-size-sign", "the log signed a size with a sign", format!("{origin}\n+5\n{root}\n")),
        ("signed-size-huge", "the log signed a size of 2^64", format!("{origin}\n18446744073709551616\n{root}\n")),
        ("signed-no-root", "the log signed a note without a root", format!("{origin}\n5\n")),
        ("signed-short-root", "the log signed a root of 31 octets", format!("{origin}\n5\n{}\n", base64([1; 31]))),
        ("signed-blank-line", "the log signed an empty extension line", format!("{origin}\n5\n{root}\n\nx\n")),
    ] {
        refuse(name, title, source, "ERR_CHECKPOINT_MALFORMED", put(log.seal(&text)));
    }
}
