//! State that may never go back: the marks of logs and of scopes, and the one rule that judges them.
//!
//! The caller's store only compares and swaps canonical texts. All decisions are made here.

pub mod record;
pub mod rule;
pub mod pending_records;
#[cfg(test)]
mod histories;
