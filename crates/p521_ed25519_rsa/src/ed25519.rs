//! The group equation of Ed25519 and its variants (RFC 8032, section 5.1). The challenge's hash is the caller's.

use crate::modulus::{Modulus, Words, bits, to_be_bytes};

/// Bytes of an encoded point and of a scalar.
const LENGTH: usize = 32;

/// 2^255 - 19, big-endian, less `minus`.
const fn prime(minus: u8) -> [u8; LENGTH] {
    let mut bytes = [0xff; LENGTH];
    bytes[0] = 0x7f;
    bytes[LENGTH - 1] = 0xed - minus;
    bytes
}

/// The order of the group of prime order: 2^252 + 27742317777372353535851937790883648493, big-endian.
const L: [u8; LENGTH] = [
    0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x14, 0xde, 0xf9, 0xde, 0xa2, 0xf7, 0x9c, 0xd6, 0x58, 0x12,
    0x63, 0x1a, 0x5c, 0xf5, 0xd3, 0xed,
];

/// The base point, encoded: y = 4/5, x even.
const BASE: [u8; LENGTH] = {
    let mut bytes = [0x66; LENGTH];
    bytes[0] = 0x58;
    bytes
};

/// A point in extended coordinates: x = X/Z, y = Y/Z, x·y = T/Z (Hisil, Wong, Carter and Dawson 2008).
struct Point {
    x: Words,
    y: Words,
    z: Words,
    t: Words,
}

struct Curve {
    field: Modulus,
    zero: Words,
    /// d = -121665/121666
    d: Words,
}

impl Curve {
    fn new() -> Option<Self> {
        let field = Modulus::new(&prime(0))?;
        let zero = field.zero();
        let (numerator, denominator) = (field.parse(&[1, 0xdb, 0x41])?, field.parse(&[1, 0xdb, 0x42])?);
        let d = field.sub(&zero, &field.mul(&numerator, &field.pow(&denominator, &prime(2))));
        Some(Self { field, zero, d })
    }

    /// The sum of any two points, equal ones and the neutral one included (section 5.1.4): complete, since -1 is a
    /// square and d is none.
    fn add(&self, p: &Point, q: &Point) -> Point {
        let field = &self.field;
        let a = field.mul(&field.sub(&p.y, &p.x), &field.sub(&q.y, &q.x));
        let b = field.mul(&field.add(&p.y, &p.x), &field.add(&q.y, &q.x));
        let c = field.mul(&field.mul(&p.t, &field.add(&self.d, &self.d)), &q.t);
        let d = field.mul(&field.add(&p.z, &p.z), &q.z);
        let (e, f, g, h) = (field.sub(&b, &a), field.sub(&d, &c), field.add(&d, &c), field.add(&b, &a));
        Point { x: field.mul(&e, &f), y: field.mul(&g, &h), z: field.mul(&f, &g), t: field.mul(&e, &h) }
    }

    fn neutral(&self) -> Point {
        let (zero, one) = (&self.zero, self.field.one());
        Point { x: zero.clone(), y: one.clone(), z: one.clone(), t: zero.clone() }
    }

    /// Decodes a point (section 5.1.3). The coordinate must be below the prime, and x = 0 has one sign.
    fn decode(&self, encoded: &[u8; LENGTH]) -> Option<Point> {
        let field = &self.field;
        let mut bytes = *encoded;
        bytes.reverse();
        let odd = bytes[0] & 0x80 != 0;
        bytes[0] &= 0x7f;
        let y = field.parse(&bytes)?;
        let square = field.mul(&y, &y);
        let (u, v) = (field.sub(&square, field.one()), field.add(&field.mul(&self.d, &square), field.one()));
        // x² = u/v: x = u·v³·(u·v⁷)^((p-5)/8), or that times the root of -1.
        let v3 = field.mul(&field.mul(&v, &v), &v);
        let v7 = field.mul(&field.mul(&v3, &v3), &v);
        let mut x = field.mul(&field.mul(&u, &v3), &field.pow(&field.mul(&u, &v7), &fraction(5, 3)));
        if field.mul(&v, &field.mul(&x, &x)) != u {
            // 2^((p-1)/4)
            let two = field.add(field.one(), field.one());
            x = field.mul(&x, &field.pow(&two, &fraction(1, 2)));
        }
        if field.mul(&v, &field.mul(&x, &x)) != u || (x == self.zero && odd) {
            return None;
        }
        if is_odd(&field.value(&x)) != odd {
            x = field.sub(&self.zero, &x);
        }
        Some(Point { t: field.mul(&x, &y), z: field.one().clone(), x, y })
    }

    /// Decodes a point that a key may be: one under which a signature fits one message.
    fn decode_key(&self, encoded: &[u8; LENGTH]) -> Option<Point> {
        self.decode(encoded).filter(|point| !self.is_of_small_order(point))
    }

    /// Encodes a point (section 5.1.2).
    fn encode(&self, p: &Point) -> [u8; LENGTH] {
        let field = &self.field;
        let inverse = field.pow(&p.z, &prime(2));
        let mut out: [u8; LENGTH] = to_be_bytes(&field.value(&field.mul(&p.y, &inverse)));
        if is_odd(&field.value(&field.mul(&p.x, &inverse))) {
            out[0] |= 0x80;
        }
        out.reverse();
        out
    }

    /// `8·p` is the neutral point.
    fn is_of_small_order(&self, p: &Point) -> bool {
        let two = self.add(p, p);
        let four = self.add(&two, &two);
        let eight = self.add(&four, &four);
        eight.x == self.zero && eight.y == eight.z
    }
}

/// `(p - minus) / 2^shift`, big-endian.
fn fraction(minus: u8, shift: u32) -> [u8; LENGTH] {
    let mut out = prime(minus);
    let mut above = 0u8;
    for byte in &mut out {
        let low = *byte;
        *byte = low >> shift | above << (8 - shift);
        above = low;
    }
    out
}

/// A little-endian integer of any size modulo the order.
fn reduce(order: &Modulus, bytes: &[u8; 64]) -> Words {
    let mut bytes = *bytes;
    bytes.reverse();
    bits(&bytes).fold(order.zero(), |sum, bit| {
        let double = order.add(&sum, &sum);
        if bit { order.add(&double, order.one()) } else { double }
    })
}

fn is_odd(value: &Words) -> bool {
    value.first().is_some_and(|word| word & 1 == 1)
}

/// Whether this is a public key that [`verify`] accepts signatures under: the only encoding of a point that is not of
/// small order.
pub fn is_key(key: &[u8; LENGTH]) -> bool {
    Curve::new().is_some_and(|curve| curve.decode_key(key).is_some())
}

/// Whether `R` = `s`·B - `challenge`·A, for a key A, a signature R ‖ s, and the hash of the challenge, which is reduced
/// here (section 5.1.7, step 2 to 3, without the cofactor).
///
/// Strict: both encodings are the only ones of their points, `s` is below the group's order, and a key of small order,
/// under which one signature fits many messages, is refused.
pub fn verify(key: &[u8; LENGTH], signature: &[u8; 64], challenge: &[u8; 64]) -> bool {
    verify_equation(key, signature, challenge).unwrap_or(false)
}

fn verify_equation(key: &[u8; LENGTH], signature: &[u8; 64], challenge: &[u8; 64]) -> Option<bool> {
    let (curve, order) = (Curve::new()?, Modulus::new(&L)?);
    let (r, s) = signature.split_first_chunk::<LENGTH>()?;
    let mut s = <[u8; LENGTH]>::try_from(s).ok()?;
    s.reverse();
    order.parse(&s)?;
    let mut a = curve.decode_key(key)?;
    a.x = curve.field.sub(&curve.zero, &a.x);
    a.t = curve.field.sub(&curve.zero, &a.t);
    let base = curve.decode(&BASE)?;
    let k: [u8; LENGTH] = to_be_bytes(&order.value(&reduce(&order, challenge)));
    let both = curve.add(&base, &a);
    let mut sum = curve.neutral();
    for bits in bits(&s).zip(bits(&k)) {
        sum = curve.add(&sum, &sum);
        sum = match bits {
            (true, true) => curve.add(&sum, &both),
            (true, false) => curve.add(&sum, &base),
            (false, true) => curve.add(&sum, &a),
            (false, false) => sum,
        };
    }
    Some(curve.encode(&sum) == *r)
}
