//! A value that is built after it was asked for so often that building it is worth the cost.

use core::sync::atomic::{AtomicU32, Ordering};
use std::sync::OnceLock;

/// Returns nothing for the first `free` uses, and the value from then on. Threads share it.
///
/// Only this type needs `std` in the crate: building a value through a shared reference takes a lock or `unsafe`, and
/// `core` has no lock. On `wasm32-unknown-unknown`, which has no threads, the lock is a plain flag.
#[derive(Debug)]
pub(crate) struct BuiltOnUse<T> {
    free: u32,
    uses: AtomicU32,
    value: OnceLock<T>,
}

impl<T> BuiltOnUse<T> {
    pub(crate) const fn new(free: u32) -> Self {
        Self { free, uses: AtomicU32::new(0), value: OnceLock::new() }
    }

    /// Counts one use.
    pub(crate) fn get(&self, build: impl FnOnce() -> T) -> Option<&T> {
        if let Some(value) = self.value.get() {
            return Some(value);
        }
        // While there is no value, there are at most `free` uses and one for each thread. So the count does not
        // overflow.
        if self.uses.fetch_add(1, Ordering::Relaxed) < self.free {
            return None;
        }
        Some(self.value.get_or_init(build))
    }

    /// Builds the value now, if there is none.
    pub(crate) fn build_now(&self, build: impl FnOnce() -> T) -> &T {
        self.value.get_or_init(build)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_built_after_the_free_uses() {
        let value = BuiltOnUse::new(2);
        assert_eq!(value.get(|| unreachable!()), None);
        assert_eq!(value.get(|| unreachable!()), None);
        assert_eq!(value.get(|| 5), Some(&5));
        assert_eq!(value.get(|| unreachable!()), Some(&5));
        let value = BuiltOnUse::new(2);
        assert_eq!(value.build_now(|| 6), &6);
        assert_eq!(value.get(|| unreachable!()), Some(&6));
    }
}
