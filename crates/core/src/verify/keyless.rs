//! Keyless verification: the steps of the Sigstore client specification (section 4.3), each with its section. The
//! checks are in files of their own. This file has only the order of the steps, the policy and the bundle's
//! certificates.
//!
//! Section 4.3.5 (the signature) comes before 4.3.4 (the log) here. A log entry is compared with content whose
//! signature is verified, and that content exists only after 4.3.5. Both must hold, so the order changes no verdict.

use std::sync::Arc;

use super::binding::verify_bindings;
use super::content::{self, ProvenSignature, Signer, Verified};
use super::logged_entry::verify_inclusions;
use super::pending::StateTerms;
use super::proven_times::prove_times;
use super::report::{Report, Step};
use super::request::{Evidence, Request};
use super::signed_content::{open_bundle, verify_signature};
use super::signer_summary::SignerSummary;
use super::sorted_entries::SortedEntries;
use super::witnesses::verify_witnesses;
use crate::bundle::SignerMaterial;
use crate::crypto::Message;
use crate::error::{Code, Error, Result};
use crate::key::{fingerprint_text, hinted_fingerprint};
use crate::options::{self, invalid};
use crate::policy::{StatePolicy, Thresholds, Witnesses};
use crate::signer::chain::VerifiedChain;
use crate::signer::instance;
use crate::signer::key::TrustedKey;
use crate::signer::policy::{SignerPolicy, VerifiedSigner};
use crate::trust::TrustRoot;
use crate::x509::certificate::Certificate;
use crate::x509::sct;

/// Verifies against a pinned identity and trust root.
#[derive(Debug)]
pub struct KeylessVerifier {
    trust: Arc<TrustRoot>,
    signers: SignerPolicy,
    thresholds: Thresholds,
    state: StatePolicy,
    witnesses: Option<Witnesses>,
}

impl KeylessVerifier {
    /// From a trust root and a policy: `{"identity", "thresholds"?, "store"?, "freshness"?, "firstUse"?, "maxAgeSeconds"?,
    /// "consistency"?, "witnesses"?}`.
    ///
    /// # Errors
    /// `ERR_OPTION_*`, `ERR_JSON_*`, `ERR_TRUST_ROOT_INCOMPLETE`, `ERR_WITNESS_POLICY`.
    pub fn new(trust: Arc<TrustRoot>, policy: &str) -> Result<Self> {
        let mut options = options::parse(policy, "policy")?;
        let signers = SignerPolicy::take(&mut options)?;
        let thresholds = Thresholds::take_keyless(&mut options, &signers)?;
        let verifier = Self {
            signers,
            thresholds,
            state: StatePolicy::take(&mut options, thresholds)?,
            witnesses: Witnesses::take(&mut options)?,
            trust,
        };
        options.finish()?;
        verifier.check_trust_root()?;
        if let Some(witnesses) = &verifier.witnesses {
            witnesses.check_usable(&verifier.trust.logs, verifier.thresholds)?;
        }
        Ok(verifier)
    }

    /// Refuses a trust root that can never satisfy the policy, when the verifier is made and not at the first bundle.
    fn check_trust_root(&self) -> Result<()> {
        let trust = &self.trust;
        let lacks = [
            (trust.authorities.is_empty(), "a certificate authority"),
            (self.thresholds.log_entries > 0 && trust.logs.is_empty(), "a transparency log"),
            (self.thresholds.scts > 0 && trust.ct_logs.is_empty(), "a certificate transparency log"),
            (self.thresholds.timestamps > 0 && trust.timestamp_authorities.is_empty(), "a timestamp authority"),
        ];
        match lacks.iter().find(|(lacking, _)| *lacking) {
            None => Ok(()),
            Some((_, kind)) => {
                let disabled = if trust.disabled.is_empty() { "none".to_owned() } else { trust.disabled.join("; ") };
                let error = Error::new(Code::TrustRootIncomplete).expected(*kind).found(disabled);
                if matches!(self.signers, SignerPolicy::Release(_)) {
                    return Err(error.hint(instance::GITHUB_ROOT));
                }
                let authority = trust.authorities.first().and_then(|one| one.certificates().first());
                Err(instance::hinted_root(error, &authority.map(Certificate::subject_text).unwrap_or_default()))
            }
        }
    }

    /// The terms for judging state: the policy's rules, and the pinned signer.
    pub(super) fn state_terms(&self) -> StateTerms {
        StateTerms { signers: self.scope(), policy: self.state, trust: Some(Arc::clone(&self.trust)) }
    }

    /// The pinned signer's part of the key of state records.
    pub fn scope(&self) -> String {
        self.signers.scope()
    }

    pub(super) fn verify(
        &self,
        request: &Request,
        evidence: &[u8],
        artifact: Message<'_>,
        report: &mut Report,
    ) -> Result<Verified> {
        let trust = &*self.trust;
        let thresholds = self.thresholds;
        if request.evidence == Evidence::Signature {
            return Err(invalid(
                "request.evidence",
                "a bundle, since a keyless signature needs its certificate",
                "a detached signature",
            ));
        }
        let bundle = open_bundle(evidence, request, report.begin(Step::Bundle))?;
        let certificates = parse_certificates(&bundle.signer)?;
        let (leaf, intermediates) = certificates.split_first().ok_or(Code::BundleCertificateMissing)?;

        // 4.3.1 Establish every time at which the signature provably existed.
        let details = report.begin(Step::SigningTime);
        let entries = SortedEntries::sort(&bundle.entries, &trust.logs)?;
        let times = prove_times(&bundle, &entries, trust, thresholds, details)?.require(&entries)?;
        if let Some(now) = request.now {
            times.check_not_after(now)?;
        }

        // 4.3.2 The certificate chains to a pinned authority at each of these times, and a CT log has seen it.
        let details = report.begin(Step::CertificateChain);
        let chain = VerifiedChain::verify(leaf, intermediates, &trust.authorities, &times)?;
        // Fulcio's leaves have no subject. Their name is the subject alternative name, which is checked later.
        let issuers = chain.subjects().get(1..).unwrap_or_default();
        details.line(format_args!("the signer's certificate ← {}", issuers.join(" ← ")));
        let details = report.begin(Step::Sct);
        let scts = sct::verify_scts(chain.leaf(), chain.issuer(), &trust.ct_logs, thresholds.scts)?;
        details.lines(scts.describe());
        if scts.is_empty() {
            report.skip(Step::Sct, "no signed certificate timestamp is required");
        }

        // 4.3.3 The signer is the one that the operator pinned.
        let details = report.begin(Step::Identity);
        let signer = VerifiedSigner::verify(&chain, &self.signers)?;
        details.line(&signer);

        // 4.3.5 The signature is over this content, under the leaf's key.
        let details = report.begin(Step::Signature);
        let key = TrustedKey::from_chain(&chain)?;
        let signed = verify_signature(&bundle, &entries, &key, artifact, details)?;

        // 4.3.4 The log recorded this content, signature and certificate, and proves that it did.
        let bound = verify_bindings(&entries, &signed, &key, thresholds.log_entries, report)?;
        let logged = verify_inclusions(bound, Some(&times), thresholds.log_entries, report)?;

        // The witnesses cosigned the tree that holds the entry.
        let logged = verify_witnesses(logged, self.witnesses.as_ref(), request.now, report)?;

        let signer = match signer {
            VerifiedSigner::Identity(identity) => Signer::Known(SignerSummary::keyless(&identity, &chain)),
            VerifiedSigner::Attester(attester) => Signer::Attester(attester),
        };
        let proven = ProvenSignature { signed, signer, times: Some(times), logged };
        content::verify(request, artifact, proven, report)
    }
}

fn parse_certificates(signer: &SignerMaterial) -> Result<Vec<Certificate>> {
    let stated = match signer {
        SignerMaterial::Certificates(stated) => stated,
        SignerMaterial::PublicKey { hint } => {
            return Err(Error::new(Code::BundleCertificateMissing).expected("a certificate").found(
                match hinted_fingerprint(hint) {
                    Some(fingerprint) => format!("the key {}", fingerprint_text(&fingerprint)),
                    None => format!("the key hint \"{hint}\""),
                },
            ));
        }
    };
    let mut certificates = Vec::with_capacity(stated.len());
    for (index, der) in stated.iter().enumerate() {
        let certificate = Certificate::from_der(der)
            .map_err(|error| error.on_outer(format_args!("certificate {index} of the bundle")))?;
        certificates.push(certificate);
    }
    Ok(certificates)
}
