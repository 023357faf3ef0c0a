//! A textbook model of the two curves in big integers: slow, plain, and written apart from the crate, to make
//! signatures no signer would make.

use inkan_ecdsa::Curve;
use num_bigint::BigUint;
use std::collections::HashMap;

/// A point, or infinity.
pub type Point = Option<(BigUint, BigUint)>;

pub struct Model {
    pub curve: Curve,
    pub p: BigUint,
    pub n: BigUint,
    pub b: BigUint,
    pub g: Point,
    /// Octets of a coordinate, and of a scalar.
    pub len: usize,
}

fn hex(digits: &str) -> BigUint {
    BigUint::parse_bytes(digits.as_bytes(), 16).expect("hexadecimal")
}

impl Model {
    pub fn new(curve: Curve) -> Self {
        let one = BigUint::from(1u8);
        let power = |bits: u32| &one << bits;
        match curve {
            Curve::P256 => Self {
                curve,
                p: power(256) - power(224) + power(192) + power(96) - 1u8,
                n: hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"),
                b: hex("5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b"),
                g: Some((
                    hex("6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"),
                    hex("4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"),
                )),
                len: 32,
            },
            Curve::P384 => Self {
                curve,
                p: power(384) - power(128) - power(96) + power(32) - 1u8,
                n: hex(
                    "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973",
                ),
                b: hex(
                    "b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef",
                ),
                g: Some((
                    hex(
                        "aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7",
                    ),
                    hex(
                        "3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f",
                    ),
                )),
                len: 48,
            },
        }
    }

    fn minus(&self, a: &BigUint, b: &BigUint) -> BigUint {
        (a + &self.p - b) % &self.p
    }

    pub fn negate(&self, point: &Point) -> Point {
        point.as_ref().map(|(x, y)| (x.clone(), &self.p - y))
    }

    /// The group law by chords and tangents.
    pub fn add(&self, a: &Point, b: &Point) -> Point {
        let (Some((x1, y1)), Some((x2, y2))) = (a, b) else {
            return a.clone().or_else(|| b.clone());
        };
        let (rise, run) = if x1 != x2 {
            (self.minus(y2, y1), self.minus(x2, x1))
        } else if y1 == y2 {
            (self.minus(&(x1 * x1 * 3u8 % &self.p), &BigUint::from(3u8)), y1 * 2u8)
        } else {
            return None;
        };
        let slope = rise * run.modinv(&self.p)? % &self.p;
        let x = self.minus(&self.minus(&(&slope * &slope % &self.p), x1), x2);
        let y = self.minus(&(slope * self.minus(x1, &x) % &self.p), y1);
        Some((x, y))
    }

    /// `k·point`, bit by bit, in Jacobian coordinates and big integers.
    pub fn multiply(&self, k: &BigUint, point: &Point) -> Point {
        let (x2, y2) = point.as_ref()?;
        let one = BigUint::from(1u8);
        let mul = |a: &BigUint, b: &BigUint| a * b % &self.p;
        let minus = |a: &BigUint, b: &BigUint| self.minus(a, &(b % &self.p));
        let double = |(x, y, z): &(BigUint, BigUint, BigUint)| {
            let (yy, zz) = (mul(y, y), mul(z, z));
            let s = mul(x, &yy) * 4u8;
            let m = minus(x, &zz) * (x + &zz) * 3u8 % &self.p;
            let new_x = minus(&(&m * &m % &self.p), &(&s * 2u8));
            let new_y = minus(&(m * minus(&(s % &self.p), &new_x) % &self.p), &(&yy * &yy * 8u8));
            (new_x, new_y, y * z * 2u8 % &self.p)
        };
        let mut sum: Option<(BigUint, BigUint, BigUint)> = None;
        for bit in (0..k.bits()).rev() {
            sum = sum.as_ref().map(double);
            if !k.bit(bit) {
                continue;
            }
            let Some((x, y, z)) = &sum else {
                sum = Some((x2.clone(), y2.clone(), one.clone()));
                continue;
            };
            let zz = mul(z, z);
            let (h, r) = (minus(&mul(x2, &zz), x), minus(&mul(y2, &mul(&zz, z)), y));
            sum = if h != BigUint::ZERO {
                let hh = mul(&h, &h);
                let (hhh, v) = (mul(&h, &hh), mul(x, &hh));
                let new_x = minus(&mul(&r, &r), &(&hhh + &v * 2u8));
                let new_y = minus(&mul(&r, &minus(&v, &new_x)), &(y * hhh));
                Some((new_x, new_y, mul(z, &h)))
            } else if r == BigUint::ZERO {
                sum.as_ref().map(double)
            } else {
                None
            };
        }
        let (x, y, z) = sum?;
        let inverse = z.modinv(&self.p)?;
        let square = mul(&inverse, &inverse);
        Some((mul(&x, &square), mul(&y, &mul(&square, &inverse))))
    }

    /// A point with this x, if there is one: both primes are 3 modulo 4, so `c^((p+1)/4)` is a root of a square `c`.
    pub fn lift(&self, x: &BigUint) -> Point {
        if *x >= self.p {
            return None;
        }
        let square = (self.minus(&(x * x * x % &self.p), &(x * 3u8 % &self.p)) + &self.b) % &self.p;
        let root = square.modpow(&((&self.p + 1u8) >> 2), &self.p);
        (&root * &root % &self.p == square).then(|| (x.clone(), root))
    }

    /// The digest as SEC 1, 4.1.4 step 3 has it.
    pub fn digest(&self, digest: &[u8]) -> BigUint {
        BigUint::from_bytes_be(&digest[..digest.len().min(self.len)])
    }

    /// `a/b` modulo the order.
    pub fn divide(&self, a: &BigUint, b: &BigUint) -> BigUint {
        a * b.modinv(&self.n).expect("b is not 0 modulo the order") % &self.n
    }

    /// Verification in the textbook's words.
    pub fn verify(&self, q: &Point, digest: &[u8], r: &BigUint, s: &BigUint) -> bool {
        let zero = BigUint::ZERO;
        if *r == zero || *r >= self.n || *s == zero || *s >= self.n {
            return false;
        }
        let (u1, u2) = (self.divide(&self.digest(digest), s), self.divide(r, s));
        let sum = self.add(&self.multiply(&u1, &self.g), &self.multiply(&u2, q));
        sum.is_some_and(|(x, _)| x % &self.n == *r)
    }

    /// The uncompressed point.
    pub fn sec1(&self, point: &Point) -> Vec<u8> {
        let (x, y) = point.as_ref().expect("not infinity");
        let mut out = vec![4];
        for coordinate in [x, y] {
            let bytes = coordinate.to_bytes_be();
            out.resize(out.len() + self.len - bytes.len(), 0);
            out.extend(bytes);
        }
        out
    }
}

/// Points `k·G` at the price of one addition: sums of two out of a pool.
pub struct Pool {
    points: Vec<(BigUint, Point)>,
    sums: HashMap<(usize, usize), (BigUint, Point)>,
}

impl Pool {
    pub fn new(model: &Model, scalars: impl IntoIterator<Item = BigUint>) -> Self {
        let points =
            scalars.into_iter().map(|k| (model.multiply(&k, &model.g), k)).map(|(point, k)| (k, point)).collect();
        Self { points, sums: HashMap::new() }
    }

    /// The sum of the points chosen by two numbers. Up to some thousand sums are kept.
    pub fn get(&mut self, model: &Model, i: usize, j: usize) -> (BigUint, Point) {
        let (i, j) = (i % self.points.len(), j % self.points.len());
        if let Some(sum) = self.sums.get(&(i, j)) {
            return sum.clone();
        }
        let (a, b) = (&self.points[i], &self.points[j]);
        let sum = ((&a.0 + &b.0) % &model.n, model.add(&a.1, &b.1));
        if self.sums.len() < 4096 {
            self.sums.insert((i, j), sum.clone());
        }
        sum
    }
}

/// DER of two non-negative integers.
pub fn der(r: &BigUint, s: &BigUint) -> Vec<u8> {
    let mut body = Vec::new();
    for integer in [r, s] {
        let mut bytes = integer.to_bytes_be();
        if bytes[0] >= 0x80 {
            bytes.insert(0, 0);
        }
        body.extend([2, bytes.len() as u8]);
        body.extend(bytes);
    }
    let mut out = vec![0x30];
    if body.len() >= 0x80 {
        out.push(0x81);
    }
    out.push(body.len() as u8);
    out.extend(body);
    out
}

/// A small generator of reproducible numbers (Vigna, "splitmix64").
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    pub fn bytes(&mut self, len: usize) -> Vec<u8> {
        (0..len).map(|_| self.next() as u8).collect()
    }

    /// In `1..end`.
    pub fn scalar(&mut self, end: &BigUint) -> BigUint {
        let len = end.bits().div_ceil(8) as usize + 8;
        BigUint::from_bytes_be(&self.bytes(len)) % (end - 1u8) + 1u8
    }
}
