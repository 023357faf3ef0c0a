//! What may never go back: the water-marks of logs and of scopes, and the one rule that judges them.
//!
//! The caller's store only compares and swaps canonical texts; every decision is made here.

pub mod record;
pub mod rule;
pub mod unsettled;
#[cfg(test)]
mod histories;
