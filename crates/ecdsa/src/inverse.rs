//! Modular inversion by the variable-time "divsteps" of Bernstein and Yang, "Fast constant-time gcd computation and
//! modular inversion" (2019), run in batches of 30 steps on 30-bit limbs: a batch works on the low bits alone and
//! yields a 2×2 matrix, which is then applied to the full numbers.

use crate::words::{self, Words};

const LIMBS: usize = 13;
const BATCH: u32 = 30;
const MASK: i64 = (1 << BATCH) - 1;

/// Signed, little-endian, 30 bits a limb except the top one, which carries the sign.
type Signed = [i64; LIMBS];

/// After one batch: `(f, g) = (u·f + v·g, q·f + r·g) / 2^30`. Each row's absolute values sum to at most 2^30.
struct Matrix {
    u: i64,
    v: i64,
    q: i64,
    r: i64,
}

fn to_signed(a: &Words) -> Signed {
    let mut limbs = [0; LIMBS];
    words::split(a, BATCH, &mut limbs);
    limbs
}

/// The inverse of the odd `a` modulo 2^32, by Newton's iteration: `a` is right to 3 bits, each step doubles them.
pub(crate) fn invert_word(a: u32) -> u32 {
    let mut x = a;
    for _ in 0..4 {
        x = x.wrapping_mul(2u32.wrapping_sub(a.wrapping_mul(x)));
    }
    x
}

/// 30 divsteps on the low bits of `f` (odd) and `g`. `eta` is minus the paper's delta.
///
/// A step with `g` even only halves; a run of them is taken at once. With `g` odd, up to `eta + 1` steps leave `f` in
/// place, so as many low bits of `g` (here up to six) are cancelled by one multiple `w·f`, `w = -g/f mod 2^6`; modulo
/// 2^6 the inverse of `f` is `f·(2 - f²)`.
fn divsteps(mut eta: i32, f: i64, g: i64) -> (i32, Matrix) {
    let (mut f, mut g) = (f as u32, g as u32);
    let (mut u, mut v, mut q, mut r) = (1i32, 0i32, 0i32, 1i32);
    let mut left = BATCH;
    loop {
        let zeros = (g | 1 << left).trailing_zeros();
        g >>= zeros;
        u <<= zeros;
        v <<= zeros;
        eta -= zeros as i32;
        left -= zeros;
        if left == 0 {
            let wide = i64::from;
            return (eta, Matrix { u: wide(u), v: wide(v), q: wide(q), r: wide(r) });
        }
        if eta < 0 {
            eta = -eta;
            (f, g) = (g, f.wrapping_neg());
            (u, q) = (q, u.wrapping_neg());
            (v, r) = (r, v.wrapping_neg());
        }
        let limit = left.min(eta as u32 + 1).min(6);
        let w = f.wrapping_mul(f.wrapping_mul(f).wrapping_sub(2)).wrapping_mul(g) & ((1 << limit) - 1);
        g = g.wrapping_add(f.wrapping_mul(w));
        q = q.wrapping_add(u.wrapping_mul(w as i32));
        r = r.wrapping_add(v.wrapping_mul(w as i32));
    }
}

impl Matrix {
    /// Applies the matrix to a column `(x, y)`, in place: `x = (u·x + v·y + m·modulus) / 2^30` and `y` likewise with
    /// `n`, which the caller has made exact.
    // Numbers of one operation, all of them hot: a struct for them would be one for this call alone.
    #[allow(clippy::too_many_arguments)]
    fn apply(&self, x: &mut Signed, y: &mut Signed, [m, n]: [i64; 2], modulus: &Signed, len: usize) {
        // Each product is below 2^60, three of them and the carry below 2^62.
        let rows = |x: i64, y: i64, p: i64| (self.u * x + self.v * y + m * p, self.q * x + self.r * y + n * p);
        let (mut cx, mut cy) = rows(x[0], y[0], modulus[0]);
        for i in 1..len {
            let (dx, dy) = rows(x[i], y[i], modulus[i]);
            cx = (cx >> BATCH) + dx;
            cy = (cy >> BATCH) + dy;
            x[i - 1] = cx & MASK;
            y[i - 1] = cy & MASK;
        }
        x[len - 1] = cx >> BATCH;
        y[len - 1] = cy >> BATCH;
    }

    /// The multiples of the modulus that make both rows divisible by 2^30, from `-2^29..2^29`.
    fn exact(&self, x: &Signed, y: &Signed, modulus_inverse: i64) -> [i64; 2] {
        [(self.u, self.v), (self.q, self.r)].map(|(a, b)| {
            let low = (a * x[0] + b * y[0]).wrapping_mul(modulus_inverse).wrapping_neg();
            (low << 34) >> 34
        })
    }
}

/// `1/x` modulo the odd prime `modulus`, for `x` in `1..modulus`; zero for zero.
pub(crate) fn invert(x: &Words, modulus: &Words) -> Words {
    if words::equal(x, &words::ZERO) {
        return words::ZERO;
    }
    let len = if modulus[8] == 0 { 9 } else { LIMBS };
    let prime = to_signed(modulus);
    let prime_inverse = i64::from(invert_word(modulus[0]) as i32);
    // f = d·x and g = e·x modulo the prime, throughout.
    let (mut f, mut g) = (prime, to_signed(x));
    let (mut d, mut e): (Signed, Signed) = ([0; LIMBS], [0; LIMBS]);
    e[0] = 1;
    let mut eta = -1;
    while g != [0; LIMBS] {
        let (next, t) = divsteps(eta, f[0] | f[1] << 30, g[0] | g[1] << 30);
        eta = next;
        t.apply(&mut f, &mut g, [0; 2], &prime, len);
        // The multiples of the prime add at most half of it a batch. 25 batches suffice for 256 bits and 37 for 384, so
        // |d|, |e| < 20·prime, and the top limb stays below 2^30.
        let multiples = t.exact(&d, &e, prime_inverse);
        t.apply(&mut d, &mut e, multiples, &prime, len);
    }
    // f is now ±1, the greatest common divisor.
    let sign = if f[len - 1] < 0 { -1 } else { 1 };
    reduce(&d, sign, &prime, len)
}

/// `sign·d` brought into `0..prime` by the right multiple of the prime, and packed into words.
fn reduce(d: &Signed, sign: i64, prime: &Signed, len: usize) -> Words {
    // The least that is not negative: |d| < 20·prime, so the limbs stay below 2^35.
    let mut value = [0; LIMBS];
    for i in 0..len {
        value[i] = d[i] * sign - prime[i] * 20;
    }
    while value[..len].iter().fold(0, |carry, limb| (carry + limb) >> BATCH) < 0 {
        for i in 0..len {
            value[i] += prime[i];
        }
    }
    words::join(&value, BATCH)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::curve::Curve;
    use crate::field::Field;
    use crate::{p256::P256, p384::P384, scalar::Order};
    use proptest::prelude::*;

    /// `a·b mod m` by shifting and adding.
    fn mul_mod(a: &Words, b: &Words, m: &Words) -> Words {
        let mut out = words::ZERO;
        let plus = |a: &Words, b: &Words| {
            let (sum, carry) = words::add(a, b);
            if carry || !words::less(&sum, m) { words::sub(&sum, m) } else { sum }
        };
        for i in (0..384).rev() {
            out = plus(&out, &out);
            if words::bits(a, i, 1) == 1 {
                out = plus(&out, b);
            }
        }
        out
    }

    fn check(x: &Words, modulus: &Words) {
        let inverse = invert(x, modulus);
        assert!(words::less(&inverse, modulus));
        let mut one = words::ZERO;
        one[0] = 1;
        assert_eq!(mul_mod(x, &inverse, modulus), one);
    }

    fn moduli() -> [Words; 4] {
        let order = |order: &Order| order.modulus;
        [P256::P, P384::P, order(&P256::ORDER), order(&P384::ORDER)]
    }

    #[test]
    fn edges() {
        for modulus in moduli() {
            assert_eq!(invert(&words::ZERO, &modulus), words::ZERO);
            for i in 0..384 {
                let mut x = words::ZERO;
                x[i / 32] = 1 << (i % 32);
                if words::less(&x, &modulus) {
                    check(&x, &modulus);
                    check(&words::sub(&modulus, &x), &modulus);
                }
            }
        }
    }

    proptest! {
        #[test]
        fn any(x: Words) {
            for modulus in moduli() {
                let mut x = x;
                if modulus[8] == 0 {
                    x[8..].fill(0);
                }
                while !words::less(&x, &modulus) {
                    x = words::sub(&x, &modulus);
                }
                if x != words::ZERO {
                    check(&x, &modulus);
                }
            }
        }
    }
}
