//! Several trust roots in one text: JSON Lines, as `gh attestation trusted-root` prints them, or a list. They are
//! refused, and the message names each. Each root needs its own thresholds. If the roots were merged, the thresholds of
//! an instance without logs would also let the authority of another instance sign without its log.

use crate::encoding::json::{self, Value};
use crate::error::{Code, Error, IS_FIRST, shorten};
use crate::limits;

/// Most roots that a message names.
const NAMED: usize = 4;

/// The refusal of a text with several roots. `None` if it holds one root, or something else. The time is linear in the
/// text.
pub(super) fn refuse(text: &[u8]) -> Option<Error> {
    let texts = if IS_FIRST { return None } else { objects(text)? };
    if texts.len() < 2 {
        return None;
    }
    let mut names = Vec::new();
    for (index, text) in texts.iter().take(NAMED).enumerate() {
        let root = json::parse(text, limits::TRUST_ROOT_BYTES).ok()?;
        names.push(name(&root, index)?);
    }
    Some(refusal("JSON Lines", texts.len(), &names))
}

/// The refusal of a list of roots.
pub(super) fn refuse_list(items: &[Value<'_>]) -> Option<Error> {
    if IS_FIRST {
        return None;
    }
    let mut names = Vec::new();
    for (index, root) in items.iter().take(NAMED).enumerate() {
        names.push(name(root, index)?);
    }
    (!names.is_empty()).then(|| refusal("a JSON list", items.len(), &names))
}

fn refusal(form: &str, count: usize, names: &[String]) -> Error {
    let more = if count > names.len() { "; …" } else { "" };
    Error::new(Code::TrustRootMalformed)
        .expected("one trust root")
        .found(format_args!("{count} trust roots, as {form}"))
        .hint(format!(
            "Give the one root of the instance that signs ({}{more}), in a file of its own. In JSON Lines each line is one root, such as sed -n 2p FILE > trusted_root.json.",
            names.join("; ")
        ))
}

/// The name of a root. `None` if this is not a root.
fn name(root: &Value<'_>, index: usize) -> Option<String> {
    let member = |value: &Value<'_>, name: &str| value.get(name).and_then(Value::as_str).map(|text| shorten(text, 80));
    member(root, "mediaType").filter(|kind| kind.contains("trustedroot"))?;
    let authority = root.get("certificateAuthorities").and_then(Value::as_array).and_then(|list| list.first());
    let uri = authority.and_then(|authority| member(authority, "uri")).unwrap_or_else(|| "no authority".to_owned());
    Some(format!("{}: {uri}", index.saturating_add(1)))
}

/// The objects of a text that holds only objects, with white space between them.
fn objects(text: &[u8]) -> Option<Vec<&[u8]>> {
    let (mut objects, mut start, mut depth) = (Vec::new(), 0_usize, 0_usize);
    let (mut in_string, mut is_escaped) = (false, false);
    for (index, byte) in text.iter().enumerate() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if in_string => is_escaped = true,
            b'"' if depth > 0 => in_string = !in_string,
            _ if in_string => {}
            b'{' => {
                if depth == 0 {
                    start = index;
                }
                depth = depth.saturating_add(1);
            }
            b'}' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    objects.push(text.get(start..=index)?);
                    if objects.len() > limits::TRUST_ROOT_ENTRIES {
                        return None;
                    }
                }
            }
            // RFC 7464 separates texts by this character (0x1e).
            b' ' | b'\t' | b'\r' | b'\n' | 0x1e => {}
            _ if depth == 0 => return None,
            _ => {}
        }
    }
    (depth == 0 && !in_string).then_some(objects)
}
