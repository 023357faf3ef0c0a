//! Witnesses: independent parties that watch a log grow and cosign its checkpoints.
//!
//! The operator's policy names the witnesses and the quorum ([`policy::WitnessPolicy`]). The note of a checkpoint
//! carries their signatures ([`cosignature`]). [`quorum`] decides whether enough of them cosigned the tree.

pub mod policy;
mod parse;
pub mod cosignature;
pub mod quorum;

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests;
