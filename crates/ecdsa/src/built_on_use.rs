//! A value that is built once it has been asked for often enough to be worth its price.

use core::sync::atomic::{AtomicU32, Ordering};
use std::sync::OnceLock;

/// Nothing for the first `free` uses, the value from then on, shared between threads.
///
/// This is the crate's one need of `std`: a value built through a shared reference takes either a lock or `unsafe`, and
/// `core` has neither. On `wasm32-unknown-unknown`, without threads, the lock is a plain flag.
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
        // Without the value there are at most `free` uses and one for each thread, so the count does not wrap.
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
