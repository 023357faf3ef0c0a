//! ECDSA verification over P-256 and P-384, for public data.
//!
//! Everything here takes variable time and must never see a secret: there is no signing, no key agreement and no secret
//! key. In return it is fast in WebAssembly. It uses 64-bit integers, and takes a fraction of the time of constant-time
//! code with 32-bit limbs.
//!
//! * [`PublicKey`] prepares nothing. It is for a key that verifies once, such as that of a leaf certificate.
//! * [`PreparedKey`] builds a table of multiples after some uses. It is for a key that is known in advance, such as one
//!   of a trust root.
//!
//! The caller hashes the message. The rules are those of FIPS 186-5, section 6.4.2, and SEC 1, section 4.1.4.
//! Signatures with `s > n/2` are accepted like others.
#![no_std]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    reason = "arithmetic on limbs: the bounds are stated beside each function and driven to their limits by tests; \
              indices are constants, loop counters or digits of known range; conversions keep low bits on purpose"
)]

extern crate alloc;
// For `OnceLock` alone: see `built_on_use`.
extern crate std;

mod curve;
mod der;
mod built_on_use;
mod field;
mod inverse;
mod multiply;
mod p256;
mod p384;
mod point;
mod recode;
mod scalar;
mod table;
mod words;

pub use der::parse_der_signature;

use built_on_use::BuiltOnUse;
use core::fmt;
use multiply::multiply;
use p256::P256;
use p384::P384;
use point::Affine;
use table::{KEY_FREE_USES, Table};
use words::Words;

/// The two curves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Curve {
    /// NIST P-256, also secp256r1.
    P256,
    /// NIST P-384, also secp384r1.
    P384,
}

/// Why a key or a signature was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Error {
    /// The public key is not an uncompressed SEC 1 point of the curve.
    PublicKey,
    /// The signature is not the DER of two non-negative integers.
    SignatureEncoding,
    /// `r` or `s` is not between 1 and the order of the curve less one.
    SignatureRange,
    /// The signature is not one of this digest by this key.
    Signature,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::PublicKey => "not an uncompressed point of the curve",
            Self::SignatureEncoding => "not a DER-encoded ECDSA signature",
            Self::SignatureRange => "r or s is out of range",
            Self::Signature => "the signature does not match",
        })
    }
}

impl core::error::Error for Error {}

/// A public key: a point of the curve other than infinity.
#[derive(Clone, Debug)]
pub struct PublicKey(Point);

#[derive(Clone, Debug)]
enum Point {
    P256(Affine<P256, { p256::LIMBS }>),
    P384(Affine<P384, { p384::LIMBS }>),
}

impl PublicKey {
    /// Parses an uncompressed point, `04 || x || y` (SEC 1, 2.3.4), and checks that both coordinates are below the
    /// prime and that the point is on the curve. Both curves have a prime order, so it generates the whole group.
    ///
    /// # Errors
    /// [`Error::PublicKey`] for anything else, compressed points, hybrid ones and infinity among it.
    pub fn from_sec1(curve: Curve, point: &[u8]) -> Result<Self, Error> {
        Ok(Self(match curve {
            Curve::P256 => Point::P256(parse_point(point)?),
            Curve::P384 => Point::P384(parse_point(point)?),
        }))
    }

    /// The curve the key is on.
    pub fn curve(&self) -> Curve {
        match self.0 {
            Point::P256(_) => Curve::P256,
            Point::P384(_) => Curve::P384,
        }
    }

    /// Proves that `(r, s)` is a signature by this key of a message with this digest.
    ///
    /// `digest` may have any length: its leftmost bits are taken, as many as the curve's order has (FIPS 186-5, 6.4.2).
    /// `r` and `s` are big-endian integers; leading zeros are ignored.
    ///
    /// # Errors
    /// [`Error::SignatureRange`] or [`Error::Signature`].
    pub fn verify_digest(&self, digest: &[u8], r: &[u8], s: &[u8]) -> Result<(), Error> {
        match &self.0 {
            Point::P256(q) => verify(digest, r, s, q, None),
            Point::P384(q) => verify(digest, r, s, q, None),
        }
    }
}

/// A public key that is known in advance. After its first 32 uses, a table of multiples replaces nearly all doublings.
/// The table takes [`PreparedKey::table_bytes`] of memory (147 KB for P-256, 344 KB for P-384), and building it takes
/// the time of about ten verifications. A process that verifies only a few times does not build it.
#[derive(Debug)]
pub struct PreparedKey(Prepared);

#[derive(Debug)]
enum Prepared {
    P256(Affine<P256, { p256::LIMBS }>, BuiltOnUse<Table<P256, { p256::LIMBS }>>),
    P384(Affine<P384, { p384::LIMBS }>, BuiltOnUse<Table<P384, { p384::LIMBS }>>),
}

impl From<PublicKey> for PreparedKey {
    fn from(key: PublicKey) -> Self {
        Self(match key.0 {
            Point::P256(q) => Prepared::P256(q, BuiltOnUse::new(KEY_FREE_USES)),
            Point::P384(q) => Prepared::P384(q, BuiltOnUse::new(KEY_FREE_USES)),
        })
    }
}

impl PreparedKey {
    /// As [`PublicKey::from_sec1`]. The table is built later.
    ///
    /// # Errors
    /// As [`PublicKey::from_sec1`].
    pub fn from_sec1(curve: Curve, point: &[u8]) -> Result<Self, Error> {
        PublicKey::from_sec1(curve, point).map(Self::from)
    }

    /// The curve the key is on.
    pub fn curve(&self) -> Curve {
        match self.0 {
            Prepared::P256(..) => Curve::P256,
            Prepared::P384(..) => Curve::P384,
        }
    }

    /// As [`PublicKey::verify_digest`], with the same results.
    ///
    /// # Errors
    /// As [`PublicKey::verify_digest`].
    pub fn verify_digest(&self, digest: &[u8], r: &[u8], s: &[u8]) -> Result<(), Error> {
        match &self.0 {
            Prepared::P256(q, table) => verify(digest, r, s, q, Some(table)),
            Prepared::P384(q, table) => verify(digest, r, s, q, Some(table)),
        }
    }

    /// Builds the tables now that are otherwise built after some uses: that of this key, and that of its curve's
    /// generator.
    pub fn prepare(&self) {
        match &self.0 {
            Prepared::P256(q, table) => prepare(q, table),
            Prepared::P384(q, table) => prepare(q, table),
        }
    }

    /// The memory of this key's table once it is built. The generator's table is as large. There is one for each curve
    /// and process.
    pub fn table_bytes(&self) -> usize {
        match self.0 {
            Prepared::P256(..) => Table::<P256, _>::bytes(),
            Prepared::P384(..) => Table::<P384, _>::bytes(),
        }
    }
}

fn parse_point<C: curve::Curve<N>, const N: usize>(point: &[u8]) -> Result<Affine<C, N>, Error> {
    let (x, y) = parse_coordinates(point, C::ORDER.len, &C::P)?;
    let point = Affine::new(&field::Element::from_words(&x), &field::Element::from_words(&y));
    if point.is_on_curve() { Ok(point) } else { Err(Error::PublicKey) }
}

/// Two integers of `len` words each, below the prime.
#[inline(never)]
fn parse_coordinates(point: &[u8], len: usize, prime: &Words) -> Result<(Words, Words), Error> {
    let (x, y) = match point {
        [4, coordinates @ ..] if coordinates.len() == 8 * len => coordinates.split_at(4 * len),
        _ => return Err(Error::PublicKey),
    };
    let coordinate =
        |bytes| words::from_be_bytes(bytes).filter(|value| words::less(value, prime)).ok_or(Error::PublicKey);
    Ok((coordinate(x)?, coordinate(y)?))
}

fn prepare<C: curve::Curve<N>, const N: usize>(q: &Affine<C, N>, table: &BuiltOnUse<Table<C, N>>) {
    table.build_now(|| Table::new(q));
    C::generator().build_now(|| Table::new(&Affine::generator()));
}

/// The steps of SEC 1, 4.1.4.
fn verify<C: curve::Curve<N>, const N: usize>(
    digest: &[u8],
    r: &[u8],
    s: &[u8],
    q: &Affine<C, N>,
    table: Option<&BuiltOnUse<Table<C, N>>>,
) -> Result<(), Error> {
    let (r, u1, u2) = C::ORDER.scalars(digest, r, s).ok_or(Error::SignatureRange)?;
    let q_table = table.and_then(|table| table.get(|| Table::new(q)));
    let build = || Table::new(&Affine::generator());
    let g_table = if q_table.is_some() { Some(C::generator().build_now(build)) } else { C::generator().get(build) };
    let point = multiply(&u1, g_table, &u2, q, q_table).ok_or(Error::Signature)?;
    // The point's x, an integer below the prime, is r modulo the order: x = r, or x = r + n where that is below the
    // prime.
    if point.has_x(&r) {
        return Ok(());
    }
    let (larger, carry) = words::add(&r, &C::ORDER.modulus);
    if !carry && words::less(&larger, &C::P) && point.has_x(&larger) {
        return Ok(());
    }
    Err(Error::Signature)
}
