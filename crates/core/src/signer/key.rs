//! The key that a signature must verify under.

use crate::error::Result;
use crate::key::PublicKey;
use crate::signer::chain::VerifiedChain;

/// A key that somebody trusted vouches for: a pinned authority, or the operator.
#[derive(Debug)]
pub struct TrustedKey<'a>(Origin<'a>);

#[derive(Debug)]
enum Origin<'a> {
    Leaf(Box<PublicKey>),
    Pinned(&'a PublicKey),
}

impl<'a> TrustedKey<'a> {
    /// The key of a verified chain's leaf. Its algorithm is that of its SubjectPublicKeyInfo.
    ///
    /// # Errors
    /// `ERR_KEY_MALFORMED`, `ERR_KEY_UNSUPPORTED`.
    pub fn from_chain(chain: &VerifiedChain) -> Result<Self> {
        Ok(Self(Origin::Leaf(Box::new(chain.leaf().public_key()?))))
    }

    /// A key that the operator pinned.
    pub fn pinned(key: &'a PublicKey) -> Self {
        Self(Origin::Pinned(key))
    }

    /// The key.
    pub fn public_key(&self) -> &PublicKey {
        match &self.0 {
            Origin::Leaf(key) => key,
            Origin::Pinned(key) => key,
        }
    }
}
