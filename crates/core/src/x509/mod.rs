//! X.509 certificates (RFC 5280): parsing, path search, signed certificate timestamps.
//!
//! Everything is read by [`crate::encoding::der`], which lets nothing stand after the end of a structure, and held
//! against a second reading by x509-parser (`second_reading`).

pub mod oid;
pub mod name;
pub mod algorithm;
pub mod general_name;
pub mod name_constraints;
pub mod extensions;
pub mod certificate;
mod second_reading;
pub mod authority;
pub mod purpose;
mod path_rules;
pub mod path;
pub mod sct;

#[cfg(test)]
mod real;
