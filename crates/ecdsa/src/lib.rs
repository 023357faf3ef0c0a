//! ECDSA verification over P-256 and P-384.
#![no_std]
