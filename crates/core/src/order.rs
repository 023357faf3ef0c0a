//! Sorting, by one small algorithm: the standard library's are faster, and weigh 20 KB in the WASM.

/// Sorts by merging runs, each twice as long as those before: equal items stay in their order, and there are at most
/// `n·log2 n` comparisons, whatever the input. Items are read one after the other, which memory is fast at.
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

/// A text that is there twice, if there is one. Fingerprints are sorted first: comparing them is faster than comparing
/// texts, and texts that share one are compared as well.
pub fn repeated<'a>(texts: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let mut texts: Vec<(u64, &str)> = texts.map(|text| (fingerprint(text), text)).collect();
    sort(&mut texts);
    texts.windows(2).find_map(|pair| match pair {
        [first, second] if first == second => Some(first.1),
        _ => None,
    })
}

/// FNV-1a. Whoever makes two texts of one fingerprint gains nothing.
fn fingerprint(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

/// How many items are there that are not the same as one before them.
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
