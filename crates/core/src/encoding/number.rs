//! JSON numbers as doubles, in integers only: whether one is finite, and how ECMAScript writes it. Exact; the standard
//! library's own conversions are faster, weigh 30 KB in the WASM, and break ties upwards where ECMAScript takes the even
//! digit.

use super::natural::Natural;
use std::cmp::Ordering;

/// Digits that decide a double: no value halfway between two has more than 767 (below, one stands for all others).
const SIGNIFICANT: usize = 768;

/// Exponents beyond which nothing but zero and infinity is left.
const FAR: i64 = 400;

/// Any two decimals of so many digits are different doubles, if these are not subnormal.
const ALWAYS_DISTINCT: usize = 15;

/// Bits of a double's significand.
const PRECISION: u64 = 53;

/// The least exponent of two of a double's last bit.
const LEAST: i64 = -1074;

/// The greatest.
const GREATEST: i64 = 971;

/// How the least number begins whose nearest double is infinite, 2^1024 - 2^970; it has 309 digits before its point.
const INFINITE: &[u8] = &[1, 7, 9, 7, 6, 9, 3, 1, 3, 4, 8, 6, 2, 3, 1, 5, 8, 0, 7, 9];

/// The significant digits of a number, and where its point is: 0.`digits` · 10^`point`.
#[derive(Debug, PartialEq, Eq)]
struct Decimal {
    digits: Vec<u8>,
    point: i64,
}

/// A positive double: `significand` · 2^`exponent`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Double {
    significand: u64,
    exponent: i64,
}

/// Whether a number, spelt as JSON spells it, is nearest to a finite double.
pub fn is_finite(text: &str) -> bool {
    let without_exponent = !text.contains(['e', 'E']);
    if without_exponent && text.len() <= 300 {
        return true;
    }
    let decimal = Decimal::parse(text);
    // Digits below those that infinity begins with need no arithmetic: a text may hold a million such numbers.
    decimal.point <= 308
        || (decimal.point == 309 && decimal.digits.as_slice() < INFINITE)
        || decimal.nearest().is_some()
}

/// The number as ECMAScript's `Number::toString` writes the double nearest to it (ECMA-262 section 6.1.6.1.20); nothing
/// if that is infinite.
pub fn canonical(text: &str) -> Option<String> {
    let decimal = Decimal::parse(text);
    // The fewest digits that give the double back are the number's own where no other decimal as short can be meant.
    let shortest = if decimal.is_ordinary() { decimal } else { shortest(decimal.nearest()?) };
    Some(match text.strip_prefix('-') {
        Some(_) if !shortest.digits.is_empty() => format!("-{}", shortest.to_text()),
        _ => shortest.to_text(),
    })
}

impl Decimal {
    /// From a number that the JSON parser took.
    fn parse(text: &str) -> Self {
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let exponent: i64 = exponent.parse().unwrap_or(if exponent.starts_with('-') { i64::MIN } else { i64::MAX });
        let (whole, fraction) = mantissa.trim_start_matches('-').split_once('.').unwrap_or((mantissa, ""));
        let whole = whole.trim_start_matches(['-', '0']);
        let leading = if whole.is_empty() { fraction.bytes().take_while(|digit| *digit == b'0').count() } else { 0 };
        let mut digits = Vec::new();
        let mut more = false;
        for digit in whole.bytes().chain(fraction.bytes().skip(leading)) {
            if digits.len() < SIGNIFICANT {
                digits.push(digit.wrapping_sub(b'0'));
            } else {
                more |= digit != b'0';
            }
        }
        if more {
            digits.push(1);
        } else {
            while digits.pop_if(|last| *last == 0).is_some() {}
        }
        let shift = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        Self { digits, point: exponent.saturating_add(shift(whole.len())).saturating_sub(shift(leading)) }
    }

    /// Whether its own digits are the fewest that mean its double.
    fn is_ordinary(&self) -> bool {
        self.digits.is_empty() || (self.digits.len() <= ALWAYS_DISTINCT && (-306..=308).contains(&self.point))
    }

    /// The nearest double, of two equally near ones the even; nothing if it is infinite.
    fn nearest(&self) -> Option<Double> {
        if self.digits.is_empty() || self.point < FAR.wrapping_neg() {
            return Some(Double { significand: 0, exponent: LEAST });
        }
        if self.point > FAR {
            return None;
        }
        let count = i64::try_from(self.digits.len()).unwrap_or(i64::MAX);
        let scale = self.point.saturating_sub(count);
        let (mut top, mut bottom) = (Natural::from_digits(&self.digits), Natural::from(1));
        if scale < 0 {
            bottom.multiply_by_ten_to(scale.unsigned_abs())
        } else {
            top.multiply_by_ten_to(scale.unsigned_abs())
        }
        // The quotient gets one or two bits more than the significand has.
        let difference = top.bits().saturating_sub(bottom.bits());
        let mut exponent = difference.saturating_sub(54).max(LEAST.saturating_sub(1));
        if exponent < 0 {
            top.shift_left(exponent.unsigned_abs())
        } else {
            bottom.shift_left(exponent.unsigned_abs())
        }
        let mut quotient = top.divide_in_place(&bottom);
        let mut inexact = !top.is_zero();
        let mut half = false;
        while quotient >> PRECISION != 0 || exponent < LEAST {
            inexact |= half;
            half = quotient & 1 == 1;
            quotient >>= 1;
            exponent = exponent.saturating_add(1);
        }
        if half && (inexact || quotient & 1 == 1) {
            quotient = quotient.saturating_add(1);
            if quotient >> PRECISION != 0 {
                quotient >>= 1;
                exponent = exponent.saturating_add(1);
            }
        }
        (exponent <= GREATEST).then_some(Double { significand: quotient, exponent })
    }

    /// The rules of ECMA-262, where `point` is n and the number of digits k.
    fn to_text(&self) -> String {
        let digits: String = self.digits.iter().map(|digit| char::from(b'0'.wrapping_add(*digit))).collect();
        let zeros = |many: i64| "0".repeat(usize::try_from(many).unwrap_or(0));
        let point = usize::try_from(self.point).unwrap_or(0);
        match (digits.split_at_checked(point), self.point) {
            _ if digits.is_empty() => "0".to_owned(),
            (Some((whole, fraction)), 1..=21) if !fraction.is_empty() => format!("{whole}.{fraction}"),
            (_, 1..=21) => {
                let missing = point.saturating_sub(digits.len());
                format!("{digits}{}", "0".repeat(missing))
            }
            (_, -5..=0) => format!("0.{}{digits}", zeros(self.point.wrapping_neg())),
            (_, point) => {
                let exponent = point.saturating_sub(1);
                let (first, rest) = digits.split_at(1);
                let dot = if rest.is_empty() { "" } else { "." };
                format!("{first}{dot}{rest}e{}{}", if exponent < 0 { "-" } else { "+" }, exponent.unsigned_abs())
            }
        }
    }
}

/// The fewest digits that are nearer to this double than to any other, and of those the nearest to it (Steele and White
/// 1990, Dragon4): `number/unit` is what is left to write, `below/unit` and `above/unit` half the distances to the
/// neighbours.
fn shortest(double: Double) -> Decimal {
    let Double { significand, exponent } = double;
    if significand == 0 {
        return Decimal { digits: Vec::new(), point: 0 };
    }
    let even = significand & 1 == 0;
    // Below a power of two the neighbour is half as far.
    let uneven = significand == 1 << 52 && exponent > LEAST;
    let mut number = Natural::from(significand);
    let (mut unit, mut below) = (Natural::from(1), Natural::from(1));
    if exponent < 0 {
        unit.shift_left(exponent.unsigned_abs());
    } else {
        number.shift_left(exponent.unsigned_abs());
        below.shift_left(exponent.unsigned_abs());
    }
    number.shift_left(if uneven { 2 } else { 1 });
    unit.shift_left(if uneven { 2 } else { 1 });
    let mut above = below.clone();
    above.shift_left(u64::from(uneven));
    // log10(2) is about 1233/4096. The estimate is too small by one to three, never too great.
    let bits = number.bits().saturating_sub(unit.bits());
    let mut point = (bits.saturating_sub(1).saturating_mul(1233) >> 12).saturating_sub(1);
    let power = point.unsigned_abs();
    if point < 0 {
        for part in [&mut number, &mut below, &mut above] {
            part.multiply_by_ten_to(power);
        }
    } else {
        unit.multiply_by_ten_to(power);
    }
    let reaches = |number: &Natural, above: &Natural, unit: &Natural| {
        let order = number.plus(above).cmp(unit);
        order == Ordering::Greater || (order == Ordering::Equal && even)
    };
    while reaches(&number, &above, &unit) {
        unit.multiply_by_ten_to(1);
        point = point.saturating_add(1);
    }
    let zeros = unit.leading_zeros();
    for part in [&mut number, &mut below, &mut above, &mut unit] {
        part.shift_left(zeros);
    }
    let mut digits = Vec::new();
    loop {
        for part in [&mut number, &mut below, &mut above] {
            part.multiply_by_ten_to(1);
        }
        let digit = u8::try_from(number.divide_by(&unit)).unwrap_or(0);
        let order = number.cmp(&below);
        let low = order == Ordering::Less || (order == Ordering::Equal && even);
        let high = reaches(&number, &above, &unit);
        let up = match (low, high) {
            (false, false) => {
                digits.push(digit);
                continue;
            }
            (true, false) => false,
            (false, true) => true,
            (true, true) => match number.plus(&number).cmp(&unit) {
                Ordering::Less => false,
                Ordering::Equal => digit & 1 == 1,
                Ordering::Greater => true,
            },
        };
        // A digit of ten cannot be: the interval would have been reached one digit before.
        digits.push(digit.wrapping_add(u8::from(up)));
        return Decimal { digits, point };
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "a test may fail")]
mod tests {
    use super::*;

    /// What the standard library makes of a number: digits and point, which differ from ECMAScript's in ties alone.
    fn standard(value: f64) -> (Vec<u8>, i64) {
        let text = format!("{:e}", value.abs());
        let (mantissa, exponent) = text.split_once('e').unwrap();
        let digits = mantissa.bytes().filter(u8::is_ascii_digit).map(|digit| digit - b'0').collect();
        (digits, exponent.parse::<i64>().unwrap() + 1)
    }

    fn double(value: f64) -> Double {
        let bits = value.abs().to_bits();
        let fraction = bits & ((1 << 52) - 1);
        match i64::try_from(bits >> 52).unwrap() {
            0 => Double { significand: fraction, exponent: LEAST },
            exponent => Double { significand: fraction | 1 << 52, exponent: exponent - 1075 },
        }
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

        /// Doubles of every size, those around powers of two, of ten and around halves among them.
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
            if value.is_finite() { value } else { 1.0 }
        }
    }

    #[test]
    fn shortest_digits_are_those_of_the_standard_library() {
        let mut random = Random(1);
        for _ in 0..5_000 {
            let value = random.double();
            if value == 0.0 {
                continue;
            }
            let found = shortest(double(value));
            let (digits, point) = standard(value);
            if (&found.digits, found.point) != (&digits, point) {
                // A tie: as many digits, the last one less and even, and the same double.
                assert_eq!((found.digits.len(), found.point), (digits.len(), point), "{value:e}");
                assert_eq!(found.digits.last().unwrap() + 1, *digits.last().unwrap(), "{value:e}");
                assert_eq!(found.digits.last().unwrap() % 2, 0, "{value:e}");
                assert_eq!(found.nearest(), Some(double(value)));
            }
        }
    }

    #[test]
    fn the_nearest_double_is_that_of_the_standard_library() {
        let mut random = Random(2);
        let check = |text: &str| {
            let expected: f64 = text.parse().unwrap();
            let found = Decimal::parse(text).nearest();
            assert_eq!(is_finite(text), expected.is_finite(), "{text}");
            assert_eq!(found, expected.is_finite().then(|| double(expected)), "{text}");
        };
        for _ in 0..500 {
            let value = random.double();
            // As it is, exactly, and the halves to its neighbour, exactly and a little beside.
            for digits in [0, 1, 15, 16, 17, 18, 30] {
                check(&format!("{value:.digits$e}"));
            }
            let exact = format!("{value:.1100e}");
            let (mantissa, exponent) = exact.split_once('e').unwrap();
            check(&exact);
            check(&format!("{}1e{exponent}", mantissa.trim_end_matches('0')));
        }
        for text in [
            "1.7976931348623157e308",
            "1.7976931348623158e308",
            "1.7976931348623159e308",
            "17976931348623158079372897140530341507993413271003782693617377898044496829276475094664901797758720709633028641669288791094655554785194040263065748867150582068190890200070838367627385484581771153176447573027006985557136695962284291481986083493647529271907416844436551070434271155969950809304287.99e4",
            "17976931348623158079372897140530341507993413271003782693617377898044496829276475094664901797758720709633028641669288791094655554785194040263065748867150582068190890200070838367627385484581771153176447573027006985557136695962284291481986083493647529271907416844436551070434271155969950809304288e4",
            "2.4703282292062327e-324",
            "2.4703282292062328e-324",
            "2.2250738585072011e-308",
            "2.2250738585072014e-308",
            "1e-400",
            "1e400",
            "0e999999999999999999999",
            "1e999999999999999999999",
            "1e-999999999999999999999",
            "9007199254740993.0",
            "9007199254740993.00000000000000000000000000000000001",
        ] {
            check(text);
        }
        check(&format!("9007199254740993.{}1", "0".repeat(2000)));
        check(&format!("0.{}1e2001", "0".repeat(2000)));
        check(&format!("1{}e-2001", "0".repeat(2000)));
    }

    #[test]
    fn ties_go_to_the_even_digit() {
        // Those that V8 prints.
        for (text, expected) in [
            ("1125899906842624.25", "1125899906842624.2"),
            ("1125899906842624.75", "1125899906842624.8"),
            ("1125899906842625.25", "1125899906842625.2"),
            ("-1125899906842624.250", "-1125899906842624.2"),
            ("5e-324", "5e-324"),
            ("3e-324", "5e-324"),
            ("-2e-324", "0"),
            ("1.7976931348623157e308", "1.7976931348623157e+308"),
        ] {
            assert_eq!(canonical(text).as_deref(), Some(expected));
        }
        assert_eq!(canonical("1e309"), None);
    }

    #[test]
    fn the_border_of_infinity_is_that_of_the_standard_library() {
        let border = "179769313486231580793728971405303415079934132710037826936173778980444968";
        for length in 1..=border.len() {
            for last in '0'..='9' {
                let (first, rest) = border[..length].split_at(1);
                for digits in [format!("{first}.{rest}{last}"), format!("{last}.{rest}0")] {
                    for text in [format!("{digits}e308"), format!("-{digits}E+308"), format!("{digits}e309")] {
                        let finite = text.parse::<f64>().unwrap().is_finite();
                        assert_eq!(is_finite(&text), finite, "{text}");
                    }
                }
            }
        }
    }

    #[test]
    fn slow_numbers_are_read_in_good_time() {
        let text = format!("0.{}e-300", "1234567890123456789".repeat(100_000));
        assert!(is_finite(&text) && canonical(&text).is_some());
    }
}
