//! Sorting, by one small algorithm: the standard library's are faster, and weigh 20 KB in the WASM.

/// Sorts by heapsort: equal items in any order, `n·log n` comparisons whatever the input.
pub fn sort_by<T>(items: &mut [T], before: impl Fn(&T, &T) -> bool) {
    for root in (0..items.len() / 2).rev() {
        sift_down(items, root, &before);
    }
    let mut rest = items;
    while let Some(last) = rest.len().checked_sub(1) {
        rest.swap(0, last);
        (rest, _) = rest.split_at_mut(last);
        sift_down(rest, 0, &before);
    }
}

/// Restores the heap below `root`: no item is before the one above it.
fn sift_down<T>(items: &mut [T], mut root: usize, before: &impl Fn(&T, &T) -> bool) {
    loop {
        let left = root.saturating_mul(2).saturating_add(1);
        let right = left.saturating_add(1);
        let child = match (items.get(left), items.get(right)) {
            (Some(first), Some(second)) if before(first, second) => right,
            _ => left,
        };
        match (items.get(root), items.get(child)) {
            (Some(above), Some(below)) if before(above, below) => items.swap(root, child),
            _ => return,
        }
        root = child;
    }
}

/// Sorts in ascending order.
pub fn sort<T: Ord>(items: &mut [T]) {
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
