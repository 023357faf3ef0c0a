//! Proves that the logs contain the entries that were bound to what was signed, and counts them (client-spec 4.3.4).

use super::binding::BoundEntry;
use super::report::{Report, Step};
use super::sorted_entries::check_key_validity;
use crate::encoding::time::Time;
use crate::error::{Code, Error, Result};
use crate::log::inclusion::{self, IncludedEntry};
use crate::order::count_distinct;
use crate::signer::times::SigningTimes;

/// A log entry about what was signed, with the proof that its log contains it. It can only be made from a
/// [`BoundEntry`], so that no entry about other content is counted.
#[derive(Debug)]
pub(super) struct LoggedEntry<'a> {
    included: IncludedEntry<'a>,
}

impl<'a> LoggedEntry<'a> {
    /// Proves that the log contains the bound entry, and that the log's key was in use at every one of the times.
    fn verify(bound: &BoundEntry<'a>, times: &[Time]) -> Result<Self> {
        let known = bound.known();
        known.under_a_pinned_key(|log| {
            let included = inclusion::verify_inclusion(known.entry, log)?;
            check_key_validity(log, times)?;
            Ok(Self { included })
        })
    }

    /// The entry, with its log and its checkpoint.
    pub(super) fn included(&self) -> &IncludedEntry<'a> {
        &self.included
    }
}

/// Proves that each bound entry is in its log. There must be entries of `required` distinct operators.
///
/// # Errors
/// `ERR_LOG_THRESHOLD`, and those of [`inclusion::verify_inclusion`] and [`check_key_validity`].
pub(super) fn verify_inclusions<'a>(
    bound: Vec<BoundEntry<'a>>,
    times: Option<&SigningTimes>,
    required: u32,
    report: &mut Report,
) -> Result<Vec<LoggedEntry<'a>>> {
    // If an entry is required, the step before has refused a bundle without one.
    if bound.is_empty() && required == 0 {
        report.skip(Step::LogInclusion, "no log entry is required");
        return Ok(Vec::new());
    }
    let details = report.begin(Step::LogInclusion);
    let times = times.map_or([].as_slice(), SigningTimes::as_slice);
    let mut logged: Vec<LoggedEntry<'a>> = Vec::with_capacity(bound.len());
    for bound in &bound {
        let entry = LoggedEntry::verify(bound, times)?;
        let included = entry.included();
        details.line(format_args!(
            "index {} in the tree of {} leaves signed by {}",
            included.leaf_index(),
            included.checkpoint().tree_size(),
            included.checkpoint().origin()
        ));
        logged.push(entry);
    }
    let distinct = count_distinct(&logged, is_same_operator);
    if distinct < required {
        return Err(Error::new(Code::LogThreshold)
            .expected(format_args!("entries in {required} logs of distinct operators"))
            .found(distinct));
    }
    Ok(logged)
}

fn is_same_operator(one: &LoggedEntry<'_>, other: &LoggedEntry<'_>) -> bool {
    let (one, other) = (one.included.log(), other.included.log());
    one.key.fingerprint() == other.key.fingerprint() || (one.operator.is_some() && one.operator == other.operator)
}
