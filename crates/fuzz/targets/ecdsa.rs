//! `cargo fuzz run --fuzz-dir crates/fuzz --features libfuzzer --sanitizer none ecdsa`
#![no_main]
#![allow(missing_docs, reason = "the macro's own items")]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    inkan_fuzz::ecdsa(data);
});
