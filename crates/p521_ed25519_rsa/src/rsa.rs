//! The RSA verification primitive, RSAVP1 (RFC 8017, section 5.2.2). The encoding of the message is the caller's.

use alloc::vec::Vec;

use crate::modulus::Modulus;

/// `signature^exponent mod modulus`, big-endian and as long as the modulus, all integers big-endian.
///
/// `None` if the modulus is even or below 3, or if the signature is not below it. Proves nothing by itself: the caller
/// must compare the whole result with the one encoding of the message.
pub fn raise(modulus: &[u8], exponent: &[u8], signature: &[u8]) -> Option<Vec<u8>> {
    let n = Modulus::new(modulus)?;
    let raised = n.value(&n.pow(&n.parse(signature)?, exponent));
    let mut bytes: Vec<u8> = raised.iter().flat_map(|word| word.to_le_bytes()).collect();
    // The value is below the modulus: what is cut is zero, what is added as well.
    bytes.resize(modulus.len(), 0);
    bytes.reverse();
    Some(bytes)
}
