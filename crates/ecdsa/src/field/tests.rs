//! The field against big integers: constants, limbs driven to their bounds, and the laws.

use super::*;
use crate::p256::P256;
use crate::p384::P384;
use num_bigint::{BigInt, BigUint, Sign};
use proptest::prelude::*;
use std::vec::Vec;

fn big(words: &Words) -> BigInt {
    BigInt::from(BigUint::new(words.to_vec()))
}

fn prime<F: Field<N>, const N: usize>() -> BigInt {
    big(&F::P)
}

fn r<F: Field<N>, const N: usize>() -> BigInt {
    BigInt::from(1) << (F::BITS as usize * N)
}

/// The value of the limbs.
fn value<F: Field<N>, const N: usize>(a: &Element<F, N>) -> BigInt {
    a.0.iter().rev().fold(BigInt::ZERO, |sum, limb| (sum << F::BITS) + limb)
}

/// Limbs with the given value, `0 ≤ value < R`, all of them non-negative.
fn limbs<F: Field<N>, const N: usize>(value: &BigInt) -> Element<F, N> {
    let mask = (BigInt::from(1) << F::BITS) - 1;
    Element::new(core::array::from_fn(|i| {
        ((value >> (F::BITS as usize * i)) & &mask).try_into().unwrap_or_else(|_| unreachable!())
    }))
}

/// `out` must be `whole / R` modulo the prime, carried, and within the documented value bounds, for the exact integer
/// `whole` and the part of the result that is not divided.
fn check<F: Field<N>, const N: usize>(out: &Element<F, N>, whole: &BigInt, added: &BigInt) {
    let (p, r) = (prime::<F, N>(), r::<F, N>());
    let plain = value(out) - added;
    assert_eq!((&plain * &r - whole) % &p, BigInt::ZERO);
    // whole/R ≤ plain < whole/R + p
    assert!(&plain * &r >= *whole && &plain * &r < whole + &p * &r);
    let (least, most) = if F::CENTRE == 0 { (0, (1 << F::BITS) - 1) } else { (-F::CENTRE, F::CENTRE - 1) };
    assert!(out.0[..N - 1].iter().all(|limb| (least..=most).contains(limb)));
}

fn mul_sub_8_square<F: Field<N>, const N: usize>(
    a: &Element<F, N>,
    b: &Element<F, N>,
    c: &Element<F, N>,
) -> Element<F, N> {
    let mut out = *a;
    out.set_mul_sub_8_square(a, b, c);
    out
}

fn square_sub<F: Field<N>, const N: usize>(a: &Element<F, N>, b: &Element<F, N>) -> Element<F, N> {
    let mut out = *b;
    out.set_square_sub(a, b);
    out
}

/// All operations on three elements, as far as their widths allow.
fn operations<F: Field<N>, const N: usize>(a: &Element<F, N>, b: &Element<F, N>, c: &Element<F, N>) {
    let [va, vb, vc] = [a, b, c].map(value);
    let zero = BigInt::ZERO;
    let wide = |x: &Element<F, N>, y: &Element<F, N>| x.width() * y.width();
    if wide(a, b) <= F::CAPACITY {
        check(&a.mul(b), &(&va * &vb), &zero);
    }
    if wide(a, b) + 8 * wide(c, c) <= F::CAPACITY {
        check(&mul_sub_8_square(a, b, c), &(&va * &vb - 8 * &vc * &vc), &zero);
    }
    if wide(a, a) <= F::CAPACITY {
        check(&a.square(), &(&va * &va), &zero);
        check(&square_sub(a, c), &(&va * &va), &-&vc);
    }
}

/// Every operation with every limb at the largest magnitude its documentation allows, in all signs of the operands and
/// in patterns of signs among the limbs. Overflow checks are on in tests, and the results are compared with exact ones.
fn bounds<F: Field<N>, const N: usize>() {
    let patterns: [fn(usize) -> i64; 5] = [
        |_| 1,
        |_| -1,
        |i| if i % 2 == 0 { 1 } else { -1 },
        |i| if i % 2 == 0 { -1 } else { 1 },
        |i| if i < 7 { 1 } else { -1 },
    ];
    let extreme = |width: i64, pattern: fn(usize) -> i64| {
        Element::<F, N>::new(core::array::from_fn(|i| F::U * width * pattern(i)))
    };
    for j in 1..=F::CAPACITY {
        for k in 1..=F::CAPACITY / j {
            for a in patterns {
                for b in patterns {
                    for c in patterns {
                        operations(&extreme(j, a), &extreme(k, b), &extreme(1, c));
                        operations(&extreme(j, a), &extreme(k, b), &extreme(k, c));
                    }
                }
            }
        }
    }
}

fn constants<F: Field<N>, const N: usize>() {
    let (p, r) = (prime::<F, N>(), r::<F, N>());
    let terms = F::TERMS.iter().fold(BigInt::ZERO, |sum, (limb, shift, sign)| {
        assert!(*limb >= 1 && *shift < F::BITS);
        sum + (BigInt::from(*sign) << (F::BITS as usize * limb + *shift as usize))
    });
    assert_eq!(terms, &p + 1);
    assert_eq!(value(&Element::<F, N>::new(F::R2)), &r * &r % &p);
    // The capacity is the largest: column, digits' multiples and carry below 2^63, and one more would not fit.
    let column = BigInt::from(F::U) * F::U * N;
    let digits: BigInt = F::TERMS.iter().map(|(_, shift, _)| BigInt::from(1) << (F::BITS + shift)).sum();
    let carry = BigInt::from(1) << (63 - F::BITS);
    let limit = BigInt::from(1) << 63;
    assert!(&column * F::CAPACITY + digits + carry + F::CENTRE < limit);
    assert!(&column * (F::CAPACITY + 1) > limit);
}

/// The carried element of a number: through a multiplication, as all of them come about.
fn element<F: Field<N>, const N: usize>(number: &BigInt) -> Element<F, N> {
    let reduced = number % prime::<F, N>();
    let (_, mut words) = reduced.to_u32_digits();
    words.resize(12, 0);
    Element::from_words(&core::array::from_fn(|i| words[i]))
}

fn number<F: Field<N>, const N: usize>(a: &Element<F, N>) -> BigInt {
    big(&a.to_words())
}

/// Ring laws and inversion, through the numbers the elements stand for.
fn laws<F: Field<N>, const N: usize>(a: &BigInt, b: &BigInt, c: &BigInt) {
    let p = prime::<F, N>();
    let modulo = |x: BigInt| ((x % &p) + &p) % &p;
    let (x, y, z) = (element::<F, N>(a), element::<F, N>(b), element::<F, N>(c));
    assert_eq!(number(&x), a % &p);
    assert_eq!(number(&x.add(&y)), modulo(a + b));
    assert_eq!(number(&x.sub(&y)), modulo(a - b));
    assert_eq!(number(&x.times(4)), modulo(a * 4));
    assert_eq!(number(&x.mul(&y)), modulo(a * b));
    assert_eq!(number(&x.square()), modulo(a * a));
    assert_eq!(number(&square_sub(&x, &z)), modulo(a * a - c));
    assert_eq!(number(&mul_sub_8_square(&x, &y, &z)), modulo(a * b - 8 * c * c));
    assert_eq!(number(&x.mul(&y.add(&z))), number(&x.mul(&y).add(&x.mul(&z))));
    assert_eq!(number(&x.mul(&y.mul(&z))), number(&x.mul(&y).mul(&z)));
    assert_eq!(x.is_zero(), a % &p == BigInt::ZERO);
    assert!(x.sub(&x).is_zero() && x.sub(&element(&(a + &p))).is_zero());
    let product = number(&x.mul(&x.invert()));
    assert_eq!(product, BigInt::from(u8::from(!x.is_zero())));
}

fn edges<F: Field<N>, const N: usize>() -> Vec<BigInt> {
    let p = prime::<F, N>();
    let mut edges: Vec<_> = (0..4).flat_map(|i| [BigInt::from(i), &p - i]).collect();
    edges.push(r::<F, N>() % &p);
    edges.extend([&p >> 1, (&p >> 1) + 1]);
    for i in 0..N {
        let power = BigInt::from(1) << (F::BITS as usize * i);
        edges.extend([&power - 1, power]);
    }
    edges
}

fn edge_laws<F: Field<N>, const N: usize>() {
    let edges = edges::<F, N>();
    for (i, a) in edges.iter().enumerate() {
        for (j, b) in edges.iter().enumerate() {
            laws::<F, N>(a, b, &edges[(i + j) % edges.len()]);
        }
    }
}

fn negative<F: Field<N>, const N: usize>(a: &Element<F, N>) -> Element<F, N> {
    a.times(-1)
}

/// Values at the limits of what `to_words` takes, `±R`, and each multiple of the prime.
fn multiples_of_the_prime<F: Field<N>, const N: usize>() {
    let (p, r) = (prime::<F, N>(), r::<F, N>());
    let mut multiple = BigInt::ZERO;
    while multiple < r {
        let zero: Element<F, N> = limbs(&multiple);
        assert!(zero.is_zero() && negative(&zero).is_zero());
        for off in [1, 2] {
            if &multiple + off < r {
                let other: Element<F, N> = limbs(&(&multiple + off));
                assert!(!other.is_zero() && !negative(&other).is_zero());
            }
        }
        multiple += &p;
    }
    let last: Element<F, N> = limbs(&(&r - 1));
    let inverse = number(&Element::<F, N>::new(core::array::from_fn(|i| i64::from(i == 0))));
    assert_eq!(number(&last), (&r - 1) * &inverse % &p);
    assert_eq!(number(&negative(&last)), ((1 - &r) * &inverse % &p + &p) % &p);
}

macro_rules! both {
    ($($name:ident),*) => {
        mod p256 {
            $(#[test] fn $name() { super::$name::<super::P256, 9>(); })*
        }
        mod p384 {
            $(#[test] fn $name() { super::$name::<super::P384, 14>(); })*
        }
    };
}
both!(bounds, constants, edge_laws, multiples_of_the_prime);

proptest! {
    #[test]
    fn laws_hold(a: [u32; 12], b: [u32; 12], c: [u32; 12]) {
        let [a, b, c] = [a, b, c].map(|words| BigInt::from_slice(Sign::Plus, &words));
        laws::<P256, 9>(&(&a >> 128), &(&b >> 128), &(&c >> 128));
        laws::<P384, 14>(&a, &b, &c);
    }

    #[test]
    fn limbs_within_bounds(
        limbs in prop::array::uniform3(prop::array::uniform14(-(1i64 << 28)..=1 << 28)),
        widths in prop::array::uniform3(1i64..=4),
    ) {
        let [a, b, c] = core::array::from_fn(|i| limbs[i].map(|limb| limb * widths[i]));
        let nine = |limbs: [i64; 14]| Element::<P256, 9>::new(core::array::from_fn(|i| limbs[i]));
        operations(&nine(a), &nine(b), &nine(c));
        let [a, b, c] = [a, b, c].map(Element::<P384, 14>::new);
        operations(&a, &b, &c);
    }
}
