//! Recognizes files that were given in place of another file, such as a key in place of a bundle. The hint then says
//! what the file is, where the wanted file is found in it, and what to do. Runs only after a file was refused, and does
//! not change the code of the refusal.
//!
//! The time is linear in the file, which is read once more. Nothing in the file is trusted.

mod document;
mod text;

use std::borrow::Cow;

use crate::encoding::der::{Reader, tag};
use crate::encoding::json;
use crate::error::{Code, Error, IS_FIRST};

/// A longer text is not read again.
const LARGEST: usize = 1 << 20;

/// The kind of file that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// The file that was signed. It may be any file.
    Artifact,
    /// A Sigstore bundle.
    Bundle,
    /// A tool catalogue.
    Catalogue,
    /// Certificates of an authority in PEM.
    Certificates,
    /// A public key in PEM.
    Key,
    /// A detached signature.
    Signature,
    /// A `trusted_root.json`.
    TrustRoot,
}

/// A recognized kind of file.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    /// What it is, such as `a tool catalogue`.
    what: Cow<'static, str>,
    /// Which of the wanted kinds it is, if it is one.
    belongs: Option<Wanted>,
    /// What to do with it. The same for each wanted kind.
    advice: Cow<'static, str>,
    /// Whether it only names or refers to a file, so that nobody can have meant to sign it.
    is_placeholder: bool,
}

impl Seen {
    /// A kind that is never asked for.
    fn other(what: impl Into<Cow<'static, str>>, advice: impl Into<Cow<'static, str>>) -> Self {
        Self { what: what.into(), belongs: None, advice: advice.into(), is_placeholder: false }
    }

    /// A text that only names or refers to a file.
    fn placeholder(what: &'static str, advice: &'static str) -> Self {
        Self { is_placeholder: true, ..Self::other(what, advice) }
    }

    /// A kind that is asked for elsewhere.
    fn of(wanted: Wanted, what: impl Into<Cow<'static, str>>) -> Self {
        Self { belongs: Some(wanted), ..Self::other(what, "") }
    }

    /// Adds what to do.
    fn advice(mut self, advice: impl Into<Cow<'static, str>>) -> Self {
        self.advice = advice.into();
        self
    }
}

impl Wanted {
    /// What was expected, in a message.
    fn expected(self) -> &'static str {
        match self {
            Self::Artifact => "the file that was signed",
            Self::Bundle => "a Sigstore bundle",
            Self::Catalogue => "a tool catalogue",
            Self::Certificates => "certificates in PEM",
            Self::Key => "a public key in PEM",
            Self::Signature => "a detached signature, raw or base64",
            Self::TrustRoot => "a trusted_root.json",
        }
    }

    /// What to give instead.
    fn missing(self) -> &'static str {
        match self {
            Self::Artifact => "Give the very file that was signed.",
            Self::Bundle => "Give the bundle that the publisher distributes beside the file.",
            Self::Catalogue => "Ask the publisher to sign a catalogue: an object with the list \"tools\".",
            Self::Certificates => "Give the authority's certificates (-----BEGIN CERTIFICATE-----).",
            Self::Key => "Give the publisher's public key (-----BEGIN PUBLIC KEY-----).",
            Self::Signature => "Give the signature file that the publisher distributes.",
            Self::TrustRoot => "Give the trusted_root.json of the Sigstore instance that signed.",
        }
    }

    /// Where it must be given.
    fn place(self) -> &'static str {
        match self {
            Self::Artifact => "where the signed file is asked for",
            Self::Bundle => "where the bundle is asked for",
            Self::Catalogue => "where the catalogue is asked for",
            Self::Certificates => "among the authority's certificates",
            Self::Key => "among the pinned keys",
            Self::Signature => "where the detached signature is asked for",
            Self::TrustRoot => "where the trust root is asked for",
        }
    }
}

/// The refusal with a hint about what `bytes` are, if that is recognized and is not what was wanted.
///
/// Bundles and trust roots in JSON were parsed by their readers, which ask [`explain_document`]. Their bytes come here
/// only if they are not JSON, or several JSON texts.
#[cold]
#[inline(never)]
pub(crate) fn explain(error: Error, bytes: &[u8], wanted: Wanted) -> Error {
    if IS_FIRST || matches!(error.code(), Code::InputTooLarge | Code::BundleLegacy) {
        return error;
    }
    match recognize(bytes, wanted) {
        Some(seen) => in_words_of(&seen, error, wanted),
        None => error,
    }
}

/// The refusal with a hint about what the document is, if that is recognized and is not what was wanted.
#[cold]
#[inline(never)]
pub(crate) fn explain_document(error: Error, document: &json::Value<'_>, wanted: Wanted) -> Error {
    if IS_FIRST {
        return error;
    }
    match document::recognize(document) {
        Some(seen) => in_words_of(&seen, error, wanted),
        None => error,
    }
}

fn in_words_of(seen: &Seen, error: Error, wanted: Wanted) -> Error {
    if !says_something(seen, wanted) {
        return error;
    }
    let hint = hint(seen, wanted);
    match wanted {
        // The texts of what was expected and found are digests. They stay as they are.
        Wanted::Artifact => error.hint(hint),
        Wanted::Certificates | Wanted::Key | Wanted::Signature => {
            error.expected(wanted.expected()).found(&seen.what).hint(hint)
        }
        Wanted::Bundle => error.on("the bundle").expected(wanted.expected()).found(&seen.what).hint(hint),
        Wanted::Catalogue => error.on("the catalogue").expected(wanted.expected()).found(&seen.what).hint(hint),
        Wanted::TrustRoot => error.on("the trust root").expected(wanted.expected()).found(&seen.what).hint(hint),
    }
}

/// Whether it is worth a hint that `seen` was given. Any file may have been signed, except those that belong beside a
/// signed file.
fn says_something(seen: &Seen, wanted: Wanted) -> bool {
    match (wanted, seen.belongs) {
        (Wanted::Artifact, Some(Wanted::Bundle | Wanted::TrustRoot | Wanted::Signature)) => true,
        (Wanted::Artifact, _) => seen.is_placeholder,
        (_, belongs) => belongs != Some(wanted) || !seen.advice.is_empty(),
    }
}

fn hint(seen: &Seen, wanted: Wanted) -> String {
    let Seen { what, belongs, advice, .. } = seen;
    let given = if wanted == Wanted::Artifact {
        format!("What was given as the signed file is {what}. ")
    } else {
        String::new()
    };
    match belongs {
        Some(place) if *place != wanted => {
            let place = place.place();
            format!(
                "{given}It belongs {place}: were two files swapped? {}",
                if advice.is_empty() { wanted.missing() } else { advice }
            )
        }
        _ if advice.is_empty() => format!("{given}{}", wanted.missing()),
        _ => format!("{given}{advice}"),
    }
}

fn recognize(bytes: &[u8], wanted: Wanted) -> Option<Seen> {
    if let Some(seen) = container(bytes) {
        return Some(seen);
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return binary(bytes) };
    let text = text.trim_start_matches('\u{feff}').trim();
    let is_parsed = matches!(wanted, Wanted::Bundle | Wanted::TrustRoot);
    match text.bytes().next()? {
        b'{' | b'[' | b'"' if is_parsed => in_lines(text),
        b'{' | b'[' | b'"' => in_json(text),
        b'0' if text.as_bytes().get(1).is_some_and(|byte| *byte < b' ') => binary(bytes),
        _ if text.len() > LARGEST => None,
        _ => text::recognize(text),
    }
}

fn in_json(text: &str) -> Option<Seen> {
    let parsed = if text.len() > LARGEST { None } else { json::parse(text.as_bytes(), LARGEST).ok() };
    match parsed {
        Some(document) => document::recognize(&document),
        None => in_lines(text),
    }
}

/// Several JSON values, one on each line.
fn in_lines(text: &str) -> Option<Seen> {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let first = lines.next()?;
    lines.clone().next().filter(|line| line.trim_start().starts_with(['{', '[']))?;
    let first = json::parse(first.as_bytes(), LARGEST).ok()?;
    document::of_lines(&first, lines.count().saturating_add(1))
}

/// Files that their first bytes identify.
fn container(bytes: &[u8]) -> Option<Seen> {
    let what = match bytes {
        [0x1f, 0x8b, ..] => "a file compressed by gzip",
        [b'P', b'K', 3, 4, ..] => "a ZIP archive",
        [0x28, 0xb5, 0x2f, 0xfd, ..] => "a file compressed by zstd",
        [0xff, 6, 0, 0, b's', b'N', b'a', b'P', ..] => "a file compressed by Snappy, as GitHub stores attestations",
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => {
            let advice = "Write the file as UTF-8; PowerShell's > and Out-File write UTF-16 unless told otherwise.";
            return Some(Seen::placeholder("text in UTF-16", advice));
        }
        _ => return None,
    };
    Some(Seen::other(what, "Unpack it first, and give the file that is in it."))
}

/// DER, identified by its outermost elements, and bundles in binary protobuf.
fn binary(bytes: &[u8]) -> Option<Seen> {
    const MEDIA_TYPE: &[u8] = b"application/vnd.dev.sigstore.bundle";
    if bytes.get(..64).unwrap_or(bytes).windows(MEDIA_TYPE.len()).any(|window| window == MEDIA_TYPE) {
        return Some(Seen::of(Wanted::Bundle, "a Sigstore bundle in binary protobuf"));
    }
    let mut outer = Reader::new(bytes).open(tag::SEQUENCE).ok()?;
    let (first, second) = (outer.element().ok()?, outer.element().ok());
    match (first.tag, second.map(|second| second.tag)) {
        (tag::INTEGER, Some(tag::INTEGER)) if outer.is_empty() && bytes.len() < 150 => Some(signature("ECDSA, in DER")),
        (tag::INTEGER, Some(tag::INTEGER)) if outer.is_empty() => Some(key_in("an RSA public key in DER (PKCS #1)")),
        (tag::SEQUENCE, Some(tag::BIT_STRING)) if outer.is_empty() => Some(key_in("a public key in DER")),
        (tag::SEQUENCE, Some(tag::SEQUENCE)) if first.content.first() == Some(&tag::context(0)) => Some(certificate()),
        (tag::SEQUENCE, Some(tag::SEQUENCE)) => Some(Seen::other("a timestamp response (RFC 3161)", TIMESTAMP)),
        (tag::OID, Some(0xa0)) => Some(Seen::other(
            "a CMS or PKCS #7 signature",
            "Sigstore bundles are another format; ask the publisher for one.",
        )),
        (tag::INTEGER, Some(tag::SEQUENCE)) => Some(private_key()),
        _ => None,
    }
}

const TIMESTAMP: &str = "A timestamp is a part of a bundle; ask the publisher for the bundle.";

fn signature(kind: &str) -> Seen {
    Seen::of(Wanted::Signature, format!("a detached signature ({kind})"))
}

fn key_in(what: &'static str) -> Seen {
    Seen::of(Wanted::Key, what).advice("A key is given as PEM: openssl pkey -pubin -inform DER -in key.der -pubout.")
}

fn certificate() -> Seen {
    let advice = "A certificate is a part of a bundle, or of a trust root. To pin its key, take the key out: openssl x509 -pubkey -noout.";
    Seen::other("a certificate", advice)
}

fn private_key() -> Seen {
    let advice = "Only its public half is needed, and nobody else may see the private one. The signer gets it by cosign public-key or openssl pkey -pubout.";
    Seen::other("a private key", advice)
}

#[cfg(test)]
mod tests;
