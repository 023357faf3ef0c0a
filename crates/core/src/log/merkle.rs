//! Merkle trees and proofs (RFC 6962 section 2.1, RFC 9162 sections 2.1.3 and 2.1.4), over SHA-256.
//!
//! A leaf is hashed as `SHA-256(0x00 || leaf)`, a node as `SHA-256(0x01 || left || right)`. A result proves something
//! only if the caller compares it with the root of a verified checkpoint.

use std::fmt;

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
/// The index must lie in the tree. The proof must have exactly as many hashes as that index needs. The caller compares
/// the result with a signed root.
///
/// # Errors
/// `ERR_INCLUSION_PROOF_INVALID`.
pub fn inclusion_root(leaf: &Hash, index: u64, size: u64, proof: &[Hash]) -> Result<Hash> {
    let invalid = |expected: fmt::Arguments<'_>, found: fmt::Arguments<'_>| {
        Error::new(Code::InclusionProofInvalid).expected(expected).found(found)
    };
    let Some(last) = size.checked_sub(1).filter(|&last| index <= last) else {
        return Err(invalid(format_args!("an index below the tree size {size}"), format_args!("{index}")));
    };
    let wrong_length = || {
        let length = inclusion_length(index, last);
        invalid(format_args!("{length} hashes for leaf {index} of {size}"), format_args!("{} hashes", proof.len()))
    };
    let (mut position, mut last) = (index, last);
    let mut root = *leaf;
    for sibling in proof {
        if last == 0 {
            return Err(wrong_length());
        }
        if position & 1 == 1 || position == last {
            root = node_hash(sibling, &root);
            // On the right edge, levels where the node has no sibling are skipped.
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

/// The number of hashes in the proof of leaf `index`, in a tree whose last leaf is `last`. There is one for each level
/// below the point where the two paths meet, and one for each left sibling above it.
fn inclusion_length(index: u64, last: u64) -> u32 {
    let inner = u64::BITS.saturating_sub((index ^ last).leading_zeros());
    let border = index.checked_shr(inner).unwrap_or(0).count_ones();
    inner.saturating_add(border)
}

/// The roots of the trees of `older` and of `newer` leaves that a consistency proof leads to (RFC 9162 section
/// 2.1.4.2), in this order.
///
/// If the older tree is a whole subtree of the newer one, the RFC's proofs leave out its node, and `older_root` takes
/// its place. A proof that begins with that node is accepted too, and leads to an older root by itself. `None` unless
/// `0 < older < newer` and the proof has exactly as many hashes as these sizes need. The caller compares the results
/// with signed roots.
pub fn consistency_roots(older: u64, older_root: &Hash, newer: u64, proof: &[Hash]) -> Option<(Hash, Hash)> {
    if older == 0 || older >= newer {
        return None;
    }
    let without_first = if older.is_power_of_two() { fold_consistency(older, newer, older_root, proof) } else { None };
    without_first.or_else(|| {
        let (first, rest) = proof.split_first()?;
        fold_consistency(older, newer, first, rest)
    })
}

/// Computes both roots, beginning with `start`, the last whole subtree of the older tree.
fn fold_consistency(older: u64, newer: u64, start: &Hash, rest: &[Hash]) -> Option<(Hash, Hash)> {
    let (mut position, mut last) = (older.checked_sub(1)?, newer.checked_sub(1)?);
    let full = position.trailing_ones();
    position = position.checked_shr(full).unwrap_or(0);
    last = last.checked_shr(full).unwrap_or(0);
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
    (last == 0).then_some((first, second))
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
pub(crate) mod tests {
    use super::*;
    use crate::log::tests::{at, hash, items, number, parse, read};

    /// The tree hash by its definition (RFC 6962 section 2.1).
    pub(crate) fn root(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => empty_root(),
            [leaf] => *leaf,
            _ => {
                let (left, right) = leaves.split_at(split(leaves.len()));
                node_hash(&root(left), &root(right))
            }
        }
    }

    pub(crate) fn split(length: usize) -> usize {
        length.next_power_of_two() / 2
    }

    /// The audit path by its definition (RFC 6962 section 2.1.1).
    fn path(index: usize, leaves: &[Hash]) -> Vec<Hash> {
        if leaves.len() == 1 {
            return Vec::new();
        }
        let (left, right) = leaves.split_at(split(leaves.len()));
        let (mut inner, sibling) = if index < left.len() {
            (path(index, left), root(right))
        } else {
            (path(index - left.len(), right), root(left))
        };
        inner.push(sibling);
        inner
    }

    /// The consistency proof by its definition (RFC 6962 section 2.1.2). If not `whole`, it includes the first node.
    pub(crate) fn consistency(older: usize, leaves: &[Hash], whole: bool) -> Vec<Hash> {
        if older == leaves.len() {
            return if whole { Vec::new() } else { vec![root(leaves)] };
        }
        let (left, right) = leaves.split_at(split(leaves.len()));
        let (mut inner, sibling) = if older <= left.len() {
            (consistency(older, left, whole), root(right))
        } else {
            (consistency(older - left.len(), right, false), root(left))
        };
        inner.push(sibling);
        inner
    }

    pub(crate) fn leaves(count: u8) -> Vec<Hash> {
        (0..count).map(|leaf| leaf_hash(&[leaf])).collect()
    }

    /// All proofs with one change: a hash flipped, dropped, doubled, swapped with its neighbour, or added.
    fn changed(proof: &[Hash]) -> Vec<Vec<Hash>> {
        let mut all = Vec::new();
        for position in 0..proof.len() {
            let mut flipped = proof.to_vec();
            flipped[position][position % 32] ^= 1;
            all.push(flipped);
            let mut dropped = proof.to_vec();
            dropped.remove(position);
            all.push(dropped);
            let mut doubled = proof.to_vec();
            doubled.insert(position, proof[position]);
            all.push(doubled);
            if position > 0 {
                let mut swapped = proof.to_vec();
                swapped.swap(position - 1, position);
                all.push(swapped);
            }
        }
        all.push([proof, &[[0; 32]]].concat());
        all.push([&[[0; 32]], proof].concat());
        all
    }

    #[test]
    fn inclusion_in_all_small_trees() {
        for size in 1..=70u8 {
            let leaves = leaves(size);
            let root = root(&leaves);
            for index in 0..size {
                let proof = path(usize::from(index), &leaves);
                let leaf = &leaves[usize::from(index)];
                let (index, size) = (u64::from(index), u64::from(size));
                assert_eq!(inclusion_length(index, size - 1), u32::try_from(proof.len()).unwrap());
                assert_eq!(inclusion_root(leaf, index, size, &proof).unwrap(), root);
                assert_ne!(inclusion_root(&leaf_hash(b"other"), index, size, &proof).unwrap(), root);
                for proof in changed(&proof) {
                    assert_ne!(inclusion_root(leaf, index, size, &proof).ok(), Some(root), "{index} of {size}");
                }
                for other in (0..size + 2).filter(|&other| other != index) {
                    assert_ne!(inclusion_root(leaf, other, size, &proof).ok(), Some(root), "{other} for {index}");
                }
            }
        }
    }

    #[test]
    fn inclusion_at_the_ends_of_u64() {
        let hashes = [[1; 32]; 70];
        for (index, size, length) in [
            (0, u64::MAX, 64),
            (u64::MAX - 1, u64::MAX, 63),
            (u64::MAX - 2, u64::MAX, 64),
            (1 << 63, u64::MAX, 64),
            (0, 1 << 63, 63),
            (0, 1, 0),
        ] {
            for found in 0..hashes.len() {
                let result = inclusion_root(&[0; 32], index, size, &hashes[..found]);
                assert_eq!(result.is_ok(), found == length, "{index} of {size} by {found}");
            }
        }
        for (index, size) in [(0, 0), (1, 1), (u64::MAX, u64::MAX), (u64::MAX, 5)] {
            let code = inclusion_root(&[0; 32], index, size, &[]).unwrap_err().code();
            assert_eq!(code, Code::InclusionProofInvalid);
        }
    }

    #[test]
    fn consistency_of_all_small_trees() {
        for newer in 2..=66u8 {
            let leaves = leaves(newer);
            let newer_root = root(&leaves);
            for older in 1..newer {
                let older_root = root(&leaves[..usize::from(older)]);
                let (from, to) = (u64::from(older), u64::from(newer));
                for whole in [true, false] {
                    let proof = consistency(usize::from(older), &leaves, whole);
                    let roots = consistency_roots(from, &older_root, to, &proof);
                    assert_eq!(roots, Some((older_root, newer_root)), "{older} {newer}");
                    let other_form = consistency(usize::from(older), &leaves, !whole);
                    for proof in changed(&proof).iter().filter(|&proof| *proof != other_form) {
                        assert_ne!(consistency_roots(from, &older_root, to, proof), roots, "{older} {newer}");
                    }
                    assert_eq!(consistency_roots(to, &newer_root, from, &proof), None);
                    // With its first node, a proof leads to the older root by itself.
                    let other = consistency_roots(from, &[7; 32], to, &proof);
                    let itself = !(whole && older.is_power_of_two());
                    assert_eq!(other == roots, itself, "{older} {newer}");
                }
            }
        }
        for (older, newer) in [(0, 5), (0, 0), (3, 3), (u64::MAX, u64::MAX)] {
            assert_eq!(consistency_roots(older, &empty_root(), newer, &[]), None);
        }
    }

    #[test]
    fn consistency_at_the_ends_of_u64() {
        let hashes = [[1; 32]; 70];
        for (older, newer, length) in [(1, u64::MAX, 64), (u64::MAX - 1, u64::MAX, 64), (1 << 63, u64::MAX, 1)] {
            for found in 0..hashes.len() {
                let roots = consistency_roots(older, &[0; 32], newer, &hashes[..found]);
                let fits = found == length || (older.is_power_of_two() && found == length + 1);
                assert_eq!(roots.is_some(), fits, "{older} to {newer} by {found}");
            }
        }
    }

    #[test]
    fn consistency_of_a_real_log() {
        let file = read("catalogues/logs/a/rekor2/consistency.json");
        let log = parse(&file);
        let proofs = items(&log, "consistencyProofs");
        for stated in proofs {
            let root = |key: &str| hash(at(stated, key).unwrap());
            let size = |key: &str| number(stated, key);
            let proof: Vec<Hash> = items(stated, "proof").iter().map(hash).collect();
            let roots = consistency_roots(size("old"), &root("oldRoot"), size("new"), &proof);
            assert_eq!(roots, Some((root("oldRoot"), root("newRoot"))), "{} to {}", size("old"), size("new"));
        }
        assert!(proofs.len() > 100, "{}", proofs.len());
    }
}
