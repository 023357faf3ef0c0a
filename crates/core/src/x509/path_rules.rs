//! What must hold along a path whose signatures are verified (RFC 5280 section 6.1, RFC 3161 section 2.3, Sigstore
//! client specification and Fulcio's certificate specification). Leaf first, anchor last.

use super::authority::CertificateAuthority;
use super::certificate::Certificate;
use super::extensions::Extensions;
use super::oid;
use super::path::Purpose;
use crate::encoding::time::Time;
use crate::error::{Code, Error, Result};

/// What the first certificate of a path is called: its subject is often empty.
pub(super) const LEAF: &str = "leaf certificate";

/// Everything but the times.
///
/// # Errors
/// `ERR_CHAIN_*`.
pub(super) fn check(path: &[&Certificate], purpose: Purpose) -> Result<()> {
    let Some((leaf, issuers)) = path.split_first() else { return Ok(()) };
    check_critical_extensions(leaf.extensions()).map_err(|error| error.on(LEAF))?;
    check_leaf(leaf.extensions(), purpose).map_err(|error| error.on(LEAF))?;
    let mut below: Vec<&Certificate> = vec![leaf];
    let mut intermediates = 0u64;
    for issuer in issuers {
        let on = |error: Error| error.on(issuer.subject_text());
        check_critical_extensions(issuer.extensions()).map_err(on)?;
        check_issuer(issuer.extensions(), purpose, intermediates).map_err(on)?;
        if let Some(constraints) = &issuer.extensions().name_constraints {
            for certificate in &below {
                constraints.check(certificate).map_err(on)?;
            }
        }
        // Self-issued intermediates are neither counted nor constrained (RFC 5280 section 6.1.4).
        if !issuer.is_self_issued() {
            intermediates = intermediates.saturating_add(1);
            below.push(issuer);
        }
    }
    Ok(())
}

/// Every certificate's validity and the authority's window, at every time, ends inclusive.
///
/// # Errors
/// `ERR_CHAIN_VALIDITY`.
pub(super) fn check_times(path: &[&Certificate], authority: &CertificateAuthority, times: &[Time]) -> Result<()> {
    for time in times {
        for (index, certificate) in path.iter().enumerate() {
            if !certificate.validity().contains(*time) {
                return Err(Error::new(Code::ChainValidity)
                    .on(if index == 0 { LEAF.to_owned() } else { certificate.subject_text() })
                    .expected(format!("a time from {}", certificate.validity()))
                    .found(time.to_string()));
            }
        }
        if !authority.validity().contains(*time) {
            return Err(Error::new(Code::ChainValidity)
                .on(format!("authority {}", authority.uri()))
                .expected(format!("a time from {}", authority.validity()))
                .found(time.to_string()));
        }
    }
    Ok(())
}

/// A critical extension that is not processed refuses the certificate (RFC 5280 section 4.2).
fn check_critical_extensions(extensions: &Extensions) -> Result<()> {
    match extensions.unprocessed_critical.first() {
        None => Ok(()),
        Some(unknown) if unknown == oid::PRECERTIFICATE_POISON => Err(Error::new(Code::ChainCriticalExtension)
            .expected("a certificate")
            .found(format!("a precertificate (extension {})", oid::dotted(unknown)))),
        Some(unknown) => Err(Error::new(Code::ChainCriticalExtension)
            .expected("no critical extension besides those that are processed")
            .found(oid::dotted(unknown))),
    }
}

fn check_leaf(extensions: &Extensions, purpose: Purpose) -> Result<()> {
    if extensions.basic_constraints.is_some_and(|constraints| constraints.ca) {
        return Err(Error::new(Code::ChainNotCa).expected("a leaf").found("a certificate authority"));
    }
    let usage = extensions.key_usage;
    if !usage.is_some_and(|usage| usage.digital_signature()) {
        return Err(Error::new(Code::ChainKeyUsage).expected("keyUsage digitalSignature").found(if usage.is_some() {
            "other uses"
        } else {
            "no keyUsage"
        }));
    }
    let (name, identifier) = purpose_oid(purpose);
    let refused = |found: String| {
        Err(Error::new(Code::ChainExtendedKeyUsage).expected(format!("extendedKeyUsage {name}")).found(found))
    };
    match &extensions.extended_key_usage {
        None => refused("no extendedKeyUsage".to_owned()),
        Some(usage) if !usage.names(identifier) => refused(usage.to_string()),
        // RFC 3161 section 2.3: this purpose alone, and critical.
        Some(usage) if purpose == Purpose::TimeStamping && usage.purposes.len() != 1 => {
            refused(format!("other purposes beside it: {usage}"))
        }
        Some(usage) if purpose == Purpose::TimeStamping && !usage.critical => {
            refused("it, but not critical".to_owned())
        }
        Some(_) => Ok(()),
    }
}

/// `below`: how many intermediates between this issuer and the leaf count for its pathLenConstraint.
fn check_issuer(extensions: &Extensions, purpose: Purpose, below: u64) -> Result<()> {
    let Some(constraints) = extensions.basic_constraints.filter(|constraints| constraints.ca) else {
        return Err(Error::new(Code::ChainNotCa)
            .expected("basicConstraints with cA")
            .found(if extensions.basic_constraints.is_some() { "cA false" } else { "no basicConstraints" }));
    };
    let usage = extensions.key_usage;
    if !usage.is_some_and(|usage| usage.key_cert_sign()) {
        return Err(Error::new(Code::ChainKeyUsage).expected("keyUsage keyCertSign").found(if usage.is_some() {
            "other uses"
        } else {
            "no keyUsage"
        }));
    }
    if constraints.path_length.is_some_and(|most| below > most) {
        return Err(Error::new(Code::ChainPathLength)
            .expected(format!("at most {} intermediates below", constraints.path_length.unwrap_or(0)))
            .found(below.to_string()));
    }
    let (name, identifier) = purpose_oid(purpose);
    match &extensions.extended_key_usage {
        Some(usage) if !usage.names(identifier) && !usage.names(oid::ANY_EXTENDED_KEY_USAGE) => {
            Err(Error::new(Code::ChainExtendedKeyUsage)
                .expected(format!("extendedKeyUsage {name}, or no such extension"))
                .found(usage.to_string()))
        }
        _ => Ok(()),
    }
}

fn purpose_oid(purpose: Purpose) -> (&'static str, &'static [u8]) {
    match purpose {
        Purpose::CodeSigning => ("codeSigning", oid::CODE_SIGNING),
        Purpose::TimeStamping => ("timeStamping", oid::TIME_STAMPING),
    }
}
