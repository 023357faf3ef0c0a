//! JSON numbers as doubles (RFC 8785 section 3.2.2.3): whether a number is finite, and how ECMAScript writes it.
//!
//! Nearly every number is read by an estimate in 128 bits. A number that is too close to the middle between two doubles
//! is compared with the middle itself, in integers. `ryu-js` writes.

use super::estimate::{Estimate, estimate};
use super::natural::Natural;
use std::cmp::Ordering;

/// The number of digits that fit into 64 bits.
const WORD_DIGITS: usize = 19;

/// The number of digits that decide which double is nearest. The middle between two doubles has at most 767 digits. One
/// more digit stands for all digits behind it.
const SIGNIFICANT: usize = 768;

/// The smallest number whose nearest double is infinite, 2^1024 - 2^970.
const INFINITE: &str = "179769313486231580793728971405303415079934132710037826936173778980444968292764750946649017977587207096330286416692887910946555547851940402630657488671505820681908902000708383676273854845817711531764475730270069855571366959622842914819860834936475292719074168444365510704342711559699508093042880177904174497792";

/// The significant digits of a number, and the position of its point: 0.`digits` · 10^`point`.
struct Decimal {
    digits: Vec<u8>,
    point: i64,
}

/// Whether the double nearest to a JSON number is finite.
pub fn is_finite(text: &str) -> bool {
    let (mantissa, exponent) = split(text);
    // The point cannot be further to the right than this.
    if exponent.saturating_add(length(mantissa)) < length(INFINITE) {
        return true;
    }
    let decimal = Decimal::from_parts(mantissa, exponent);
    // Both begin with a digit other than zero. So the first different digit decides, and otherwise the shorter number
    // is smaller.
    match decimal.point.cmp(&length(INFINITE)) {
        Ordering::Less => true,
        Ordering::Equal => decimal.digits.iter().copied().lt(INFINITE.bytes().map(|digit| digit.wrapping_sub(b'0'))),
        Ordering::Greater => decimal.digits.is_empty(),
    }
}

/// Appends the number as ECMAScript's `Number::toString` writes the nearest double (ECMA-262 section 6.1.6.1.20).
/// Returns false and writes nothing if that double is infinite.
pub fn write_canonical(text: &str, out: &mut String) -> bool {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let is_plain = unsigned.len() < 16 && unsigned.bytes().all(|byte| byte.is_ascii_digit());
    if is_plain && (unsigned != "0" || text == "0") {
        out.push_str(text);
        return true;
    }
    let Some(double) = nearest(unsigned) else { return false };
    if text.len() != unsigned.len() && double != 0.0 {
        out.push('-');
    }
    out.push_str(ryu_js::Buffer::new().format_finite(double));
    true
}

/// The double nearest to a number without sign. Of two equally near ones, the even one. `None` if it is infinite.
fn nearest(text: &str) -> Option<f64> {
    let (mantissa, exponent) = split(text);
    let decimal = Decimal::from_parts(mantissa, exponent);
    // The smallest double is 4.9e-324, which is 0.49e-323. Half of it is the middle between zero and it.
    if decimal.digits.is_empty() || decimal.point < -323 {
        return Some(0.0);
    }
    if decimal.point > length(INFINITE) {
        return None;
    }
    let first = decimal.digits.get(..WORD_DIGITS).unwrap_or(&decimal.digits);
    let word = first.iter().fold(0u64, |word, digit| word.wrapping_mul(10).wrapping_add(u64::from(*digit)));
    let scale = decimal.point.saturating_sub(i64::try_from(first.len()).unwrap_or(0));
    let is_cut = first.len() < decimal.digits.len();
    if let Some(double) = short(word, scale).filter(|_| !is_cut) {
        return Some(double);
    }
    let Estimate { below, is_below_middle } = estimate(word, scale, is_cut)?;
    let is_below = is_below_middle.unwrap_or_else(|| decimal.is_below_middle_above(below));
    let double = if is_below { below } else { below.next_up() };
    double.is_finite().then_some(double)
}

/// The double nearest to a number such as people write: `digits` and 10^`scale` are doubles, so that one operation
/// rounds (Clinger, How to Read Floating Point Numbers Accurately, 1990).
fn short(digits: u64, scale: i64) -> Option<f64> {
    let (high, low) = (u32::try_from(digits >> 32).ok()?, u32::try_from(digits & 0xffff_ffff).ok()?);
    if digits > 1 << 53 || scale.unsigned_abs() > 22 {
        return None;
    }
    let exact = f64::from(high) * 4_294_967_296.0 + f64::from(low);
    let power = (0..scale.unsigned_abs()).fold(1.0, |power, _| power * 10.0);
    Some(if scale < 0 { exact / power } else { exact * power })
}

/// Splits a number into its digits, with sign and point, and its exponent.
fn split(text: &str) -> (&str, i64) {
    let at = text.bytes().rposition(|byte| matches!(byte, b'e' | b'E'));
    let Some((mantissa, exponent)) = at.and_then(|at| text.split_at_checked(at)) else { return (text, 0) };
    let exponent = exponent.get(1..).unwrap_or_default();
    let far = if exponent.starts_with('-') { i64::MIN } else { i64::MAX };
    (mantissa, exponent.parse().unwrap_or(far))
}

fn length(text: &str) -> i64 {
    i64::try_from(text.len()).unwrap_or(i64::MAX)
}

impl Decimal {
    /// From a number that the JSON parser accepted. If there are very many digits, the last one kept stands for those
    /// behind it.
    fn from_parts(mantissa: &str, exponent: i64) -> Self {
        let mut digits = Vec::with_capacity(mantissa.len().min(SIGNIFICANT.saturating_add(1)));
        let (mut moved, mut step, mut more) = (0i64, 1, false);
        for byte in mantissa.bytes() {
            if byte == b'.' {
                step = 0;
            }
            if !byte.is_ascii_digit() {
                continue;
            }
            if digits.is_empty() && byte == b'0' {
                // A zero behind the point moves the point by one digit.
                moved = moved.saturating_add(step).saturating_sub(1);
                continue;
            }
            moved = moved.saturating_add(step);
            if digits.len() < SIGNIFICANT {
                digits.push(byte.wrapping_sub(b'0'));
            } else {
                more |= byte != b'0';
            }
        }
        if more {
            digits.push(1);
        } else {
            while digits.pop_if(|last| *last == 0).is_some() {}
        }
        Self { digits, point: exponent.saturating_add(moved) }
    }

    /// Whether the number is nearer to `below` than to the next double. One of the two is nearest. In the middle,
    /// `below` is nearest if it is even.
    ///
    /// With `below` = m·2^e the middle is (2m+1)·2^(e-1). Common powers of two are removed from both sides, so that
    /// only powers of five remain to multiply.
    fn is_below_middle_above(&self, below: f64) -> bool {
        let bits = below.to_bits();
        let (fraction, biased) = (bits & ((1 << 52) - 1), i64::try_from(bits >> 52).unwrap_or(0));
        let significand = if biased == 0 { fraction } else { fraction | 1 << 52 };
        let exponent = biased.max(1).saturating_sub(1076);
        let scale = self.point.saturating_sub(i64::try_from(self.digits.len()).unwrap_or(i64::MAX));
        let (mut number, mut middle) = (Natural::from_digits(&self.digits), Natural::from(significand << 1 | 1));
        let fives = if scale < 0 { &mut middle } else { &mut number };
        fives.multiply_by_five_to(scale.unsigned_abs());
        let twos = scale.saturating_sub(exponent);
        let shifted = if twos < 0 { &mut middle } else { &mut number };
        shifted.shift_left(twos.unsigned_abs());
        match number.cmp(&middle) {
            Ordering::Less => true,
            Ordering::Equal => significand & 1 == 0,
            Ordering::Greater => false,
        }
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "a test may fail")]
mod tests {
    use super::*;

    fn canonical(text: &str) -> Option<String> {
        let mut out = String::new();
        write_canonical(text, &mut out).then_some(out)
    }

    struct Random(u64);

    impl Random {
        /// SplitMix64.
        fn next(&mut self) -> u64 {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let a = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let b = (a ^ a >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
            b ^ b >> 31
        }

        /// Doubles of every size, also around powers of two, powers of ten and halves.
        fn double(&mut self) -> f64 {
            let any = self.next();
            let near = |value: f64, by: u64| f64::from_bits(value.to_bits().wrapping_add(by % 5).wrapping_sub(2));
            let value = match any % 8 {
                0 => near(2f64.powi(i32::try_from(self.next() % 2098).unwrap() - 1074), self.next()),
                1 => near(10f64.powi(i32::try_from(self.next() % 632).unwrap() - 323), self.next()),
                2 => f64::from_bits(self.next() >> (12 + self.next() % 50)),
                3 => f64::from(u32::try_from(self.next() >> 32).unwrap()) / 1000.0,
                _ => f64::from_bits(self.next()),
            };
            if value.is_finite() { value.abs() } else { 1.0 }
        }
    }

    #[test]
    fn the_nearest_double_is_that_of_the_standard_library() {
        let mut random = Random(2);
        let check = |text: &str| {
            let expected: f64 = text.parse().unwrap();
            assert_eq!(is_finite(text), expected.is_finite(), "{text}");
            assert_eq!(nearest(text), expected.is_finite().then_some(expected), "{text}");
        };
        for _ in 0..200 {
            let value = random.double();
            // The double itself, the middle above it, and numbers close to that middle.
            for digits in [0, 1, 15, 16, 17, 18, 19, 20, 30] {
                check(&format!("{value:.digits$e}"));
            }
            let exact = format!("{value:.1100e}");
            let (mantissa, exponent) = exact.split_once('e').unwrap();
            check(&exact);
            check(&format!("{}1e{exponent}", mantissa.trim_end_matches('0')));
            let middle = middle_above(value);
            let digits = middle.trim_start_matches(['0', '.']).len();
            for wanted in [17, 19, 20, 21, 40, 700, 766, 767, 768, 769, digits] {
                let cut = &middle[..middle.len().min(middle.len() - digits + wanted)];
                for tail in ["", "0", "1", "5", "00000000000000000000"] {
                    check(&format!("{cut}{tail}"));
                    check(&format!("{cut}{tail}e-3"));
                }
            }
        }
        for text in [
            "1.7976931348623157e308",
            "1.7976931348623158e308",
            "1.7976931348623159e308",
            "2.4703282292062327e-324",
            "2.4703282292062328e-324",
            "2.4703282292062327208299493e-324",
            "2.4703282292062328e-324000",
            "2.2250738585072011e-308",
            "2.2250738585072014e-308",
            "1e-400",
            "1e400",
            "0e999999999999999999999",
            "0.000e999999999999999999999",
            "00000000000000000000.0e9",
            "1e999999999999999999999",
            "1e-999999999999999999999",
            "12345678901234567890123e-999999999999999999999",
            "12345678901234567890123e999999999999999999999",
            "9007199254740993",
            "9007199254740993.0",
            "9007199254740993000000000",
            "9007199254740993.00000000000000000000000000000000001",
            "99999999999999999999999999",
            "18446744073709551615",
            "340282366920938463463374607431768211455",
        ] {
            check(text);
        }
        let wide = 20_000;
        check(&format!("9007199254740993.{}1", "0".repeat(2000)));
        check(&format!("0.{}1e{}", "0".repeat(wide), wide + 1));
        check(&format!("1{}e-{}", "0".repeat(wide), wide + 1));
    }

    /// The exact middle between this double and the next.
    fn middle_above(value: f64) -> String {
        let (low, high) = (format!("{value:.1100}"), format!("{:.1100}", value.next_up().min(f64::MAX)));
        let width = low.len().max(high.len());
        let (low, high) = (format!("{low:0>width$}"), format!("{high:0>width$}"));
        // Their sum times five, from the last digit on. This is half of the sum, with one more digit.
        let mut carry = 0;
        let mut middle = vec![];
        for (a, b) in low.bytes().rev().zip(high.bytes().rev()) {
            if a == b'.' {
                middle.push('.');
                continue;
            }
            let sum = (u32::from(a - b'0') + u32::from(b - b'0')) * 5 + carry;
            middle.push(char::from_digit(sum % 10, 10).unwrap());
            carry = sum / 10;
        }
        middle.push(char::from_digit(carry, 10).unwrap());
        // The point moves by the added digit.
        let point = middle.iter().position(|character| *character == '.').unwrap();
        middle.remove(point);
        middle.insert(1101, '.');
        middle.into_iter().rev().collect()
    }

    #[test]
    fn ties_go_to_the_even_digit() {
        // The values that V8 prints.
        for (text, expected) in [
            ("1125899906842624.25", "1125899906842624.2"),
            ("1125899906842624.75", "1125899906842624.8"),
            ("1125899906842625.25", "1125899906842625.2"),
            ("-1125899906842624.250", "-1125899906842624.2"),
            ("5e-324", "5e-324"),
            ("3e-324", "5e-324"),
            ("-2e-324", "0"),
            ("-0", "0"),
            ("-0.0", "0"),
            ("0", "0"),
            ("-12", "-12"),
            ("1.7976931348623157e308", "1.7976931348623157e+308"),
            ("9007199254740993", "9007199254740992"),
            ("18446744073709551615", "18446744073709552000"),
            ("1000000000000000000000", "1e+21"),
        ] {
            assert_eq!(canonical(text).as_deref(), Some(expected));
        }
        assert_eq!(canonical("1e309"), None);
        assert_eq!(canonical("-1e309"), None);
    }

    #[test]
    fn the_border_of_infinity_is_that_of_the_standard_library() {
        for length in 1..=INFINITE.len() {
            for last in '0'..='9' {
                let (first, rest) = INFINITE[..length].split_at(1);
                for digits in [format!("{first}.{rest}{last}"), format!("{last}.{rest}0")] {
                    for text in [format!("{digits}e308"), format!("{digits}E+308"), format!("{digits}e309")] {
                        let finite = text.parse::<f64>().unwrap().is_finite();
                        assert_eq!((is_finite(&text), nearest(&text).is_some()), (finite, finite), "{text}");
                    }
                }
            }
        }
        assert!(!is_finite(INFINITE) && !is_finite(&format!("{INFINITE}.0")) && !is_finite(&format!("-{INFINITE}e0")));
        assert!(is_finite(&format!("{}79.9", &INFINITE[..INFINITE.len() - 2])));
    }
}
