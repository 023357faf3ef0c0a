//! The transparency log: signed notes, checkpoints, Merkle proofs, signed entry timestamps, entry bodies.
//!
//! An entry is stated ([`entry::LogEntry`]), proven to be in a log ([`inclusion::IncludedEntry`]), for Rekor v1
//! also given a time ([`set::VerifiedSet`]), and read ([`body::EntryBody`]). What the body is about is compared
//! with the bundle by the layers above. Two trees that a log signed are proven to be one history
//! ([`consistency::ConsistentTrees`]), from hashes that it hands out or from its tiles ([`tiles`]).

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
