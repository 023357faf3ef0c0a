//! Times as text. The whole forged world lives around one fixed instant.

/// When everything is signed unless a case says otherwise: 2026-06-01T12:00:00Z.
pub(crate) const NOW: i64 = 1_780_315_200;
/// When the operators' keys and certificates begin: 2026-01-01T00:00:00Z.
pub(crate) const START: i64 = 1_767_225_600;
/// When the operators' certificates end: 2035-12-30T00:00:00Z.
pub(crate) const END: i64 = START + 3650 * DAY;
/// Seconds of one day.
pub(crate) const DAY: i64 = 86_400;

/// Year, month, day, hour, minute, second.
fn civil(seconds: i64) -> [i64; 6] {
    let mut day = seconds.div_euclid(DAY);
    let rest = seconds.rem_euclid(DAY);
    let mut year = 1970;
    let leap = |year: i64| (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    while day >= if leap(year) { 366 } else { 365 } {
        day -= if leap(year) { 366 } else { 365 };
        year += 1;
    }
    let mut month = 1;
    for length in [31, if leap(year) { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if day < length {
            break;
        }
        day -= length;
        month += 1;
    }
    [year, month, day + 1, rest / 3600, rest / 60 % 60, rest % 60]
}

/// `20260601120000Z`
pub(crate) fn compact(seconds: i64) -> String {
    let [year, month, day, hour, minute, second] = civil(seconds);
    format!("{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}Z")
}

/// `2026-06-01T12:00:00Z`
pub(crate) fn rfc3339(seconds: i64) -> String {
    let [year, month, day, hour, minute, second] = civil(seconds);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}
