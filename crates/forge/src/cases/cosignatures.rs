//! Witnesses: which lines of a checkpoint's note count towards the quorum, and which refuse it (C2SP
//! tlog-cosignature, signed-note, tlog-policy).

use serde_json::{Value, json};

use super::honest::message_signature;
use crate::edit::{CHECKPOINT, at, text, with};
use crate::key::Secret;
use crate::note;
use crate::rekor::Log;
use crate::signing::Signing;
use crate::stack::Stack;
use crate::time::{NOW, rfc3339};
use crate::vectors::{ARTIFACT, Case, Vectors};

/// When the witnesses sign: a minute after the log.
pub(super) const SEEN: u64 = NOW as u64 + 60;
const SOURCE: &str = "issue 6; C2SP tlog-cosignature";

/// A witness with an Ed25519 key.
pub(super) struct Witness {
    pub(super) name: String,
    pub(super) key: Secret,
}

impl Witness {
    pub(super) fn new(letter: &str) -> Self {
        Self { name: format!("{letter}.witness.test"), key: Secret::ed25519(&format!("witness {letter}")) }
    }

    /// The id of its cosignatures.
    pub(super) fn id(&self) -> Vec<u8> {
        note::typed_id(&self.name, 4, &self.key.ed25519_bytes())
    }

    /// Its key as text.
    pub(super) fn vkey(&self) -> String {
        note::vkey(&self.name, &self.id(), 4, &self.key.ed25519_bytes())
    }

    /// Its cosignature over a checkpoint's text.
    pub(super) fn line(&self, text: &str) -> String {
        note::cosignature_line(text, &self.name, &self.key, SEEN)
    }
}

/// The name and the octets of a witness key of ML-DSA-44: any octets do, since nobody here reads them.
const POST_QUANTUM: &str = "p.witness.test";

fn post_quantum_key() -> Vec<u8> {
    vec![0x51; 1312]
}

fn post_quantum_id() -> Vec<u8> {
    note::typed_id(POST_QUANTUM, 6, &post_quantum_key())
}

/// The vkey of the witness of ML-DSA-44.
pub(super) fn post_quantum_vkey() -> String {
    note::vkey(POST_QUANTUM, &post_quantum_id(), 6, &post_quantum_key())
}

/// A cosignature line of ML-DSA-44, of the right length or not.
pub(super) fn post_quantum_line(length: usize) -> String {
    let octets = [SEEN.to_be_bytes().as_slice(), &vec![0x52; length]].concat();
    note::line(POST_QUANTUM, &post_quantum_id(), &octets)
}

/// Lines of a policy for the witnesses `A`, `B` and `C`.
pub(super) fn three() -> String {
    ["a", "b", "c"].map(|letter| format!("witness {letter} {}\n", Witness::new(letter).vkey())).concat()
}

/// Two of three.
pub(super) fn two_of_three() -> String {
    three() + "group some 2 a b c\nquorum some\n"
}

/// The bundle with these lines after the log's own signature.
pub(super) fn cosigned(log: &Log, bundle: Value, lines: impl Fn(&str) -> Vec<String>) -> Value {
    cosigned_at(log, bundle, CHECKPOINT, lines)
}

fn cosigned_at(log: &Log, bundle: Value, place: &str, lines: impl Fn(&str) -> Vec<String>) -> Value {
    with(bundle, |bundle| {
        let (text, _) =
            text(bundle, place).split_once("\n\n").map(|(text, rest)| (format!("{text}\n"), rest.len())).unwrap();
        let own = note::signature_line(&text, &log.host, &log.key);
        *at(bundle, place) = json!(note::note(&text, &[vec![own], lines(&text)].concat()));
    })
}

pub(crate) fn add(vectors: &mut Vectors, stack: &Stack) {
    let (a, b) = (Witness::new("a"), Witness::new("b"));
    for (era, log) in [("v1", &stack.rekor1), ("v2", &stack.rekor2)] {
        let signing = || if era == "v1" { Signing::v1(stack) } else { Signing::new(stack) };
        let honest = signing().message(ARTIFACT.as_bytes());
        let case = |title: &str, lines: &dyn Fn(&str) -> Vec<String>| {
            let bundle = cosigned(log, honest.clone(), lines);
            Case::keyless(title, SOURCE, bundle).witnesses(&two_of_three(), "require")
        };
        let twin = format!("witnesses/{era}-quorum");
        vectors.add(&twin, case("two of three witnesses cosigned", &|text| vec![a.line(text), b.line(text)]));
        let one = case("one of three, two are required", &|text| vec![a.line(text)]);
        vectors.add(&format!("witnesses/{era}-one"), one.refused("ERR_WITNESS_QUORUM").twin(&twin));
        let nobody = case("no witness cosigned", &|_| vec![]);
        vectors.add(&format!("witnesses/{era}-nobody"), nobody.refused("ERR_WITNESS_QUORUM").twin(&twin));
        let other_tree = case("a cosignature over another tree", &|text| {
            vec![a.line(text), b.line(&text.replacen("\n5\n", "\n6\n", 1))]
        });
        vectors.add(&format!("witnesses/{era}-other-tree"), other_tree.refused("ERR_WITNESS_SIGNATURE").twin(&twin));
        let reported =
            case("nobody cosigned, and it is only reported", &|_| vec![]).witnesses(&two_of_three(), "report");
        vectors.add(&format!("witnesses/{era}-reported"), reported);
    }
    counted(vectors, stack);
    spoilt(vectors, stack);
    post_quantum(vectors, stack);
    circumstances(vectors, stack);
}

/// Lines that stand beside the quorum, or do not make one.
fn counted(vectors: &mut Vectors, stack: &Stack) {
    let (a, b, c) = (Witness::new("a"), Witness::new("b"), Witness::new("c"));
    let honest = Signing::new(stack).message(ARTIFACT.as_bytes());
    let case = |title: &str, lines: &dyn Fn(&str) -> Vec<String>| {
        let bundle = cosigned(&stack.rekor2, honest.clone(), lines);
        Case::keyless(title, SOURCE, bundle).witnesses(&two_of_three(), "require")
    };
    let stranger = Witness::new("stranger");
    let mut good = |name: &str, case: Case| vectors.add(&format!("witnesses/{name}"), case);
    good("all-three", case("all three cosigned", &|text| vec![c.line(text), b.line(text), a.line(text)]));
    good(
        "strangers",
        case("lines by nobody in the policy beside the quorum, ML-DSA-44 among them", &|text| {
            let unknown = note::line("x.witness.test", &[1, 2, 3, 4], &[7; 2428]);
            vec![stranger.line(text), unknown, a.line(text), note::line("y", &[9; 4], &[1]), b.line(text)]
        }),
    );
    good(
        "name-or-id-of-a-witness",
        case("lines under a witness's name with another id, and under its id with another name", &|text| {
            let octets = note::cosignature(text, &stranger.key, SEEN, SEEN);
            let named = note::line(&a.name, &stranger.id(), &octets);
            let numbered = note::line(&stranger.name, &a.id(), &octets);
            vec![named, numbered, a.line(text), b.line(text)]
        }),
    );
    good(
        "one-twice-beside-another",
        case("one witness cosigned twice, at two times, and another once", &|text| {
            vec![a.line(text), note::cosignature_line(text, &a.name, &a.key, SEEN + 9), b.line(text)]
        }),
    );
    let nested = three()
        + &["d", "e"].map(|letter| format!("witness {letter} {}\n", Witness::new(letter).vkey())).concat()
        + "group abc 2 a b c\n# another operator's\ngroup de any d e\ngroup both all abc de\nquorum both\n";
    let (d, e) = (Witness::new("d"), Witness::new("e"));
    good(
        "nested-groups",
        case("two of three, and one of another operator", &|text| vec![a.line(text), c.line(text), e.line(text)])
            .witnesses(&nested, "require"),
    );

    let mut short = |name: &str, twin: &str, case: Case| {
        vectors
            .add(&format!("witnesses/{name}"), case.refused("ERR_WITNESS_QUORUM").twin(&format!("witnesses/{twin}")));
    };
    let both =
        case("both of another operator, and one of three", &|text| vec![a.line(text), d.line(text), e.line(text)]);
    short("nested-groups-short", "nested-groups", both.witnesses(&nested, "require"));
    let twice = case("one witness twice, at two times: it counts once", &|text| {
        vec![a.line(text), note::cosignature_line(text, &a.name, &a.key, SEEN + 9)]
    });
    short("one-twice", "one-twice-beside-another", twice);
    short(
        "strangers-alone",
        "strangers",
        case("one witness, and one who is not in the policy", &|text| vec![a.line(text), stranger.line(text)]),
    );
    let renamed = case("a witness's key under a name of its own", &|text| {
        vec![a.line(text), note::cosignature_line(text, "b2.witness.test", &b.key, SEEN)]
    });
    short("other-name", "v2-quorum", renamed);
    let bare = case("a witness's plain signature on the note, type 0x01", &|text| {
        let line = note::line(&b.name, &note::key_id(&b.name, &b.key), &b.key.sign(text.as_bytes()));
        vec![a.line(text), line]
    });
    short("other-type", "v2-quorum", bare);
    let own = case("the log cosigned its own tree", &|text| {
        vec![a.line(text), note::cosignature_line(text, &stack.rekor2.host, &stack.rekor2.key, SEEN)]
    });
    short("log-itself", "v2-quorum", own);
}

/// A known witness's bad line refuses the note, whoever else cosigned.
fn spoilt(vectors: &mut Vectors, stack: &Stack) {
    let (a, b, c) = (Witness::new("a"), Witness::new("b"), Witness::new("c"));
    let honest = Signing::new(stack).message(ARTIFACT.as_bytes());
    let seen = |text: &str| note::cosignature(text, &c.key, SEEN, SEEN);
    type Octets<'o> = &'o dyn Fn(&str) -> Vec<u8>;
    let lines: [(&str, &str, Octets<'_>); 10] = [
        ("time-changed", "the time is not the signed one", &|text| note::cosignature(text, &c.key, SEEN, SEEN + 1)),
        ("time-2-63", "a time above 2^63 - 1, signed", &|text| note::cosignature(text, &c.key, 1 << 63, 1 << 63)),
        ("time-year-10000", "a time that RFC 3339 cannot state, signed", &|text| {
            note::cosignature(text, &c.key, 253_402_300_800, 253_402_300_800)
        }),
        ("time-little-endian", "the time's octets in reverse", &|text| {
            let mut octets = seen(text);
            octets[..8].reverse();
            octets
        }),
        ("flipped", "one bit changed", &|text| {
            let mut octets = seen(text);
            *octets.last_mut().unwrap() ^= 1;
            octets
        }),
        ("colliding-id", "another key signed under the witness's name and id", &|text| {
            note::cosignature(text, &Secret::ed25519("attacker"), SEEN, SEEN)
        }),
        ("cut", "an octet is missing", &|text| seen(text)[..71].to_vec()),
        ("longer", "an octet follows", &|text| [seen(text).as_slice(), &[0]].concat()),
        ("without-time", "a signature over the note's text alone", &|text| c.key.sign(text.as_bytes())),
        ("plain-with-time", "a time before a signature over the note's text alone", &|text| {
            [SEEN.to_be_bytes().as_slice(), &c.key.sign(text.as_bytes())].concat()
        }),
    ];
    for (name, title, octets) in lines {
        let bundle = cosigned(&stack.rekor2, honest.clone(), |text| {
            vec![a.line(text), b.line(text), note::line(&c.name, &c.id(), &octets(text))]
        });
        let case = Case::keyless(&format!("a third witness's line: {title}"), SOURCE, bundle);
        let case = case.witnesses(&two_of_three(), "require").refused("ERR_WITNESS_SIGNATURE");
        vectors.add(&format!("witnesses/bad-{name}"), case.twin("witnesses/all-three"));
    }
    let bad = |text: &str| note::line(&a.name, &a.id(), &note::cosignature(text, &a.key, SEEN, SEEN + 1));
    let beside = cosigned(&stack.rekor2, honest.clone(), |text| vec![a.line(text), bad(text), b.line(text)]);
    vectors.add(
        "witnesses/bad-beside-good",
        Case::keyless("a witness's good line, and a bad one by the same", SOURCE, beside)
            .witnesses(&two_of_three(), "require")
            .refused("ERR_WITNESS_SIGNATURE")
            .twin("witnesses/one-twice-beside-another"),
    );
    let reported = cosigned(&stack.rekor2, honest, |text| vec![bad(text)]);
    vectors.add(
        "witnesses/bad-reported",
        Case::keyless(
            "a known key's bad signature refuses the note, where the quorum is only reported",
            SOURCE,
            reported,
        )
        .witnesses(&two_of_three(), "report")
        .refused("ERR_WITNESS_SIGNATURE")
        .twin("witnesses/v2-reported"),
    );
}

/// ML-DSA-44 is recognised, and never counts.
fn post_quantum(vectors: &mut Vectors, stack: &Stack) {
    let a = Witness::new("a");
    let honest = Signing::new(stack).message(ARTIFACT.as_bytes());
    let policy = |group: &str| format!("{}witness p {}\n{group}\nquorum g\n", three(), post_quantum_vkey());
    let case = |title: &str, lines: &dyn Fn(&str) -> Vec<String>| {
        let bundle = cosigned(&stack.rekor2, honest.clone(), lines);
        Case::keyless(title, SOURCE, bundle).witnesses(&policy("group g any a p"), "require")
    };
    let twin = "witnesses/ml-dsa-beside-ed25519";
    vectors.add(twin, case("an ML-DSA-44 line beside the quorum", &|text| vec![post_quantum_line(2420), a.line(text)]));
    vectors.add(
        "witnesses/ml-dsa-counts-not",
        case("an ML-DSA-44 line alone", &|_| vec![post_quantum_line(2420)]).refused("ERR_WITNESS_QUORUM").twin(twin),
    );
    let short = case("an ML-DSA-44 line of another length", &|text| vec![post_quantum_line(2419), a.line(text)]);
    vectors.add("witnesses/ml-dsa-cut", short.refused("ERR_WITNESS_SIGNATURE").twin(twin));
    let needed = case("the quorum needs an ML-DSA-44 witness", &|text| vec![post_quantum_line(2420), a.line(text)]);
    let needed = needed.witnesses(&policy("group g all a p"), "require");
    vectors.add("witnesses/ml-dsa-needed", needed.refused("ERR_WITNESS_POLICY").twin(twin));
    let reported =
        case("the quorum needs an ML-DSA-44 witness, and is only reported", &|_| vec![post_quantum_line(2420)]);
    vectors.add("witnesses/ml-dsa-reported", reported.witnesses(&policy("group g all a p"), "report"));
}

/// Other requests, several entries, pinned keys.
fn circumstances(vectors: &mut Vectors, stack: &Stack) {
    const ENTRIES: &str = "/verificationMaterial/tlogEntries";
    const SECOND: &str = "/verificationMaterial/tlogEntries/1/inclusionProof/checkpoint/envelope";
    let (a, b) = (Witness::new("a"), Witness::new("b"));
    let quorum = |text: &str| vec![a.line(text), b.line(text)];
    let artifact = ARTIFACT.as_bytes();
    let good = cosigned(&stack.rekor2, Signing::new(stack).message(artifact), quorum);
    let case = |title: &str, bundle: &Value| {
        Case::keyless(title, SOURCE, bundle.clone()).witnesses(&two_of_three(), "require")
    };
    let judged = |title: &str, seconds: u64| {
        case(title, &good).request(json!({ "kind": "artifact", "now": rfc3339(seconds as i64) }))
    };
    vectors.add("witnesses/now", judged("cosigned at the caller's now", SEEN));
    vectors.add(
        "witnesses/after-now",
        judged("cosigned a second after the caller's now", SEEN - 1)
            .refused("ERR_TIME_IN_FUTURE")
            .twin("witnesses/now"),
    );

    let v1 = Signing::v1(stack).message(artifact);
    let second = v1.pointer(ENTRIES).unwrap()[0].clone();
    let one = with(good.clone(), |bundle| at(bundle, ENTRIES).as_array_mut().unwrap().push(second));
    let both = cosigned_at(&stack.rekor1, one.clone(), SECOND, quorum);
    vectors.add("witnesses/two-logs", case("entries in two logs, both cosigned", &both));
    vectors.add(
        "witnesses/two-logs-one-cosigned",
        case("entries in two logs, one cosigned: both count as logged", &one)
            .refused("ERR_WITNESS_QUORUM")
            .twin("witnesses/two-logs"),
    );

    let key = Secret::p256("publisher");
    let managed = Signing::new(stack).managed(key.clone()).message(artifact);
    let keyed = |title: &str, bundle: Value| {
        Case::keyed(title, SOURCE, &[key.pem()], bundle).witnesses(&two_of_three(), "require")
    };
    let good = cosigned(&stack.rekor2, managed.clone(), quorum);
    vectors.add("witnesses/keyed", keyed("a pinned key, two of three witnesses", good.clone()));
    vectors.add(
        "witnesses/keyed-nobody",
        keyed("a pinned key, no witness", managed).refused("ERR_WITNESS_QUORUM").twin("witnesses/keyed"),
    );
    let rootless = |mode: &str| {
        keyed("a pinned key without a trust root has no log to witness", good.clone())
            .witnesses(&two_of_three(), mode)
            .root_source(Value::Null)
    };
    for mode in ["require", "report"] {
        let case = rootless(mode).refused("ERR_OPTION_INVALID").twin("witnesses/keyed");
        vectors.add(&format!("witnesses/keyed-without-root-{mode}"), case);
    }
    let unlogged =
        keyed("no log entry is required, witnesses are", good.clone()).thresholds(json!({ "logEntries": 0 }));
    vectors.add("witnesses/keyed-no-entry", unlogged.refused("ERR_OPTION_INVALID").twin("witnesses/keyed"));
    let signature = message_signature(&good);
    let detached =
        Case::detached("a detached signature has no checkpoint to report about", SOURCE, &[key.pem()], &signature)
            .thresholds(json!({ "logEntries": 0 }))
            .witnesses(&two_of_three(), "report")
            .root(stack.trust_root());
    vectors.add("witnesses/keyed-detached-reported", detached);
}
