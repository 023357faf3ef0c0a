//! Bounds on untrusted input. Each input is compared with its bound before memory or time is spent on it. Exceeding a
//! bound is `ERR_INPUT_TOO_LARGE` (or `ERR_JSON_TOO_DEEP`).
//!
//! A limit that names no source is our own choice, about ten times what real files have. TypeScript also checks those
//! in [`AT_THE_SEAM`], before it copies anything into the core.

/// Largest bundle, in bytes (JSON or protobuf). The payload of a DSSE envelope is inside the bundle.
pub const BUNDLE_BYTES: usize = 16 << 20;
/// Largest trusted root, in bytes.
pub const TRUST_ROOT_BYTES: usize = 4 << 20;
/// Largest tool catalogue, in bytes.
pub const CATALOGUE_BYTES: usize = 32 << 20;
/// Largest definition of a tool, prompt, resource or template, in bytes. Holds for the definition that a server offers
/// and for its canonical form, because a server can offer anything.
pub const DEFINITION_BYTES: usize = 1 << 20;
/// Largest options document (policy, keys, expectations), in bytes.
pub const OPTIONS_BYTES: usize = 1 << 20;
/// Largest state record, in bytes. A record with the largest accepted note must fit, with the note escaped and its
/// origin written twice.
pub const STATE_RECORD_BYTES: usize = 512 << 10;
/// Largest name of a scope, in bytes: the signers, the server, and the caller's scope.
pub const SCOPE_NAME_BYTES: usize = 16 << 10;
/// Deepest nesting of JSON arrays and objects.
pub const JSON_DEPTH: usize = 64;
/// Most values in one JSON text. A list of digits has one value for every two bytes, and a value takes at least 16
/// bytes of memory. The largest catalogue can have this many values of 16 bytes each.
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
/// Hashes in one Merkle proof. A tree of 2^63 leaves needs 63.
pub const PROOF_HASHES: usize = 64;
/// Bytes of a fork document, which holds two notes and a proof.
pub const FORK_EVIDENCE_BYTES: usize = 512 << 10;
/// Bytes of one signed note.
pub const NOTE_BYTES: usize = 64 << 10;
/// Signature lines of one signed note (C2SP signed-note requires at least 16).
pub const NOTE_SIGNATURES: usize = 64;
/// Signature verifications in one search for a chain.
pub const CHAIN_SIGNATURES: usize = 64;
/// Pairs of certificates that one search for a chain may look at, whether or not it verified them before.
pub const CHAIN_STEPS: usize = 4096;
/// The same for the chain of one timestamp. A bundle may have many timestamps.
pub const TIMESTAMP_CHAIN_SIGNATURES: usize = 8;
/// Certificates in a path, including the leaf and the anchor.
pub const CHAIN_LENGTH: usize = 8;
/// Authorities or logs of one kind in a trust root.
pub const TRUST_ROOT_ENTRIES: usize = 128;
/// Keys pinned by one `KeyedVerifier`.
pub const PINNED_KEYS: usize = 64;
/// Bytes of a witness policy.
pub const WITNESS_POLICY_BYTES: usize = 512 << 10;
/// Logs of a witness policy; also its witnesses and groups together (C2SP tlog-policy requires 32 of each).
pub const WITNESS_POLICY_ENTRIES: usize = 256;
/// Definitions in one list of a catalogue, and in all its alternatives together.
pub const CATALOGUE_DEFINITIONS: usize = 100_000;
/// Alternatives of one name, and alternative instructions. An offered definition is compared with each.
pub const CATALOGUE_ALTERNATIVES: usize = 256;
/// Subjects in one in-toto statement.
pub const STATEMENT_SUBJECTS: usize = 4096;
/// Largest detached signature, in bytes, raw or base64. RSA-4096 is the largest key that may be pinned. It makes 684
/// bytes of base64.
pub const SIGNATURE_BYTES: usize = 16 << 10;
/// Largest artifact that is given whole, in bytes. The memory of WebAssembly ends at 4 GiB, in some runtimes at 2 GiB,
/// and a verification may need the artifact twice. Larger files are given by their digest.
pub const ARTIFACT_BYTES: usize = 1 << 30;
/// Largest PEM text of one key, in bytes. RSA-4096 has 800.
pub const KEY_PEM_BYTES: usize = 64 << 10;
/// Largest consistency proof, in bytes: 32 for each of at most 63 levels (RFC 9162, section 2.1.4), and 32 more, so
/// that a longer proof can be detected.
pub const CONSISTENCY_PROOF_BYTES: usize = (PROOF_HASHES + 1) * 32;
/// Largest set of tiles for one proof, in bytes. Each of at most 8 levels needs at most two tiles of 256 hashes (C2SP
/// tlog-tiles).
pub const TILES_BYTES: usize = 2 * 8 * 256 * 32;

/// The inputs that come from JavaScript, each with its limit in bytes.
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
