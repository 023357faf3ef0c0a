//! Bounds on untrusted input. Everything that arrives from outside is measured against one of these
//! before memory or time is spent on it; exceeding one is `ERR_INPUT_TOO_LARGE` (or `ERR_JSON_TOO_DEEP`).
//!
//! A limit without a source is our own: some ten times what real files hold. Those in [`AT_THE_SEAM`] are judged in
//! TypeScript too, before anything is copied into the core.

/// Largest bundle, in bytes (JSON or protobuf). A DSSE envelope carries its payload inside the bundle.
pub const BUNDLE_BYTES: usize = 16 << 20;
/// Largest trusted root, in bytes.
pub const TRUST_ROOT_BYTES: usize = 4 << 20;
/// Largest tool catalogue, in bytes.
pub const CATALOGUE_BYTES: usize = 32 << 20;
/// Largest definition of a tool, prompt, resource or template, in bytes, as a server offers it and in canonical form:
/// whoever runs a server can offer one.
pub const DEFINITION_BYTES: usize = 1 << 20;
/// Largest options document (policy, keys, expectations), in bytes.
pub const OPTIONS_BYTES: usize = 1 << 20;
/// Largest state record, in bytes: whatever note was accepted must be readable again, escaped, with its origin twice.
pub const STATE_RECORD_BYTES: usize = 512 << 10;
/// Largest name of a scope, in bytes: who may sign, the server, the caller's part.
pub const SCOPE_NAME_BYTES: usize = 16 << 10;
/// Deepest nesting of JSON arrays and objects.
pub const JSON_DEPTH: usize = 64;
/// Values in one JSON text. A list of digits has one for each two of its bytes, and each takes 16 bytes of memory or
/// more; the largest catalogue has room for so many of 16 bytes each.
pub const JSON_VALUES: usize = 2 << 20;
/// Certificates in one bundle.
pub const BUNDLE_CERTIFICATES: usize = 16;
/// Largest certificate, in bytes.
pub const CERTIFICATE_BYTES: usize = 64 << 10;
/// Extensions in one certificate.
pub const CERTIFICATE_EXTENSIONS: usize = 64;
/// Log entries in one bundle.
pub const LOG_ENTRIES: usize = 32;
/// RFC 3161 timestamps in one bundle.
pub const TIMESTAMPS: usize = 32;
/// Signatures in one DSSE envelope.
pub const ENVELOPE_SIGNATURES: usize = 32;
/// Signed certificate timestamps in one certificate.
pub const SCTS: usize = 32;
/// Hashes in one Merkle proof: a tree of 2^63 leaves needs 63.
pub const PROOF_HASHES: usize = 64;
/// Bytes of a document that says that a log forked: two notes and a proof.
pub const FORK_EVIDENCE_BYTES: usize = 512 << 10;
/// Bytes of one signed note.
pub const NOTE_BYTES: usize = 64 << 10;
/// Signature lines of one signed note (C2SP signed-note asks for at least 16).
pub const NOTE_SIGNATURES: usize = 64;
/// Signature verifications that one chain search may spend.
pub const CHAIN_SIGNATURES: usize = 64;
/// Pairs of certificates that one chain search may look at, verified before or not.
pub const CHAIN_STEPS: usize = 4096;
/// The same for the chain of one timestamp, of which a bundle may carry many.
pub const TIMESTAMP_CHAIN_SIGNATURES: usize = 8;
/// Certificates in a path, the leaf and the anchor included.
pub const CHAIN_LENGTH: usize = 8;
/// Authorities or logs of one kind in a trust root.
pub const TRUST_ROOT_ENTRIES: usize = 128;
/// Keys pinned by one `KeyedVerifier`.
pub const PINNED_KEYS: usize = 64;
/// Bytes of a witness policy.
pub const WITNESS_POLICY_BYTES: usize = 512 << 10;
/// Logs of a witness policy, and its witnesses and groups together (C2SP tlog-policy asks for 32 of each).
pub const WITNESS_POLICY_ENTRIES: usize = 256;
/// Definitions in one list of a catalogue, and in all its alternatives together.
pub const CATALOGUE_DEFINITIONS: usize = 100_000;
/// Alternatives of one name, and alternative instructions: what is offered is held against each.
pub const CATALOGUE_ALTERNATIVES: usize = 256;
/// Subjects in one in-toto statement.
pub const STATEMENT_SUBJECTS: usize = 4096;
/// Largest detached signature, in bytes, raw or base64: RSA-4096 (the largest key that may be pinned) makes 684 of base64.
pub const SIGNATURE_BYTES: usize = 16 << 10;
/// Largest artifact that is handed over whole, in bytes: WebAssembly's memory ends at 4 GiB, some runtimes' at 2, and a
/// verification may need it twice. Larger files are given by their digest.
pub const ARTIFACT_BYTES: usize = 1 << 30;
/// Largest PEM text of one key, in bytes: RSA-4096 has 800.
pub const KEY_PEM_BYTES: usize = 64 << 10;
/// Largest proof of consistency, in bytes: a hash of 32 for each of at most 63 levels (RFC 9162, section 2.1.4), and one
/// more that tells a longer proof.
pub const CONSISTENCY_PROOF_BYTES: usize = (PROOF_HASHES + 1) * 32;
/// Largest set of tiles for one proof, in bytes: two of 256 hashes on each of at most 8 levels (C2SP tlog-tiles).
pub const TILES_BYTES: usize = 2 * 8 * 256 * 32;

/// What crosses from JavaScript, with its limit in bytes.
pub const AT_THE_SEAM: [(&str, usize); 13] = [
    ("artifact", ARTIFACT_BYTES),
    ("bundle", BUNDLE_BYTES),
    ("catalogue", CATALOGUE_BYTES),
    ("consistencyProof", CONSISTENCY_PROOF_BYTES),
    ("definition", DEFINITION_BYTES),
    ("forkEvidence", FORK_EVIDENCE_BYTES),
    ("key", KEY_PEM_BYTES),
    ("note", NOTE_BYTES),
    ("options", OPTIONS_BYTES),
    ("signature", SIGNATURE_BYTES),
    ("stateRecord", STATE_RECORD_BYTES),
    ("tiles", TILES_BYTES),
    ("trustRoot", TRUST_ROOT_BYTES),
];
