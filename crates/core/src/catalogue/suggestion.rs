//! Finds the known name that a misspelt one was meant to be.

use crate::error::IS_FIRST;

/// Suggestions are made only for names up to this length.
const LONGEST: usize = 32;

/// The known name that is nearest to a wrong one. None if they differ by more than two characters, or by more than a
/// third of a longer name.
pub(super) fn nearest(wrong: &str, known: &[&'static str]) -> Option<&'static str> {
    if IS_FIRST || wrong.len() > LONGEST {
        return None;
    }
    let wrong = wrong.to_ascii_lowercase();
    let (edits, name) = known
        .iter()
        .map(|name| (distance(&wrong, &name.to_ascii_lowercase()), *name))
        .min_by_key(|(edits, _)| *edits)?;
    (edits <= name.len().div_euclid(3).max(2)).then_some(name)
}

/// The number of bytes to add, remove or replace to turn one text into the other (Levenshtein distance).
fn distance(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (index, from) in left.bytes().enumerate() {
        let mut diagonal = index;
        let mut before = index.saturating_add(1);
        if let Some(first) = row.first_mut() {
            *first = before;
        }
        for (cell, to) in row.iter_mut().skip(1).zip(right.bytes()) {
            let replaced = diagonal.saturating_add(usize::from(from != to));
            diagonal = *cell;
            before = replaced.min(before.min(diagonal).saturating_add(1));
            *cell = before;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_suggested() {
        let known = ["tools", "server", "issuedAt", "resourceTemplates", "resources", "expires"];
        for (wrong, expected) in [
            ("tool", Some("tools")),
            ("Tools", Some("tools")),
            ("issued_at", Some("issuedAt")),
            ("resource_templates", Some("resourceTemplates")),
            ("expiry", Some("expires")),
            ("ressources", Some("resources")),
            ("colour", None),
            ("", None),
            ("toolstoolstoolstoolstoolstoolstools", None),
        ] {
            assert_eq!(nearest(wrong, &known), expected, "{wrong}");
        }
        assert_eq!((distance("kitten", "sitting"), distance("", "ab"), distance("ab", "")), (3, 2, 2));
    }
}
