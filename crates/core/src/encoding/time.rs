//! Points in time, to the microsecond, as they occur in bundles and options. Nothing here reads a clock.

use std::fmt;

use crate::error::{Code, Error, Result};

/// Microseconds since 1970-01-01T00:00:00Z, without leap seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(i64);

const MICROS: i64 = 1_000_000;
const DAY: i64 = 86_400;

impl Time {
    /// The earliest time that can be stated.
    pub const EARLIEST: Time = Time(i64::MIN);

    /// From seconds since 1970; `None` where that overflows.
    pub fn from_seconds(seconds: i64) -> Option<Self> {
        seconds.checked_mul(MICROS).map(Self)
    }

    /// From milliseconds since 1970; `None` where that overflows.
    pub fn from_millis(millis: i64) -> Option<Self> {
        millis.checked_mul(1_000).map(Self)
    }

    /// From microseconds since 1970.
    pub fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since 1970.
    pub fn as_micros(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970, rounded down.
    pub fn as_seconds(self) -> i64 {
        self.0.div_euclid(MICROS)
    }

    /// From `YYYYMMDDHHMMSS` in UTC and the microseconds after it; `None` if there is no such time.
    pub fn from_digits(text: &str, micros: i64) -> Option<Self> {
        let number = digits(text).filter(|_| text.len() == 14)?;
        let pair = |unit: i64| number.div_euclid(unit).rem_euclid(100);
        let year = number.div_euclid(10_000_000_000);
        let (month, day) = (pair(100_000_000), pair(1_000_000));
        let (hour, minute, second) = (pair(10_000), pair(100), pair(1));
        let leap = year.rem_euclid(4) == 0 && (year.rem_euclid(100) != 0 || year.rem_euclid(400) == 0);
        let last = match month {
            2 if leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            _ => return None,
        };
        if !(1..=last).contains(&day) || hour > 23 || minute > 59 || second > 59 || !(0..MICROS).contains(&micros) {
            return None;
        }
        // The year has four digits, so nothing overflows.
        let minutes =
            days_from_civil(year, month, day).wrapping_mul(24).wrapping_add(hour).wrapping_mul(60).wrapping_add(minute);
        let seconds = minutes.wrapping_mul(60).wrapping_add(second);
        Some(Self(seconds.wrapping_mul(MICROS).wrapping_add(micros)))
    }

    /// Parses RFC 3339 with any offset and any number of fraction digits. Drops those after the sixth.
    ///
    /// # Errors
    /// `ERR_OPTION_INVALID`. Callers that parse bundles replace the code.
    pub fn parse_rfc3339(text: &str) -> Result<Self> {
        parse(text)
            .ok_or_else(|| Error::new(Code::OptionInvalid).expected("a time such as 2026-11-22T22:52:04Z").found(text))
    }
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar, for a year of four digits.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    // The year is counted from March, so that the leap day is its last day.
    let shifted = year.wrapping_sub(i64::from(month <= 2));
    let era = shifted.div_euclid(400);
    let year_of_era = shifted.rem_euclid(400);
    let month_from_march = month.wrapping_add(9).rem_euclid(12);
    let day_of_year =
        month_from_march.wrapping_mul(153).wrapping_add(2).div_euclid(5).wrapping_add(day).wrapping_sub(1);
    let day_of_era = year_of_era
        .wrapping_mul(365)
        .wrapping_add(year_of_era.div_euclid(4))
        .wrapping_sub(year_of_era.div_euclid(100))
        .wrapping_add(day_of_year);
    era.wrapping_mul(146_097).wrapping_add(day_of_era).wrapping_sub(719_468)
}

fn digits(text: &str) -> Option<i64> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

/// The microseconds of the digits after a decimal point. There may be one to twelve digits; those after the sixth are
/// dropped.
pub(super) fn micros(fraction: &str) -> Option<i64> {
    digits(fraction).filter(|_| fraction.len() <= 12)?;
    digits(&format!("{fraction:0<6.6}"))
}

fn parse(text: &str) -> Option<Time> {
    let literal = |at: usize, characters: &str| text.get(at..=at).is_some_and(|found| characters.contains(found));
    if !(literal(4, "-") && literal(7, "-") && literal(10, "Tt") && literal(13, ":") && literal(16, ":")) {
        return None;
    }
    let (whole, mut rest) = text.split_at_checked(19)?;
    let whole = whole.replace(['-', ':', 'T', 't'], "");
    let mut after_point = 0;
    if let Some(fraction) = rest.strip_prefix('.') {
        let length = fraction.bytes().take_while(u8::is_ascii_digit).count();
        let (found, after) = fraction.split_at_checked(length)?;
        after_point = micros(found)?;
        rest = after;
    }
    let offset = match rest {
        "Z" | "z" => 0,
        _ => {
            let sign = if rest.starts_with('+') { 1 } else { -1 };
            let (hours, minutes) = rest.strip_prefix(['+', '-'])?.split_once(':')?;
            if hours.len() != 2 || minutes.len() != 2 {
                return None;
            }
            let (hours, minutes) = (digits(hours)?, digits(minutes)?);
            if hours > 23 || minutes > 59 {
                return None;
            }
            hours.wrapping_mul(60).wrapping_add(minutes).wrapping_mul(sign).wrapping_mul(60).wrapping_mul(MICROS)
        }
    };
    Some(Time(Time::from_digits(&whole, after_point)?.0.wrapping_sub(offset)))
}

impl fmt::Display for Time {
    /// RFC 3339 in UTC. Has a fraction only if it is not zero.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.as_seconds();
        let micros = self.0.rem_euclid(MICROS);
        let days = seconds.div_euclid(DAY);
        let second_of_day = seconds.rem_euclid(DAY);
        let (year, month, day) = civil_from_days(days);
        let text = format!(
            "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{micros:06}",
            second_of_day.div_euclid(3600),
            second_of_day.rem_euclid(3600).div_euclid(60),
            second_of_day.rem_euclid(60)
        );
        f.write_str(text.trim_end_matches('0').trim_end_matches('.'))?;
        f.write_str("Z")
    }
}

/// The inverse of [`days_from_civil`]. [`Time`] bounds the operands, so nothing overflows.
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let shifted = days.wrapping_add(719_468);
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = day_of_era
        .wrapping_sub(day_of_era.div_euclid(1_460))
        .wrapping_add(day_of_era.div_euclid(36_524))
        .wrapping_sub(day_of_era.div_euclid(146_096))
        .div_euclid(365);
    let day_of_year = day_of_era.wrapping_sub(
        year_of_era.wrapping_mul(365).wrapping_add(year_of_era.div_euclid(4)).wrapping_sub(year_of_era.div_euclid(100)),
    );
    let month_from_march = day_of_year.wrapping_mul(5).wrapping_add(2).div_euclid(153);
    let day =
        day_of_year.wrapping_sub(month_from_march.wrapping_mul(153).wrapping_add(2).div_euclid(5)).wrapping_add(1);
    let month = if month_from_march < 10 { month_from_march.wrapping_add(3) } else { month_from_march.wrapping_sub(9) };
    let year = year_of_era.wrapping_add(era.wrapping_mul(400)).wrapping_add(i64::from(month <= 2));
    (year, month, day)
}

/// A window of validity. Both ends are inclusive (Sigstore client-spec; `trusted_root.proto`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    /// The first valid time.
    pub start: Time,
    /// The last valid time; `None` while still in use.
    pub end: Option<Time>,
}

impl Validity {
    /// Whether `time` lies in the window.
    pub fn contains(&self, time: Time) -> bool {
        self.start <= time && self.end.is_none_or(|end| time <= end)
    }
}

impl fmt::Display for Validity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.start == Time::EARLIEST {
            f.write_str("any time")?;
        } else {
            write!(f, "{}", self.start)?;
        }
        match self.end {
            Some(end) => write!(f, " to {end}"),
            None => f.write_str(" and later"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc3339_both_ways() {
        for (text, seconds) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2026-11-22T22:52:04Z", 1_795_387_924),
            ("2000-02-29T23:59:59Z", 951_868_799),
            ("1969-12-31T23:59:59Z", -1),
            ("9999-12-31T23:59:59Z", 253_402_300_799),
        ] {
            let time = Time::parse_rfc3339(text).unwrap();
            assert_eq!(time.as_seconds(), seconds, "{text}");
            assert_eq!(time.to_string(), text);
        }
        let fraction = Time::parse_rfc3339("2022-12-31T23:59:59.999Z").unwrap();
        assert_eq!(fraction.to_string(), "2022-12-31T23:59:59.999Z");
        assert_eq!(Time::parse_rfc3339("2022-12-31T23:59:59.999000000+00:00").unwrap(), fraction);
        assert_eq!(Time::parse_rfc3339("2023-01-01T01:29:59.999+01:30").unwrap(), fraction);
        assert_eq!(Time::parse_rfc3339("2022-12-31T18:59:59.999-05:00").unwrap(), fraction);
    }

    #[test]
    fn refuses_times_that_are_none() {
        for text in [
            "",
            "2023-02-29T00:00:00Z",
            "2023-13-01T00:00:00Z",
            "2023-01-01T24:00:00Z",
            "2023-01-01",
            "2023-01-01T00:00:00",
            "2023-01-01 00:00:00Z",
            "2023-01-01T00:00:00.Z",
            "2023-01-01T00:00:60Z",
            "+023-01-01T00:00:00Z",
            "2023-01-01T00:00:00+1:00",
            "2023-1-01T00:00:00Z",
            "2023-01-01T00:00:00Zx",
            "２023-01-01T00:00:00Z",
        ] {
            assert!(Time::parse_rfc3339(text).is_err(), "{text}");
        }
    }
}
