//! The key that a signature must verify under.

use crate::error::Result;
use crate::key::PublicKey;
use crate::signer::chain::VerifiedChain;
use crate::signer::pinned_key::PinnedKey;
use crate::x509::certificate::Certificate;

/// A key that a pinned authority or the operator vouches for.
#[derive(Debug)]
pub struct TrustedKey<'a>(Origin<'a>);

#[derive(Debug)]
enum Origin<'a> {
    Leaf(Box<PublicKey>, &'a Certificate),
    Pinned(&'a PinnedKey),
}

impl<'a> TrustedKey<'a> {
    /// The key of a verified chain's leaf. Its algorithm is that of its SubjectPublicKeyInfo.
    ///
    /// # Errors
    /// `ERR_KEY_MALFORMED`, `ERR_KEY_UNSUPPORTED`.
    pub fn from_chain(chain: &'a VerifiedChain) -> Result<Self> {
        Ok(Self(Origin::Leaf(Box::new(chain.leaf().public_key()?), chain.leaf())))
    }

    /// A key that the operator pinned.
    pub fn pinned(key: &'a PinnedKey) -> Self {
        Self(Origin::Pinned(key))
    }

    /// The key.
    pub fn public_key(&self) -> &PublicKey {
        match &self.0 {
            Origin::Leaf(key, _) => key,
            Origin::Pinned(key) => key.public_key(),
        }
    }

    /// The certificate that states the key. `None` for a key that the operator pinned.
    pub fn certificate(&self) -> Option<&'a Certificate> {
        match self.0 {
            Origin::Leaf(_, leaf) => Some(leaf),
            Origin::Pinned(_) => None,
        }
    }
}
