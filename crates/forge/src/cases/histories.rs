//! Series of releases. Each has all the evidence that anybody can make for a signature once it is public: a proof from
//! another tree, an entry in another shard or log, another form of the signature, a later timestamp.
//! `test/state/histories.test.ts` plays them in random order.

use serde_json::{Value, json};

use crate::ca::{OIDC_ISSUER, WORKFLOW};
use crate::key::Secret;
use crate::rekor::Place;
use crate::signing::Signing;
use crate::stack::Stack;
use crate::time::NOW;
use crate::vectors::Vectors;

const RELEASES: i64 = 5;

/// How a publisher says which release is newer.
#[derive(Clone, Copy)]
enum Habit {
    Versions,
    /// Versions from the third release on.
    VersionsLater,
    Certificates,
}

pub(crate) fn add(vectors: &mut Vectors, stack: &Stack) {
    let mut shard = stack.clone();
    shard.rekor1.tree = Some(2);
    let mut sizes = 0;
    let mut series = |habit: Habit, key: Option<&Secret>| -> Value {
        (0..RELEASES).map(|release| made([stack, &shard], habit, key, release, &mut sizes)).collect()
    };
    let key = Secret::p256("publisher");
    let file = json!({
        "trustRoot": "forged/trusted_root.json",
        "identity": { "san": WORKFLOW, "issuer": OIDC_ISSUER },
        "key": key.pem(),
        "keyless versions": series(Habit::Versions, None),
        "keyless versions later": series(Habit::VersionsLater, None),
        "keyless certificates": series(Habit::Certificates, None),
        "keyed versions": series(Habit::Versions, Some(&key)),
    });
    vectors.file("forged/histories.json", &file);
}

/// One release: the catalogue, and every form of its evidence.
fn made(stacks: [&Stack; 2], habit: Habit, key: Option<&Secret>, release: i64, sizes: &mut usize) -> Value {
    let version = match habit {
        Habit::Versions => Some(release + 1),
        Habit::VersionsLater => (release >= 2).then_some(release),
        Habit::Certificates => None,
    };
    let mut catalogue = json!({ "server": "https://tools.example.com/mcp" });
    if let Some(version) = version {
        catalogue["version"] = json!(version);
    }
    catalogue["tools"] = json!([{ "name": format!("tool-{release}"), "inputSchema": {} }]);
    let catalogue = catalogue.to_string();
    // With versions the certificates may come in any order; two releases may share a second.
    let not_before = match habit {
        Habit::Versions => NOW - 60 - (release % 3),
        Habit::VersionsLater if release >= 2 => NOW - 50,
        _ => NOW - 60 + release,
    };
    let mut bundles = Vec::new();
    for variant in 0..5 {
        let [usual, shard] = stacks;
        let mut signing = if variant == 2 { Signing::v1(usual) } else { Signing::new(usual) };
        if variant == 4 {
            signing = Signing::v1(shard);
        }
        if let Some(key) = key {
            signing = signing.managed(key.clone());
        }
        signing = signing.leaf(move |leaf| {
            leaf.not_before = not_before;
            leaf.not_after = not_before + 600;
        });
        // The oldest release has the latest times, and the largest trees of some shards.
        signing = signing.when(NOW + [0, 1, 400, 500 - release * 20, 5][variant]);
        if variant >= 3 {
            signing = signing.signature(|signature| *signature = other_form(signature));
        }
        // Every tree has a size of its own, because the trees that are forged here have no common history.
        *sizes += 1;
        let size = 5 + *sizes * 61 % 211;
        let before = if variant == 4 { 1_000 } else { 0 };
        signing = signing.place(Place { size, index: *sizes * 7 % size, before });
        bundles.push(signing.message(catalogue.as_bytes()));
    }
    json!({ "catalogue": catalogue, "bundles": bundles })
}

/// The order of P-256.
const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad, 0xa7,
    0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

/// The other signature that verifies: (r, n - s) for (r, s).
fn other_form(der: &[u8]) -> Vec<u8> {
    let r_end = 4 + usize::from(der[3]);
    let (r, s) = (&der[2..r_end], &der[r_end + 2..]);
    let mut difference = [0_u8; 32];
    let mut padded = [0_u8; 32];
    let digits = if s.len() > 32 { &s[1..] } else { s };
    padded[32 - digits.len()..].copy_from_slice(digits);
    let mut borrow = 0_i32;
    for at in (0..32).rev() {
        let value = i32::from(ORDER[at]) - i32::from(padded[at]) - borrow;
        borrow = i32::from(value < 0);
        difference[at] = u8::try_from(value.rem_euclid(256)).unwrap();
    }
    let start = difference.iter().position(|byte| *byte > 0).unwrap();
    let mut integer = difference[start..].to_vec();
    if integer[0] >= 0x80 {
        integer.insert(0, 0);
    }
    let mut content = r.to_vec();
    content.extend([2, u8::try_from(integer.len()).unwrap()]);
    content.extend(integer);
    let mut signature = vec![0x30, u8::try_from(content.len()).unwrap()];
    signature.extend(content);
    signature
}
