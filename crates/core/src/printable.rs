//! Makes texts safe to print. A text from an attacker must not control a terminal, be invisible, or change the order of
//! the text around it.
//!
//! The list follows Unicode's General_Category (Cc, Cf, Co, Cn for noncharacters) and Default_Ignorable_Code_Point,
//! with the blank letters and fillers that neither has. Letters of all languages, their combining marks, spaces in
//! common use and the base characters of emoji stay as they are. `ts/input/printable.ts` has the same list, and a test
//! compares them.

/// Characters that are always escaped, as inclusive ranges in ascending order.
///
/// The noncharacters at the end of each plane are not in the list. [`is_printable`] recognizes them by their last two
/// bytes.
const UNPRINTABLE: &[(u32, u32)] = &[
    // Controls, C0 and C1.
    (0x0000, 0x001f),
    (0x007f, 0x009f),
    // Soft hyphen, combining grapheme joiner.
    (0x00ad, 0x00ad),
    (0x034f, 0x034f),
    // Arabic letter mark, Hangul fillers, Khmer inherent vowels.
    (0x061c, 0x061c),
    (0x115f, 0x1160),
    (0x17b4, 0x17b5),
    // Mongolian selectors and vowel separator.
    (0x180b, 0x180f),
    // Zero width characters and marks of direction.
    (0x200b, 0x200f),
    // Line and paragraph separators, embeddings and overrides of direction.
    (0x2028, 0x202e),
    // Invisible operators, isolates of direction, deprecated format characters.
    (0x2060, 0x206f),
    // Blank Braille pattern, Hangul filler.
    (0x2800, 0x2800),
    (0x3164, 0x3164),
    // Private use.
    (0xe000, 0xf8ff),
    // Noncharacters, variation selectors, byte order mark, halfwidth Hangul filler.
    (0xfdd0, 0xfdef),
    (0xfe00, 0xfe0f),
    (0xfeff, 0xfeff),
    (0xffa0, 0xffa0),
    // Interlinear annotations, object replacement character.
    (0xfff0, 0xfffc),
    // Egyptian joiners, Khitan filler, shorthand and musical format characters, null notehead.
    (0x13430, 0x1343f),
    (0x16fe4, 0x16fe4),
    (0x1bca0, 0x1bca3),
    (0x1d159, 0x1d159),
    (0x1d173, 0x1d17a),
    // Tags and selectors.
    (0xe0000, 0xe0fff),
    // Private use, planes 15 and 16.
    (0xf0000, 0x10ffff),
];

/// Whether a character may be printed as it is.
pub(crate) fn is_printable(character: char) -> bool {
    let code = u32::from(character);
    matches!(character, ' '..='~')
        || (code & 0xfffe != 0xfffe && !UNPRINTABLE.iter().any(|&(first, last)| (first..=last).contains(&code)))
}

/// At most `longest` characters of `text`. Characters that are not printable are escaped as `\u{…}`, because the text
/// may come from an attacker.
pub(crate) fn shorten(text: &str, longest: usize) -> String {
    if text.len() <= longest && text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return text.to_owned();
    }
    let mut out = String::new();
    for (count, character) in text.chars().enumerate() {
        if count == longest {
            out.push('…');
            break;
        }
        if is_printable(character) {
            out.push(character);
        } else {
            out.extend(character.escape_unicode());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_in_order() {
        let ends: Vec<u32> = UNPRINTABLE.iter().flat_map(|&(first, last)| [first, last + 1]).collect();
        assert!(ends.is_sorted());
    }

    #[test]
    fn what_steers_or_hides_is_escaped() {
        for character in
            "\0\n\u{1b}\u{7f}\u{9b}\u{ad}\u{61c}\u{180e}\u{2028}\u{202e}\u{2800}\u{fe0f}\u{e0041}\u{f0000}\u{1fffe}"
                .chars()
        {
            assert_eq!(shorten(&format!("a{character}b"), 9), format!("a{}b", character.escape_unicode()));
        }
    }

    #[test]
    fn what_people_write_stays() {
        for text in [
            "café e\u{301}",
            "日本語\u{3000}の",
            "हिन्दी",
            "العَرَبِيَّة",
            "ไทย",
            "한국어 \u{1112}\u{1161}\u{11ab}",
            "😀🏳",
            "a\u{a0}b \u{fffd}",
        ] {
            assert_eq!(shorten(text, 99), text);
        }
    }

    #[test]
    fn a_long_text_is_cut() {
        assert_eq!(shorten("abc", 2), "ab…");
        assert_eq!(shorten("\u{1b}\u{1b}\u{1b}", 2), "\\u{1b}\\u{1b}…");
    }
}
