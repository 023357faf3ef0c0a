//! Merkle trees (RFC 6962 section 2.1).

use crate::key::sha256;

/// The hash of a leaf.
pub(crate) fn leaf_hash(leaf: &[u8]) -> Vec<u8> {
    sha256([&[0], leaf].concat())
}

/// The hash of a tree's root.
pub(crate) fn root(leaves: &[Vec<u8>]) -> Vec<u8> {
    match leaves {
        [] => sha256([]),
        [leaf] => leaf_hash(leaf),
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len()));
            sha256([&[1], root(left).as_slice(), &root(right)].concat())
        }
    }
}

/// Sibling hashes from the leaf up.
pub(crate) fn inclusion(leaves: &[Vec<u8>], index: usize) -> Vec<Vec<u8>> {
    if leaves.len() <= 1 {
        return Vec::new();
    }
    let middle = split(leaves.len());
    let (left, right) = leaves.split_at(middle);
    let (mut path, sibling) = if index < middle {
        (inclusion(left, index), root(right))
    } else {
        (inclusion(right, index - middle), root(left))
    };
    path.push(sibling);
    path
}

/// The largest power of two below `size`.
fn split(size: usize) -> usize {
    let power = size.next_power_of_two();
    power / 2
}
