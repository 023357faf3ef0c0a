//! What a certificate's key is used for (RFC 5280 section 4.2.1.12).

/// The use that the leaf's key must be certified for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Signing artifacts.
    CodeSigning,
    /// Signing RFC 3161 timestamps.
    TimeStamping,
}
