//! X.509 certificates (RFC 5280): parsing, path search, signed certificate timestamps. The only importer of x509-parser.

pub mod oid;
pub mod certificate;
pub mod extensions;
pub mod authority;
pub mod path;
pub mod sct;
