//! ECDSA over P-521 (FIPS 186-5, section 6.4.2; the curve is that of SP 800-186, section 3.2.1.5).

use alloc::vec;

use crate::curve::{Curve, is_on_curve};
use crate::modulus::{Modulus, Words, to_be_bytes, trim};

/// Bytes of a coordinate.
const LENGTH: usize = 66;

const fn prime() -> [u8; LENGTH] {
    let mut bytes = [0xff; LENGTH];
    bytes[0] = 1;
    bytes
}

/// The field's prime, 2^521 - 1.
const P: [u8; LENGTH] = prime();

/// The group's order.
const N: [u8; LENGTH] = hex(
    "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409",
);
const B: [u8; LENGTH] = hex(
    "0051953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00",
);
const G: ([u8; LENGTH], [u8; LENGTH]) = (
    hex(
        "00c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3dbaa14b5e77efe75928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66",
    ),
    hex(
        "011839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e662c97ee72995ef42640c550b9013fad0761353c7086a272c24088be94769fd16650",
    ),
);

/// Read by the compiler.
const fn hex(text: &str) -> [u8; LENGTH] {
    const fn digit(letter: u8) -> u8 {
        if letter <= b'9' { letter - b'0' } else { letter - b'a' + 10 }
    }
    let text = text.as_bytes();
    assert!(text.len() == 2 * LENGTH);
    let mut bytes = [0; LENGTH];
    let mut i = 0;
    while i < LENGTH {
        bytes[i] = digit(text[2 * i]) << 4 | digit(text[2 * i + 1]);
        i += 1;
    }
    bytes
}

/// Whether `point` is `04 || x || y` (SEC 1, section 2.3.4) with both coordinates below the prime and the point on the
/// curve. The order is prime, so it generates the whole group.
pub fn is_point(point: &[u8]) -> bool {
    is_on_curve(&P, &B, point)
}

/// Whether `(r, s)` is a signature of a message with this digest by the key `point`, uncompressed as for [`is_point`].
///
/// `r` and `s` are big-endian integers; leading zeros are ignored, and `s > n/2` is as good as another. `digest` is
/// taken whole: no digest of SHA-2 has more bits than the order, of which FIPS 186-5 takes the leftmost.
pub fn verify(point: &[u8], digest: &[u8], r: &[u8], s: &[u8]) -> bool {
    verify_digest(point, digest, r, s).unwrap_or(false)
}

fn verify_digest(point: &[u8], digest: &[u8], r: &[u8], s: &[u8]) -> Option<bool> {
    let (curve, order) = (Curve::new(&P, &B)?, Modulus::new(&N)?);
    let (q, g) = (curve.sec1_point(point)?, curve.point(&G.0, &G.1)?);
    if trim(r).is_empty() || trim(s).is_empty() {
        return None;
    }
    let (scalar, e) = (order.parse(r)?, order.parse(digest)?);
    // 1/s = s^(n-2)
    let mut exponent = N;
    exponent[LENGTH - 1] -= 2;
    let inverse = order.pow(&order.parse(s)?, &exponent);
    let u: [u8; LENGTH] = to_be_bytes(&order.value(&order.mul(&e, &inverse)));
    let v: [u8; LENGTH] = to_be_bytes(&order.value(&order.mul(&scalar, &inverse)));
    // u·G + v·Q, two bits of both at a time: entry 4i + j of the table is i·G + j·Q.
    let mut table = vec![curve.infinity()];
    for entry in 1..16 {
        let (before, point) = if entry % 4 == 0 { (entry - 4, &g) } else { (entry - 1, &q) };
        table.push(curve.add(&table[before], point));
    }
    let field = &curve.field;
    let mut sum = curve.infinity();
    for entry in pairs(&u).zip(pairs(&v)).map(|(i, j)| 4 * i + j) {
        sum = curve.add(&sum, &sum);
        sum = curve.add(&sum, &sum);
        if entry != 0 {
            sum = curve.add(&sum, &table[entry]);
        }
    }
    // x mod n = r means x = r or x = r + n, where that is below p: 2n > p leaves no third. X = x·Z.
    let is_x = |x: Option<Words>| x.is_some_and(|x| field.mul(&x, &sum.z) == sum.x);
    Some(sum.z != field.zero() && (is_x(field.parse(r)) || is_x(plus_order(field, r))))
}

/// Two bits at a time of a big-endian integer, the highest first.
fn pairs(bytes: &[u8]) -> impl Iterator<Item = usize> {
    bytes.iter().flat_map(|byte| [6, 4, 2, 0].map(|shift| usize::from(byte >> shift & 3)))
}

/// `r + n`, if it is below the prime.
fn plus_order(field: &Modulus, r: &[u8]) -> Option<Words> {
    let sum = field.add(&field.parse(r)?, &field.parse(&N)?);
    // Past the prime the sum starts again from zero, and is below n.
    (to_be_bytes(&field.value(&sum)) >= N).then_some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::curve::Point;
    use crate::modulus::bits;

    /// The formula is complete: what a textbook treats as exceptions gives the same sums.
    #[test]
    fn the_sum_has_no_exceptions() {
        let curve = Curve::new(&P, &B).unwrap();
        let field = &curve.field;
        let zero = field.zero();
        let infinity = || curve.infinity();
        let g = curve.point(&G.0, &G.1).unwrap();
        let negative = Point { x: g.x.clone(), y: field.sub(&zero, &g.y), z: g.z.clone() };
        let same = |p: &Point, q: &Point| {
            field.mul(&p.x, &q.z) == field.mul(&q.x, &p.z) && field.mul(&p.y, &q.z) == field.mul(&q.y, &p.z)
        };
        assert!(same(&curve.add(&g, &infinity()), &g) && same(&curve.add(&infinity(), &g), &g));
        assert!(curve.add(&g, &negative).z == zero);
        let none = curve.add(&infinity(), &infinity());
        assert!(none.z == zero && none.y != zero);
        let two = curve.add(&g, &g);
        let three = curve.add(&two, &g);
        assert!(same(&curve.add(&three, &g), &curve.add(&two, &two)));
        assert!(same(&curve.add(&three, &negative), &two));
        // n·G is infinity, (n - 1)·G = -G.
        let mut sum = infinity();
        for bit in bits(&N) {
            sum = curve.add(&sum, &sum);
            if bit {
                sum = curve.add(&sum, &g);
            }
        }
        assert!(sum.z == zero);
    }

    #[test]
    fn r_plus_the_order() {
        let field = Curve::new(&P, &B).unwrap().field;
        let mut gap = P;
        let mut borrow = 0i32;
        for (p, n) in gap.iter_mut().zip(&N).rev() {
            let difference = i32::from(*p) - i32::from(*n) - borrow;
            borrow = i32::from(difference < 0);
            *p = (difference & 0xff) as u8;
        }
        // p - n is the first that does not fit: its sum with n is p itself.
        assert!(plus_order(&field, &gap).is_none());
        *gap.last_mut().unwrap() -= 1;
        assert!(plus_order(&field, &gap).is_some());
        assert!(plus_order(&field, &[1]).is_some());
        assert!(plus_order(&field, &N).is_none());
    }
}
