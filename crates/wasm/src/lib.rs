//! inkan-wasm
