//! The report: every step in order. Each has passed, failed or was not reached, with what was found.

use std::fmt;

use crate::encoding::json_writer::ObjectWriter;
use crate::error::{Error, IS_FIRST, shorten};
use crate::first;

/// The steps of a verification, in the order of the Sigstore client specification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The bundle or signature is well-formed and of the requested kind.
    Bundle,
    /// The times that the bundle proves (client-spec 4.3.1).
    SigningTime,
    /// The path to a pinned authority at each of these times (client-spec 4.3.2).
    CertificateChain,
    /// Certificate transparency (client-spec 4.3.2).
    Sct,
    /// The signer is the one that the operator pinned (client-spec 4.3.3).
    Identity,
    /// The signature over the artifact or envelope (client-spec 4.3.5).
    Signature,
    /// The log entry is about this artifact, signature and signer (client-spec 4.3.4).
    LogEntry,
    /// The log's signed tree contains that entry (client-spec 4.3.4).
    LogInclusion,
    /// The witnesses of the policy cosigned that tree (C2SP tlog-policy).
    Witnesses,
    /// The statement is about the artifact.
    Attestation,
    /// The signed bytes are a catalogue for the expected server.
    Catalogue,
    /// Nothing has expired, and nothing is older than what was seen before.
    Freshness,
}

impl Step {
    /// Every step, in order.
    pub const ALL: [Self; 12] = [
        Self::Bundle,
        Self::SigningTime,
        Self::CertificateChain,
        Self::Sct,
        Self::Identity,
        Self::Signature,
        Self::LogEntry,
        Self::LogInclusion,
        Self::Witnesses,
        Self::Attestation,
        Self::Catalogue,
        Self::Freshness,
    ];

    /// Its name in reports.
    pub fn id(self) -> &'static str {
        match self {
            Self::Bundle => "bundle",
            Self::SigningTime => "signing-time",
            Self::CertificateChain => "certificate-chain",
            Self::Sct => "sct",
            Self::Identity => "identity",
            Self::Signature => "signature",
            Self::LogEntry => "log-entry",
            Self::LogInclusion => "log-inclusion",
            Self::Witnesses => "witnesses",
            Self::Attestation => "attestation",
            Self::Catalogue => "catalogue",
            Self::Freshness => "freshness",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Bundle => "Bundle is well-formed",
            Self::SigningTime => "Signing time is proven",
            Self::CertificateChain => "Certificate chains to a pinned authority",
            Self::Sct => "Certificate is in a transparency log",
            Self::Identity => "Signer is the pinned one",
            Self::Signature => "Signature is over these bytes",
            Self::LogEntry => "Log entry is about this signature",
            Self::LogInclusion => "Log entry is in the signed log",
            Self::Witnesses => "Witnesses cosigned the log",
            Self::Attestation => "Attestation is about this artifact",
            Self::Catalogue => "Catalogue is well-formed and for this server",
            Self::Freshness => "Nothing newer was seen before",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    NotReached,
    NotRequired,
    Passed,
    Failed,
}

impl Status {
    fn name(self) -> &'static str {
        match self {
            Self::NotReached => "not-reached",
            Self::NotRequired => "not-required",
            Self::Passed => "passed",
            Self::Failed => "failed",
        }
    }
}

/// Longest line of details, in characters.
const LONGEST_DETAIL: usize = 2000;

/// What a step found, as lines for people.
#[derive(Debug, Clone, Default)]
pub(crate) struct Details(Vec<String>);

impl Details {
    /// Adds a line.
    pub(crate) fn line(&mut self, line: impl fmt::Display) {
        self.add(&line);
    }

    /// Adds each line.
    pub(crate) fn lines(&mut self, lines: impl IntoIterator<Item = impl fmt::Display>) {
        for line in lines {
            self.add(&line);
        }
    }

    #[inline(never)]
    fn add(&mut self, line: &dyn fmt::Display) {
        self.0.push(shorten(&line.to_string(), LONGEST_DETAIL));
    }
}

#[derive(Debug)]
struct Entry {
    step: Step,
    status: Status,
    details: Details,
}

/// The record of one verification.
#[derive(Debug)]
pub struct Report {
    entries: Vec<Entry>,
    /// The step that has begun and not ended, and what it found so far.
    current: Option<Step>,
    noted: Details,
    error: Option<Error>,
    complete: bool,
}

impl Default for Report {
    fn default() -> Self {
        Self::new()
    }
}

impl Report {
    /// A report in which no step is reached yet.
    pub fn new() -> Self {
        let entries = Step::ALL
            .into_iter()
            .map(|step| Entry { step, status: Status::NotReached, details: Details::default() })
            .collect();
        Self { entries, current: None, noted: Details::default(), error: None, complete: false }
    }

    fn entry(&mut self, step: Step) -> Option<&mut Entry> {
        self.entries.iter_mut().find(|entry| entry.step == step)
    }

    /// Begins a step. The returned details take what it finds. The step passes when the next one begins or
    /// [`Self::pass`] is called. It fails with the refusal that ends the verification.
    #[inline(never)]
    pub(crate) fn begin(&mut self, step: Step) -> &mut Details {
        self.pass();
        self.current = Some(step);
        &mut self.noted
    }

    /// Ends the current step, which passed.
    pub(crate) fn pass(&mut self) {
        self.end(Status::Passed);
    }

    /// Leaves the current step without a result, because more of it follows later.
    pub(crate) fn suspend(&mut self) {
        self.end(Status::NotReached);
    }

    #[inline(never)]
    fn end(&mut self, status: Status) {
        let Some(step) = self.current.take() else { return };
        let noted = std::mem::take(&mut self.noted);
        if let Some(entry) = self.entry(step) {
            entry.status = status;
            entry.details.0.extend(noted.0);
        }
    }

    /// Adds details to a step.
    pub(crate) fn note(&mut self, step: Step, details: Details) {
        if let Some(entry) = self.entry(step) {
            entry.details.0.extend(details.0);
        }
    }

    /// Records that all records are stored, if there are any. Only now the verdict is "verified".
    pub(crate) fn complete(&mut self) {
        self.complete = true;
        if let Some(entry) = self.entry(Step::Freshness)
            && entry.status == Status::NotReached
        {
            entry.status = Status::Passed;
        }
    }

    /// Records that a step is not required, and why. It may be the current step.
    pub(crate) fn skip(&mut self, step: Step, why: impl fmt::Display) {
        self.skip_for(step, &why);
    }

    #[inline(never)]
    fn skip_for(&mut self, step: Step, why: &dyn fmt::Display) {
        self.pass();
        if let Some(entry) = self.entry(step) {
            entry.status = Status::NotRequired;
            entry.details.line(why);
        }
    }

    /// Records the refusal that ended the verification. The current step failed.
    pub(crate) fn refuse(&mut self, error: Error) {
        self.end(Status::Failed);
        self.error.get_or_insert(error);
    }

    /// The refusal, if there is one.
    pub fn error(&self) -> Option<&Error> {
        self.error.as_ref()
    }

    /// The report as JSON.
    pub fn to_json(&self) -> String {
        let verdict = match (&self.error, self.complete) {
            (Some(_), _) => "refused",
            (None, true) => "verified",
            (None, false) => "pending",
        };
        let mut object = ObjectWriter::new();
        object.string("verdict", verdict).array("steps", self.entries.iter().map(|entry| self.entry_json(entry)));
        if let Some(error) = &self.error {
            object.json("error", &error_json(error));
        }
        object.finish()
    }

    fn entry_json(&self, entry: &Entry) -> String {
        let mut object = ObjectWriter::new();
        object
            .string("id", entry.step.id())
            .string("title", entry.step.title())
            .string("status", entry.status.name())
            .strings("details", &entry.details.0);
        match &self.error {
            Some(error) if entry.status == Status::Failed => object
                .string("code", error.code().text())
                .optional_string("expected", error.expected_text())
                .optional_string("found", error.found_text())
                .string("hint", error.hint_text()),
            _ => &mut object,
        }
        .finish()
    }
}

/// A refusal as JSON.
pub fn error_json(error: &Error) -> String {
    let mut object = ObjectWriter::new();
    if IS_FIRST {
        // Where a part was missing, the code may be one that its caller made of that.
        let code = first::check_not_required().err().map_or(error.code(), |missing| missing.code()).text();
        return object.string("code", code).string("message", code).string("hint", "").finish();
    }
    object
        .string("code", error.code().text())
        .string("class", error.code().class().name())
        .string("message", error.code().meaning())
        .optional_string("subject", error.subject())
        .optional_string("expected", error.expected_text())
        .optional_string("found", error.found_text())
        .string("hint", error.hint_text());
    if !error.evidence_texts().is_empty() {
        object.strings("evidence", error.evidence_texts());
    }
    object.optional_string("evidenceDocument", error.evidence_document()).finish()
}
