//! The search for a path from a certificate to a pinned authority (RFC 5280 section 6, used as the Sigstore client
//! specification says: at proven times, never at the present time).
//!
//! Names suggest the next certificate, and signatures decide. The other rules of a path are checked when it reaches the
//! anchor ([`super::path_rules`]). There may be several authorities of one name, and foreign certificates with an
//! authority's name. They are tried one after another, within a budget. If no path is valid, the most specific reason
//! is reported.

use super::authority::CertificateAuthority;
use super::certificate::Certificate;
use super::path_rules;
use super::purpose::Purpose;
use std::fmt;

use crate::encoding::time::Time;
use crate::error::{Code, Error, Result};
use crate::key::PublicKey;
use crate::limits;

/// A valid path, from the leaf to the anchor of a pinned authority, at every time it was searched for.
///
/// Does not prove that these times are right, or whose certificate the leaf is.
#[derive(Debug)]
pub struct Path {
    leaf: Certificate,
    issuer: Certificate,
    subjects: Vec<String>,
    authority: usize,
}

impl Path {
    /// The certificate that the path starts from.
    pub fn leaf(&self) -> &Certificate {
        &self.leaf
    }

    /// The certificate whose key signed the leaf.
    pub fn issuer(&self) -> &Certificate {
        &self.issuer
    }

    /// The subjects for reports, from the leaf to the anchor.
    pub fn subjects(&self) -> &[String] {
        &self.subjects
    }

    /// The index of the authority that the path leads to.
    pub fn authority(&self) -> usize {
        self.authority
    }
}

/// Searches a path from `leaf` to the anchor of one of `authorities`. It may use the authority's own certificates and
/// `intermediates`. It must be valid for `purpose` at each of `times`. The anchor's own signature is not checked.
///
/// # Errors
/// `ERR_TIME_MISSING` without a time; `ERR_CHAIN_*`.
pub fn search(
    leaf: &Certificate,
    intermediates: &[Certificate],
    authorities: &[CertificateAuthority],
    times: &[Time],
    purpose: Purpose,
) -> Result<Path> {
    if times.is_empty() {
        return Err(Error::new(Code::TimeMissing).expected("a time to judge the certificates at").found("none"));
    }
    let mut search =
        Search { leaf, intermediates, times, purpose, tried: Vec::new(), spent: 0, steps: 0, refusal: None };
    for (index, authority) in by_promise(leaf, authorities, times) {
        let mut path = vec![Node::of(leaf, authority)];
        if search.extend(authority, &mut path)?
            && let [leaf, issuer, ..] = path.as_slice()
        {
            return Ok(Path {
                leaf: leaf.certificate.clone(),
                issuer: issuer.certificate.clone(),
                subjects: path.iter().map(|node| node.certificate.subject_text()).collect(),
                authority: index,
            });
        }
    }
    Err(search.refusal.map_or_else(|| untrusted(leaf, authorities), |(_, error)| error))
}

/// The authorities with their indices, in the order in which they are tried. Those in use at all times come first, and
/// among them those with the key that the leaf names.
fn by_promise<'a>(
    leaf: &Certificate,
    authorities: &'a [CertificateAuthority],
    times: &[Time],
) -> Vec<(usize, &'a CertificateAuthority)> {
    let named = leaf.extensions().authority_key_id.as_deref();
    let promise = |authority: &CertificateAuthority| {
        let mut keys = authority.certificates().iter().map(|own| own.extensions().subject_key_id.as_deref());
        let is_retired = times.iter().any(|time| !authority.validity().contains(*time));
        (is_retired, named.is_none() || !keys.any(|key| key == named))
    };
    let mut sorted = Vec::new();
    for rank in [(false, false), (false, true), (true, false), (true, true)] {
        for (index, authority) in authorities.iter().enumerate() {
            if promise(authority) == rank {
                sorted.push((index, authority));
            }
        }
    }
    sorted
}

/// A certificate on the path, with its index among the authority's certificates if it is one of them.
#[derive(Clone, Copy)]
struct Node<'a> {
    certificate: &'a Certificate,
    pinned: Option<usize>,
}

impl<'a> Node<'a> {
    fn of(certificate: &'a Certificate, authority: &'a CertificateAuthority) -> Self {
        let pinned = authority.certificates().iter().position(|pinned| pinned.der() == certificate.der());
        Self { certificate, pinned }
    }
}

/// How specific a reason is. The highest one is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// A certificate with the issuer's name was found, but not with its key.
    Signature,
    /// A certificate with the issuer's name was found, but the signature algorithm is not accepted.
    Algorithm,
    /// The search left out paths that are too long.
    Length,
    /// Every signature up to the anchor verifies. Another rule is broken.
    Rule,
    /// Everything is valid except at these times.
    Validity,
}

struct Search<'a> {
    leaf: &'a Certificate,
    intermediates: &'a [Certificate],
    times: &'a [Time],
    purpose: Purpose,
    /// Signatures that were verified: child, issuer (by address) and the result.
    tried: Vec<(usize, usize, bool)>,
    spent: usize,
    steps: usize,
    refusal: Option<(Rank, Error)>,
}

impl<'a> Search<'a> {
    /// Adds each possible issuer to the path in turn, until one leads to the anchor. If none does, the path is as
    /// before.
    ///
    /// # Errors
    /// `ERR_CHAIN_BUDGET` alone. Then no other candidate may be tried.
    fn extend(&mut self, authority: &'a CertificateAuthority, path: &mut Vec<Node<'a>>) -> Result<bool> {
        let Some(child) = path.last().copied() else { return Ok(false) };
        let anchor = authority.certificates().len().checked_sub(1);
        for issuer in self.issuers(child.certificate, authority, path) {
            self.steps = self.steps.saturating_add(1);
            if self.steps > limits::CHAIN_STEPS {
                return Err(budget(format_args!("more than {} pairs of certificates", limits::CHAIN_STEPS)));
            }
            if path.len() >= limits::CHAIN_LENGTH {
                self.note(Rank::Length, || {
                    budget(format_args!("a path of more than {} certificates", limits::CHAIN_LENGTH))
                });
                return Ok(false);
            }
            if !self.is_signed_by(child, issuer, authority)? {
                continue;
            }
            path.push(issuer);
            let found = if issuer.pinned.is_some() && issuer.pinned == anchor {
                self.holds(authority, path)
            } else {
                self.extend(authority, path)?
            };
            if found {
                return Ok(true);
            }
            path.pop();
        }
        Ok(false)
    }

    /// Certificates whose subject is the child's issuer and that are not on the path yet. Those with the key identifier
    /// that the child names come first, those with another one last. Pinned ones come before bundled ones.
    fn issuers(&self, child: &Certificate, authority: &'a CertificateAuthority, path: &[Node<'a>]) -> Vec<Node<'a>> {
        let named = child.extensions().authority_key_id.as_deref();
        let distance = |node: &Node<'a>| match (named, node.certificate.extensions().subject_key_id.as_deref()) {
            (Some(named), Some(own)) if named == own => 0,
            (Some(_), Some(_)) => 2,
            _ => 1,
        };
        let mut candidates: Vec<Node<'a>> = Vec::new();
        for (index, certificate) in authority.certificates().iter().enumerate() {
            candidates.push(Node { certificate, pinned: Some(index) });
        }
        for certificate in self.intermediates {
            candidates.push(Node { certificate, pinned: None });
        }
        candidates.retain(|node| node.certificate.subject() == child.issuer());
        let mut found: Vec<Node<'a>> = Vec::new();
        for wanted in 0..=2 {
            for node in &candidates {
                let is_known = |others: &[Node<'a>]| others.iter().any(|other| other.certificate == node.certificate);
                if distance(node) == wanted && !is_known(path) && !is_known(&found) {
                    found.push(*node);
                }
            }
        }
        found
    }

    /// Whether the issuer's key made the child's signature. The authority remembers the results for its own
    /// certificates. Each other pair costs budget once.
    fn is_signed_by(&mut self, child: Node<'a>, issuer: Node<'a>, authority: &CertificateAuthority) -> Result<bool> {
        if let Err(error) = child.certificate.signature_scheme() {
            self.note(Rank::Algorithm, || error.on(label(child.certificate, self.leaf)));
            return Ok(false);
        }
        let bundled;
        let key = match issuer.pinned.and_then(|index| authority.key(index)) {
            Some(key) => key,
            None => {
                bundled = issuer.certificate.public_key();
                &bundled
            }
        };
        let key = match key {
            Ok(key) => key,
            Err(error) => {
                let refusal = weak_key(issuer.certificate, error);
                self.note(Rank::Algorithm, || refusal);
                return Ok(false);
            }
        };
        let holds = match (child.pinned, issuer.pinned) {
            (Some(child), Some(issuer)) => authority.is_signed_by(child, issuer),
            _ => self.verify(child.certificate, issuer.certificate, key)?,
        };
        if !holds {
            let leaf = self.leaf;
            self.note(Rank::Signature, || {
                Error::new(Code::ChainSignature)
                    .on(label(child.certificate, leaf))
                    .expected(format_args!("a signature by {} of {}", key, issuer.certificate.subject_text()))
                    .found("one that does not verify")
            });
        }
        Ok(holds)
    }

    fn verify(&mut self, child: &Certificate, issuer: &Certificate, key: &PublicKey) -> Result<bool> {
        let pair = (child.der().as_ptr().addr(), issuer.der().as_ptr().addr());
        if let Some((_, _, holds)) = self.tried.iter().find(|(child, issuer, _)| (*child, *issuer) == pair) {
            return Ok(*holds);
        }
        self.spent = self.spent.saturating_add(1);
        let most = match self.purpose {
            Purpose::CodeSigning => limits::CHAIN_SIGNATURES,
            Purpose::TimeStamping => limits::TIMESTAMP_CHAIN_SIGNATURES,
        };
        if self.spent > most {
            return Err(budget(format_args!("more than {most} signatures to verify")));
        }
        let holds = child.is_signed_by(key);
        self.tried.push((pair.0, pair.1, holds));
        Ok(holds)
    }

    /// Checks the rules for a whole path, whose signatures are verified.
    fn holds(&mut self, authority: &CertificateAuthority, path: &[Node<'a>]) -> bool {
        let certificates: Vec<&Certificate> = path.iter().map(|node| node.certificate).collect();
        let is_pinned = |certificate: &Certificate| authority.certificates().contains(certificate);
        if let Err(error) = path_rules::check(&certificates, self.purpose, is_pinned) {
            self.note(Rank::Rule, || error);
            return false;
        }
        if let Err(error) = path_rules::check_times(&certificates, authority, self.times) {
            self.note(Rank::Validity, || error);
            return false;
        }
        true
    }

    /// Keeps the most specific reason. Of equal ones, it keeps the first.
    fn note(&mut self, rank: Rank, error: impl FnOnce() -> Error) {
        if self.refusal.as_ref().is_none_or(|(known, _)| *known < rank) {
            self.refusal = Some((rank, error()));
        }
    }
}

fn label(certificate: &Certificate, leaf: &Certificate) -> String {
    if certificate.der() == leaf.der() { path_rules::LEAF.to_owned() } else { certificate.subject_text() }
}

fn weak_key(issuer: &Certificate, error: &Error) -> Error {
    Error::new(Code::ChainAlgorithm)
        .on(issuer.subject_text())
        .expected(error.expected_text().unwrap_or("a well-formed key"))
        .found(error.found_text().unwrap_or("another"))
}

fn budget(found: impl fmt::Display) -> Error {
    Error::new(Code::ChainBudget).on("certificate path").expected("a path that is found with little work").found(found)
}

fn untrusted(leaf: &Certificate, authorities: &[CertificateAuthority]) -> Error {
    let mut names: Vec<String> = Vec::new();
    for certificate in authorities.iter().flat_map(CertificateAuthority::certificates) {
        let name = certificate.subject_text();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let expected = if names.is_empty() { "an authority in the trust root".to_owned() } else { names.join("; ") };
    Error::new(Code::ChainUntrusted)
        .on(path_rules::LEAF)
        .expected(format_args!("a path to {expected}"))
        .found(format_args!("issuer {}", leaf.issuer_text()))
}

#[cfg(test)]
mod tests {
    use super::super::real;
    use super::*;
    use crate::encoding::time::Validity;

    fn authorities(case: &str) -> Vec<CertificateAuthority> {
        real::authorities(&real::trust_root(&real::case(case)), "certificateAuthorities")
    }

    fn bundle(case: &str) -> Vec<Certificate> {
        real::bundle_certificates(&real::case(case)).iter().map(|der| Certificate::from_der(der).unwrap()).collect()
    }

    fn start(leaf: &Certificate) -> Time {
        leaf.validity().start
    }

    fn at_start(leaf: &Certificate, bundled: &[Certificate], authorities: &[CertificateAuthority]) -> Result<Path> {
        search(leaf, bundled, authorities, &[start(leaf)], Purpose::CodeSigning)
    }

    /// The certificate with one bit of the last octet of its signature changed. Names and key stay, and the signature
    /// is invalid.
    fn unsigned(certificate: &Certificate, bit: u8) -> Certificate {
        let mut der = certificate.der().to_vec();
        let at = der.len().saturating_sub(1).saturating_sub(usize::from(bit / 8));
        der[at] ^= 1 << (bit % 8);
        Certificate::from_der(&der).unwrap()
    }

    #[test]
    fn every_real_leaf_chains_to_its_own_trust_root() {
        let mut untrusted = Vec::new();
        for case in real::cases() {
            let name = case.file_name().unwrap().to_string_lossy().into_owned();
            let Some((leaf, bundled)) = bundle(&name).split_first().map(|(l, b)| (l.clone(), b.to_vec())) else {
                continue;
            };
            match at_start(&leaf, &bundled, &authorities(&name)) {
                Ok(path) => {
                    assert_eq!(path.leaf(), &leaf);
                    assert_eq!(path.issuer().subject(), leaf.issuer());
                    assert!((2..=3).contains(&path.subjects().len()), "{name}");
                }
                Err(error) => untrusted.push((name, error.code())),
            }
        }
        let expected = [
            ("neg-certificate-flipped", Code::ChainSignature),
            ("neg-certificate-from-stack-b", Code::ChainSignature),
            ("neg-dsse-trusted-root-of-stack-b", Code::ChainSignature),
            ("neg-trusted-root-certificateAuthorities-expired", Code::ChainValidity),
            ("neg-trusted-root-certificateAuthorities-of-b", Code::ChainSignature),
            ("neg-trusted-root-of-stack-b", Code::ChainSignature),
            ("neg-trusted-root-without-certificateAuthorities", Code::ChainUntrusted),
            ("bundle-from-wrong-instance_fail", Code::ChainSignature),
            ("intoto-expired-certificate_fail", Code::ChainValidity),
        ];
        let untrusted: Vec<(&str, Code)> = untrusted.iter().map(|(name, code)| (name.as_str(), *code)).collect();
        assert_eq!(untrusted, expected);
    }

    #[test]
    fn every_real_timestamp_authority_chains_to_its_anchor() {
        let mut seen = 0;
        for case in real::cases() {
            for authority in real::authorities(&real::trust_root(&case), "timestampAuthorities") {
                let leaf = authority.certificates()[0].clone();
                if authority.certificates().len() > 1 {
                    let times = [leaf.validity().start.max(authority.validity().start)];
                    let path = search(&leaf, &[], std::slice::from_ref(&authority), &times, Purpose::TimeStamping);
                    path.unwrap_or_else(|error| panic!("{}: {error}", case.display()));
                    let code = search(&leaf, &[], &[authority], &times, Purpose::CodeSigning).unwrap_err().code();
                    assert_eq!(code, Code::ChainExtendedKeyUsage);
                    seen += 1;
                }
            }
        }
        assert!(seen > 100, "{seen}");
    }

    #[test]
    fn windows_hold_at_every_time_and_include_their_ends() {
        let leaf = &bundle("happy-path-v0.3")[0];
        let authorities = authorities("happy-path-v0.3");
        let (start, end) = (leaf.validity().start, leaf.validity().end.unwrap());
        let judge = |times: &[Time]| search(leaf, &[], &authorities, times, Purpose::CodeSigning).map(|_| ());
        judge(&[start, end]).unwrap();
        assert_eq!(judge(&[]).unwrap_err().code(), Code::TimeMissing);
        let before = Time::from_micros(start.as_micros() - 1);
        let after = Time::from_micros(end.as_micros() + 1);
        for times in [&[before][..], &[after], &[start, after], &[before, start, end]] {
            let error = judge(times).unwrap_err();
            assert_eq!((error.code(), error.subject()), (Code::ChainValidity, Some("leaf certificate")));
        }
    }

    #[test]
    fn the_authority_has_a_window_too() {
        let leaf = &bundle("happy-path-v0.3")[0];
        let certificates = authorities("happy-path-v0.3")[1].certificates().to_vec();
        let at = start(leaf);
        let made = |start: i64, end: i64| {
            let validity = Validity { start: Time::from_micros(start), end: Some(Time::from_micros(end)) };
            CertificateAuthority::new("ca.example", certificates.clone(), validity).unwrap()
        };
        let now = at.as_micros();
        at_start(leaf, &[], &[made(now, now)]).unwrap();
        for (start, end) in [(now + 1, now + 2), (now - 2, now - 1)] {
            let error = at_start(leaf, &[], &[made(start, end)]).unwrap_err();
            assert_eq!((error.code(), error.subject()), (Code::ChainValidity, Some("authority ca.example")));
        }
        let path = at_start(leaf, &[], &[made(now + 1, now + 2), made(now, now)]).unwrap();
        assert_eq!(path.authority(), 1);
    }

    #[test]
    fn the_anchor_is_the_last_certificate_be_it_an_intermediate() {
        let bundled = bundle("happy-path-v0.3");
        let whole = &authorities("happy-path-v0.3")[1];
        let forever = Validity { start: Time::EARLIEST, end: None };
        let make =
            |certificates: &[Certificate]| CertificateAuthority::new("", certificates.to_vec(), forever).unwrap();
        let [intermediate, root] = whole.certificates() else { panic!() };
        let path = at_start(&bundled[0], &[], &[make(std::slice::from_ref(intermediate))]).unwrap();
        assert_eq!(path.subjects(), ["(no subject)", "O=sigstore.dev, CN=sigstore-intermediate"]);
        let root_only = [make(std::slice::from_ref(root))];
        assert_eq!(at_start(&bundled[0], &[], &root_only).unwrap_err().code(), Code::ChainUntrusted);
        let path = at_start(&bundled[0], std::slice::from_ref(intermediate), &root_only).unwrap();
        assert_eq!(path.subjects().len(), 3);
        let error = at_start(&bundled[0], &[unsigned(intermediate, 0)], &root_only).unwrap_err();
        assert_eq!(
            (error.code(), error.subject()),
            (Code::ChainSignature, Some("O=sigstore.dev, CN=sigstore-intermediate"))
        );
        // The anchor's own signature is not checked.
        at_start(&bundled[0], std::slice::from_ref(intermediate), &[make(&[unsigned(root, 0)])]).unwrap();
    }

    #[test]
    fn other_instances_and_altered_leaves_are_refused() {
        let leaf = &bundle("happy-path-v0.3")[0];
        let production = authorities("happy-path-v0.3");
        let error = at_start(&unsigned(leaf, 0), &[], &production).unwrap_err();
        assert_eq!((error.code(), error.subject()), (Code::ChainSignature, Some("leaf certificate")));
        let staging = &bundle("bundle-from-wrong-instance_fail")[0];
        assert_eq!(at_start(staging, &[], &production).unwrap_err().code(), Code::ChainSignature);
        let local = &bundle("keyless-email-mallory")[0];
        let error = at_start(local, &[], &production).unwrap_err();
        assert_eq!(error.code(), Code::ChainUntrusted);
        assert_eq!(error.found_text(), Some("issuer O=stack.test, CN=stack-fulcio-intermediate"));
        let intermediate = &production[1].certificates()[0];
        assert_eq!(at_start(intermediate, &[], &production).unwrap_err().code(), Code::ChainNotCa);
        assert_eq!(at_start(leaf, &[], &[]).unwrap_err().code(), Code::ChainUntrusted);
    }

    #[test]
    fn foreign_certificates_of_an_authority_s_name_do_not_block_the_search() {
        let leaf = &bundle("happy-path-v0.3")[0];
        let whole = &authorities("happy-path-v0.3")[1];
        let [intermediate, root] = whole.certificates() else { panic!() };
        let forever = Validity { start: Time::EARLIEST, end: None };
        let root_only = [CertificateAuthority::new("", vec![root.clone()], forever).unwrap()];
        let decoys: Vec<Certificate> = (0..40).map(|bit| unsigned(intermediate, bit)).collect();
        let mut few = decoys[..15].to_vec();
        few.push(intermediate.clone());
        assert_eq!(at_start(leaf, &few, &root_only).unwrap().issuer(), intermediate);
        at_start(leaf, &decoys, &authorities("happy-path-v0.3")).unwrap();
        assert_eq!(at_start(leaf, &decoys, &root_only).unwrap_err().code(), Code::ChainBudget);
    }

    #[test]
    fn roots_of_one_name_are_tried_one_after_another() {
        let leaf = &bundle("happy-path-v0.3")[0];
        let wrong = &bundle("bundle-from-wrong-instance_fail")[0];
        let staging = real::authorities(&real::staging_root(), "certificateAuthorities");
        let both: Vec<CertificateAuthority> = staging.into_iter().chain(authorities("happy-path-v0.3")).collect();
        at_start(leaf, &[], &both).unwrap();
        at_start(wrong, &[], &both).unwrap();
    }

    /// If any octet of a leaf changes, there is no path. Nothing panics.
    #[test]
    fn no_altered_leaf_has_a_path() {
        let leaf = &bundle("happy-path-v0.3")[0];
        let authorities = authorities("happy-path-v0.3");
        let mut changed = leaf.der().to_vec();
        for at in (0..changed.len()).step_by(11) {
            for mask in [0x01, 0x80] {
                changed[at] ^= mask;
                if let Ok(other) = Certificate::from_der(&changed) {
                    assert!(at_start(&other, &[], &authorities).is_err(), "octet {at}");
                }
                changed[at] ^= mask;
            }
        }
    }
}
