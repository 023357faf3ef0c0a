//! The types of subject alternative names that Fulcio certifies.

use crate::x509::general_name::GeneralName;
use crate::x509::oid::FULCIO_USERNAME;

/// The types of names that Fulcio certifies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SanKind {
    /// uniformResourceIdentifier
    Uri,
    /// rfc822Name
    Email,
    /// otherName of Fulcio's type for user names, 1.3.6.1.4.1.57264.1.7
    OtherName,
    /// dNSName
    Dns,
}

impl SanKind {
    /// The types, with the names that policies and reports use.
    pub(super) const NAMES: [(&str, Self); 4] =
        [("uri", Self::Uri), ("email", Self::Email), ("otherName", Self::OtherName), ("dns", Self::Dns)];

    /// The name of the type.
    pub(super) fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, known)| *known == self).map_or("another type", |(name, _)| name)
    }

    /// The type of a certificate's name. `None` for a type that Fulcio does not certify.
    pub(super) fn of(name: &GeneralName) -> Option<Self> {
        match name {
            GeneralName::Uri(_) => Some(Self::Uri),
            GeneralName::Email(_) => Some(Self::Email),
            GeneralName::Dns(_) => Some(Self::Dns),
            GeneralName::OtherName { oid, .. } if oid == FULCIO_USERNAME => Some(Self::OtherName),
            GeneralName::OtherName { .. } | GeneralName::Directory(_) | GeneralName::Ip(_) | GeneralName::Other(_) => {
                None
            }
        }
    }

    /// The type that a text looks like. One with `://` is a URI, one with `@` an e-mail address, any other a user name.
    pub fn infer(text: &str) -> Self {
        if text.contains("://") {
            Self::Uri
        } else if text.contains('@') {
            Self::Email
        } else {
            Self::OtherName
        }
    }
}
