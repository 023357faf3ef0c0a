//! X.509 certificates (RFC 5280): parsing, path search, signed certificate timestamps.
//!
//! [`crate::encoding::der`] reads everything and refuses bytes after the end of a structure. x509-parser reads each
//! certificate a second time, and both readings must agree (`second_reading`).

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
