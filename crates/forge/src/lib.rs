//! inkan-forge
