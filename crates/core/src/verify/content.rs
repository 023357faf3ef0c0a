//! Reads the verified bytes: the attestation's subject and the catalogue. The earlier steps have verified the signature
//! and all other evidence.

use super::attested_subject::find_subject;
use super::release::VerifiedRelease;
use super::report::{Report, Step};
use super::request::{Kind, Request};
use super::signer_summary::SignerSummary;
use super::witnesses::WitnessedEntry;
use crate::bundle::statement::Statement;
use crate::catalogue::Catalogue;
use crate::crypto::{Digest, HashAlgorithm, Message};
use crate::encoding::base64;
use crate::encoding::json_writer::ObjectWriter;
use crate::encoding::time::Time;
use crate::error::Result;
use crate::foreign::{self, Wanted};
use crate::signature::Signed;
use crate::signer::release::ReleaseAttester;
use crate::signer::times::SigningTimes;
use crate::state::record::{LogMark, ScopeName};
use crate::state::rule::Content;

/// Everything that one verification proved, before the state records are judged.
#[derive(Debug)]
pub(super) struct Verified {
    kind: Kind,
    signer: SignerSummary,
    times: Option<SigningTimes>,
    digest: Digest,
    logged: Vec<Logged>,
    statement: Option<Statement>,
    catalogue: Option<Catalogue>,
}

#[derive(Debug)]
struct Logged {
    mark: LogMark,
    index: u64,
    cosigned: Option<Cosigned>,
}

/// The result of a witness policy for the checkpoint.
#[derive(Debug)]
struct Cosigned {
    witnesses: Vec<String>,
    has_quorum: bool,
}

/// Who signed.
#[derive(Debug)]
pub(super) enum Signer<'a> {
    /// The pinned identity or key.
    Known(SignerSummary),
    /// GitHub, who signs for everybody: only what is signed can say whose release it is.
    Attester(ReleaseAttester<'a>),
}

/// A signature, and everything that is proven about it.
#[derive(Debug)]
pub(super) struct ProvenSignature<'a> {
    pub(super) signed: Signed<'a>,
    pub(super) signer: Signer<'a>,
    /// `None` for a pinned key whose signature has no proven time.
    pub(super) times: Option<SigningTimes>,
    pub(super) logged: Vec<WitnessedEntry<'a>>,
}

/// Reads what was signed: finds the attestation's subject, parses the catalogue, and requires the expected server.
pub(super) fn verify(
    request: &Request,
    artifact: Message<'_>,
    proven: ProvenSignature<'_>,
    report: &mut Report,
) -> Result<Verified> {
    let (signer, statement) = match (proven.signer, &proven.signed) {
        (Signer::Known(signer), Signed::Artifact(_)) => {
            report.skip(Step::Attestation, "the artifact is signed directly");
            (signer, None)
        }
        (Signer::Known(signer), Signed::Envelope(signed)) => {
            let details = report.begin(Step::Attestation);
            let statement = Statement::from_envelope(signed.envelope())?;
            find_subject(&statement.candidates(), artifact)?;
            details.line(format_args!("predicate {}", statement.predicate_type));
            (signer, Some(statement))
        }
        (Signer::Attester(attester), signed) => {
            let details = report.begin(Step::Attestation);
            let verified = VerifiedRelease::verify(&attester, signed, artifact)?;
            details.line(&verified.release);
            details.line(format_args!("its asset {}", verified.asset));
            (SignerSummary::release(&verified), Some(verified.statement))
        }
    };
    let catalogue = if request.kind == Kind::Catalogue {
        let details = report.begin(Step::Catalogue);
        let bytes = artifact.bytes()?;
        let catalogue = Catalogue::parse(bytes).map_err(|error| foreign::explain(error, bytes, Wanted::Catalogue))?;
        match &request.server {
            Some(server) => catalogue.check_server(server)?,
            None if request.any_server => {}
            None => catalogue.check_no_server()?,
        }
        details.line(format_args!(
            "{} for {}",
            catalogue.counts(),
            catalogue.server().unwrap_or("no server in particular")
        ));
        Some(catalogue)
    } else {
        report.skip(Step::Catalogue, "no catalogue is asked for");
        None
    };
    let digest = match artifact {
        Message::Digest(digest) => digest.clone(),
        _ => artifact.digest(HashAlgorithm::Sha256)?.into_owned(),
    };
    Ok(Verified {
        kind: request.kind,
        signer,
        times: proven.times,
        digest,
        logged: proven.logged.iter().map(Logged::from_entry).collect(),
        statement,
        catalogue,
    })
}

impl Logged {
    fn from_entry(witnessed: &WitnessedEntry<'_>) -> Self {
        let entry = witnessed.entry().included();
        let cosigned = witnessed
            .cosigned()
            .map(|cosigned| Cosigned { witnesses: cosigned.witnesses_json(), has_quorum: cosigned.has_quorum() });
        Self {
            cosigned,
            index: entry.leaf_index(),
            mark: LogMark::from_checkpoint(entry.checkpoint(), *entry.log().key.fingerprint()),
        }
    }

    fn to_json(&self, history: Option<&str>) -> String {
        let mut object = ObjectWriter::new();
        object
            .string("origin", &self.mark.origin)
            .text("logIndex", self.index)
            .text("treeSize", self.mark.tree_size)
            .string("rootHash", &base64::encode(&self.mark.root_hash));
        if let Some(Cosigned { witnesses, has_quorum }) = &self.cosigned {
            object
                .array("witnesses", witnesses.iter().cloned())
                .json("witnessQuorum", if *has_quorum { "true" } else { "false" });
        }
        object.optional_string("history", history).finish()
    }
}

impl Verified {
    /// The catalogue, if the request is about one.
    pub(super) fn catalogue(&self) -> Option<&Catalogue> {
        self.catalogue.as_ref()
    }

    /// The start of the signer's certificate. `None` if it does not tell which signature is newer.
    pub(super) fn not_before(&self) -> Option<Time> {
        self.signer.not_before()
    }

    /// The checkpoints of the bundle, one for each log.
    pub(super) fn log_marks(&self) -> impl Iterator<Item = &LogMark> {
        self.logged.iter().map(|logged| &logged.mark)
    }

    /// The content, as the rule of scopes needs it.
    pub(super) fn content(&self, name: ScopeName) -> Content {
        Content {
            name,
            version: self.catalogue.as_ref().and_then(Catalogue::version),
            not_before: self.not_before(),
            digest: self.scope_digest(),
        }
    }

    /// SHA-256 of the signed bytes. If only another digest is known, SHA-256 of its text.
    fn scope_digest(&self) -> [u8; 32] {
        let bytes = self.digest.as_bytes();
        bytes.try_into().unwrap_or_else(|_| crate::crypto::sha256(self.digest.to_string().as_bytes()))
    }

    /// Everything, as JSON in one line. For a catalogue, a second line holds the texts of its definitions, one after
    /// the other. `history` says what is known about a log's other trees.
    pub(super) fn to_json(&self, history: impl Fn(&LogMark) -> Option<&'static str>) -> String {
        let kind = match self.kind {
            Kind::Catalogue => "catalogue",
            Kind::Artifact => "artifact",
            Kind::Attestation => "attestation",
        };
        let mut object = ObjectWriter::new();
        object
            .string("kind", kind)
            .json("signer", self.signer.as_json())
            .strings("signedAt", self.times.iter().flat_map(SigningTimes::as_slice).map(Time::to_string))
            .text("digest", &self.digest)
            .array("log", self.logged.iter().map(|logged| logged.to_json(history(&logged.mark))));
        if let Some(catalogue) = &self.catalogue {
            object.json("catalogue", &catalogue.to_json());
        }
        if let Some(statement) = &self.statement {
            object.json("attestation", &statement.to_json());
        }
        let mut released = object.finish();
        if let Some(catalogue) = &self.catalogue {
            released.push('\n');
            catalogue.write_texts(&mut released);
        }
        released
    }
}
