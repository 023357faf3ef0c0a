//! One call's request.

use crate::crypto::{Digest, HashAlgorithm};
use crate::encoding::hex;
use crate::encoding::json::Value;
use crate::encoding::time::Time;
use crate::error::Result;
use crate::options::{self, Options, invalid};

/// The kind of what was signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A tool catalogue, signed directly or as the subject of an attestation.
    Catalogue,
    /// Any file, signed directly or as the subject of an attestation.
    Artifact,
    /// An in-toto attestation about a file: an envelope is required.
    Attestation,
}

/// The kind of evidence that comes with the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evidence {
    /// A Sigstore bundle.
    Bundle,
    /// A detached signature, raw or base64.
    Signature,
}

/// One request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The kind of what was signed.
    pub kind: Kind,
    /// The kind of evidence.
    pub evidence: Evidence,
    /// The server that the catalogue must be for.
    pub server: Option<String>,
    /// Whether a catalogue may be for any server.
    pub any_server: bool,
    /// A name that separates the state records of unrelated artifacts under one policy.
    pub scope: Option<String>,
    /// The caller's time. Expiry is judged at it, and proven times after it are refused.
    pub now: Option<Time>,
    /// The machine's time. It is used for expiry alone.
    pub clock: Option<Time>,
    /// The artifact's digest, if the artifact itself is not given.
    pub digest: Option<Digest>,
}

impl Request {
    /// Reads a request: `{"kind", "evidence"?, "server"?, "anyServer"?, "scope"?, "now"?, "clock"?, "digest"?}`.
    ///
    /// # Errors
    /// `ERR_OPTION_INVALID`, `ERR_OPTION_UNKNOWN`, `ERR_JSON_*`.
    pub fn from_json(text: &str) -> Result<Self> {
        let mut options = options::parse(text, "request")?;
        let kinds = [("catalogue", Kind::Catalogue), ("artifact", Kind::Artifact), ("attestation", Kind::Attestation)];
        let evidence = [("bundle", Evidence::Bundle), ("signature", Evidence::Signature)];
        let kind = options.word("kind", &kinds)?;
        let request = Self {
            kind: kind.ok_or_else(|| invalid("request.kind", "catalogue, artifact or attestation", "nothing"))?,
            evidence: options.word("evidence", &evidence)?.unwrap_or(Evidence::Bundle),
            server: options.text("server")?,
            any_server: take_any_server(&mut options)?,
            scope: options.text("scope")?,
            now: options.time("now")?,
            clock: options.time("clock")?,
            digest: options.text("digest")?.map(|text| parse_digest(&text)).transpose()?,
        };
        options.finish()?;
        if request.kind == Kind::Catalogue && request.digest.is_some() {
            return Err(invalid("request.digest", "the catalogue itself", "only its digest"));
        }
        if request.kind == Kind::Attestation && request.evidence == Evidence::Signature {
            return Err(invalid(
                "request.evidence",
                "a bundle, since an attestation is an envelope",
                "a detached signature",
            ));
        }
        if request.kind != Kind::Catalogue && request.server.is_some() {
            return Err(invalid("request.server", "no server where no catalogue is verified", "a server"));
        }
        if request.any_server && (request.kind != Kind::Catalogue || request.server.is_some()) {
            let found = if request.server.is_some() { "a server" } else { "no catalogue" };
            return Err(invalid("request.anyServer", "a catalogue, and no server beside it", found));
        }
        Ok(request)
    }
}

/// `anyServer` must be true or absent. A caller who writes `false` may expect another meaning than that of leaving it
/// out.
fn take_any_server(options: &mut Options<'_>) -> Result<bool> {
    match options.take("anyServer") {
        None => Ok(false),
        Some(Value::Bool(true)) => Ok(true),
        Some(other) => Err(invalid("request.anyServer", "true, or nothing", other.kind())),
    }
}

/// Reads `sha256:<hex>`, `sha384:<hex>` or `sha512:<hex>`.
fn parse_digest(text: &str) -> Result<Digest> {
    let refuse = || invalid("request.digest", "a digest such as sha256:<64 hexadecimal digits>", text);
    let (name, digits) = text.split_once(':').ok_or_else(refuse)?;
    let algorithm = HashAlgorithm::from_name(name).ok_or_else(refuse)?;
    let bytes = hex::decode(&digits.to_ascii_lowercase()).map_err(|_| refuse())?;
    Digest::from_bytes(algorithm, &bytes).map_err(|_| refuse())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;

    #[test]
    fn requests() {
        let digest = format!("sha256:{}", "AB".repeat(32));
        let request = Request::from_json(&format!(r#"{{"kind":"artifact","digest":"{digest}"}}"#)).unwrap();
        assert_eq!(request.digest.unwrap().to_string(), digest.to_lowercase());
        for (text, code) in [
            ("{}", Code::OptionInvalid),
            (r#"{"kind":"x"}"#, Code::OptionInvalid),
            (r#"{"kind":"artifact","severs":1}"#, Code::OptionUnknown),
            (r#"{"kind":"artifact","server":"s"}"#, Code::OptionInvalid),
            (r#"{"kind":"artifact","anyServer":true}"#, Code::OptionInvalid),
            (r#"{"kind":"catalogue","anyServer":false}"#, Code::OptionInvalid),
            (r#"{"kind":"catalogue","anyServer":"true"}"#, Code::OptionInvalid),
            (r#"{"kind":"catalogue","anyServer":true,"server":"s"}"#, Code::OptionInvalid),
            (r#"{"kind":"artifact","digest":"sha1:00"}"#, Code::OptionInvalid),
            (r#"{"kind":"artifact","digest":"sha256:00"}"#, Code::OptionInvalid),
            (r#"{"kind":"artifact","now":"today"}"#, Code::OptionInvalid),
            (r#"{"kind":"attestation","evidence":"signature"}"#, Code::OptionInvalid),
        ] {
            assert_eq!(Request::from_json(text).unwrap_err().code(), code, "{text}");
        }
    }
}
