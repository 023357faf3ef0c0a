//! The two age limits: the catalogue's own `expires`, and the policy's maximum age.
//!
//! The age is measured by a date that a stranger cannot renew. Anybody can get a new log entry and a new timestamp for
//! an old signature. So a keyless signature is as old as its certificate. A signature by a pinned key, and GitHub's
//! attestation of a release's asset, is as old as the catalogue's signed `issuedAt`.

use super::content::Verified;
use super::report::Details;
use super::request::Request;
use crate::encoding::time::Time;
use crate::error::{Code, Error, Result};

/// Checks both limits at the caller's time. If there is none, at the machine's time.
///
/// # Errors
/// `ERR_CATALOGUE_EXPIRED`; `ERR_OPTION_INVALID` for a maximum age without a time.
pub(super) fn check_expiry(
    verified: &Verified,
    request: &Request,
    max_age_seconds: Option<u32>,
    details: &mut Details,
) -> Result<()> {
    let expires = verified.catalogue().and_then(|catalogue| catalogue.expires());
    let Some(now) = request.now.or(request.clock) else {
        if max_age_seconds.is_some() {
            return Err(Error::new(Code::OptionInvalid)
                .on("request.now")
                .expected("a time, since the policy has maxAgeSeconds")
                .found("none"));
        }
        if expires.is_some() {
            details.line("the catalogue's expiry was not judged: no time was given");
        }
        return Ok(());
    };
    if let Some(expires) = expires
        && now > expires
    {
        return Err(Error::new(Code::CatalogueExpired)
            .expected(format_args!("a time up to {expires}, when the catalogue expires"))
            .found(now));
    }
    match max_age_seconds {
        Some(age) => check_age(verified, now, age),
        None => Ok(()),
    }
}

fn check_age(verified: &Verified, now: Time, age: u32) -> Result<()> {
    let oldest = Time::from_micros(now.as_micros().saturating_sub(i64::from(age).saturating_mul(1_000_000)));
    let (what, dated) = match verified.not_before() {
        Some(not_before) => ("a certificate", Some(not_before)),
        None => ("a signed issuedAt", verified.catalogue().and_then(|catalogue| catalogue.issued_at())),
    };
    match dated {
        Some(dated) if dated >= oldest => Ok(()),
        Some(dated) => Err(expired(what, oldest).found(format_args!("{what} of {dated}"))),
        None => Err(expired(what, oldest).found("none").hint(
            "Only the catalogue's issuedAt says how old it is under a pinned key, or as an asset of a GitHub release: ask the \
             publisher to state it, or leave maxAgeSeconds out.",
        )),
    }
}

fn expired(what: &str, oldest: Time) -> Error {
    Error::new(Code::CatalogueExpired).expected(format_args!("{what} of {oldest} or later"))
}
