//! Merkle trees and proofs (RFC 6962 section 2.1, RFC 9162 sections 2.1.3 and 2.1.4), over SHA-256.
//!
//! A leaf is hashed as `SHA-256(0x00 || leaf)`, a node as `SHA-256(0x01 || left || right)`. Nothing here knows
//! where a root comes from: only a root of a verified checkpoint proves anything.

use crate::crypto::{sha256, sha256_parts};
use crate::error::{Code, Error, Result};

/// A hash of a leaf, a node or a whole tree.
pub type Hash = [u8; 32];

/// The hash of a leaf (RFC 6962 section 2.1).
pub fn leaf_hash(leaf: &[u8]) -> Hash {
    sha256_parts(&[&[0], leaf])
}

/// The hash of a node (RFC 6962 section 2.1).
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    sha256_parts(&[&[1], left, right])
}

/// The root of the tree without leaves.
pub fn empty_root() -> Hash {
    sha256(&[])
}

/// The root that an inclusion proof leads to (RFC 9162 section 2.1.3.2).
///
/// The index must lie in the tree and the proof must have exactly as many hashes as its place in the tree
/// needs. Equality with a signed root is the caller's to check.
///
/// # Errors
/// `ERR_INCLUSION_PROOF_INVALID`.
pub fn inclusion_root(leaf: &Hash, index: u64, size: u64, proof: &[Hash]) -> Result<Hash> {
    let invalid =
        |expected: String, found: String| Error::new(Code::InclusionProofInvalid).expected(expected).found(found);
    let Some(last) = size.checked_sub(1).filter(|&last| index <= last) else {
        return Err(invalid(format!("an index below the tree size {size}"), index.to_string()));
    };
    let wrong_length = || {
        let length = inclusion_length(index, last);
        invalid(format!("{length} hashes for leaf {index} of {size}"), format!("{} hashes", proof.len()))
    };
    let (mut position, mut last) = (index, last);
    let mut root = *leaf;
    for sibling in proof {
        if last == 0 {
            return Err(wrong_length());
        }
        if position & 1 == 1 || position == last {
            root = node_hash(sibling, &root);
            // On the right edge, levels where the node has no sibling are passed over.
            let lonely = if position == 0 { 0 } else { position.trailing_zeros() };
            position >>= lonely;
            last >>= lonely;
        } else {
            root = node_hash(&root, sibling);
        }
        position >>= 1;
        last >>= 1;
    }
    if last == 0 { Ok(root) } else { Err(wrong_length()) }
}

/// How many hashes the proof of leaf `index` has in a tree whose last leaf is `last`: one for each level below
/// the point where the paths of the two part, and one for each left sibling above it.
fn inclusion_length(index: u64, last: u64) -> u32 {
    let inner = u64::BITS.saturating_sub((index ^ last).leading_zeros());
    let border = index.checked_shr(inner).unwrap_or(0).count_ones();
    inner.saturating_add(border)
}

/// The root that the tree of `newer` leaves must have if it extends the tree of `older` leaves with the root
/// `older_root` (RFC 9162 section 2.1.4.2).
///
/// `None` if the sizes are not in order, or if the proof has another shape or does not contain `older_root`.
/// Equality with a signed root is the caller's to check. An empty tree is extended by every tree and proves
/// nothing: `None`.
pub fn consistency_root(older: u64, older_root: &Hash, newer: u64, proof: &[Hash]) -> Option<Hash> {
    if older == newer {
        return (older > 0 && proof.is_empty()).then_some(*older_root);
    }
    if older == 0 || older > newer {
        return None;
    }
    let (mut position, mut last) = (older.checked_sub(1)?, newer.checked_sub(1)?);
    let full = position.trailing_ones();
    position = position.checked_shr(full).unwrap_or(0);
    last = last.checked_shr(full).unwrap_or(0);
    // A whole older tree is a node of the newer one, and the proof leaves it out.
    let (start, rest) = if older.is_power_of_two() { (older_root, proof) } else { proof.split_first()? };
    let (mut first, mut second) = (*start, *start);
    for hash in rest {
        if last == 0 {
            return None;
        }
        if position & 1 == 1 || position == last {
            first = node_hash(hash, &first);
            second = node_hash(hash, &second);
            let lonely = if position == 0 { 0 } else { position.trailing_zeros() };
            position >>= lonely;
            last >>= lonely;
        } else {
            second = node_hash(&second, hash);
        }
        position >>= 1;
        last >>= 1;
    }
    (last == 0 && first == *older_root).then_some(second)
}
