//! State that may never go back: the marks of logs, of scopes and of TUF repositories, and the rules that judge them.
//!
//! The caller's store only compares and swaps canonical texts. All decisions are made here.

pub mod record;
pub mod repository;
pub mod rule;
pub mod pending_records;
#[cfg(test)]
mod histories;

use crate::encoding::json_writer::ObjectWriter;
use crate::error::Result;
use record::{LogMark, ScopeMark};
use repository::RepositoryMark;

/// Reads a stored text of any kind, and gives its canonical JSON back with the key that it belongs under:
/// `{"key", "record"}`.
///
/// # Errors
/// `ERR_STATE_CORRUPT`.
pub fn describe(text: &str) -> Result<String> {
    // Canonical texts begin with their kind, so each is read once.
    let is = |kind: &str| text.strip_prefix(r#"{"kind":""#).is_some_and(|rest| rest.starts_with(kind));
    let key = if is("log\"") {
        LogMark::from_text(text)?.key()
    } else if is("tuf\"") {
        RepositoryMark::from_text(text)?.key()
    } else {
        ScopeMark::from_text(text)?.name.key()
    };
    Ok(ObjectWriter::new().string("key", &key).json("record", text).finish())
}
