//! Consistency proofs from a log's tiles (C2SP tlog-tiles): which tiles a proof needs, and the hashes of the proof.
//!
//! The tile of level `l` and index `n` holds the roots of up to 256 whole subtrees of `256^l` leaves. The first of them
//! has the number `256 n`. A proof needs the tiles on the right edge of the newer tree, which make its root, and the
//! tiles that the right edge of the older tree cuts. Every hash in these tiles is hashed into the newer root. So one
//! comparison shows whether the log served the tiles of the tree that it signed.

use crate::error::{Code, Error, Result};
use crate::log::merkle::{Hash, node_hash};

/// One tile, as wide as the newer tree makes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tile {
    /// Level 0 holds leaf hashes. Each higher level holds the roots of whole tiles of the level below.
    pub level: u32,
    /// The index of the tile in its level.
    pub index: u64,
    /// Its hashes, 1 to 256.
    pub width: u64,
}

/// The result of reading the tiles of two trees.
#[derive(Debug, PartialEq, Eq)]
pub struct TileProof {
    /// The consistency proof, including its first node. It proves nothing until it is verified.
    pub hashes: Vec<Hash>,
    /// Whether every hash of every tile leads to the newer tree's signed root.
    pub genuine: bool,
}

/// The tiles that a proof from `older` to `newer` leaves needs. At most two on each level.
///
/// # Errors
/// `ERR_CONSISTENCY_PROOF_INVALID` unless `0 < older < newer`.
pub fn needed_tiles(older: u64, newer: u64) -> Result<Vec<Tile>> {
    if older == 0 || older >= newer {
        return Err(Error::new(Code::ConsistencyProofInvalid)
            .expected("an older tree that is smaller than the newer, and not empty")
            .found(format_args!("sizes {older} and {newer}")));
    }
    let mut tiles: Vec<Tile> = Vec::new();
    for level in 0..8 {
        let (left, right) = (shift(older, level, 0), shift(newer, level, 0));
        let newest = Tile { level, index: right >> 8, width: right & 255 };
        // If a tile ends with the last leaf of the older tree, the level above has the root of the tile.
        let cut = shift(older, level, 8) == shift(older.saturating_sub(1), level, 8);
        let edge = Tile { level, index: left >> 8, width: 256 };
        if cut && edge.index < newest.index {
            tiles.push(edge);
        }
        if newest.width > 0 {
            tiles.push(newest);
        }
    }
    Ok(tiles)
}

/// The number of whole subtrees of `256^level * 2^more` leaves in a tree of `size` leaves.
fn shift(size: u64, level: u32, more: u32) -> u64 {
    size.checked_shr(level.saturating_mul(8).saturating_add(more)).unwrap_or(0)
}

/// The proof from the needed tiles. `bytes` holds the hashes of all tiles in the order of [`needed_tiles`].
///
/// # Errors
/// `ERR_CONSISTENCY_PROOF_INVALID` for other sizes or another number of bytes.
pub fn proof_from_tiles(older: u64, newer: u64, newer_root: &Hash, bytes: &[u8]) -> Result<TileProof> {
    let tiles = needed_tiles(older, newer)?;
    let tree = Served::from_bytes(newer, &tiles, bytes).ok_or_else(|| {
        let count = tiles.iter().fold(0u64, |sum, tile| sum.saturating_add(tile.width));
        Error::new(Code::ConsistencyProofInvalid)
            .expected(format_args!("{count} hashes in {} tiles", tiles.len()))
            .found(format_args!("{} bytes", bytes.len()))
    })?;
    let lacking = || Error::new(Code::Internal).expected("every tile that the proof needs").found("one less");
    Ok(TileProof {
        hashes: tree.proof(older).ok_or_else(lacking)?,
        genuine: tree.leads_to(newer_root).ok_or_else(lacking)?,
    })
}

/// The given tiles of a tree of `size` leaves.
struct Served<'b> {
    size: u64,
    tiles: Vec<(Tile, &'b [Hash])>,
}

impl<'b> Served<'b> {
    fn from_bytes(size: u64, tiles: &[Tile], bytes: &'b [u8]) -> Option<Self> {
        let (hashes, rest) = bytes.as_chunks::<32>();
        if !rest.is_empty() {
            return None;
        }
        let mut left = hashes;
        let mut served = Vec::new();
        for tile in tiles {
            let (own, others) = left.split_at_checked(usize::try_from(tile.width).ok()?)?;
            served.push((*tile, own));
            left = others;
        }
        left.is_empty().then_some(Self { size, tiles: served })
    }

    /// The root of the whole subtree with the number `index` of `2^height` leaves.
    fn node(&self, height: u32, index: u64) -> Option<Hash> {
        let (level, inner) = (height / 8, height % 8);
        let first = index.checked_shl(inner)?;
        let (_, hashes) = self.tiles.iter().find(|(tile, _)| tile.level == level && tile.index == first >> 8)?;
        let start = usize::try_from(first & 255).ok()?;
        root(hashes.get(start..start.checked_add(1usize.checked_shl(inner)?)?)?)
    }

    /// The root of the leaves behind the whole subtrees of `2^height` leaves.
    fn edge(&self, height: u32) -> Option<Hash> {
        let mut edge = None;
        for bit in (0..height).filter(|bit| self.size.checked_shr(*bit).unwrap_or(0) & 1 == 1) {
            let whole = self.node(bit, self.size.checked_shr(bit)?.checked_sub(1)?)?;
            edge = Some(edge.map_or(whole, |right| node_hash(&whole, &right)));
        }
        edge
    }

    /// Whether the right edge makes this root, and each whole tile makes the hash that the tile above it holds.
    fn leads_to(&self, newer_root: &Hash) -> Option<bool> {
        let mut genuine = self.edge(u64::BITS)? == *newer_root;
        for (tile, hashes) in self.tiles.iter().filter(|(tile, _)| tile.width == 256) {
            let above = self.node(tile.level.checked_add(1)?.checked_mul(8)?, tile.index)?;
            genuine &= root(hashes)? == above;
        }
        Some(genuine)
    }

    /// The hashes that RFC 9162 section 2.1.4.2 uses, in its order, including the first node.
    fn proof(&self, older: u64) -> Option<Vec<Hash>> {
        let mut height = older.trailing_zeros();
        let mut position = older.checked_shr(height)?.checked_sub(1)?;
        let mut last = self.size.checked_sub(1)?.checked_shr(height)?;
        let mut hashes = vec![self.node(height, position)?];
        while last > 0 {
            if position == last {
                // On the right edge, levels where the node has no sibling are skipped.
                let lonely = position.trailing_zeros();
                (position, last) = (position >> lonely, last >> lonely);
                height = height.checked_add(lonely)?;
            }
            hashes.push(match position & 1 {
                1 => self.node(height, position.checked_sub(1)?)?,
                _ if position.checked_add(1)? < last => self.node(height, position.checked_add(1)?)?,
                _ => self.subtree_at_the_end(height, last)?,
            });
            (position, last) = (position >> 1, last >> 1);
            height = height.checked_add(1)?;
        }
        Some(hashes)
    }

    /// The last subtree of up to `2^height` leaves. It may be incomplete.
    fn subtree_at_the_end(&self, height: u32, last: u64) -> Option<Hash> {
        if self.size.checked_shr(height)? > last { self.node(height, last) } else { self.edge(height) }
    }
}

/// The root over hashes whose number is a power of two.
fn root(hashes: &[Hash]) -> Option<Hash> {
    let mut row = hashes.to_vec();
    while row.len() > 1 {
        row = row.as_chunks::<2>().0.iter().map(|[left, right]| node_hash(left, right)).collect();
    }
    row.first().copied()
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests {
    use super::*;
    use crate::log::merkle::consistency_roots;
    use crate::log::merkle::tests::{consistency, leaves};
    use crate::log::merkle::{leaf_hash, tests};
    use crate::log::tests::{at, hash, items, number, parse, read};

    /// The tiles of a tree with these leaves, one after the other.
    fn served(leaves: &[Hash], tiles: &[Tile]) -> Vec<u8> {
        let mut rows = vec![leaves.to_vec()];
        while let Some(row) = rows.last().filter(|row| row.len() >= 256) {
            rows.push(row.chunks_exact(256).map(tests::root).collect());
        }
        let of = |tile: &Tile| {
            let start = usize::try_from(tile.index).unwrap() * 256;
            &rows[usize::try_from(tile.level).unwrap()][start..start + usize::try_from(tile.width).unwrap()]
        };
        tiles.iter().flat_map(of).flatten().copied().collect()
    }

    fn prove(older: usize, leaves: &[Hash]) -> TileProof {
        let (from, to) = (u64::try_from(older).unwrap(), u64::try_from(leaves.len()).unwrap());
        let bytes = served(leaves, &needed_tiles(from, to).unwrap());
        proof_from_tiles(from, to, &tests::root(leaves), &bytes).unwrap()
    }

    #[test]
    fn proofs_are_those_of_the_definition() {
        for newer in 2..=66 {
            let leaves = leaves(newer);
            for older in 1..leaves.len() {
                let proof = prove(older, &leaves);
                assert_eq!(
                    (proof.hashes, proof.genuine),
                    (consistency(older, &leaves, false), true),
                    "{older} {newer}"
                );
            }
        }
    }

    #[test]
    fn proofs_over_several_levels() {
        let many: Vec<Hash> = (0..66_000u32).map(|leaf| leaf_hash(&leaf.to_be_bytes())).collect();
        for newer in [257, 300, 511, 512, 513, 1000, 65_535, 65_536, 65_537, 66_000] {
            let leaves = &many[..newer];
            let root = tests::root(leaves);
            for older in [1, 2, 3, 255, 256, 257, 300, 511, 512, 700, 768, 999, 32_768, 65_280, 65_535, 65_536, 65_999]
            {
                if older >= newer {
                    continue;
                }
                let (from, to) = (u64::try_from(older).unwrap(), u64::try_from(newer).unwrap());
                let proof = prove(older, leaves);
                assert!(proof.genuine, "{older} {newer}");
                let older_root = tests::root(&leaves[..older]);
                assert_eq!(consistency_roots(from, &[0; 32], to, &proof.hashes), Some((older_root, root)));
            }
        }
    }

    #[test]
    fn one_changed_hash_anywhere_is_seen() {
        let leaves: Vec<Hash> = (0..700u32).map(|leaf| leaf_hash(&leaf.to_be_bytes())).collect();
        let root = tests::root(&leaves);
        for older in [5, 256, 300, 699] {
            let bytes = served(&leaves, &needed_tiles(older, 700).unwrap());
            for position in (0..bytes.len()).step_by(32) {
                let mut changed = bytes.clone();
                changed[position + 7] ^= 1;
                assert!(!proof_from_tiles(older, 700, &root, &changed).unwrap().genuine, "{older} {position}");
            }
            for wrong in [&bytes[1..], &bytes[32..], &[bytes.as_slice(), &[0; 32]].concat(), &[]] {
                let error = proof_from_tiles(older, 700, &root, wrong).unwrap_err();
                assert_eq!(error.code(), Code::ConsistencyProofInvalid);
            }
        }
    }

    #[test]
    fn few_tiles_are_needed_whatever_the_sizes() {
        let tile = |level, index, width| Tile { level, index, width };
        assert_eq!(needed_tiles(3, 39).unwrap(), [tile(0, 0, 39)]);
        assert_eq!(needed_tiles(256, 512).unwrap(), [tile(1, 0, 2)]);
        assert_eq!(
            needed_tiles(5, 70_000).unwrap(),
            [tile(0, 0, 256), tile(0, 273, 112), tile(1, 0, 256), tile(1, 1, 17), tile(2, 0, 1)]
        );
        for (older, newer) in [(1, u64::MAX), (u64::MAX - 1, u64::MAX), (1 << 63, u64::MAX), ((1 << 33) + 9, 1 << 34)] {
            assert!(needed_tiles(older, newer).unwrap().len() <= 15, "{older} {newer}");
        }
        for older in [1, 123_456_789, (1 << 31) + 1] {
            assert!(needed_tiles(older, 3_000_000_000).unwrap().len() <= 8, "{older}");
        }
        for (older, newer) in [(0, 5), (5, 5), (6, 5)] {
            assert_eq!(needed_tiles(older, newer).unwrap_err().code(), Code::ConsistencyProofInvalid);
        }
    }

    #[test]
    fn proofs_of_a_real_log() {
        let file = read("catalogues/logs/a/rekor2/consistency.json");
        let log = parse(&file);
        for stated in items(&log, "consistencyProofs") {
            let (older, newer) = (number(stated, "old"), number(stated, "new"));
            let bytes = read(&format!("catalogues/logs/a/rekor2/log/tile/0/000.p/{newer}"));
            let root = |key: &str| hash(at(stated, key).unwrap());
            let proof = proof_from_tiles(older, newer, &root("newRoot"), &bytes).unwrap();
            assert!(proof.genuine);
            assert_eq!(
                consistency_roots(older, &[0; 32], newer, &proof.hashes),
                Some((root("oldRoot"), root("newRoot")))
            );
        }
    }
}
