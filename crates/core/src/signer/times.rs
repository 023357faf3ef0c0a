//! The times at which the signature provably existed.

use crate::encoding::time::Time;
use crate::error::{Code, Error, Result};
use crate::log::set::VerifiedSet;
use crate::order;
use crate::timestamp::VerifiedTimestamp;

/// All verified signed entry timestamps and RFC 3161 times (client-spec 4.3.1). There is at least one. The leaf, the
/// chain and the logs' keys must be valid at each of them.
#[derive(Debug)]
pub struct SigningTimes {
    times: Vec<Time>,
}

impl SigningTimes {
    /// Collects every proven time.
    ///
    /// # Errors
    /// `ERR_TIME_MISSING` if there is none.
    pub fn from_evidence(sets: &[VerifiedSet], timestamps: &[VerifiedTimestamp]) -> Result<Self> {
        let mut times: Vec<Time> =
            sets.iter().map(VerifiedSet::time).chain(timestamps.iter().map(VerifiedTimestamp::time)).collect();
        order::sort(&mut times);
        times.dedup();
        if times.is_empty() {
            return Err(Error::new(Code::TimeMissing)
                .expected("a signed entry timestamp or an RFC 3161 timestamp that verifies")
                .found("none"));
        }
        Ok(Self { times })
    }

    /// The times, earliest first.
    pub fn as_slice(&self) -> &[Time] {
        &self.times
    }

    /// Refuses a time after the caller's `now`.
    ///
    /// # Errors
    /// `ERR_TIME_IN_FUTURE`.
    pub fn check_not_after(&self, now: Time) -> Result<()> {
        match self.times.iter().find(|time| **time > now) {
            None => Ok(()),
            Some(time) => Err(Error::new(Code::TimeInFuture).expected(format_args!("no time after {now}")).found(time)),
        }
    }
}
