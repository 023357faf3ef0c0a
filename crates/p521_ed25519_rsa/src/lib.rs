//! The signatures that Sigstore allows and that ring does not verify: ECDSA over P-521, Ed25519ph, and RSA over a
//! digest. They are rare, so this crate is small rather than fast.
//!
//! All of them use one arithmetic, Montgomery's of any width ([`modulus`]). Everything takes variable time and must
//! never see a secret: there is no signing and no secret key. The caller hashes, and reads the encodings of signatures
//! and keys, except points and Ed25519's own encodings.
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
