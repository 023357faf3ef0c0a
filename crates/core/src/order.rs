//! Sorting. The standard library's algorithms are faster, and add 20 KB to the WASM (CONTRIBUTING.md, "Size").

/// Merge sort, from short runs to long ones. Equal items keep their order. There are at most `n·log2 n` comparisons for
/// every input. Items are read in sequence, which is fast.
pub fn sort_by<T: Clone>(items: &mut [T], before: impl Fn(&T, &T) -> bool) {
    let mut width = 1;
    while width < items.len() {
        let mut merged = Vec::with_capacity(items.len());
        for pair in items.chunks(width.saturating_mul(2)) {
            let (mut left, mut right) = pair.split_at_checked(width).unwrap_or((pair, &[]));
            while let ([first, others @ ..], [second, rest @ ..]) = (left, right) {
                if before(second, first) {
                    merged.push(second.clone());
                    right = rest;
                } else {
                    merged.push(first.clone());
                    left = others;
                }
            }
            merged.extend_from_slice(left);
            merged.extend_from_slice(right);
        }
        items.clone_from_slice(&merged);
        width = width.saturating_mul(2);
    }
}

/// Sorts in ascending order.
pub fn sort<T: Ord + Clone>(items: &mut [T]) {
    sort_by(items, |left, right| left < right);
}

/// A text that occurs twice, if there is one. Sorts by fingerprints, because they are faster to compare than texts.
/// Texts with equal fingerprints are compared as well.
pub fn repeated<'a>(texts: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let mut texts: Vec<(u64, &str)> = texts.map(|text| (fingerprint(text), text)).collect();
    sort(&mut texts);
    texts.windows(2).find_map(|pair| match pair {
        [first, second] if first == second => Some(first.1),
        _ => None,
    })
}

/// FNV-1a. An attacker gains nothing by two texts with one fingerprint.
fn fingerprint(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

/// The number of items that are not the same as an earlier one.
pub fn count_distinct<T>(items: &[T], is_same: impl Fn(&T, &T) -> bool) -> u32 {
    let mut distinct: u32 = 0;
    for (index, item) in items.iter().enumerate() {
        if !items.iter().take(index).any(|before| is_same(before, item)) {
            distinct = distinct.saturating_add(1);
        }
    }
    distinct
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorts_like_the_standard_library() {
        let mut seed = 1u32;
        for length in (0..40).chain([1000]) {
            for range in [2, 10, u32::MAX] {
                let mut items: Vec<u32> = (0..length)
                    .map(|_| {
                        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                        (seed >> 8) % range
                    })
                    .collect();
                let mut expected = items.clone();
                expected.sort_unstable();
                sort(&mut items);
                assert_eq!(items, expected);
                sort_by(&mut items, |left, right| left > right);
                expected.reverse();
                assert_eq!(items, expected);
            }
        }
    }

    #[test]
    fn finds_what_is_there_twice() {
        assert_eq!(repeated([].into_iter()), None);
        assert_eq!(repeated(["b", "a", "ab"].into_iter()), None);
        assert_eq!(repeated(["b", "a", "ab", "a"].into_iter()), Some("a"));
    }
}
