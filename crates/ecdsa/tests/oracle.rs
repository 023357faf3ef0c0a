//! Compares with ring on signatures that are good, bad or contrived. Both must give the same verdict, for prepared keys
//! and others.
//!
//! `INKAN_ECDSA_ROUNDS` sets the number of rounds (2000 by default), `INKAN_ECDSA_SEED` the starting point. ring hashes
//! the message itself. So where a test chooses the digest, a textbook model in big integers is the oracle instead.
// The oracle gets the numbers of an equation one by one.
#![allow(clippy::too_many_arguments)]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    missing_docs,
    unreachable_pub,
    reason = "a test may fail"
)]

mod model;

use inkan_ecdsa::{Curve, Error, PreparedKey, PublicKey, parse_der_signature};
use model::{Model, Point, Pool, Random, der};
use num_bigint::BigUint;
use ring::digest::{Algorithm, SHA256, SHA384, digest};
use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA384_ASN1, ECDSA_P384_SHA256_ASN1, ECDSA_P384_SHA384_ASN1,
    EcdsaVerificationAlgorithm, UnparsedPublicKey,
};

struct Suite {
    model: Model,
    hashes: [(&'static Algorithm, &'static EcdsaVerificationAlgorithm); 2],
    pool: Pool,
    /// Keys that many rounds share, with their tables.
    known: Vec<Key>,
}

struct Key {
    /// The private key, if known.
    d: Option<BigUint>,
    point: Point,
    pinned: PreparedKey,
}

impl Key {
    fn new(model: &Model, d: Option<BigUint>, point: Point) -> Self {
        let pinned = PreparedKey::from_sec1(model.curve, &model.sec1(&point)).expect("a point of the curve");
        Self { d, point, pinned }
    }
}

impl Suite {
    fn new(curve: Curve, random: &mut Random) -> Self {
        let model = Model::new(curve);
        let hashes = match curve {
            Curve::P256 => [(&SHA256, &ECDSA_P256_SHA256_ASN1), (&SHA384, &ECDSA_P256_SHA384_ASN1)],
            Curve::P384 => [(&SHA256, &ECDSA_P384_SHA256_ASN1), (&SHA384, &ECDSA_P384_SHA384_ASN1)],
        };
        let scalars: Vec<_> =
            (0..24).map(|i| if i < 4 { BigUint::from(1u8) << i } else { random.scalar(&model.n) }).collect();
        let mut pool = Pool::new(&model, scalars);
        let known = (0..6)
            .map(|i| {
                let (d, point) = pool.get(&model, i, random.below(24));
                Key::new(&model, Some(d), point)
            })
            .collect();
        Self { model, hashes, pool, known }
    }

    /// One round of a kind chosen at random. Gives the kind, and whether the signature was accepted.
    fn round(&mut self, random: &mut Random) -> (&'static str, bool) {
        let (hash, ring) = self.hashes[random.below(2)];
        let len = random.below(64);
        let message = random.bytes(len);
        let e = self.model.digest(digest(hash, &message).as_ref()) % &self.model.n;
        let n = self.model.n.clone();
        let compare =
            |model: &Model, key: &Key, r: &BigUint, s: &BigUint| compare(model, ring, hash, key, &message, &der(r, s));
        // The contrived kinds multiply points in big integers and are rare, as that takes milliseconds.
        if random.below(32) != 0 {
            let i = random.below(self.known.len());
            let nonce = self.nonce(random);
            let key = &self.known[i];
            let d = key.d.as_ref().expect("known");
            let (r, s) = sign(&self.model, &e, d, &nonce);
            let model = &self.model;
            return match random.below(8) {
                0..=2 => {
                    let s = if random.below(2) == 0 { &n - &s } else { s };
                    let accepted = compare(model, key, &r, &s);
                    assert!(accepted);
                    ("signed", accepted)
                }
                3 => ("r and s swapped or replaced", {
                    let edge = edge_scalar(model, random, &r);
                    match random.below(4) {
                        0 => compare(model, key, &s, &r),
                        1 => compare(model, key, &edge, &s),
                        2 => compare(model, key, &r, &edge),
                        _ => compare(model, key, &edge, &edge_scalar(model, random, &s)),
                    }
                }),
                4 => ("a bit of r or s flipped", {
                    let bit = random.below(8 * model.len) as u64;
                    let flip = |x: &BigUint| x ^ (BigUint::from(1u8) << bit);
                    if random.below(2) == 0 {
                        compare(model, key, &flip(&r), &s)
                    } else {
                        compare(model, key, &r, &flip(&s))
                    }
                }),
                5 => ("another message", {
                    let mut other = message.clone();
                    other.push(0);
                    let accepted = self::compare(model, ring, hash, key, &other, &der(&r, &s));
                    assert!(!accepted);
                    accepted
                }),
                6 => ("an octet of the DER changed", {
                    let mut der = der(&r, &s);
                    let at = if random.below(2) == 0 { random.below(8) } else { random.below(der.len()) };
                    match random.below(3) {
                        0 => der[at] = random.next() as u8,
                        1 => der.insert(at, random.next() as u8),
                        _ => drop(der.remove(at)),
                    }
                    self::compare(model, ring, hash, key, &message, &der)
                }),
                _ => ("another key", compare(model, &self.known[(i + 1) % self.known.len()], &r, &s)),
            };
        }
        let model = &self.model;
        match random.below(6) {
            0 => {
                // d = e/r: u1·G = u2·Q.
                let nonce = self.nonce(random);
                let model = &self.model;
                let r = nonce_r(model, &nonce);
                let d = model.divide(&e, &r);
                let key = Key::new(model, None, model.multiply(&d, &model.g));
                let (r, s) = sign(model, &e, &d, &nonce);
                let accepted = compare(model, &key, &r, &s);
                assert!(accepted);
                ("u1·G = u2·Q", accepted)
            }
            1 => {
                // d = -e/r: u1·G = -u2·Q for any s.
                let r = random.scalar(&n);
                let d = &n - model.divide(&e, &r);
                let key = Key::new(model, None, model.multiply(&d, &model.g));
                let accepted = compare(model, &key, &r, &random.scalar(&n));
                assert!(!accepted);
                ("u1·G = -u2·Q", accepted)
            }
            2 => {
                // Any point R with an x from n to p, by choosing Q = (R - u1·G)/u2. r = x - n.
                let (x, point) = self.liftable(random, |random| &n + random.scalar(&(&model.p - &n)) - 1u8);
                let r = x - &n;
                let accepted = r != BigUint::ZERO && self.contrived(&e, &r, &point, random, compare);
                assert!(accepted || r == BigUint::ZERO);
                ("x = r + n", accepted)
            }
            3 => {
                // R has x = r + n - p, which is r + n modulo the prime but not the integer: no signature.
                let (x, point) = self.liftable(random, |random| match random.below(2) {
                    0 => BigUint::from(random.below(1000)),
                    _ => random.scalar(&n),
                });
                let r = (&x + &model.p) - &n;
                let accepted = r < n && self.contrived(&e, &r, &point, random, compare);
                assert!(!accepted);
                ("x = r + n - p", accepted)
            }
            4 => {
                // A tiny or a huge r.
                let (x, point) = self.liftable(random, |random| {
                    let off = random.below(1000);
                    if random.below(2) == 0 { BigUint::from(off + 1) } else { &n - 1u8 - off }
                });
                let accepted = self.contrived(&e, &x, &point, random, compare);
                assert!(accepted);
                ("r near 0 or n", accepted)
            }
            _ => {
                // A tiny or a huge s.
                let (x, point) = self.liftable(random, |random| random.scalar(&n));
                let off = BigUint::from(random.below(3) + 1);
                let s = if random.below(2) == 0 { off } else { &n - off };
                let accepted = self.contrived_with(&e, &x, &s, &point, compare);
                assert!(accepted);
                ("s near 0 or n", accepted)
            }
        }
    }

    /// A point whose x is drawn by `draw`, again until there is one; either y.
    fn liftable(&self, random: &mut Random, draw: impl Fn(&mut Random) -> BigUint) -> (BigUint, Point) {
        loop {
            let x = draw(random);
            let point = self.model.lift(&x);
            if point.is_some() {
                let point = if random.below(2) == 0 { self.model.negate(&point) } else { point };
                return (x, point);
            }
        }
    }

    /// Compares on the key for which `u1·G + u2·Q` is the given point, with a random `s`.
    fn contrived(
        &self,
        e: &BigUint,
        r: &BigUint,
        point: &Point,
        random: &mut Random,
        compare: impl Fn(&Model, &Key, &BigUint, &BigUint) -> bool,
    ) -> bool {
        self.contrived_with(e, r, &random.scalar(&self.model.n), point, compare)
    }

    fn contrived_with(
        &self,
        e: &BigUint,
        r: &BigUint,
        s: &BigUint,
        point: &Point,
        compare: impl Fn(&Model, &Key, &BigUint, &BigUint) -> bool,
    ) -> bool {
        // Q = (s·R - e·G) / r
        let model = &self.model;
        let difference = model.add(&model.multiply(s, point), &model.negate(&model.multiply(e, &model.g)));
        let q = model.multiply(&model.divide(&BigUint::from(1u8), r), &difference);
        compare(model, &Key::new(model, None, q), r, s)
    }

    fn nonce(&mut self, random: &mut Random) -> (BigUint, Point) {
        let (i, j) = (random.below(24), random.below(24));
        self.pool.get(&self.model, i, j)
    }
}

fn nonce_r(model: &Model, nonce: &(BigUint, Point)) -> BigUint {
    &nonce.1.as_ref().expect("not infinity").0 % &model.n
}

/// The signature by `d` with a nonce and its point.
fn sign(model: &Model, e: &BigUint, d: &BigUint, nonce: &(BigUint, Point)) -> (BigUint, BigUint) {
    let r = nonce_r(model, nonce);
    let s = model.divide(&(e + &r * d), &nonce.0);
    (r, s)
}

fn edge_scalar(model: &Model, random: &mut Random, near: &BigUint) -> BigUint {
    let full = (BigUint::from(1u8) << (8 * model.len)) - 1u8;
    let base = match random.below(6) {
        0 => BigUint::ZERO,
        1 => model.n.clone(),
        2 => model.p.clone(),
        3 => full,
        4 => &model.p - &model.n,
        _ => near + &model.n,
    };
    let off = random.below(4);
    if random.below(2) == 0 && base > BigUint::from(off) { base - off } else { base + off }
}

fn verify_der(curve: Curve, sec1: &[u8], digest: &[u8], der: &[u8]) -> Result<(), Error> {
    let (r, s) = parse_der_signature(der)?;
    PublicKey::from_sec1(curve, sec1)?.verify_digest(digest, r, s)
}

/// The verdict, on which ring, the plain key and the prepared key must agree.
fn compare(
    model: &Model,
    ring: &'static EcdsaVerificationAlgorithm,
    hash: &'static Algorithm,
    key: &Key,
    message: &[u8],
    der: &[u8],
) -> bool {
    let sec1 = model.sec1(&key.point);
    let digest = digest(hash, message);
    let verdict = verify_der(model.curve, &sec1, digest.as_ref(), der);
    let context =
        || format!("{:?} {} {message:02x?} {sec1:02x?} {der:02x?}: {verdict:?}", model.curve, digest.as_ref().len());
    assert_eq!(UnparsedPublicKey::new(ring, &sec1).verify(message, der).is_ok(), verdict.is_ok(), "{}", context());
    // A table costs a few verifications: of the contrived keys, each met once, some get one.
    if key.d.is_some() || message.len().is_multiple_of(4) {
        if key.d.is_none() {
            key.pinned.prepare();
        }
        let pinned = parse_der_signature(der).and_then(|(r, s)| key.pinned.verify_digest(digest.as_ref(), r, s));
        assert_eq!(pinned, verdict, "{}", context());
    }
    verdict.is_ok()
}

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |value| value.parse().expect("a number"))
}

#[test]
fn agrees_with_ring() {
    let rounds = number("INKAN_ECDSA_ROUNDS", 2000);
    let mut random = Random(number("INKAN_ECDSA_SEED", 1));
    let mut suites = [Curve::P256, Curve::P384].map(|curve| Suite::new(curve, &mut random));
    let mut tally = std::collections::BTreeMap::new();
    for round in 0..rounds {
        // Ring takes ten times as long on P-384: two rounds of three are P-256.
        let suite = &mut suites[usize::from(round % 3 == 0)];
        let (kind, accepted) = suite.round(&mut random);
        let counts: &mut (u64, u64) = tally.entry((format!("{:?}", suite.model.curve), kind)).or_default();
        if accepted { counts.0 += 1 } else { counts.1 += 1 }
    }
    for ((curve, kind), (accepted, refused)) in tally {
        println!("{curve} {kind}: {accepted} accepted, {refused} refused");
    }
}

/// Digests no hash gives, on which the model is the oracle.
#[test]
fn chosen_digests() {
    let mut random = Random(7);
    for curve in [Curve::P256, Curve::P384] {
        let mut suite = Suite::new(curve, &mut random);
        let n = suite.model.n.clone();
        let exact = |x: BigUint, len: usize| {
            let bytes = x.to_bytes_be();
            let mut out = vec![0; len - bytes.len()];
            out.extend(bytes);
            out
        };
        let len = suite.model.len;
        let mut digests =
            vec![vec![], vec![0], vec![1], vec![0; len], vec![0; len + 1], vec![0xff; len], vec![0xff; 100]];
        for off in 0..3u8 {
            digests.extend([exact(&n - off, len), exact(&n + off, len), exact(BigUint::from(off), len)]);
        }
        digests.extend([1, 20, 31, 32, 33, 47, 48, 49, 64].map(|len| random.bytes(len)));
        for digest in digests {
            let e = suite.model.digest(&digest);
            let nonce = suite.nonce(&mut random);
            let key = &suite.known[0];
            let d = key.d.as_ref().expect("known");
            let (r, s) = sign(&suite.model, &e, d, &nonce);
            let public = PublicKey::from_sec1(curve, &suite.model.sec1(&key.point)).expect("a point");
            let verify = |digest: &[u8], r: &BigUint, s: &BigUint| {
                let verdict = public.verify_digest(digest, &r.to_bytes_be(), &s.to_bytes_be());
                assert_eq!(key.pinned.verify_digest(digest, &r.to_bytes_be(), &s.to_bytes_be()), verdict);
                assert_eq!(suite.model.verify(&key.point, digest, r, s), verdict.is_ok());
                verdict
            };
            assert_eq!(verify(&digest, &r, &s), Ok(()));
            // What is beyond the order's length does not count, what is within does.
            let mut longer = digest.clone();
            longer.push(0x55);
            assert_eq!(verify(&longer, &r, &s).is_ok(), digest.len() >= len);
            if !digest.is_empty() {
                let mut other = digest.clone();
                other[digest.len().min(len) - 1] ^= 1;
                assert_eq!(verify(&other, &r, &s), Err(Error::Signature));
            }
            // Leading zeros of r and s are ignored, whatever their number.
            let padded = exact(r.clone(), 100);
            assert_eq!(public.verify_digest(&digest, &padded, &s.to_bytes_be()), Ok(()));
            let wide = (&r + (BigUint::from(1u8) << 400u32)).to_bytes_be();
            assert_eq!(public.verify_digest(&digest, &wide, &s.to_bytes_be()), Err(Error::SignatureRange));
        }
    }
}

#[test]
fn keys() {
    for curve in [Curve::P256, Curve::P384] {
        let model = Model::new(curve);
        let good = model.sec1(&model.g);
        let refused = |point: &[u8]| {
            assert_eq!(PreparedKey::from_sec1(curve, point).err(), Some(Error::PublicKey));
            PublicKey::from_sec1(curve, point).err() == Some(Error::PublicKey)
        };
        assert_eq!(PublicKey::from_sec1(curve, &good).map(|key| key.curve()), Ok(curve));
        assert_eq!(PreparedKey::from_sec1(curve, &good).map(|key| key.curve()), Ok(curve));
        // Infinity, compressed, hybrid, other lengths, other curve.
        assert!(refused(&[]) && refused(&[0]) && refused(&vec![0; good.len()]) && refused(&vec![4; good.len()]));
        for form in [0, 2, 3, 5, 6, 7] {
            let mut other = good.clone();
            other[0] = form;
            assert!(refused(&other) && refused(&other[..=model.len]));
        }
        assert!(refused(&good[..good.len() - 1]) && refused(&[&good[..], &[0]].concat()));
        for bit in 8..8 * good.len() {
            let mut other = good.clone();
            other[bit / 8] ^= 1 << (bit % 8);
            assert!(refused(&other));
        }
        // Every x of a point that fits in the octets a second time, unreduced: x + p.
        for small in 0..20u8 {
            if let Some((x, y)) = model.lift(&small.into()) {
                let point = model.sec1(&Some((x.clone(), y.clone())));
                assert!(PublicKey::from_sec1(curve, &point).is_ok());
                let unreduced = Some((x + &model.p, y));
                assert!(refused(&model.sec1(&unreduced)));
            }
        }
        assert!(refused(&model.sec1(&Some((BigUint::ZERO, BigUint::ZERO)))));
    }
}
