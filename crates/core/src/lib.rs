//! Verification of Sigstore bundles and signed MCP tool catalogues.
//!
//! Does no I/O, and reads no clock, no randomness and no environment. The input is bytes and options, the output is a
//! verdict. A module imports only from modules that are listed before it.

pub(crate) mod printable;
pub mod error;
mod first;
pub mod limits;
pub mod order;
pub mod encoding;
mod foreign;
pub mod crypto;
pub mod key;
pub mod log;
pub mod witness;
pub mod x509;
pub mod timestamp;
pub mod bundle;
pub mod options;
pub mod trust;
pub mod signer;
pub mod signature;
pub mod catalogue;
pub mod state;
pub mod policy;
pub mod verify;
pub mod inspect;
pub mod log_verifier;
