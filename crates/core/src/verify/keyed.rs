//! Verification under pinned keys: of a detached signature, or of a bundle with a managed key. With a trust root, one
//! log entry is required by default, and all evidence must verify. Without a trust root, only the signature is claimed.

use std::fmt;
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
use crate::bundle::{Bundle, Content, SignerMaterial};
use crate::crypto::{self, Message, sha256};
use crate::encoding::{base64, hex};
use crate::error::{Code, Error, Result, listed};
use crate::foreign::{self, Wanted};
use crate::key::{PublicKey, fingerprint_text, hinted_fingerprint};
use crate::options::{self, invalid};
use crate::order;
use crate::policy::{StatePolicy, Thresholds, Witnesses};
use crate::signature::{Signed, SignedArtifact, SignedEnvelope, explain_artifact};
use crate::signer::key::TrustedKey;
use crate::signer::pinned_key::PinnedKey;
use crate::trust::TrustRoot;

/// Verifies under a set of pinned keys. Any of them may have signed.
#[derive(Debug)]
pub struct KeyedVerifier {
    keys: Vec<PinnedKey>,
    trust: Option<Arc<TrustRoot>>,
    thresholds: Thresholds,
    state: StatePolicy,
    witnesses: Option<Witnesses>,
}

impl KeyedVerifier {
    /// From a policy `{"keys": [PEM…], "thresholds"?, "store"?, "freshness"?, "firstUse"?, "maxAgeSeconds"?,
    /// "consistency"?, "witnesses"?}`. A trust root is given if log evidence counts.
    ///
    /// # Errors
    /// `ERR_OPTION_*`, `ERR_JSON_*`, `ERR_PEM_MALFORMED`, `ERR_KEY_*`, `ERR_TRUST_ROOT_INCOMPLETE`,
    /// `ERR_WITNESS_POLICY`.
    pub fn new(policy: &str, trust: Option<Arc<TrustRoot>>) -> Result<Self> {
        let mut options = options::parse(policy, "policy")?;
        let default = if trust.is_some() { Thresholds::KEYED } else { Thresholds::SIGNATURE_ONLY };
        let thresholds = Thresholds::take(&mut options, default)?;
        let verifier = Self {
            keys: PinnedKey::take_all(&mut options)?,
            thresholds,
            state: StatePolicy::take(&mut options, thresholds)?,
            witnesses: Witnesses::take(&mut options)?,
            trust,
        };
        options.finish()?;
        verifier.check_thresholds()?;
        if let Some(witnesses) = &verifier.witnesses {
            let logs = verifier.trust.as_ref().map_or([].as_slice(), |trust| &trust.logs);
            witnesses.check_usable(logs, verifier.thresholds)?;
        }
        Ok(verifier)
    }

    fn check_thresholds(&self) -> Result<()> {
        let Thresholds { log_entries, timestamps, scts } = self.thresholds;
        if scts > 0 {
            return Err(invalid("policy.thresholds.scts", "0, since a key has no certificate", scts));
        }
        let (logs, authorities) =
            self.trust.as_ref().map_or((0, 0), |trust| (trust.logs.len(), trust.timestamp_authorities.len()));
        if (log_entries > 0 && logs == 0) || (timestamps > 0 && authorities == 0) {
            return Err(Error::new(Code::TrustRootIncomplete)
                .expected("a trust root with the logs and timestamp authorities that the thresholds need")
                .found(format_args!("{logs} logs and {authorities} timestamp authorities")));
        }
        Ok(())
    }

    /// The terms for judging state: the policy's rules, and the pinned signers.
    pub(super) fn state_terms(&self) -> StateTerms {
        StateTerms { signers: self.scope(), policy: self.state, trust: self.trust.clone() }
    }

    /// The pinned signers' part of the key of state records. It is the whole set of keys, so that an older signature by
    /// another key of the set does not start a scope of its own.
    pub fn scope(&self) -> String {
        let mut fingerprints: Vec<String> = self.public_keys().map(|key| hex::encode(key.fingerprint())).collect();
        order::sort(&mut fingerprints);
        format!("keys\n{}", fingerprints.join("\n"))
    }

    fn public_keys(&self) -> impl Iterator<Item = &PublicKey> {
        self.keys.iter().map(PinnedKey::public_key)
    }

    pub(super) fn verify(
        &self,
        request: &Request,
        evidence: &[u8],
        artifact: Message<'_>,
        report: &mut Report,
    ) -> Result<Verified> {
        for step in [Step::CertificateChain, Step::Sct] {
            report.skip(step, "the key is pinned");
        }
        match request.evidence {
            Evidence::Signature => self.verify_detached(request, evidence, artifact, report),
            Evidence::Bundle => self.verify_bundle(request, evidence, artifact, report),
        }
    }

    fn verify_detached(
        &self,
        request: &Request,
        evidence: &[u8],
        artifact: Message<'_>,
        report: &mut Report,
    ) -> Result<Verified> {
        let details = report.begin(Step::Bundle);
        if self.thresholds != Thresholds::SIGNATURE_ONLY {
            return Err(Error::new(Code::LogEntryMissing)
                .expected("a bundle with log evidence, since a trust root is pinned")
                .found("a detached signature"));
        }
        details.line("a detached signature");
        let candidates = detached_signatures(evidence).map_err(|error| explain_evidence(error, evidence))?;
        report.skip(Step::SigningTime, "only the signature is claimed");
        let details = report.begin(Step::Signature);
        let found = self.keys.iter().find_map(|key| {
            let trusted = TrustedKey::pinned(key);
            let verify = |signature| SignedArtifact::verify_detached(&trusted, artifact, signature).ok();
            candidates.iter().find_map(|signature| Some((key, verify(signature)?)))
        });
        let Some((key, signed)) = found else {
            return Err(explain_evidence(self.no_key_fits(&candidates, artifact), evidence));
        };
        let signed = Signed::Artifact(signed);
        details.line(key.public_key());
        report.skip(Step::Identity, "the key is pinned");
        report.skip(Step::LogEntry, "log evidence was not checked: a detached signature has none");
        report.skip(Step::LogInclusion, "log evidence was not checked: a detached signature has none");
        let logged = verify_witnesses(Vec::new(), self.witnesses.as_ref(), request.now, report)?;
        let proven = ProvenSignature {
            signed,
            signer: Signer::Known(SignerSummary::key(key.public_key())),
            times: None,
            logged,
        };
        content::verify(request, artifact, proven, report)
    }

    /// If there is one pinned key, its own refusal. Otherwise a general one.
    fn no_key_fits(&self, candidates: &[Vec<u8>], artifact: Message<'_>) -> Error {
        let first = self.keys.first().zip(candidates.first()).and_then(|(key, signature)| {
            SignedArtifact::verify_detached(&TrustedKey::pinned(key), artifact, signature).err()
        });
        match first {
            Some(error) if error.code() != Code::SignatureInvalid => error,
            _ => {
                let refusal = Error::new(Code::SignatureInvalid)
                    .expected(format_args!("a signature by {}", listed(self.public_keys().map(PublicKey::to_string))));
                let refusal = match candidates.iter().find_map(|signature| crypto::signature_form(signature)) {
                    Some(form) => refusal
                        .found(format_args!("a well-formed {form} signature that none of them made for this file")),
                    None => refusal.found("bytes that have the form of no signature"),
                };
                // Only a few tries, however many keys are pinned.
                let is_signed = |bytes: &[u8]| {
                    let mut trusted = self.keys.iter().take(2).map(TrustedKey::pinned);
                    let verifies = |key: TrustedKey<'_>| {
                        let verify = |signature: &Vec<u8>| {
                            SignedArtifact::verify_detached(&key, Message::Bytes(bytes), signature).is_ok()
                        };
                        candidates.iter().any(verify)
                    };
                    trusted.any(verifies)
                };
                explain_artifact(refusal.hint(OTHER_KEY), artifact, &is_signed)
            }
        }
    }

    fn verify_bundle(
        &self,
        request: &Request,
        evidence: &[u8],
        artifact: Message<'_>,
        report: &mut Report,
    ) -> Result<Verified> {
        let none = TrustRoot::default();
        let trust = self.trust.as_deref().unwrap_or(&none);
        let bundle = open_bundle(evidence, request, report.begin(Step::Bundle))?;

        let details = report.begin(Step::SigningTime);
        let entries = SortedEntries::sort(&bundle.entries, &trust.logs)?;
        let times = prove_times(&bundle, &entries, trust, self.thresholds, details)?.signing_times();
        match (&times, request.now) {
            (Some(times), Some(now)) => times.check_not_after(now)?,
            (Some(_), None) => {}
            (None, _) => report.skip(Step::SigningTime, "no signing time is proven, and none is required"),
        }

        let details = report.begin(Step::Identity);
        let pinned = self.hinted_key(&bundle, artifact)?;
        let (trusted, key) = (TrustedKey::pinned(pinned), pinned.public_key());
        details.line(format_args!("pinned {key}"));

        let details = report.begin(Step::Signature);
        let signed = verify_signature(&bundle, &entries, &trusted, artifact, details).map_err(|error| {
            let is_bare = error.code() == Code::SignatureInvalid && error.expected_text().is_none();
            if !is_bare {
                return error;
            }
            let found = "a signature that this key did not make for this file";
            error.expected(format_args!("a signature by {key}")).found(found).hint(OTHER_KEY)
        })?;
        let required = self.thresholds.log_entries;
        let bound = verify_bindings(&entries, &signed, &trusted, required, report)?;
        let logged = verify_inclusions(bound, times.as_ref(), required, report)?;
        if self.trust.is_none() {
            report.skip(Step::LogEntry, "log evidence was not checked: no trust root is pinned");
        }
        let logged = verify_witnesses(logged, self.witnesses.as_ref(), request.now, report)?;
        let proven = ProvenSignature { signed, signer: Signer::Known(SignerSummary::key(key)), times, logged };
        content::verify(request, artifact, proven, report)
    }

    /// The pinned key that the bundle's hint names. A hint that is a fingerprint must be the fingerprint of a pinned
    /// key. Any other text is only a name, and all keys are tried.
    fn hinted_key(&self, bundle: &Bundle, artifact: Message<'_>) -> Result<&PinnedKey> {
        let SignerMaterial::PublicKey { hint } = &bundle.signer else {
            return Err(Error::new(Code::BundleKeyMissing).expected("a managed key's hint").found("a certificate"));
        };
        if let Some(fingerprint) = hinted_fingerprint(hint) {
            return self.keys.iter().find(|key| key.public_key().fingerprint().as_slice() == fingerprint).ok_or_else(
                || {
                    let pinned = listed(self.public_keys().map(|key| fingerprint_text(key.fingerprint())));
                    Error::new(Code::KeyHint).expected(pinned).found(fingerprint_text(&fingerprint))
                },
            );
        }
        // A single key need not be selected, and its own refusal says more.
        if let [only] = self.keys.as_slice() {
            return Ok(only);
        }
        let fits = |key: &&PinnedKey| {
            let trusted = TrustedKey::pinned(key);
            match &bundle.content {
                Content::Message { digest, signature } => {
                    SignedArtifact::verify(&trusted, artifact, digest, signature).is_ok()
                }
                Content::Envelope(envelope) => SignedEnvelope::verify(&trusted, envelope, None).is_ok(),
            }
        };
        let fitting = self.keys.iter().find(fits).or_else(|| self.keys.first());
        fitting.ok_or_else(|| Error::new(Code::Internal).expected("a pinned key").found("none"))
    }
}

/// The hint for a signature that does not verify under a pinned key.
const OTHER_KEY: &str = "Either another key signed this file (ask the publisher which is theirs, and pin it if it is right), or the file or the signature was changed since.";

/// The refusal of a detached signature, with a hint if another kind of file was given.
fn explain_evidence(error: Error, evidence: &[u8]) -> Error {
    foreign::explain(error, evidence, Wanted::Signature)
}

/// A signature file holds raw bytes, or base64 as cosign writes it. Both readings are tried.
fn detached_signatures(file: &[u8]) -> Result<Vec<Vec<u8>>> {
    const LONGEST: usize = 2048;
    let refuse = |found: fmt::Arguments<'_>| {
        Error::new(Code::SignatureMalformed).expected("8 to 512 bytes, raw or base64").found(found)
    };
    if file.len() > LONGEST {
        return Err(refuse(format_args!("{} bytes", file.len())));
    }
    let decoded = std::str::from_utf8(file).ok().and_then(|text| base64::decode_wrapped(text).ok());
    let mut readings = Vec::new();
    for reading in [decoded, Some(file.to_vec())].into_iter().flatten() {
        if (8..=512).contains(&reading.len()) {
            readings.push(reading);
        }
    }
    if readings.is_empty() {
        return Err(refuse(format_args!("{} bytes with sha256 {}", file.len(), hex::encode(&sha256(file)))));
    }
    Ok(readings)
}
