//! `u1·G + u2·Q`, each with or without a table.

use crate::curve::Curve;
use crate::field::Element;
use crate::point::{Affine, Jacobian};
use crate::recode::{self, Digits, ODD_MULTIPLES};
use crate::table::{STRIDE, Table, WINDOW, normalize};
use crate::words::{self, Words};
use alloc::vec::Vec;

/// A partial sum. It is `None` at first. A point is right unless its `Z` is 0.
type Sum<C, const N: usize> = Option<Jacobian<C, N>>;

/// One product of the sum.
enum Term<'a, C, const N: usize> {
    /// By a table: one addition for each window, in the last `WINDOW·STRIDE` doublings.
    Table(&'a Table<C, N>, Digits),
    /// By odd multiples made for the occasion, and as many doublings as the scalar has bits.
    Doublings([Affine<C, N>; ODD_MULTIPLES], Digits),
}

impl<'a, C: Curve<N>, const N: usize> Term<'a, C, N> {
    #[inline(never)]
    fn new(k: &Words, point: &Affine<C, N>, table: Option<&'a Table<C, N>>) -> Self {
        match table {
            Some(table) => Self::Table(table, Table::<C, N>::digits(k)),
            None => Self::Doublings(odd_multiples(point), recode::sliding(k)),
        }
    }

    /// The doublings before which the first point is added.
    fn doublings(&self) -> usize {
        match self {
            Self::Table(..) => WINDOW as usize * (STRIDE - 1),
            Self::Doublings(..) => 32 * C::ORDER.len,
        }
    }

    /// Whether anything is to be added when `left` doublings remain.
    #[inline(always)]
    fn is_due(&self, left: usize) -> bool {
        match self {
            Self::Table(..) => left.is_multiple_of(WINDOW as usize) && left < WINDOW as usize * STRIDE,
            Self::Doublings(_, digits) => digits[left] != 0,
        }
    }

    /// Adds what is due when `left` doublings remain.
    #[inline(never)]
    fn add_to(&self, sum: &mut Sum<C, N>, left: usize) {
        match self {
            Self::Table(table, digits) => {
                let digits = digits[left / WINDOW as usize..].iter().step_by(STRIDE);
                for (row, digit) in table.rows().zip(digits) {
                    if *digit != 0 {
                        add(sum, &row[usize::from(digit.unsigned_abs()) - 1], *digit < 0);
                    }
                }
            }
            Self::Doublings(odd, digits) => {
                let digit = digits[left];
                add(sum, &odd[usize::from(digit.unsigned_abs() / 2)], digit < 0);
            }
        }
    }
}

#[inline(never)]
fn add<C: Curve<N>, const N: usize>(sum: &mut Sum<C, N>, point: &Affine<C, N>, negative: bool) {
    match sum {
        Some(sum) => sum.add_affine(point, negative),
        None => *sum = Some(point.to_jacobian(negative)),
    }
}

/// The multiples `1, 3, 5 …` of `P` that [`recode::sliding`] asks for.
///
/// With `2P = (X, Y, Z)`, the map of `(x, y)` to `(x·Z², y·Z³)` leads to another curve, where `2P` is the affine point
/// `(X, Y)`. Mixed addition, in which the curve's coefficients do not occur, serves there as well; on the way back each
/// sum's `Z` is multiplied by that of `2P`.
#[inline(never)]
fn odd_multiples<C: Curve<N>, const N: usize>(point: &Affine<C, N>) -> [Affine<C, N>; ODD_MULTIPLES] {
    let one = Element::one();
    let mut next = point.to_jacobian(false);
    let mut twice = next;
    twice.double();
    let zz = twice.z.square();
    next.x.mul_assign(&zz);
    next.y.mul_assign(&zz.mul(&twice.z)); // 2 wide
    // Products with one, as the coordinates of affine points have narrower bounds.
    let affine = Affine::new(&twice.x.mul(&one), &twice.y.mul(&one));
    let mut others = Vec::with_capacity(ODD_MULTIPLES);
    for _ in 1..ODD_MULTIPLES {
        next.add_affine(&affine, false);
        let mut other = next;
        other.z.mul_assign(&twice.z);
        others.push(other);
    }
    let mut odd = [*point; ODD_MULTIPLES];
    normalize(&others, &mut odd, 1);
    odd
}

/// The sum. `None` stands for infinity. The tables must be those of the generator and of `q`.
pub(crate) fn multiply<C: Curve<N>, const N: usize>(
    u1: &Words,
    g_table: Option<&Table<C, N>>,
    u2: &Words,
    q: &Affine<C, N>,
    q_table: Option<&Table<C, N>>,
) -> Sum<C, N> {
    let g = Affine::generator();
    let terms = [Term::new(u1, &g, g_table), Term::new(u2, q, q_table)];
    let doublings = terms[0].doublings().max(terms[1].doublings());
    let mut sum: Sum<C, N> = None;
    for left in (0..=doublings).rev() {
        if let Some(sum) = &mut sum {
            sum.double();
        }
        for term in &terms {
            if term.is_due(left) {
                term.add_to(&mut sum, left);
            }
        }
    }
    // An exceptional case is either caused by a signature made for it, or has a chance of one in 2^248. Then the sum is
    // computed again with complete additions, which takes as long as a few ordinary ones.
    match sum {
        Some(sum) if !sum.z.is_zero() => Some(sum),
        _ => complete(u1, &g, u2, q),
    }
}

/// The sum bit by bit, with every addition complete.
#[inline(never)]
fn complete<C: Curve<N>, const N: usize>(u1: &Words, g: &Affine<C, N>, u2: &Words, q: &Affine<C, N>) -> Sum<C, N> {
    let mut sum: Sum<C, N> = None;
    for i in (0..32 * C::ORDER.len).rev() {
        if let Some(sum) = &mut sum {
            sum.double();
        }
        for (scalar, point) in [(u1, g), (u2, q)] {
            if words::bits(scalar, i, 1) == 1 {
                sum = match sum {
                    Some(sum) => sum.add_complete(point),
                    None => Some(point.to_jacobian(false)),
                };
            }
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::p256::P256;
    use crate::p384::P384;
    use proptest::prelude::*;

    /// The affine coordinates. `None` for infinity.
    fn coordinates<C: Curve<N>, const N: usize>(sum: Sum<C, N>) -> Option<(Words, Words)> {
        sum.map(|point| {
            assert!(!point.z.is_zero());
            let inverse = point.z.invert();
            let square = inverse.square();
            (point.x.mul(&square).to_words(), point.y.mul(&square.mul(&inverse)).to_words())
        })
    }

    fn affine<C: Curve<N>, const N: usize>(sum: Sum<C, N>) -> Option<Affine<C, N>> {
        coordinates(sum).map(|(x, y)| Affine::new(&Element::from_words(&x), &Element::from_words(&y)))
    }

    fn reduced<C: Curve<N>, const N: usize>(k: &Words) -> Words {
        let mut k = *k;
        k[C::ORDER.len..].fill(0);
        while !words::less(&k, &C::ORDER.modulus) {
            k = words::sub(&k, &C::ORDER.modulus);
        }
        k
    }

    /// All three ways give one result, and it is on the curve.
    fn agree<C: Curve<N>, const N: usize>(u1: &Words, u2: &Words, q: &Affine<C, N>, table: &Table<C, N>) -> Sum<C, N> {
        let sum = complete(u1, &Affine::generator(), u2, q);
        let g_table = C::generator().get(|| Table::new(&Affine::generator()));
        for g_table in [None, g_table] {
            for q_table in [None, Some(table)] {
                assert_eq!(coordinates(multiply(u1, g_table, u2, q, q_table)), coordinates(sum));
            }
        }
        assert!(affine(sum).is_none_or(|point| point.is_on_curve()));
        sum
    }

    fn small(k: u32) -> Words {
        let mut out = words::ZERO;
        out[0] = k;
        out
    }

    /// For `Q = d·G` with small `d`, sums that run through `P + P`, `P - P` and infinity, at all stages.
    fn exceptional<C: Curve<N>, const N: usize>() {
        let generator = Affine::<C, N>::generator();
        assert!(generator.is_on_curve());
        let n = &C::ORDER.modulus;
        let half = {
            let (sum, _) = words::add(&words::sub(n, &small(1)), &small(0));
            core::array::from_fn(|i| words::bits(&sum, 32 * i + 1, 32))
        };
        let mut scalars: Vec<Words> = (0..6).map(small).collect();
        scalars.extend((1..4).map(|i| words::sub(n, &small(i))));
        scalars.extend([half, words::add(&half, &small(1)).0]);
        for bit in [8, 16, 64, 128, 32 * C::ORDER.len - 1] {
            let mut power = words::ZERO;
            power[bit / 32] = 1 << (bit % 32);
            let power = reduced::<C, N>(&power);
            scalars.extend([power, words::sub(n, &power)]);
        }
        for d in [1, 2, 64] {
            let Some(q) = affine(complete(&small(d), &generator, &words::ZERO, &generator)) else {
                unreachable!("d is below the order")
            };
            for q in [q, Affine::new(&q.x(), &q.y(true))] {
                let table = Table::new(&q);
                for u1 in &scalars {
                    for u2 in &scalars {
                        agree(u1, u2, &q, &table);
                    }
                }
            }
        }
        let table = Table::new(&generator);
        for u in &scalars[1..] {
            let negative = words::sub(n, u);
            assert!(agree(u, &negative, &generator, &table).is_none());
            assert!(agree(u, u, &generator, &table).is_some());
        }
        assert!(agree(&words::ZERO, &words::ZERO, &generator, &table).is_none());
    }

    #[test]
    fn exceptional_p256() {
        exceptional::<P256, _>();
    }

    #[test]
    fn exceptional_p384() {
        exceptional::<P384, _>();
    }

    /// Every point of a table is the multiple it stands for.
    fn every_entry<C: Curve<N>, const N: usize>() {
        let q = Affine::<C, N>::generator();
        let table = Table::new(&q);
        for window in 0..(32 * C::ORDER.len).div_ceil(WINDOW as usize) {
            for digit in 1..=1u32 << (WINDOW - 1) {
                let mut k = words::ZERO;
                let bit = WINDOW as usize * window;
                let spread = u64::from(digit) << (bit % 32);
                k[bit / 32] = spread as u32;
                if let Some(word) = k.get_mut(bit / 32 + 1) {
                    *word = (spread >> 32) as u32;
                }
                if words::less(&k, &C::ORDER.modulus) {
                    agree(&words::ZERO, &k, &q, &table);
                }
            }
        }
    }

    #[test]
    fn every_entry_p256() {
        every_entry::<P256, _>();
    }

    #[test]
    fn every_entry_p384() {
        every_entry::<P384, _>();
    }

    fn any<C: Curve<N>, const N: usize>(u1: &Words, u2: &Words, d: &Words) {
        let g = Affine::<C, N>::generator();
        let Some(q) = affine(complete(&reduced::<C, N>(d), &g, &words::ZERO, &g)) else {
            return;
        };
        agree(&reduced::<C, N>(u1), &reduced::<C, N>(u2), &q, &Table::new(&q));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn all_ways_agree(u1: Words, u2: Words, d: Words) {
            any::<P256, _>(&u1, &u2, &d);
            any::<P384, _>(&u1, &u2, &d);
        }
    }
}
