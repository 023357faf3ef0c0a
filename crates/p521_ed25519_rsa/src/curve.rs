//! Curves y² = x³ - 3x + b of prime order, such as NIST's.

use crate::modulus::{Modulus, Words};

/// A point in homogeneous coordinates, x = X/Z and y = Y/Z; infinity has Z = 0.
pub(crate) struct Point {
    pub(crate) x: Words,
    pub(crate) y: Words,
    pub(crate) z: Words,
}

/// A curve of prime order over a prime field.
pub(crate) struct Curve {
    pub(crate) field: Modulus,
    b: Words,
    /// Bytes of a coordinate.
    length: usize,
}

impl Curve {
    /// From the field's prime and `b`, big-endian and of one length.
    pub(crate) fn new(prime: &[u8], b: &[u8]) -> Option<Self> {
        let field = Modulus::new(prime)?;
        let b = field.parse(b)?;
        Some(Self { field, b, length: prime.len() })
    }

    /// The affine point with these big-endian coordinates, if both are below the prime and it is on the curve.
    pub(crate) fn point(&self, x: &[u8], y: &[u8]) -> Option<Point> {
        let field = &self.field;
        let (x, y) = (field.parse(x)?, field.parse(y)?);
        // y² = x³ - 3x + b
        let cube = field.mul(&field.mul(&x, &x), &x);
        let right = field.add(&field.sub(&cube, &self.triple(&x)), &self.b);
        (field.mul(&y, &y) == right).then(|| Point { x, y, z: field.one().clone() })
    }

    /// Infinity.
    pub(crate) fn infinity(&self) -> Point {
        Point { x: self.field.zero(), y: self.field.one().clone(), z: self.field.zero() }
    }

    /// The point `04 || x || y` (SEC 1, section 2.3.4), if both coordinates are below the prime and it is on the curve.
    pub(crate) fn sec1_point(&self, point: &[u8]) -> Option<Point> {
        let (x, y) = point.strip_prefix(&[4]).filter(|point| point.len() == 2 * self.length)?.split_at(self.length);
        self.point(x, y)
    }

    /// `3a`
    fn triple(&self, a: &Words) -> Words {
        self.field.add(&self.field.add(a, a), a)
    }

    /// The sum of any two points, equal ones and infinity included: Renes, Costello and Batina 2016, algorithm 4,
    /// which is complete on curves of odd order with a = -3.
    pub(crate) fn add(&self, p: &Point, q: &Point) -> Point {
        let Self { field, b, .. } = self;
        let xx = field.mul(&p.x, &q.x);
        let yy = field.mul(&p.y, &q.y);
        let zz = field.mul(&p.z, &q.z);
        // p.s·q.t + p.t·q.s for two coordinates, from the products of like ones.
        let cross = |p: (&Words, &Words), q: (&Words, &Words), like: (&Words, &Words)| {
            let product = field.mul(&field.add(p.0, p.1), &field.add(q.0, q.1));
            field.sub(&product, &field.add(like.0, like.1))
        };
        let xy = cross((&p.x, &p.y), (&q.x, &q.y), (&xx, &yy));
        let yz = cross((&p.y, &p.z), (&q.y, &q.z), (&yy, &zz));
        let xz = cross((&p.x, &p.z), (&q.x, &q.z), (&xx, &zz));
        let u = self.triple(&field.sub(&xz, &field.mul(b, &zz)));
        let (minus, plus) = (field.sub(&yy, &u), field.add(&yy, &u));
        let zz3 = self.triple(&zz);
        let v = self.triple(&field.sub(&field.sub(&field.mul(b, &xz), &zz3), &xx));
        let w = field.sub(&self.triple(&xx), &zz3);
        Point {
            x: field.sub(&field.mul(&xy, &plus), &field.mul(&yz, &v)),
            y: field.add(&field.mul(&plus, &minus), &field.mul(&w, &v)),
            z: field.add(&field.mul(&yz, &minus), &field.mul(&xy, &w)),
        }
    }
}

/// Whether `point` is `04 || x || y` (SEC 1, section 2.3.4) with both coordinates below the prime and the point on the
/// curve y² = x³ - 3x + b. Prime and `b` are big-endian and of one length.
pub fn is_on_curve(prime: &[u8], b: &[u8], point: &[u8]) -> bool {
    Curve::new(prime, b).and_then(|curve| curve.sec1_point(point)).is_some()
}
