//! The transparency log: signed notes, checkpoints, Merkle proofs, signed entry timestamps, entry bodies.

pub mod note;
pub mod checkpoint;
pub mod merkle;
pub mod pinned;
pub mod entry;
pub mod set;
pub mod body;
