//! Each fuzz target over real files, whole and changed: a share of what `cargo fuzz` does for hours.
//!
//! `INKAN_FUZZ_ROUNDS` sets the changes of each file (40 unless set).
#![allow(missing_docs, reason = "a test")]

use std::fs;
use std::path::{Path, PathBuf};

/// Numbers that follow from a seed (xorshift64*).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(bound.max(1)).unwrap()).unwrap()
    }

    /// One to four edits: a bit, a byte of an interesting value, a cut, a piece twice, a number one more or less.
    fn change(&mut self, bytes: &mut Vec<u8>) {
        for _ in 0..=self.below(4) {
            let at = self.below(bytes.len());
            match (self.below(6), bytes.get_mut(at)) {
                (_, None) => bytes.push(0),
                (0, Some(byte)) => *byte ^= 1 << self.below(8),
                (1, Some(byte)) => *byte = [0, 0x7f, 0x80, 0xff, b'"', b'\\', b'0', b'}'][self.below(8)],
                (2, Some(byte)) => *byte = byte.wrapping_add(1),
                (3, Some(byte)) => *byte = byte.wrapping_sub(1),
                (4, _) => bytes.truncate(at),
                (_, _) => {
                    let end = at + self.below(bytes.len() - at).min(64);
                    let piece = bytes[at..end].to_vec();
                    let to = self.below(bytes.len());
                    bytes.splice(to..to, piece);
                }
            }
        }
    }
}

fn rounds() -> usize {
    std::env::var("INKAN_FUZZ_ROUNDS").map_or(40, |rounds| rounds.parse().unwrap())
}

fn vectors(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../test/vectors/real").join(path)
}

fn read(path: &str) -> Vec<u8> {
    fs::read(vectors(path)).unwrap()
}

/// Runs `target` over the file and over its changed copies.
fn run(target: impl Fn(&[u8]), file: &[u8], random: &mut Random) {
    target(file);
    for _ in 0..rounds() {
        let mut changed = file.to_vec();
        random.change(&mut changed);
        target(&changed);
    }
}

#[test]
fn parsers() {
    let mut random = Random(1);
    let bundle = read("catalogues/cases/series-01/bundle.sigstore.json");
    let files = [
        bundle.clone(),
        read("conformance/bundle-verify/happy-path-v0.3/bundle.sigstore.json"),
        read("conformance/bundle-verify/rekor2-dsse-happy-path/bundle.sigstore.json"),
        read("catalogues/cases/series-01/trusted_root.json"),
        read("catalogues/cases/series-01/catalogue.json"),
        read("catalogues/logs/a/rekor2.pub"),
        read("catalogues/logs/a/rekor2/log/checkpoint"),
    ];
    // Each parser sees every kind of file.
    for which in 0..inkan_fuzz::PARSERS {
        for file in &files {
            run(|bytes| inkan_fuzz::parsers(&[&[which], bytes].concat()), file, &mut random);
        }
    }
    let [certificate, timestamp] = ["rawBytes", "signedTimestamp"].map(|member| base64_member(&bundle, member));
    for (which, file) in [(5, certificate), (6, timestamp)] {
        for _ in 0..20 {
            run(|bytes| inkan_fuzz::parsers(&[&[which], bytes].concat()), &file, &mut random);
        }
    }
}

/// The bytes of the first base64 text of this name.
fn base64_member(bundle: &[u8], name: &str) -> Vec<u8> {
    let text = std::str::from_utf8(bundle).unwrap();
    let rest = text.split_once(&format!("\"{name}\"")).unwrap().1;
    inkan_core::encoding::base64::decode(rest.split('"').nth(1).unwrap()).unwrap()
}

#[test]
fn verification() {
    let mut random = Random(2);
    for (case, accepted) in [
        ("series-01", true),
        ("series-02", false),
        ("key-ecdsa-p256-tlog", false),
        ("dsse-keyless-email", false),
        ("v1-keyless-gha-notsa", false),
    ] {
        let bundle = read(&format!("catalogues/cases/{case}/bundle.sigstore.json"));
        assert_eq!(inkan_fuzz::verification(&bundle), accepted, "{case}");
        run(
            |bytes| {
                inkan_fuzz::verification(bytes);
            },
            &bundle,
            &mut random,
        );
    }
}

#[test]
fn ecdsa() {
    let mut random = Random(3);
    let mut counts = [0, 0];
    for _ in 0..rounds() * 10 {
        let length = 6 + random.below(80);
        let mut data: Vec<u8> = (0..length).map(|_| random.next().to_le_bytes()[7]).collect();
        // Three of four keep the key, one of four the signature too.
        if random.below(4) != 0 {
            data[5] = 0;
        }
        if random.below(4) == 0 {
            data[3] = 0;
        }
        data[0] &= if random.below(8) == 0 { 7 } else { 3 };
        counts[usize::from(inkan_fuzz::ecdsa(&data))] += 1;
    }
    assert!(counts.iter().all(|count| *count > rounds()), "refused, accepted: {counts:?}");
}
