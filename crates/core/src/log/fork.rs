//! The document that proves to anybody with a log's key that the log forked: `{"notes": [NOTE, NOTE], "proof"?:
//! [BASE64…]}`. This file writes and reads it.
//!
//! If both notes have one size, different roots are enough. If the sizes differ, a proof is needed. The newer root
//! commits to its leaves. So a proof that leads to the newer root from another older root than the signed one shows
//! that the log signed two histories.

use crate::encoding::base64;
use crate::encoding::json::{self, Value};
use crate::encoding::json_writer::ObjectWriter;
use crate::error::{Code, Error, Result};
use crate::limits;
use crate::log::merkle::Hash;

/// A tree that a log signed. The code that makes one must have verified the signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignedTree<'a> {
    /// The first line of the note.
    pub origin: &'a str,
    /// Leaves in the tree.
    pub size: u64,
    /// The tree's root hash.
    pub root: &'a Hash,
    /// The whole note, without any change.
    pub note: &'a str,
}

/// The refusal of two signed trees that cannot be of one history. `proof` shows it if their sizes differ.
pub(crate) fn fork(older: SignedTree<'_>, newer: SignedTree<'_>, proof: &[Hash]) -> Error {
    let mut document = ObjectWriter::new();
    document.strings("notes", [older.note, newer.note]);
    if !proof.is_empty() {
        document.strings("proof", proof.iter().map(|hash| base64::encode(hash)));
    }
    let expected = if older.size == newer.size {
        format!("the root hash recorded for size {}", older.size)
    } else {
        format!("a tree of size {} that is the past of size {}", older.size, newer.size)
    };
    Error::new(Code::LogFork)
        .on(newer.origin)
        .expected(expected)
        .found("another root hash under the log's own signature")
        .evidence(notes(older, newer))
        .document(document.finish())
}

/// Both notes, without any change.
pub(super) fn notes(older: SignedTree<'_>, newer: SignedTree<'_>) -> Vec<String> {
    vec![older.note.to_owned(), newer.note.to_owned()]
}

/// The content of a document. Nothing of it is verified.
#[derive(Debug)]
pub struct ForkDocument {
    /// The signed notes.
    pub notes: [String; 2],
    /// The hashes of the proof. None if both trees have one size.
    pub proof: Vec<Hash>,
}

impl ForkDocument {
    /// Reads a document.
    ///
    /// # Errors
    /// `ERR_JSON_*`, `ERR_INPUT_TOO_LARGE`, `ERR_FORK_UNPROVEN` for another form.
    pub fn from_json(document: &[u8]) -> Result<Self> {
        let value = json::parse(document, limits::FORK_EVIDENCE_BYTES)?;
        let (notes, proof) = read_fork(&value)?;
        Ok(Self { notes: notes.map(str::to_owned), proof })
    }
}

/// The notes and the hashes.
fn read_fork<'v>(value: &'v Value<'_>) -> Result<([&'v str; 2], Vec<Hash>)> {
    let malformed =
        || Error::new(Code::ForkUnproven).expected(r#"{"notes": [two signed notes], "proof"?: [base64 of 32 bytes]}"#);
    let members = value.as_object().ok_or_else(malformed)?;
    if let Some((name, _)) = members.iter().find(|(name, _)| !["notes", "proof"].contains(&name.as_ref())) {
        return Err(malformed().found(format_args!("a member {name}")));
    }
    let Some([Value::String(one), Value::String(other)]) = value.get("notes").and_then(Value::as_array) else {
        return Err(malformed().found("other notes"));
    };
    let proof = match value.get("proof") {
        None => &[],
        Some(proof) => proof.as_array().ok_or_else(|| malformed().found("a proof that is no list"))?,
    };
    if proof.len() > limits::PROOF_HASHES.saturating_add(1) {
        return Err(malformed().found(format_args!("{} hashes", proof.len())));
    }
    let mut hashes: Vec<Hash> = Vec::with_capacity(proof.len());
    for text in proof {
        let hash = text.as_str().and_then(|text| base64::decode(text).ok()?.try_into().ok());
        hashes.push(hash.ok_or_else(|| malformed().found("another hash"))?);
    }
    Ok(([one, other], hashes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::consistency::verify_consistency;
    use crate::log::merkle::tests::{consistency, leaves, root};

    fn tree<'a>(size: usize, root: &'a Hash) -> SignedTree<'a> {
        let note = if size == 5 { "older" } else { "newer" };
        SignedTree { origin: "o", size: size.try_into().unwrap(), root, note }
    }

    #[test]
    fn a_fork_carries_what_proves_it() {
        let newer_root = root(&leaves(9));
        let proof = consistency(5, &leaves(9), true);
        let error = verify_consistency(tree(5, &[0; 32]), tree(9, &newer_root), &proof).unwrap_err();
        assert_eq!(error.evidence_texts(), ["older", "newer"]);
        let hashes: Vec<String> = proof.iter().map(|hash| format!("\"{}\"", base64::encode(hash))).collect();
        let document = format!(r#"{{"notes":["older","newer"],"proof":[{}]}}"#, hashes.join(","));
        assert_eq!(error.evidence_document(), Some(document.as_str()));
        let error = verify_consistency(tree(5, &[0; 32]), tree(5, &[1; 32]), &[]).unwrap_err();
        assert_eq!(error.evidence_document(), Some(r#"{"notes":["older","older"]}"#));
    }

    #[test]
    fn a_document_is_read_as_it_was_written() {
        let newer_root = root(&leaves(9));
        let proof = consistency(5, &leaves(9), true);
        for error in [
            verify_consistency(tree(5, &[0; 32]), tree(9, &newer_root), &proof).unwrap_err(),
            verify_consistency(tree(5, &[0; 32]), tree(5, &[1; 32]), &[]).unwrap_err(),
        ] {
            let read = ForkDocument::from_json(error.evidence_document().unwrap().as_bytes()).unwrap();
            assert_eq!(read.notes.as_slice(), error.evidence_texts());
            assert!(read.proof.is_empty() || read.proof == proof);
        }
        for bad in
            ["[]", "{}", r#"{"notes":["a"]}"#, r#"{"notes":["a","b"],"proof":["x"]}"#, r#"{"notes":["a","b"],"x":1}"#]
        {
            assert_eq!(ForkDocument::from_json(bad.as_bytes()).unwrap_err().code(), Code::ForkUnproven, "{bad}");
        }
    }
}
