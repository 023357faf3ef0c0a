//! What a certificate's key is used for (RFC 5280 section 4.2.1.12).

/// What the leaf's key is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Signing artifacts.
    CodeSigning,
    /// Signing RFC 3161 timestamps.
    TimeStamping,
}
