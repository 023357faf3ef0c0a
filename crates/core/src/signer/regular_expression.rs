//! The hint for a pinned text that was meant as a regular expression. Regular expressions are not supported.

/// What to write instead, if a pinned text has characters that only a regular expression has.
#[inline(never)]
pub(super) fn hint(pinned: &str) -> Option<String> {
    let is_marked =
        pinned.starts_with('^') || pinned.ends_with('$') || pinned.contains(['\\', '|']) || pinned.contains("(?");
    is_marked.then(|| {
        "The pinned text reads as a regular expression, and none is taken. Give the name as it is, or a glob as sanPattern: * stays within one segment, ** crosses /.".to_owned()
    })
}
