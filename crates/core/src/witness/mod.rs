//! Witnesses: others who watched the log grow and cosigned what it showed them.
//!
//! The operator's policy names them and the quorum ([`policy::WitnessPolicy`]); a checkpoint's note carries what
//! they signed ([`cosignature`]); together they say whether enough of them saw this tree ([`quorum`]).

pub mod policy;
mod parse;
pub mod cosignature;
pub mod quorum;

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests;
