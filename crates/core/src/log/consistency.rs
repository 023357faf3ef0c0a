//! Consistency of two trees that one log signed (RFC 9162 section 2.1.4). Either the newer tree continues the older
//! one, or the log forked.

use crate::encoding::base64;
use crate::error::{Code, Error, Result};
use crate::log::fork::{SignedTree, fork, notes};
use crate::log::merkle::{self, Hash, consistency_roots};

/// Two trees of one log. The older is proven to be the past of the newer: the newer tree begins with exactly its
/// leaves. Does not prove who signed them.
#[derive(Debug)]
pub struct ConsistentTrees {
    older: (u64, Hash),
    newer: (u64, Hash),
}

/// Proves that `older` is the past of `newer`. Needs no hashes if both have one size, or if the older tree is empty.
///
/// # Errors
/// `ERR_LOG_FORK` if the trees cannot be of one history, with the proof of it for others;
/// `ERR_CONSISTENCY_PROOF_INVALID` if the hashes prove neither, which includes trees in the wrong order.
pub fn verify_consistency(older: SignedTree<'_>, newer: SignedTree<'_>, proof: &[Hash]) -> Result<ConsistentTrees> {
    let (older_root, newer_root) = roots(older, newer, proof).ok_or_else(|| {
        unproven(older, newer).found(format_args!("{} hashes, which these sizes do not need", proof.len()))
    })?;
    if newer_root != *newer.root {
        return Err(unproven(older, newer).found(format_args!("one to the root {}", base64::encode(&newer_root))));
    }
    if older_root != *older.root {
        return Err(fork(older, newer, proof));
    }
    Ok(ConsistentTrees { older: (older.size, older_root), newer: (newer.size, newer_root) })
}

/// Splits the bytes of a proof for this log into hashes.
///
/// # Errors
/// `ERR_CONSISTENCY_PROOF_INVALID` if bytes are left over.
pub fn parse_proof<'p>(origin: &str, proof: &'p [u8]) -> Result<&'p [Hash]> {
    let (hashes, rest) = proof.as_chunks();
    if rest.is_empty() {
        return Ok(hashes);
    }
    Err(Error::new(Code::ConsistencyProofInvalid)
        .on(origin)
        .expected("hashes of 32 bytes")
        .found(format_args!("{} bytes", proof.len())))
}

/// The roots that the proof leads to. `None` if its number of hashes does not fit the sizes.
fn roots(older: SignedTree<'_>, newer: SignedTree<'_>, proof: &[Hash]) -> Option<(Hash, Hash)> {
    match (older.size, proof) {
        (size, []) if size == newer.size => Some((*newer.root, *newer.root)),
        (0, []) => Some((merkle::empty_root(), *newer.root)),
        (size, proof) => consistency_roots(size, older.root, newer.size, proof),
    }
}

fn unproven(older: SignedTree<'_>, newer: SignedTree<'_>) -> Error {
    Error::new(Code::ConsistencyProofInvalid)
        .on(newer.origin)
        .expected(format_args!(
            "a proof from size {} to size {} and the root {}",
            older.size,
            newer.size,
            base64::encode(newer.root)
        ))
        .evidence(notes(older, newer))
}

impl ConsistentTrees {
    /// Whether the proof is about these trees.
    pub fn are(&self, older: SignedTree<'_>, newer: SignedTree<'_>) -> bool {
        self.older == (older.size, *older.root) && self.newer == (newer.size, *newer.root)
    }

    /// What is proven, in words.
    pub fn describe(&self) -> String {
        format!("size {} is proven to be the past of {}", self.older.0, self.newer.0)
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests {
    use super::*;
    use crate::log::merkle::tests::{consistency, leaves, root};

    fn tree<'a>(size: usize, root: &'a Hash) -> SignedTree<'a> {
        SignedTree {
            origin: "o",
            size: u64::try_from(size).unwrap(),
            root,
            note: if size == 5 { "older" } else { "newer" },
        }
    }

    fn code(older: SignedTree<'_>, newer: SignedTree<'_>, proof: &[Hash]) -> Option<Code> {
        verify_consistency(older, newer, proof).err().map(|error| error.code())
    }

    #[test]
    fn the_past_the_fork_and_the_unproven() {
        let (ours, other) = (leaves(20), [1; 32]);
        let newer_root = root(&ours);
        let newer = tree(20, &newer_root);
        for size in 1..20 {
            let older_root = root(&ours[..size]);
            let (older, forked) = (tree(size, &older_root), tree(size, &other));
            let bare = consistency(size, &ours, true);
            let full = consistency(size, &ours, false);
            for proof in [&bare, &full] {
                let proven = verify_consistency(older, newer, proof).unwrap();
                assert!(proven.are(older, newer) && !proven.are(forked, newer));
                assert_eq!(code(older, tree(20, &other), proof), Some(Code::ConsistencyProofInvalid));
                assert_eq!(code(newer, older, proof), Some(Code::ConsistencyProofInvalid));
                let mut longer = (*proof).clone();
                longer.push(other);
                assert_eq!(code(older, newer, &longer), Some(Code::ConsistencyProofInvalid));
            }
            assert_eq!(code(forked, newer, &full), Some(Code::LogFork), "{size}");
            // The RFC leaves out the node that would show the fork.
            let expected = if size.is_power_of_two() { Code::ConsistencyProofInvalid } else { Code::LogFork };
            assert_eq!(code(forked, newer, &bare), Some(expected), "{size}");
        }
    }

    #[test]
    fn trees_that_need_no_hashes() {
        let (one, other, empty) = ([1; 32], [2; 32], merkle::empty_root());
        assert_eq!(code(tree(7, &one), tree(7, &one), &[]), None);
        assert_eq!(code(tree(7, &one), tree(7, &other), &[]), Some(Code::LogFork));
        assert_eq!(code(tree(7, &one), tree(7, &one), &[one]), Some(Code::ConsistencyProofInvalid));
        assert_eq!(code(tree(0, &empty), tree(7, &one), &[]), None);
        assert_eq!(code(tree(0, &one), tree(7, &one), &[]), Some(Code::LogFork));
        assert_eq!(code(tree(0, &empty), tree(7, &one), &[one]), Some(Code::ConsistencyProofInvalid));
    }
}
