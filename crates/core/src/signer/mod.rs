//! Who signed, when, and whether that is who the operator pinned.

pub mod times;
pub mod chain;
pub mod key;
pub mod pattern;
pub mod fulcio;
pub mod identity;
