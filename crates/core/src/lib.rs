//! inkan-core
