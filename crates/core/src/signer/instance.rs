//! Well-known instances of Sigstore, recognized by public facts about them. Only for hints. Nothing is trusted because
//! of it.

use crate::error::Error;

/// What a policy for GitHub's releases needs.
pub(crate) const GITHUB_ROOT: &str = "GitHub attests releases by its own instance, which has a certificate authority and a timestamp authority, and no logs. Its trust root is the line of gh attestation trusted-root in which the authority is GitHub, Inc.'s.";

/// The instance whose log has this id.
pub(crate) fn of_log(id: &str) -> Option<&'static str> {
    match id {
        "wNI9atQGlz+VWfO6LRygH4QUfY/8W4RFwiT5i5WRgB0=" | "zxGZFVvd0FEmjR8WrFwMdcAJ9vtaY/QXf44Y1wUeP6A=" => {
            Some("the public-good instance's")
        }
        "0y8wo8MtY5wrdiIFohx7sHeI5oKDpK5vQhGHI6G+pJY="
        | "8w1amZ2S5mJIQkQmPxdMuOrL/oJkvFg9MnQXmeOCXck="
        | "09OnDKEw7/hpZiYVPoTRzRbglHk0sylsUovegnRUlJY=" => Some("the staging instance's"),
        _ => None,
    }
}

/// Adds a hint to a refusal, if `issuer` is the certificate authority of a known instance.
pub(crate) fn hinted(error: Error, issuer: &str) -> Error {
    if !is_github(issuer) {
        return error;
    }
    error.hint(
        "The bundle reads as one of GitHub's own instance, which signs for private repositories and releases. Its trust root is one of the lines that gh attestation trusted-root prints, and it has no logs: thresholds { logEntries: 0, timestamps: 1, scts: 0 }, which IdentityPolicy.githubRelease has by default.",
    )
}

/// Adds a hint to the refusal of a trust root that lacks something, if it is the root of a known instance that has no
/// such thing.
pub(crate) fn hinted_root(error: Error, authority: &str) -> Error {
    if !is_github(authority) {
        return error;
    }
    error.hint(
        "This is the trust root of GitHub's own instance, which has no logs: for bundles that it signed, state thresholds { logEntries: 0, timestamps: 1, scts: 0 }. A bundle of the public instance needs the trust root of that instance.",
    )
}

fn is_github(name: &str) -> bool {
    name.contains("O=GitHub, Inc.") || name.contains("O=GitHub\\, Inc.")
}
