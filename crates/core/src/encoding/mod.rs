//! Encodings of bytes, texts and times. Each parser is strict and bounded, and proves nothing about its input.

pub mod base64;
pub mod der;
pub mod hex;
pub mod jcs;
mod natural;
mod estimate;
pub mod number;
pub mod json;
pub mod json_writer;
pub mod pem;
pub mod time;
pub mod protojson;
