//! Verification of Sigstore bundles and signed MCP tool catalogues.
//!
//! Pure: no I/O, no clock, no randomness, no environment. Bytes and options come in, a verdict goes out.
//! A module imports only from those listed before it.

pub mod error;
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
pub mod audit;
