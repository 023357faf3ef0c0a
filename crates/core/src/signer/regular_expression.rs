//! The hint for a pinned text that was meant as a regular expression: none is taken.

/// Whether a pinned text has marks that only a regular expression has, and what to write instead.
#[inline(never)]
pub(super) fn hint(pinned: &str) -> Option<String> {
    let is_marked =
        pinned.starts_with('^') || pinned.ends_with('$') || pinned.contains(['\\', '|']) || pinned.contains("(?");
    is_marked.then(|| {
        "The pinned text reads as a regular expression, and none is taken. Give the name as it is, or a glob as sanPattern: * stays within one segment, ** crosses /.".to_owned()
    })
}
