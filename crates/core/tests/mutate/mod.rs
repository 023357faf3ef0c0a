//! Random changes of bytes, the same in each run.

/// Pseudo-random numbers (Marsaglia, "Xorshift RNGs").
pub(crate) struct Random(pub(crate) u64);

impl Random {
    /// From 0 to `bound` - 1.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }

    /// `original` with one to `most` changes: a byte of `inserted` is added, a byte or a bit is changed, a byte or the rest is removed.
    pub(crate) fn mutate(&mut self, original: &[u8], inserted: &[u8], most: usize) -> Vec<u8> {
        let mut mutant = original.to_vec();
        for _ in 0..=self.below(most) {
            let at = self.below(mutant.len().max(1));
            match self.below(if mutant.is_empty() { 1 } else { 5 }) {
                0 => mutant.insert(at, inserted[self.below(inserted.len())]),
                1 => mutant[at] = self.below(256) as u8,
                2 => mutant[at] ^= 1 << self.below(8),
                3 => drop(mutant.remove(at)),
                _ => mutant.truncate(at),
            }
        }
        mutant
    }
}
