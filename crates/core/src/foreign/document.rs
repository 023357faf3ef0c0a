//! Recognizes JSON documents by their members: answers of registries, formats of other tools, and inkan's own kinds.

use super::{Seen, Wanted};
use crate::encoding::json::Value;
use crate::error::shorten;

/// How deep a bundle is searched in an unknown document.
const DEPTH: usize = 6;

const BUNDLE: &str = "application/vnd.dev.sigstore.bundle";

/// What the document is.
pub(super) fn recognize(value: &Value<'_>) -> Option<Seen> {
    let known = match value {
        Value::Object(_) => object(value),
        Value::Array(items) => array(items),
        Value::String(text) if is_bundle_text(text) => {
            Some(Seen::of(Wanted::Bundle, "a bundle as a JSON string").advice("Decode the string first: jq -r ."))
        }
        _ => None,
    };
    known.or_else(|| {
        let path = find_bundle(value, DEPTH)?;
        let advice = format!("Give the value of {} alone.", shorten(&path, 200));
        Some(Seen::other("a JSON document with a Sigstore bundle in it", advice))
    })
}

/// Recognizes a file with a document on each line by its first line.
pub(super) fn of_lines(first: &Value<'_>, count: usize) -> Option<Seen> {
    let kind = recognize(first)?;
    Some(match kind.belongs {
        Some(Wanted::Bundle) => Seen::other(
            format!("{count} bundles as JSON Lines, one bundle a line, as gh attestation download writes them"),
            "Give one line alone: each is the bundle of one attestation (head -n 1 gives the first).",
        ),
        // The reader of trust roots handles trust roots on lines itself.
        Some(Wanted::TrustRoot) => return None,
        _ => Seen::other(format!("JSON Lines, the first of {count} being {}", kind.what), kind.advice),
    })
}

fn is_bundle(value: &Value<'_>) -> bool {
    media_type(value).is_some_and(|media_type| media_type.starts_with(BUNDLE))
}

fn media_type<'v>(value: &'v Value<'_>) -> Option<&'v str> {
    value.get("mediaType").or_else(|| value.get("media_type")).and_then(Value::as_str)
}

/// Whether a string is the text of a bundle.
fn is_bundle_text(text: &str) -> bool {
    text.trim_start().starts_with('{') && text.get(..200).unwrap_or(text).contains(BUNDLE)
}

/// The path of the first bundle in a document.
fn find_bundle(value: &Value<'_>, depth: usize) -> Option<String> {
    let below = depth.checked_sub(1)?;
    let here = |child: &Value<'_>, step: String| {
        let is_here = is_bundle(child) || child.as_str().is_some_and(is_bundle_text);
        if is_here {
            Some(step)
        } else {
            find_bundle(child, below)
                .map(|rest| if rest.starts_with('[') { format!("{step}{rest}") } else { format!("{step}.{rest}") })
        }
    };
    match value {
        Value::Object(members) => members.iter().find_map(|(key, child)| here(child, shorten(key, 40))),
        Value::Array(items) => items.iter().enumerate().find_map(|(index, child)| here(child, format!("[{index}]"))),
        _ => None,
    }
}

fn is_tool(value: &Value<'_>) -> bool {
    value.get("name").is_some() && (value.get("inputSchema").is_some() || value.get("input_schema").is_some())
}

fn is_envelope(value: &Value<'_>) -> bool {
    ["payloadType", "payload", "signatures"].iter().all(|name| value.get(name).is_some())
}

const SIGN_CATALOGUE: &str = "Ask the publisher to sign a catalogue, an object with the whole list \"tools\" and nothing around it, or give the one that they distribute.";

fn object(value: &Value<'_>) -> Option<Seen> {
    let has = |name: &str| value.get(name).is_some();
    let text = |name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default();
    let ask = "Ask the publisher for a Sigstore bundle";
    if let Some(seen) = by_media_type(media_type(value).unwrap_or_default()) {
        return Some(seen);
    }
    if has("attestations") {
        return Some(attestations(value));
    }
    if has("attestation_bundles") {
        return Some(Seen::other(
            "a provenance object of PyPI (PEP 740)",
            "Its attestations are in attestation_bundles[i].attestations. They are no bundles: python -m pypi_attestations convert writes each as one.",
        ));
    }
    if (has("verification_material") || has("verificationMaterial")) && has("envelope") {
        return Some(Seen::other(
            "an attestation of PyPI (PEP 740)",
            "It has the parts of a bundle under other names: python -m pypi_attestations convert writes it as a bundle.",
        ));
    }
    if has("SignedEntryTimestamp") && has("Payload") {
        return Some(Seen::other(
            "a log entry of cosign 2 (the annotation dev.sigstore.cosign/bundle, or the rekorBundle of its blob bundle)",
            format!(
                "It has neither the signature nor the certificate. {ask}: cosign 3 writes one, cosign 2 with --new-bundle-format."
            ),
        ));
    }
    if has("base64Signature") {
        return Some(Seen::other(
            "the blob bundle of cosign 2",
            format!("{ask}: cosign 3 writes one, cosign 2 with --new-bundle-format."),
        ));
    }
    if is_envelope(value) {
        return Some(Seen::other(
            "a bare DSSE envelope, without a bundle around it, as the SLSA generator writes it (.intoto.jsonl)",
            format!("It lacks the certificate and the log's evidence. {ask}; slsa-verifier reads the envelope."),
        ));
    }
    if text("_type").starts_with("https://in-toto.io/") || (has("predicateType") && has("subject")) {
        return Some(Seen::other(
            "an in-toto statement, which is not signed by itself",
            format!("{ask}: the statement is the payload of the envelope in it."),
        ));
    }
    if value.get("signed").and_then(|signed| signed.get("_type")).is_some() {
        return Some(Seen::other(
            "metadata of TUF",
            "TUF distributes the trust root; trusted_root.json is a target beside it: cosign trusted-root create or gh attestation trusted-root writes one.",
        ));
    }
    if has("schemaVersion") && (has("layers") || has("manifests") || has("config")) {
        return by_media_type("application/vnd.oci.image");
    }
    if has("jsonrpc") || value.get("result").is_some_and(|result| result.get("tools").is_some()) {
        return Some(Seen::other("an answer of tools/list with the JSON-RPC message around it", SIGN_CATALOGUE));
    }
    if has("tools") {
        return Some(catalogue(value));
    }
    if is_tool(value) {
        return Some(Seen::other("one tool, not a catalogue", SIGN_CATALOGUE));
    }
    if has("mcpServers") {
        return Some(Seen::other("the configuration of an MCP client", SIGN_CATALOGUE));
    }
    if has("kty")
        || value
            .get("keys")
            .and_then(Value::as_array)
            .is_some_and(|keys| keys.iter().any(|key| key.get("kty").is_some()))
    {
        return Some(
            Seen::of(Wanted::Key, "a JSON Web Key").advice("Give the public key as PEM (-----BEGIN PUBLIC KEY-----)."),
        );
    }
    if has("critical") {
        return Some(cosign_output());
    }
    if let Some([(uuid, entry)]) = value.as_object()
        && uuid.len() >= 64
        && entry.get("body").is_some()
    {
        return Some(Seen::other(
            "a log entry of Rekor, as its API or rekor-cli gives it",
            format!("{ask}: the entry is a part of it."),
        ));
    }
    if has("tlogs") || has("certificateAuthorities") {
        return Some(Seen::of(Wanted::TrustRoot, "a trust root without its media type"));
    }
    None
}

fn by_media_type(media_type: &str) -> Option<Seen> {
    if media_type.starts_with(BUNDLE) {
        return Some(Seen::of(Wanted::Bundle, "a Sigstore bundle"));
    }
    if media_type.starts_with("application/vnd.dev.sigstore.trustedroot") {
        return Some(Seen::of(Wanted::TrustRoot, "a trust root"));
    }
    if media_type.starts_with("application/vnd.dev.sigstore.clienttrustconfig") {
        let advice = "The trust root is its member trustedRoot: give that in a file of its own.";
        return Some(Seen::other("a client's trust configuration", advice));
    }
    if media_type.starts_with("application/vnd.dev.sigstore.signingconfig") {
        return Some(Seen::other(
            "a signing config, which says where to sign and not whom to trust",
            "A signing config says where to sign. Give the trusted_root.json of the same instance where a trust root is asked for.",
        ));
    }
    if media_type.starts_with("application/vnd.oci.") || media_type.starts_with("application/vnd.docker.distribution.")
    {
        return Some(Seen::other(
            "a manifest of an OCI registry",
            "The bundle is a blob that it or a referrer names: fetch that (oras discover, then oras blob fetch), and give it.",
        ));
    }
    None
}

/// `{"attestations": […]}`: npm states a predicate's type beside each bundle, GitHub does not.
fn attestations(value: &Value<'_>) -> Seen {
    let items = value.get("attestations").and_then(Value::as_array).unwrap_or_default();
    let advice = match items {
        [] => "It has no attestation in it.".to_owned(),
        [first, ..] if first.get("bundle").is_some_and(|bundle| *bundle != Value::Null) => format!(
            "Give one of its {} bundles alone: the value of attestations[0].bundle is the first (jq '.attestations[0].bundle').",
            items.len()
        ),
        _ => "The bundles are not in it: attestations[i].bundle_url says where each is (Snappy-compressed), or gh attestation download fetches them.".to_owned(),
    };
    let is_npm = items.first().is_some_and(|first| first.get("predicateType").is_some());
    let what =
        if is_npm { "the npm registry's answer about attestations" } else { "GitHub's answer about attestations" };
    Seen::other(what, advice)
}

fn catalogue(value: &Value<'_>) -> Seen {
    if value.get("nextCursor").is_some() {
        return Seen::other("one page of an answer of tools/list (it has nextCursor)", SIGN_CATALOGUE);
    }
    Seen::of(Wanted::Catalogue, "a tool catalogue")
}

fn cosign_output() -> Seen {
    Seen::other(
        "what cosign verify prints, or the payload that it signs for images",
        "Ask the publisher for a Sigstore bundle of the file.",
    )
}

fn array(items: &[Value<'_>]) -> Option<Seen> {
    let first = items.first()?;
    let one = "Give one of them alone";
    if is_bundle(first) {
        return Some(Seen::other(
            format!("an array of {} bundles, as the .sigs files of conda are", items.len()),
            format!("{one}: the value of [0] is the first (jq '.[0]')."),
        ));
    }
    if first.get("verificationResult").is_some() {
        return Some(Seen::other(
            "what gh attestation verify prints",
            format!("{one}: the bundle is the value of [0].attestation.bundle."),
        ));
    }
    if first.get("critical").is_some() {
        return Some(cosign_output());
    }
    if is_tool(first) {
        return Some(Seen::other(
            format!("an array of {} tools, without an object around it", items.len()),
            SIGN_CATALOGUE,
        ));
    }
    let kind = object(first).filter(|kind| kind.belongs != Some(Wanted::Catalogue))?;
    let advice = if kind.advice.is_empty() { format!("{one}.").into() } else { kind.advice };
    Some(Seen::other(format!("an array whose first item is {}", kind.what), advice))
}
