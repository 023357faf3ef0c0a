//! The transparency log: signed notes, checkpoints, Merkle proofs, signed entry timestamps, entry bodies.
//!
//! An entry is stated in a bundle ([`entry::LogEntry`]) and proven to be in a log ([`inclusion::IncludedEntry`]). For
//! Rekor v1, its time is verified ([`set::VerifiedSet`]). Its body is parsed ([`body::EntryBody`]), and later layers
//! compare the body with the bundle. Two trees that a log signed are proven to be one history
//! ([`consistency::ConsistentTrees`]), by hashes from the log or from its tiles ([`tiles`]).

mod signature;
pub mod note;
pub mod vkey;
pub mod merkle;
pub mod entry;
pub mod pinned;
pub mod checkpoint;
pub mod fork;
pub mod consistency;
pub mod tiles;
pub mod inclusion;
pub mod set;
pub mod body;

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
pub(crate) mod tests;
