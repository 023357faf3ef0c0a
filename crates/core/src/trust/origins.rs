//! Origins of checkpoints that the operator states (C2SP tlog-checkpoint: a verifier knows the origin beforehand). A
//! log's address does not always imply the origin: Rekor v1 in Kubernetes signs under the name of its pod.

use crate::encoding::json::Value;
use crate::error::{Result, listed};
use crate::limits;
use crate::options::{self, invalid};

/// The stated origins, by the `baseUrl` of the log.
#[derive(Debug, Default)]
pub(super) struct StatedOrigins {
    stated: Vec<Stated>,
    /// The addresses of the logs in the trust root, for messages.
    known: Vec<String>,
}

#[derive(Debug)]
struct Stated {
    base_url: String,
    lines: Vec<String>,
    is_used: bool,
}

impl StatedOrigins {
    /// From `{"origins"?: {"<baseUrl>": ["<first line of its checkpoints>", …]}}`.
    ///
    /// # Errors
    /// `ERR_JSON_*`, `ERR_OPTION_*`.
    pub(super) fn from_options(text: &str) -> Result<Self> {
        let mut options = options::parse(text, "TrustRoot.fromJson")?;
        let mut stated = Vec::new();
        if let Some(origins) = options.nested("origins")? {
            for (base_url, value) in origins.into_members() {
                let path = format!("TrustRoot.fromJson.origins[{base_url}]");
                let lines = lines(&path, &value)?;
                stated.push(Stated { base_url: base_url.into_owned(), lines, is_used: false });
            }
        }
        options.finish()?;
        Ok(Self { stated, known: Vec::new() })
    }

    /// The origins that are stated for the log at this address.
    pub(super) fn of(&mut self, base_url: &str) -> Option<Vec<String>> {
        if !self.stated.is_empty() {
            self.known.push(base_url.to_owned());
        }
        let stated = self.stated.iter_mut().find(|stated| stated.base_url == base_url)?;
        stated.is_used = true;
        Some(stated.lines.clone())
    }

    /// Refuses an address that no log has, because its origins would have no effect.
    pub(super) fn check_all_used(&self) -> Result<()> {
        match self.stated.iter().find(|stated| !stated.is_used) {
            None => Ok(()),
            Some(Stated { base_url, .. }) => {
                let known = if self.known.is_empty() { "none".to_owned() } else { listed(&self.known) };
                Err(invalid(
                    "TrustRoot.fromJson.origins",
                    format_args!("the baseUrl of a log of the trust root: {known}"),
                    base_url,
                )
                .hint("Write the address exactly as the trust root has it under tlogs, baseUrl, including a slash at the end."))
            }
        }
    }
}

fn lines(path: &str, value: &Value<'_>) -> Result<Vec<String>> {
    let items = value.as_array().filter(|items| !items.is_empty());
    let items = items.ok_or_else(|| invalid(path, "a list of origins", value.kind()))?;
    if items.len() > limits::TRUST_ROOT_ENTRIES {
        return Err(invalid(path, format_args!("at most {} origins", limits::TRUST_ROOT_ENTRIES), items.len()));
    }
    let mut lines = Vec::new();
    for item in items {
        let line = item.as_str().ok_or_else(|| invalid(path, "a list of texts", item.kind()))?;
        check_origin(line).ok_or_else(|| invalid(path, "the first line of the log's checkpoints", line))?;
        lines.push(line.to_owned());
    }
    Ok(lines)
}

/// An origin is one line that is not empty and has no white space around it.
pub(super) fn check_origin(line: &str) -> Option<&str> {
    let is_padded = line.starts_with(char::is_whitespace) || line.ends_with(char::is_whitespace);
    if is_padded || line.is_empty() || line.chars().any(char::is_control) { None } else { Some(line) }
}
