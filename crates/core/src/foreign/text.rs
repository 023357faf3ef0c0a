//! Recognizes texts other than JSON: PEM, keys and signatures of other tools, checkpoints, and texts that only name or
//! refer to a file.

use super::{Seen, Wanted, certificate, private_key, signature};
use crate::encoding::{base64, pem};

/// A longer text is not a path.
const LONGEST_PATH: usize = 1024;

/// Recognizes the text, without white space around it.
pub(super) fn recognize(text: &str) -> Option<Seen> {
    if text.contains("-----BEGIN ") {
        return in_pem(text);
    }
    let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| text.starts_with(prefix));
    if text.starts_with('<') {
        return Some(Seen::placeholder(
            "a web page or XML",
            "The download brought a page (a login or an error page) in place of the file: get it from its raw address.",
        ));
    }
    if starts(&["version https://git-lfs"]) {
        return Some(Seen::placeholder("a Git LFS pointer", "The file itself is elsewhere: git lfs pull fetches it."));
    }
    if starts(&["ssh-", "ecdsa-sha2-", "sk-ssh-"]) {
        let advice = "Give the key as PEM: ssh-keygen -e -m PKCS8 -f key.pub.";
        return Some(Seen::of(Wanted::Key, "a public key of OpenSSH").advice(advice));
    }
    if starts(&["untrusted comment:"]) {
        return Some(Seen::other("a key or signature of minisign or signify", OTHER_TOOL));
    }
    if text.contains("\n\n\u{2014} ") || text.contains("\r\n\r\n\u{2014} ") {
        return Some(Seen::other(
            "a checkpoint of a transparency log (a signed note)",
            "A checkpoint is a part of a bundle; alone it proves no signature. inkan log reads checkpoints.",
        ));
    }
    if text.contains(['\n', '\r']) { in_base64(text) } else { in_one_line(text) }
}

const OTHER_TOOL: &str =
    "That is another system than Sigstore; ask the publisher for a Sigstore bundle or a public key in PEM.";

fn in_pem(text: &str) -> Option<Seen> {
    let blocks = pem::parse(text).ok();
    let label = match blocks.as_deref() {
        Some([first, ..]) => first.label.clone(),
        _ => text.split_once("-----BEGIN ")?.1.split_once("-----")?.0.to_owned(),
    };
    Some(match label.as_str() {
        "PUBLIC KEY" | "RSA PUBLIC KEY" => Seen::of(Wanted::Key, "a public key"),
        "CERTIFICATE" | "TRUSTED CERTIFICATE" | "X509 CERTIFICATE" => certificate(),
        "CERTIFICATE REQUEST" | "NEW CERTIFICATE REQUEST" => Seen::other(
            "a certificate request",
            "That is no certificate and no key; ask the publisher for the public key.",
        ),
        "PGP SIGNATURE" | "PGP SIGNED MESSAGE" | "PGP PUBLIC KEY BLOCK" | "PGP MESSAGE" => {
            Seen::other("a key or signature of PGP", OTHER_TOOL)
        }
        "SSH SIGNATURE" => Seen::other("a signature of OpenSSH", OTHER_TOOL),
        "PKCS7" | "CMS" => Seen::other("a CMS or PKCS #7 signature", OTHER_TOOL),
        "EC PARAMETERS" => private_key(),
        label if label.ends_with("PRIVATE KEY") => private_key(),
        _ => return None,
    })
}

fn in_one_line(text: &str) -> Option<Seen> {
    let is_hex = |text: &str| text.len() >= 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let digest = text.split_once(':').map_or(text, |(name, rest)| if name.starts_with("sha") { rest } else { text });
    if is_hex(digest) && matches!(digest.len(), 64 | 96 | 128) {
        return Some(Seen::placeholder(
            "a digest in hexadecimal",
            "A digest is no signature and no content: give the file itself.",
        ));
    }
    let is_url =
        ["http://", "https://", "file:", "oci://", "git+", "data:"].iter().any(|scheme| text.starts_with(scheme));
    if is_url && text.len() <= LONGEST_PATH {
        return Some(Seen::placeholder(
            "an address (a URL)",
            "Nothing is fetched or read here: get the file first, and give its content.",
        ));
    }
    // Base64 may contain slashes, but it is longer than file names are.
    if is_path(text) {
        return Some(Seen::placeholder(
            "a file name",
            "A file name was given in place of the file's content: read the file first.",
        ));
    }
    if text.starts_with("eyJ") {
        if text.split('.').count() == 3 {
            return Some(Seen::other(
                "a JSON Web Token",
                "That is no Sigstore signature; ask the publisher for the bundle.",
            ));
        }
        let bytes = base64::decode(text).ok()?;
        let inner = super::in_json(std::str::from_utf8(&bytes).ok()?.trim())?;
        return Some(Seen::other(format!("base64 of {}", inner.what), "Decode it first: base64 -d."));
    }
    in_base64(text)
}

/// Whether the text looks like the name of a file: it has a typical extension, or it is a path from a root.
fn is_path(text: &str) -> bool {
    const ENDINGS: [&str; 20] = [
        "json",
        "jsonl",
        "sigstore",
        "bundle",
        "pem",
        "pub",
        "key",
        "sig",
        "sigs",
        "crt",
        "cer",
        "cert",
        "der",
        "txt",
        "yaml",
        "yml",
        "intoto",
        "attestation",
        "tgz",
        "p7s",
    ];
    if text.len() > LONGEST_PATH
        || text.chars().any(|character| character.is_control() || "{}\"<>|".contains(character))
    {
        return false;
    }
    let ending = text.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    let has_root = ["./", "../", "/", "~/", ".\\", "..\\", "\\\\"].iter().any(|root| text.starts_with(root))
        || matches!(text.as_bytes(), [drive, b':', b'\\' | b'/', ..] if drive.is_ascii_alphabetic());
    let is_named = ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()));
    is_named || (has_root && text.len() > 2 && base64::decode(text).is_err())
}

fn in_base64(text: &str) -> Option<Seen> {
    let bytes = base64::decode_wrapped(text).ok().filter(|bytes| bytes.len() >= 8)?;
    match bytes.len() {
        64 => return Some(signature("64 bytes in base64, as Ed25519 has them")),
        256 | 384 | 512 if bytes.first() != Some(&0x30) => return Some(signature("in base64, as RSA has them")),
        _ => {}
    }
    let inner = super::binary(&bytes)?;
    Some(match inner.belongs {
        Some(Wanted::Signature) => signature("ECDSA, in base64"),
        Some(Wanted::Key) => Seen::of(Wanted::Key, "a public key in bare base64")
            .advice("Put the lines -----BEGIN PUBLIC KEY----- and -----END PUBLIC KEY----- around it."),
        _ => Seen { what: format!("base64 of {}", inner.what).into(), ..inner },
    })
}
