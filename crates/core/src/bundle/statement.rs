//! In-toto statements (in-toto attestation framework, Statement v1 and v0.1): what an attestation is about.
//!
//! Unknown members are allowed, because the framework requires that. A duplicate key is refused. The predicate stays
//! JSON text, because only its consumer knows its meaning.

use super::Envelope;
use crate::crypto::{Digest, HashAlgorithm};
use crate::encoding::hex;
use crate::encoding::json::{self, Value};
use crate::encoding::json_writer::ObjectWriter;
use crate::encoding::protojson::{self, Path};
use crate::error::{Code, Error, Result};
use crate::limits;

/// The statement types that are accepted.
const TYPES: [&str; 2] = ["https://in-toto.io/Statement/v1", "https://in-toto.io/Statement/v0.1"];

/// One subject of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// Its name; may be empty in v1.
    pub name: String,
    /// Its URI, if it has one.
    pub uri: Option<String>,
    /// Its SHA-2 digests. Digests by other algorithms are left out.
    pub digests: Vec<Digest>,
}

/// A statement, as parsed. Proves nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// `_type`
    pub statement_type: String,
    /// `predicateType`
    pub predicate_type: String,
    /// What the statement is about. At least one.
    pub subjects: Vec<Subject>,
    /// The predicate's JSON text, byte for byte as signed; `null` if absent.
    pub predicate: String,
}

impl Statement {
    /// Parses an envelope's payload. Does not check who signed it.
    ///
    /// # Errors
    /// `ERR_DSSE_PAYLOAD_TYPE`, and as [`Self::parse`].
    pub fn from_envelope(envelope: &Envelope) -> Result<Self> {
        Self::parse(envelope.in_toto_payload()?)
    }

    /// Parses a payload.
    ///
    /// # Errors
    /// Those of [`json::parse`], `ERR_STATEMENT_MALFORMED`, `ERR_INPUT_TOO_LARGE`.
    pub fn parse(payload: &[u8]) -> Result<Self> {
        let (tree, predicate) = json::parse_with_member(payload, limits::BUNDLE_BYTES, "predicate")?;
        let root = Path::root("the statement", Code::StatementMalformed);
        let path = root.field("_type");
        let statement_type = text(&tree, "_type", &path)?;
        if !TYPES.contains(&statement_type) {
            return Err(path.malformed(TYPES.join(" or "), statement_type));
        }
        let predicate_type = text(&tree, "predicateType", &root.field("predicateType"))?;
        let path = root.field("subject");
        let stated = tree.get("subject").and_then(Value::as_array).unwrap_or_default();
        if stated.is_empty() {
            return Err(path.malformed("a list of at least one subject", "none"));
        }
        if stated.len() > limits::STATEMENT_SUBJECTS {
            return Err(path.too_many(limits::STATEMENT_SUBJECTS, stated.len()));
        }
        let mut subjects = Vec::with_capacity(stated.len());
        for (index, value) in stated.iter().enumerate() {
            subjects.push(subject(value, &path.item(index))?);
        }
        Ok(Self {
            statement_type: statement_type.to_owned(),
            predicate_type: predicate_type.to_owned(),
            subjects,
            predicate: predicate.unwrap_or("null").to_owned(),
        })
    }

    /// The statement as JSON: `type`, `predicateType`, `subject` (SHA-2 digests only) and `predicate`.
    pub fn to_json(&self) -> String {
        ObjectWriter::new()
            .string("type", &self.statement_type)
            .string("predicateType", &self.predicate_type)
            .array("subject", self.subjects.iter().map(Subject::to_json))
            .json("predicate", &self.predicate)
            .finish()
    }

    /// The subjects that may be the artifact: all of them.
    pub fn candidates(&self) -> Candidates<'_> {
        Candidates { subjects: self.subjects.iter().collect(), kind: "a subject" }
    }

    /// The subjects of a release attestation that may be the artifact: the release's assets, which have a name and a
    /// SHA-256 digest. The subject with a URI is the release itself. Its digest is that of a commit, and is never an
    /// asset's.
    pub fn assets(&self) -> Candidates<'_> {
        let is_asset = |subject: &&Subject| {
            let has_sha256 = subject.digests.iter().any(|digest| digest.algorithm() == HashAlgorithm::Sha256);
            !subject.name.is_empty() && subject.uri.is_none() && has_sha256
        };
        Candidates { subjects: self.subjects.iter().filter(is_asset).collect(), kind: "a named asset" }
    }
}

/// The subjects of a statement among which the artifact must be.
#[derive(Debug)]
pub struct Candidates<'s> {
    subjects: Vec<&'s Subject>,
    kind: &'static str,
}

impl<'s> Candidates<'s> {
    /// Whether one of them states a digest by this algorithm.
    pub fn state(&self, algorithm: HashAlgorithm) -> bool {
        self.subjects.iter().any(|subject| subject.digests.iter().any(|stated| stated.algorithm() == algorithm))
    }

    /// The one that is the artifact. `digest` gives the artifact's digest by an algorithm, or `None` where only another
    /// digest of the artifact is known.
    ///
    /// A subject is the artifact if at least one of its digests can be compared, and every digest that can be compared
    /// is equal.
    ///
    /// # Errors
    /// `ERR_STATEMENT_SUBJECT`.
    pub fn match_artifact(&self, digest: impl Fn(HashAlgorithm) -> Option<Digest>) -> Result<&'s Subject> {
        let is_stated = |algorithm: &HashAlgorithm| self.state(*algorithm);
        let artifact: Vec<Digest> = HashAlgorithm::ALL.into_iter().filter(is_stated).filter_map(digest).collect();
        let known = |stated: &Digest| artifact.iter().find(|digest| digest.algorithm() == stated.algorithm());
        let is_artifact = |subject: &&&Subject| {
            let mut compared = subject.digests.iter().filter_map(|stated| known(stated).map(|known| known == stated));
            // There must be a first comparison. It must hold, and so must the others.
            compared.next() == Some(true) && compared.all(|equal| equal)
        };
        if let Some(subject) = self.subjects.iter().find(is_artifact) {
            return Ok(subject);
        }
        let list = |digests: &[Digest]| digests.iter().map(Digest::to_string).collect::<Vec<_>>().join(", ");
        let found: Vec<String> = self
            .subjects
            .iter()
            .take(3)
            .map(|subject| format!("{} ({})", subject.name, list(&subject.digests)))
            .collect();
        let more = if self.subjects.len() > 3 { " and others" } else { "" };
        let error = Error::new(Code::StatementSubject).on("subject").expected(list(&artifact));
        Err(match found.is_empty() {
            true => error.expected(format_args!("{} with a digest of the artifact", self.kind)).found("none"),
            false => error.found(format_args!("{}{more}", found.join(", "))),
        })
    }
}

impl Subject {
    fn to_json(&self) -> String {
        let mut digests = ObjectWriter::new();
        for digest in &self.digests {
            digests.string(digest.algorithm().name(), &hex::encode(digest.as_bytes()));
        }
        ObjectWriter::new()
            .string("name", &self.name)
            .optional_string("uri", self.uri.as_deref())
            .json("digest", &digests.finish())
            .finish()
    }
}

fn subject(value: &Value<'_>, path: &Path<'_>) -> Result<Subject> {
    let name = match value.get("name") {
        Some(name) => protojson::string(name, &path.field("name"))?,
        None if value.as_object().is_some() => "",
        None => return Err(path.malformed("an object", value.kind())),
    };
    let uri = match value.get("uri") {
        Some(uri) => Some(protojson::string(uri, &path.field("uri"))?.to_owned()),
        None => None,
    };
    let path = path.field("digest");
    let stated = value.get("digest").and_then(Value::as_object).unwrap_or_default();
    if stated.is_empty() {
        return Err(path.malformed("at least one digest", "none"));
    }
    let mut digests = Vec::new();
    for (name, digest) in stated {
        let path = path.field(name);
        let text = protojson::string(digest, &path)?;
        if let Some(algorithm) = HashAlgorithm::from_name(name) {
            let digest = hex::decode(text).and_then(|bytes| Digest::from_bytes(algorithm, &bytes)).map_err(|_| {
                path.malformed(
                    format_args!("{} lower-case hexadecimal digits", algorithm.length().saturating_mul(2)),
                    text,
                )
            })?;
            digests.push(digest);
        }
    }
    Ok(Subject { name: name.to_owned(), uri, digests })
}

fn text<'v>(tree: &'v Value<'_>, name: &str, path: &Path<'_>) -> Result<&'v str> {
    let text = protojson::string(tree.get(name).ok_or_else(|| path.missing())?, path)?;
    if text.is_empty() { Err(path.missing()) } else { Ok(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statement(text: &str) -> Result<Statement> {
        Statement::parse(text.as_bytes())
    }

    fn code(text: &str) -> Code {
        statement(text).unwrap_err().code()
    }

    fn one_subject(digests: &str) -> String {
        format!(
            r#"{{"_type":"https://in-toto.io/Statement/v1","subject":[{{"name":"a","digest":{digests}}}],"predicateType":"p"}}"#
        )
    }

    #[test]
    fn refuses_what_is_no_statement() {
        for (text, expected) in [
            ("[]", Code::StatementMalformed),
            ("{}", Code::StatementMalformed),
            ("", Code::JsonMalformed),
            (r#"{"_type":"x","_type":"x"}"#, Code::JsonDuplicateKey),
            (
                r#"{"_type":"https://in-toto.io/Statement/v2","subject":[{"digest":{"sha256":"00"}}],"predicateType":"p"}"#,
                Code::StatementMalformed,
            ),
            (
                r#"{"_type":"https://in-toto.io/Statement/v1","subject":[],"predicateType":"p"}"#,
                Code::StatementMalformed,
            ),
            (
                r#"{"_type":"https://in-toto.io/Statement/v1","subject":{},"predicateType":"p"}"#,
                Code::StatementMalformed,
            ),
            (
                r#"{"_type":"https://in-toto.io/Statement/v1","subject":[1],"predicateType":"p"}"#,
                Code::StatementMalformed,
            ),
            (
                &one_subject(r#"{"gitCommit":"ab"}"#).replace(r#""predicateType":"p""#, r#""predicateType":"""#),
                Code::StatementMalformed,
            ),
            (&one_subject("{}"), Code::StatementMalformed),
            (&one_subject(r#"{"sha256":"ab"}"#), Code::StatementMalformed),
            (&one_subject(r#"{"sha256":7}"#), Code::StatementMalformed),
            (&one_subject(&format!(r#"{{"sha256":"{}"}}"#, "AB".repeat(32))), Code::StatementMalformed),
        ] {
            assert_eq!(code(text), expected, "{text}");
        }
    }

    #[test]
    fn a_subject_matches_if_every_digest_does() {
        let artifact = |algorithm: HashAlgorithm| Some(algorithm.digest(b"artifact"));
        let only_256 =
            |algorithm: HashAlgorithm| (algorithm == HashAlgorithm::Sha256).then(|| algorithm.digest(b"artifact"));
        let hex = |algorithm: HashAlgorithm, bytes: &[u8]| hex::encode(algorithm.digest(bytes).as_bytes());
        let (good, other) = (hex(HashAlgorithm::Sha256, b"artifact"), hex(HashAlgorithm::Sha256, b"other"));
        let (good_512, other_512) = (hex(HashAlgorithm::Sha512, b"artifact"), hex(HashAlgorithm::Sha512, b"other"));
        let matches =
            |digests: &str| statement(&one_subject(digests)).unwrap().candidates().match_artifact(artifact).is_ok();
        assert!(matches(&format!(r#"{{"sha256":"{good}"}}"#)));
        assert!(matches(&format!(r#"{{"sha512":"{good_512}","gitCommit":"ab"}}"#)));
        assert!(matches(&format!(r#"{{"sha256":"{good}","sha512":"{good_512}"}}"#)));
        assert!(!matches(&format!(r#"{{"sha256":"{other}"}}"#)));
        assert!(!matches(&format!(r#"{{"sha256":"{good}","sha512":"{other_512}"}}"#)));
        assert!(!matches(&format!(r#"{{"sha512":"{other_512}","sha256":"{good}"}}"#)));
        assert!(!matches(r#"{"gitCommit":"ab"}"#));

        let by_512 = statement(&one_subject(&format!(r#"{{"sha512":"{good_512}"}}"#))).unwrap();
        assert_eq!(by_512.candidates().match_artifact(only_256).unwrap_err().code(), Code::StatementSubject);
        let by_both = statement(&one_subject(&format!(r#"{{"sha256":"{good}","sha512":"{good_512}"}}"#))).unwrap();
        assert_eq!(by_both.candidates().match_artifact(only_256).unwrap().name, "a");
    }
}
