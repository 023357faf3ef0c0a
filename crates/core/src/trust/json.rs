//! `trusted_root.json` (protobuf-specs `sigstore_trustroot.proto`, v0.1 and v0.2), as Sigstore instances distribute it
//! by TUF. The operator must know that the file is genuine.
//!
//! Unknown fields are ignored. A log or authority with a key of an unsupported kind is left out, and a line says so.
//! Any other wrong form refuses the file.

use super::object::Object;
use super::origins::StatedOrigins;
use super::{TrustRoot, key_details, several};
use crate::encoding::json::{self, Value};
use crate::encoding::protojson::Path;
use crate::encoding::time::Validity;
use crate::error::{Code, Error, Result, shorten};
use crate::foreign::{self, Wanted};
use crate::key::PublicKey;
use crate::limits;
use crate::log::pinned::{OriginRule, PinnedLog};
use crate::timestamp::TimestampAuthority;
use crate::x509::authority::CertificateAuthority;
use crate::x509::certificate::Certificate;
use crate::x509::sct::CtLog;

const MEDIA_TYPES: [&str; 3] = [
    "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
    "application/vnd.dev.sigstore.trustedroot+json;version=0.2",
    "application/vnd.dev.sigstore.trustedroot.v0.2+json",
];

/// The one `HashAlgorithm` that logs use for their trees.
const HASH_ALGORITHMS: &[(&str, i32)] = &[("SHA2_256", 1)];

impl TrustRoot {
    /// Parses a `trusted_root.json`.
    ///
    /// # Errors
    /// Those of [`json::parse`], `ERR_TRUST_ROOT_MALFORMED`, `ERR_BASE64_MALFORMED`, `ERR_CERTIFICATE_MALFORMED` and
    /// the other errors of the certificate parser, `ERR_INPUT_TOO_LARGE`.
    pub fn from_json(bytes: &[u8]) -> Result<Self> {
        Self::from_json_with_origins(bytes, StatedOrigins::default())
    }

    /// Parses a `trusted_root.json`, with origins that the operator states: `{"origins"?: {"<baseUrl>": ["…"]}}`. The
    /// checkpoints of a log must have one of its stated origins. If none is stated, the host of the log's address
    /// implies the origin.
    ///
    /// # Errors
    /// Those of [`Self::from_json`], `ERR_OPTION_*`; `ERR_OPTION_INVALID` for a base URL that no log of the root has.
    pub fn from_json_with(bytes: &[u8], options: &str) -> Result<Self> {
        Self::from_json_with_origins(bytes, StatedOrigins::from_options(options)?)
    }

    fn from_json_with_origins(bytes: &[u8], origins: StatedOrigins) -> Result<Self> {
        let tree = json::parse(bytes, limits::TRUST_ROOT_BYTES).map_err(|error| {
            let several = if error.code() == Code::JsonMalformed { several::refuse(bytes) } else { None };
            several.unwrap_or_else(|| foreign::explain(error, bytes, Wanted::TrustRoot))
        })?;
        if let Some(refusal) = tree.as_array().and_then(several::refuse_list) {
            return Err(refusal);
        }
        Self::from_document(&tree, origins).map_err(|error| foreign::explain_document(error, &tree, Wanted::TrustRoot))
    }

    fn from_document(tree: &Value<'_>, mut origins: StatedOrigins) -> Result<Self> {
        let path = Path::root("the trust root", Code::TrustRootMalformed);
        let root = Object::new(tree, &path)?;
        let media_type = root.text("mediaType", "media_type")?;
        if !MEDIA_TYPES.contains(&media_type) {
            let found = if media_type.is_empty() { "no media type" } else { media_type };
            return Err(path.field("mediaType").malformed(MEDIA_TYPES.join(", "), found));
        }
        let mut trust = Self::default();
        let disabled = &mut trust.disabled;
        root.each("tlogs", "tlogs", &mut |value, path| {
            if let Some(log) = pinned_log(value, path, &mut origins, disabled)? {
                trust.logs.push(log);
            }
            Ok(())
        })?;
        root.each("ctlogs", "ctlogs", &mut |value, path| {
            if let Some(log) = ct_log(value, path, disabled)? {
                trust.ct_logs.push(log);
            }
            Ok(())
        })?;
        root.each("certificateAuthorities", "certificate_authorities", &mut |value, path| {
            if let Some((authority, _)) = authority(value, path, disabled)? {
                trust.authorities.push(authority);
            }
            Ok(())
        })?;
        root.each("timestampAuthorities", "timestamp_authorities", &mut |value, path| {
            if let Some((authority, operator)) = authority(value, path, disabled)? {
                trust.timestamp_authorities.push(TimestampAuthority::new(authority, operator));
            }
            Ok(())
        })?;
        origins.check_all_used()?;
        if trust.is_empty() && trust.disabled.is_empty() {
            return Err(path.malformed("authorities and logs", "none"));
        }
        Ok(trust)
    }
}

fn pinned_log(
    value: &Value<'_>,
    path: &Path<'_>,
    origins: &mut StatedOrigins,
    disabled: &mut Vec<String>,
) -> Result<Option<PinnedLog>> {
    let log = Object::new(value, path)?;
    let Instance { base_url, key, log_id, validity, operator } = instance(&log)?;
    let checkpoint_key_id = log.object("checkpointKeyId", "checkpoint_key_id", checkpoint_key_id)?.flatten();
    let no_host = || path.field("baseUrl").malformed("a URL with a host", &base_url);
    // Without an address, no origin is known, so no checkpoint can be trusted. The log is left out like one with an
    // unsupported key.
    let origin = match (origins.of(&base_url), host(&base_url)) {
        (Some(lines), _) => Ok(OriginRule::Stated(lines)),
        (None, Some(host)) => Ok(OriginRule::Host(host.to_owned())),
        (None, None) if base_url.is_empty() => Err(no_host()),
        (None, None) => return Err(no_host()),
    };
    let usable = key.and_then(|key| Ok((key, origin?)));
    Ok(enabled(usable, path, &base_url, disabled).map(|(key, origin)| PinnedLog {
        key,
        log_id,
        checkpoint_key_id,
        origin,
        validity,
        operator,
    }))
}

fn ct_log(value: &Value<'_>, path: &Path<'_>, disabled: &mut Vec<String>) -> Result<Option<CtLog>> {
    let Instance { base_url, key, log_id, validity, operator } = instance(&Object::new(value, path)?)?;
    Ok(enabled(key, path, &base_url, disabled).map(|key| CtLog { key, log_id, validity, operator }))
}

/// The result of reading an entry. If the entry is left out, adds a line that says why.
fn enabled<T>(read: Result<T>, path: &Path<'_>, address: &str, disabled: &mut Vec<String>) -> Option<T> {
    read.map_err(|error| disable(&error, path, address, disabled)).ok()
}

#[cold]
#[inline(never)]
fn disable(error: &Error, path: &Path<'_>, address: &str, disabled: &mut Vec<String>) {
    disabled.push(format!("{path} ({}): {error}", shorten(address, 200)));
}

/// The fields that Rekor and CT logs share (`TransparencyLogInstance`).
struct Instance {
    base_url: String,
    key: Result<PublicKey>,
    log_id: Vec<u8>,
    validity: Validity,
    operator: Option<String>,
}

fn instance(log: &Object<'_, '_, '_>) -> Result<Instance> {
    let base_url = log.text("baseUrl", "base_url")?.to_owned();
    let hash = log.enumeration("hashAlgorithm", "hash_algorithm", HASH_ALGORITHMS)?;
    let (raw, details, validity) = log
        .object("publicKey", "public_key", |key| {
            let raw = key.required_bytes("rawBytes", "raw_bytes")?;
            Ok((raw, key.enumeration("keyDetails", "key_details", key_details::NAMES)?, key.validity()?))
        })?
        .ok_or_else(|| log.path.field("publicKey").missing())?;
    let log_id = log
        .object("logId", "log_id", |id| id.required_bytes("keyId", "key_id"))?
        .ok_or_else(|| log.path.field("logId").missing())?;
    let key = match hash {
        1 => key_details::log_key(&raw, details).map(PublicKey::prepare),
        _ => Err(Error::new(Code::KeyUnsupported).expected("hashAlgorithm SHA2_256").found("another")),
    };
    Ok(Instance { base_url, key, log_id, validity, operator: log.operator()? })
}

/// The four-byte id of C2SP signed-note. It may be stated as a whole hash, whose first four bytes are the id.
fn checkpoint_key_id(id: &Object<'_, '_, '_>) -> Result<Option<[u8; 4]>> {
    let Some(stated) = id.bytes("keyId", "key_id")? else { return Ok(None) };
    match stated.as_slice() {
        [a, b, c, d] => Ok(Some([*a, *b, *c, *d])),
        [a, b, c, d, ..] if stated.len() == 32 => Ok(Some([*a, *b, *c, *d])),
        other => Err(id.path.field("keyId").malformed("4 bytes", format_args!("{} bytes", other.len()))),
    }
}

/// An authority and its operator. The anchor is the last certificate of the chain, whether or not it is self-signed.
fn authority(
    value: &Value<'_>,
    path: &Path<'_>,
    disabled: &mut Vec<String>,
) -> Result<Option<(CertificateAuthority, Option<String>)>> {
    let stated = Object::new(value, path)?;
    let mut certificates = Vec::new();
    stated.object("certChain", "cert_chain", |chain| {
        chain.each("certificates", "certificates", &mut |value, path| {
            let der = Object::new(value, path)?.required_bytes("rawBytes", "raw_bytes")?;
            certificates.push(Certificate::from_der(&der).map_err(|error| error.on(path))?);
            Ok(())
        })
    })?;
    if certificates.is_empty() {
        return Err(path.field("certChain").missing());
    }
    let uri = stated.text("uri", "uri")?;
    let (validity, operator) = (stated.validity()?, stated.operator()?);
    match CertificateAuthority::new(uri, certificates, validity) {
        Err(error) if !matches!(error.code(), Code::KeyUnsupported | Code::KeyMalformed) => Err(error.on(path)),
        built => Ok(enabled(built, path, uri, disabled).map(|authority| (authority, operator))),
    }
}

/// Host and port of a URL. The scheme may be absent.
fn host(url: &str) -> Option<&str> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next()?;
    let has_other = host.contains(|c: char| c.is_whitespace() || c.is_control() || c == '@');
    if host.is_empty() || has_other { None } else { Some(host) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_of_base_urls() {
        for (url, expected) in [
            ("https://rekor.sigstore.dev", Some("rekor.sigstore.dev")),
            ("https://rekor.sigstore.dev/", Some("rekor.sigstore.dev")),
            ("http://localhost:8000", Some("localhost:8000")),
            ("http://rekor-local", Some("rekor-local")),
            ("https://log.example/shard/1?x#y", Some("log.example")),
            ("rekor.example", Some("rekor.example")),
            ("", None),
            ("https://", None),
            ("https:///x", None),
            ("https://a b", None),
            ("https://a\nb", None),
            ("https://user@host", None),
        ] {
            assert_eq!(host(url), expected, "{url}");
        }
    }
}
