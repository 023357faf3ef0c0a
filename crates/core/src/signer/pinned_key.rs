//! The public keys that the operator pins.

use crate::encoding::json::Value;
use crate::error::Result;
use crate::key::PublicKey;
use crate::limits;
use crate::options::{Options, invalid};

/// A public key that a policy pins. It can be made only from a policy, so a key that a bundle states cannot become one.
#[derive(Debug)]
pub struct PinnedKey(PublicKey);

impl PinnedKey {
    /// Takes `keys`, an array of public keys in PEM, out of a policy. Duplicates of a key count once.
    ///
    /// # Errors
    /// `ERR_OPTION_INVALID`, `ERR_PEM_MALFORMED`, `ERR_KEY_*`.
    pub fn take_all(policy: &mut Options<'_>) -> Result<Vec<Self>> {
        let items = match policy.take("keys") {
            Some(Value::Array(items)) if !items.is_empty() && items.len() <= limits::PINNED_KEYS => items,
            _ => return Err(invalid("policy.keys", "an array of 1 to 64 public keys in PEM", "something else")),
        };
        let mut keys: Vec<Self> = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let path = format!("policy.keys[{index}]");
            let text = item.as_str().ok_or_else(|| invalid(&path, "a text", item.kind()))?;
            let key = PublicKey::from_pem(text).map_err(|error| error.on_outer(&path))?.prepare();
            if !keys.iter().any(|known| known.0.fingerprint() == key.fingerprint()) {
                keys.push(Self(key));
            }
        }
        Ok(keys)
    }

    /// The key.
    pub fn public_key(&self) -> &PublicKey {
        &self.0
    }
}
