//! The signatures that Sigstore allows and seldom sees: ECDSA over P-521, Ed25519ph, and RSA over a digest, none of
//! which ring verifies.
//!
//! One arithmetic serves them all, Montgomery's of any width ([`modulus`]), so that together they weigh a few
//! kilobytes. Everything is variable-time and must never see a secret: there is no signing and no secret key.
//! Hashing and the encodings of signatures and keys are the caller's, except points and Ed25519's own.
#![no_std]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    reason = "arithmetic on words of one width: the bounds are stated beside each function; indices are loop counters; \
              conversions keep low bits on purpose"
)]

extern crate alloc;

mod curve;
pub mod ed25519;
mod modulus;
pub mod p521;
pub mod rsa;

pub use curve::is_on_curve;
