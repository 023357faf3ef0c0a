//! The first core: a smaller build of this crate, by the feature `first-core`, which a page loads first
//! (docs/dependencies.md, "Size"). It makes the same checks. It may accept, and none of its refusals is a verdict: whoever
//! is refused asks the whole core, from the start.
//!
//! So it has no texts of refusals and no hints ([`IS_FIRST`]), and lacks parts that few need ([`require_whole`]).

use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::{Code, IS_FIRST, Result};

static WAS_REQUIRED: AtomicBool = AtomicBool::new(false);

/// Begins a part that only the whole core has. The first core refuses. Should a caller go on without the part, nothing is
/// written or released all the same: see [`check_not_required`].
///
/// # Errors
/// `ERR_INTERNAL` in the first core.
pub(crate) fn require_whole() -> Result<()> {
    if !IS_FIRST {
        return Ok(());
    }
    WAS_REQUIRED.store(true, Ordering::Relaxed);
    Err(Code::Internal.into())
}

/// Refuses to write a record, and to release, by an instance in which the whole core was ever required.
///
/// # Errors
/// `ERR_INTERNAL` in the first core.
pub(crate) fn check_not_required() -> Result<()> {
    if IS_FIRST && WAS_REQUIRED.load(Ordering::Relaxed) { Err(Code::Internal.into()) } else { Ok(()) }
}
