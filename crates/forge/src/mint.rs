//! As many distinct signed catalogues as asked for, for the benchmark: each newer than the one before, with a leaf, an
//! entry and a tree size of its own.

use std::path::Path;

use serde_json::json;

use crate::ca::{OIDC_ISSUER, WORKFLOW};
use crate::key::Secret;
use crate::rekor::Place;
use crate::signing::Signing;
use crate::stack::Stack;

/// Writes `0.json` with `0.sigstore.json` and so on, the trust root, and who signed.
pub(crate) fn mint(folder: &Path, count: usize) {
    std::fs::create_dir_all(folder).unwrap();
    let write = |name: &str, text: String| std::fs::write(folder.join(name), text).unwrap();
    let stack = Stack::honest();
    write("trusted_root.json", stack.trust_root().to_string());
    write("minted.json", json!({ "count": count, "san": WORKFLOW, "issuer": OIDC_ISSUER }).to_string());
    for index in 0..count {
        let tools: Vec<_> = (0..20).map(|tool| tool_of(index, tool)).collect();
        let catalogue = json!({ "server": "mcp.acme.example", "version": index, "tools": tools }).to_string();
        let bundle = Signing::v1(&stack)
            .key(Secret::p256(&format!("leaf {index}")))
            .place(Place { size: index + 2, index, before: 0 })
            .message(catalogue.as_bytes());
        write(&format!("{index}.json"), catalogue);
        write(&format!("{index}.sigstore.json"), bundle.to_string());
    }
}

fn tool_of(catalogue: usize, tool: usize) -> serde_json::Value {
    json!({
        "name": format!("tool_{tool}"),
        "description": format!("Reads record {tool} as of catalogue {catalogue}."),
        "inputSchema": { "type": "object", "properties": { "key": { "type": "string" } }, "required": ["key"] },
    })
}
