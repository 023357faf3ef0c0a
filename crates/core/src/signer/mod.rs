//! Who signed, when, and whether the operator pinned that signer.

pub(crate) mod instance;
pub mod times;
mod attester;
pub mod chain;
pub mod pinned_key;
pub mod key;
pub mod san_kind;
mod regular_expression;
pub mod pattern;
mod near_miss;
pub mod fulcio;
pub mod identity;
pub mod release;
pub mod policy;
