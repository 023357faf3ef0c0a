//! Who signed, when, and whether that is who the operator pinned.

pub(crate) mod instance;
pub mod times;
pub mod chain;
pub mod pinned_key;
pub mod key;
mod near_miss;
pub mod pattern;
pub mod fulcio;
pub mod identity;
