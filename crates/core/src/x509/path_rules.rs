//! The rules for a path whose signatures are verified (RFC 5280 section 6.1, RFC 3161 section 2.3, Sigstore client
//! specification and Fulcio's certificate specification). A path goes from the leaf to the anchor.

use std::fmt;

use super::authority::CertificateAuthority;
use super::certificate::Certificate;
use super::extensions::{Extensions, KeyUsage};
use super::oid;
use super::purpose::Purpose;
use crate::encoding::time::Time;
use crate::error::{Code, Error, Result};

/// The name of the first certificate of a path in messages, because its subject is often empty.
pub(super) const LEAF: &str = "leaf certificate";

/// Checks everything except the times.
///
/// # Errors
/// `ERR_CHAIN_*`.
pub(super) fn check(path: &[&Certificate], purpose: Purpose, is_pinned: impl Fn(&Certificate) -> bool) -> Result<()> {
    let Some((leaf, issuers)) = path.split_first() else { return Ok(()) };
    check_critical_extensions(leaf.extensions()).map_err(|error| error.on(LEAF))?;
    check_leaf(leaf.extensions(), purpose).map_err(|error| error.on(LEAF))?;
    let mut below: Vec<&Certificate> = vec![leaf];
    let mut intermediates = 0u64;
    for issuer in issuers {
        let on = |error: Error| error.on(issuer.subject_text());
        check_critical_extensions(issuer.extensions()).map_err(on)?;
        check_issuer(issuer.extensions(), purpose, intermediates, is_pinned(issuer)).map_err(on)?;
        if let Some(constraints) = &issuer.extensions().name_constraints {
            for certificate in &below {
                constraints.check(certificate.subject(), certificate.subject_alt_names()).map_err(on)?;
            }
        }
        // Self-issued intermediates are not counted and not constrained (RFC 5280 section 6.1.4).
        if !issuer.is_self_issued() {
            intermediates = intermediates.saturating_add(1);
            below.push(issuer);
        }
    }
    Ok(())
}

/// Checks every certificate's validity and the authority's window at every time. Ends are inclusive.
///
/// # Errors
/// `ERR_CHAIN_VALIDITY`.
pub(super) fn check_times(path: &[&Certificate], authority: &CertificateAuthority, times: &[Time]) -> Result<()> {
    for time in times {
        for (index, certificate) in path.iter().enumerate() {
            if !certificate.validity().contains(*time) {
                return Err(Error::new(Code::ChainValidity)
                    .on(if index == 0 { LEAF.to_owned() } else { certificate.subject_text() })
                    .expected(format_args!("a time from {}", certificate.validity()))
                    .found(time));
            }
        }
        if !authority.validity().contains(*time) {
            return Err(Error::new(Code::ChainValidity)
                .on(format_args!("authority {}", authority.uri()))
                .expected(format_args!("a time from {}", authority.validity()))
                .found(time));
        }
    }
    Ok(())
}

/// Refuses a certificate with a critical extension that is not processed (RFC 5280 section 4.2).
fn check_critical_extensions(extensions: &Extensions) -> Result<()> {
    match extensions.unprocessed_critical.first() {
        None => Ok(()),
        Some(unknown) if unknown == oid::PRECERTIFICATE_POISON => Err(Error::new(Code::ChainCriticalExtension)
            .expected("a certificate")
            .found(format_args!("a precertificate (extension {})", oid::dotted(unknown)))),
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
    // RFC 5280 section 4.2.1.12: either use is consistent with timeStamping.
    let signs =
        |usage: KeyUsage| usage.digital_signature() || (purpose == Purpose::TimeStamping && usage.non_repudiation());
    if !usage.is_some_and(signs) {
        return Err(Error::new(Code::ChainKeyUsage).expected("keyUsage digitalSignature").found(if usage.is_some() {
            "other uses"
        } else {
            "no keyUsage"
        }));
    }
    let (name, identifier) = purpose_oid(purpose);
    let refused = |found: &dyn fmt::Display| {
        Err(Error::new(Code::ChainExtendedKeyUsage).expected(format_args!("extendedKeyUsage {name}")).found(found))
    };
    match &extensions.extended_key_usage {
        None => refused(&"no extendedKeyUsage"),
        Some(usage) if !usage.names(identifier) => refused(usage),
        // RFC 3161 section 2.3: this must be the only purpose, and the extension must be critical.
        Some(usage) if purpose == Purpose::TimeStamping && usage.purposes.len() != 1 => {
            refused(&format_args!("other purposes beside it: {usage}"))
        }
        Some(usage) if purpose == Purpose::TimeStamping && !usage.critical => refused(&"it, but not critical"),
        Some(_) => Ok(()),
    }
}

/// `below` is the number of intermediates below this issuer that count for its pathLenConstraint. An issuer that the
/// operator pinned may lack keyUsage, and then has every use (RFC 5280 section 6.1.4 (n)). Other issuers must have it.
fn check_issuer(extensions: &Extensions, purpose: Purpose, below: u64, is_pinned: bool) -> Result<()> {
    let Some(constraints) = extensions.basic_constraints.filter(|constraints| constraints.ca) else {
        return Err(Error::new(Code::ChainNotCa)
            .expected("basicConstraints with cA")
            .found(if extensions.basic_constraints.is_some() { "cA false" } else { "no basicConstraints" }));
    };
    let usage = extensions.key_usage;
    if !usage.map_or(is_pinned, |usage| usage.key_cert_sign()) {
        return Err(Error::new(Code::ChainKeyUsage).expected("keyUsage keyCertSign").found(if usage.is_some() {
            "other uses"
        } else {
            "no keyUsage"
        }));
    }
    if constraints.path_length.is_some_and(|most| below > most) {
        return Err(Error::new(Code::ChainPathLength)
            .expected(format_args!("at most {} intermediates below", constraints.path_length.unwrap_or(0)))
            .found(below));
    }
    let (name, identifier) = purpose_oid(purpose);
    match &extensions.extended_key_usage {
        Some(usage) if !usage.names(identifier) && !usage.names(oid::ANY_EXTENDED_KEY_USAGE) => {
            Err(Error::new(Code::ChainExtendedKeyUsage)
                .expected(format_args!("extendedKeyUsage {name}, or no such extension"))
                .found(usage))
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

#[cfg(test)]
mod tests {
    use super::super::real;
    use super::*;

    /// The certificate with every occurrence of `from` replaced by `to`. Its signature does not matter here.
    fn replace(certificate: &Certificate, from: &[u8], to: &[u8]) -> Certificate {
        assert_eq!(from.len(), to.len());
        let mut der = certificate.der().to_vec();
        let places: Vec<usize> =
            der.windows(from.len()).enumerate().filter(|(_, window)| *window == from).map(|(at, _)| at).collect();
        assert!(!places.is_empty());
        for at in places {
            der[at..at.saturating_add(to.len())].copy_from_slice(to);
        }
        Certificate::from_der(&der).unwrap()
    }

    /// A leaf, an intermediate with pathLen 0, and a root with pathLen 1.
    fn code_signing() -> [Certificate; 3] {
        let [intermediate, root] = authority("certificateAuthorities").try_into().unwrap();
        [real::leaf("keyless-email-mallory"), intermediate, root]
    }

    fn time_stamping() -> [Certificate; 3] {
        authority("timestampAuthorities").try_into().unwrap()
    }

    fn authority(kind: &str) -> Vec<Certificate> {
        let root = real::trust_root(&real::case("keyless-email-mallory"));
        real::authorities(&root, kind)[0].certificates().to_vec()
    }

    fn judge(path: &[Certificate; 3], purpose: Purpose) -> std::result::Result<(), Code> {
        let [leaf, intermediate, root] = path;
        check(&[leaf, intermediate, root], purpose, |_| false).map_err(|error| error.code())
    }

    const KEY_USAGE_LEAF: &[u8] = &[3, 2, 7, 0x80];
    const KEY_USAGE_CA: &[u8] = &[3, 2, 1, 0x06];

    /// The path with one of its certificates (0 is the leaf) altered.
    fn altered(path: &[Certificate; 3], at: usize, from: &[u8], to: &[u8]) -> [Certificate; 3] {
        let mut path = path.clone();
        path[at] = replace(&path[at], from, to);
        path
    }

    #[test]
    fn a_leaf_s_uses() {
        let path = code_signing();
        let sign = Purpose::CodeSigning;
        judge(&path, sign).unwrap();
        let other_use = altered(&path, 0, KEY_USAGE_LEAF, &[3, 2, 6, 0x40]);
        assert_eq!(judge(&other_use, sign), Err(Code::ChainKeyUsage));
        let no_usage = altered(&path, 0, oid::KEY_USAGE, &[0x55, 0x1d, 0x12]);
        assert_eq!(judge(&no_usage, sign), Err(Code::ChainCriticalExtension));
        let purpose = altered(&path, 0, oid::CODE_SIGNING, oid::TIME_STAMPING);
        assert_eq!(judge(&purpose, sign), Err(Code::ChainExtendedKeyUsage));
        let no_purpose = altered(&path, 0, oid::EXTENDED_KEY_USAGE, &[0x55, 0x1d, 0x12]);
        assert_eq!(judge(&no_purpose, sign), Err(Code::ChainExtendedKeyUsage));
        let any = altered(
            &path,
            0,
            &[&[0x30, 0x0a, 6, 8], oid::CODE_SIGNING].concat(),
            b"\x30\x0a\x06\x04\x55\x1d\x25\x00\x06\x02\x2a\x03",
        );
        assert_eq!(judge(&any, sign), Err(Code::ChainExtendedKeyUsage));
        let poisoned = altered(&path, 0, oid::SCT_LIST, oid::PRECERTIFICATE_POISON);
        assert_eq!(judge(&poisoned, sign), Err(Code::ChainCriticalExtension));
        let [_, intermediate, root] = path;
        assert_eq!(judge(&[intermediate.clone(), intermediate, root], sign), Err(Code::ChainNotCa));
    }

    #[test]
    fn an_issuer_s_uses() {
        let path = code_signing();
        let sign = Purpose::CodeSigning;
        for at in [1, 2] {
            let not_ca = altered(&path, at, &[1, 1, 0xff, 2, 1], &[1, 1, 0x00, 2, 1]);
            assert_eq!(judge(&not_ca, sign), Err(Code::ChainNotCa), "{at}");
            let no_constraints = altered(&path, at, oid::BASIC_CONSTRAINTS, &[0x55, 0x1d, 0x12]);
            assert_eq!(judge(&no_constraints, sign), Err(Code::ChainCriticalExtension), "{at}");
            let other_use = altered(&path, at, KEY_USAGE_CA, &[3, 2, 1, 0x02]);
            assert_eq!(judge(&other_use, sign), Err(Code::ChainKeyUsage), "{at}");
        }
        let excluded = altered(&path, 1, oid::CODE_SIGNING, oid::TIME_STAMPING);
        assert_eq!(judge(&excluded, sign), Err(Code::ChainExtendedKeyUsage));
        let root_without_intermediates = altered(&path, 2, &[1, 1, 0xff, 2, 1, 1], &[1, 1, 0xff, 2, 1, 0]);
        assert_eq!(judge(&root_without_intermediates, sign), Err(Code::ChainPathLength));
        let [leaf, _, root] = &root_without_intermediates;
        check(&[leaf, root], sign, |_| false).unwrap();
        // A self-issued intermediate is not counted.
        check(&[leaf, root, root], sign, |_| false).unwrap();
    }

    #[test]
    fn a_timestamp_authority_s_uses() {
        let path = time_stamping();
        let stamp = Purpose::TimeStamping;
        judge(&path, stamp).unwrap();
        assert_eq!(judge(&path, Purpose::CodeSigning), Err(Code::ChainExtendedKeyUsage));
        let not_critical = altered(&path, 0, &[0x55, 0x1d, 0x25, 1, 1, 0xff], &[0x55, 0x1d, 0x25, 1, 1, 0x00]);
        assert_eq!(judge(&not_critical, stamp), Err(Code::ChainExtendedKeyUsage));
        let not_alone = altered(
            &path,
            0,
            &[&[0x30, 0x0a, 6, 8], oid::TIME_STAMPING].concat(),
            b"\x30\x0a\x06\x04\x55\x1d\x25\x00\x06\x02\x2a\x03",
        );
        assert_eq!(judge(&not_alone, stamp), Err(Code::ChainExtendedKeyUsage));
    }
}
