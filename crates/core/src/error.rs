//! The one list of refusals. For each it has the name in Rust, the text `ERR_<AREA>_<WHAT>`, the class, the meaning and
//! the hint. The build generates the types in `ts/generated` and the table in docs/errors.md from it.

use std::fmt;

pub(crate) use crate::printable::shorten;

/// Whether this is the first core, whose refusals are only codes ([`crate::first`]).
pub(crate) const IS_FIRST: bool = cfg!(feature = "first-core");

/// The class of a refusal: who can do something about it, and what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// The input is malformed or too large, or an option is wrong. The caller corrects the call or the file.
    Input,
    /// The evidence does not hold. Do not use what was signed.
    Verification,
    /// What is presented contradicts what was seen before. Alert someone.
    Freshness,
    /// The state store failed, holds an invalid record, or has no proof to compare a record by. Nothing was released.
    State,
    /// A bug of this library.
    Internal,
}

impl Class {
    /// The name of the TypeScript error class.
    pub fn name(self) -> &'static str {
        match self {
            Self::Input => "InputError",
            Self::Verification => "VerificationError",
            Self::Freshness => "FreshnessError",
            Self::State => "StateError",
            Self::Internal => "InternalError",
        }
    }
}

macro_rules! codes {
    ($( $class:ident { $( $variant:ident = $text:literal, $meaning:literal, $hint:literal; )* } )*) => {
        /// A stable code for each refusal. Tests compare codes, not messages.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code {
            $( $( #[doc = $meaning] $variant, )* )*
        }

        impl Code {
            /// Every code, in the order of the list.
            pub const ALL: &'static [Code] = &[ $( $( Code::$variant, )* )* ];

            /// The stable text, `ERR_<AREA>_<WHAT>`.
            pub fn text(self) -> &'static str {
                match self { $( $( Code::$variant => $text, )* )* }
            }

            /// What the code means, in one sentence.
            pub fn meaning(self) -> &'static str {
                if IS_FIRST {
                    return "";
                }
                match self { $( $( Code::$variant => $meaning, )* )* }
            }

            /// What to do next, in one sentence.
            pub fn hint(self) -> &'static str {
                if IS_FIRST {
                    return "";
                }
                match self { $( $( Code::$variant => $hint, )* )* }
            }

            /// The class.
            pub fn class(self) -> Class {
                match self { $( $( Code::$variant => Class::$class, )* )* }
            }
        }
    };
}

codes! {
    Input {
        InputTooLarge = "ERR_INPUT_TOO_LARGE", "An input or a list in it exceeds its limit.", "Check that this is the intended file; the limits are listed in the documentation.";
        OptionUnknown = "ERR_OPTION_UNKNOWN", "An option has a name that this build does not know.", "Correct the spelling, or update inkan if the option is newer than this build.";
        OptionInvalid = "ERR_OPTION_INVALID", "An option has a value that cannot be used.", "Correct the option; nothing was verified.";
        PolicyFile = "ERR_POLICY_FILE", "The policy file has a value that cannot be used.", "Correct the line that is named; nothing was started.";
        PolicySource = "ERR_POLICY_SOURCE", "A file that the policy names could not be read.", "Check the path or the address, and that this user may read it.";
        TufUnavailable = "ERR_TUF_UNAVAILABLE", "The TUF repository did not give what was asked for.", "Check the mirror's address and the network, then try again; nothing was written.";
        JsonMalformed = "ERR_JSON_MALFORMED", "The text is not one JSON value.", "Check that the file is complete and is the intended one.";
        JsonEncoding = "ERR_JSON_ENCODING", "The JSON text has a byte order mark, invalid UTF-8 or a lone surrogate.", "Write the file as UTF-8 without a byte order mark.";
        JsonDuplicateKey = "ERR_JSON_DUPLICATE_KEY", "A JSON object has one key twice.", "Parsers disagree on which value counts; write each key once.";
        JsonTooDeep = "ERR_JSON_TOO_DEEP", "JSON arrays and objects are nested too deeply.", "Check that this is the intended file.";
        JsonNumber = "ERR_JSON_NUMBER", "A JSON number is too large for its place.", "Write an integer beyond 2^53 in a bundle as a decimal string. A number beyond the range of doubles is not accepted anywhere.";
        Base64Malformed = "ERR_BASE64_MALFORMED", "A base64 text is truncated, has foreign characters or non-zero padding bits.", "Check that the file was not truncated or re-wrapped.";
        PemMalformed = "ERR_PEM_MALFORMED", "A PEM text has no complete block of the expected kind.", "Give the whole block, from -----BEGIN to -----END.";
        DerMalformed = "ERR_DER_MALFORMED", "A DER structure is malformed or has trailing bytes.", "Check that the file was not truncated or altered.";
        BundleMalformed = "ERR_BUNDLE_MALFORMED", "The bundle lacks a required field or a field has the wrong form.", "Check that this file is a complete Sigstore bundle; if it is, ask the publisher for one made by a current client (cosign sign-blob --bundle).";
        BundleMediaType = "ERR_BUNDLE_MEDIA_TYPE", "The bundle's media type is not a Sigstore bundle v0.1, v0.2 or v0.3.", "Check that this file is a Sigstore bundle, or update inkan if its version is newer.";
        BundleUnknownField = "ERR_BUNDLE_UNKNOWN_FIELD", "The bundle has a field that its format does not define.", "Remove the field, or update inkan if the bundle's format is newer than this build.";
        BundleLegacy = "ERR_BUNDLE_LEGACY", "This is the legacy bundle of cosign 2, not a Sigstore bundle.", "Ask the publisher for a Sigstore bundle: cosign 3 writes one, cosign 2 with --new-bundle-format.";
        BundleProtobuf = "ERR_BUNDLE_PROTOBUF", "The binary bundle is not a well-formed protobuf message.", "Check that the file is complete; JSON bundles start with '{'.";
        BundleMaterial = "ERR_BUNDLE_MATERIAL", "The bundle's verification material is not of the form that its version requires.", "Bundles v0.3 carry one certificate or a key hint; v0.1 and v0.2 carry a certificate chain or a key hint.";
        BundleContent = "ERR_BUNDLE_CONTENT", "The bundle's content is not of the kind that this call verifies.", "Use verifyArtifact or verify for message signatures, and verifyAttestation for DSSE envelopes.";
        TrustRootMalformed = "ERR_TRUST_ROOT_MALFORMED", "The trust root lacks a required field or a field has the wrong form.", "Use the trusted_root.json that your Sigstore instance distributes by TUF.";
        TrustRootIncomplete = "ERR_TRUST_ROOT_INCOMPLETE", "The trust root has no usable authority or log of a kind that the policy needs.", "Add the missing key or authority to the trust root, or state the threshold 0 for that evidence.";
        WitnessPolicy = "ERR_WITNESS_POLICY", "The witness policy is not a well-formed tlog-policy, or its quorum can never be met.", "Correct the line; the format is C2SP tlog-policy, with keys as the witnesses publish them.";
        KeyMalformed = "ERR_KEY_MALFORMED", "A public key is not a well-formed SubjectPublicKeyInfo.", "Give the public key as PEM (-----BEGIN PUBLIC KEY-----) or DER.";
        KeyUnsupported = "ERR_KEY_UNSUPPORTED", "A public key is of a kind or strength that is not accepted.", "Use ECDSA P-256, P-384 or P-521, Ed25519, or RSA with 2048 to 4096 bits.";
        CertificateMalformed = "ERR_CERTIFICATE_MALFORMED", "A certificate is not well-formed DER, or an extension is malformed or occurs twice.", "Check that the bundle or trust root was not altered.";
        SignatureMalformed = "ERR_SIGNATURE_MALFORMED", "A detached signature is neither raw bytes nor base64 of a plausible length.", "Give the signature file that the publisher distributes (cosign sign-blob --output-signature writes one).";
        ArtifactDigest = "ERR_ARTIFACT_DIGEST", "The artifact was given as a digest that cannot serve this signature.", "Give the artifact itself, or its digest by the algorithm that the message names.";
        CatalogueMalformed = "ERR_CATALOGUE_MALFORMED", "The signed bytes are not a tool catalogue.", "Check that the signed file is the catalogue; docs/catalogue-format.md names its members.";
        CatalogueDuplicateTool = "ERR_CATALOGUE_DUPLICATE_TOOL", "The catalogue lists one tool twice.", "List each tool once, and each of its alternatives once, and sign again.";
        CatalogueDuplicatePrompt = "ERR_CATALOGUE_DUPLICATE_PROMPT", "The catalogue lists one prompt twice.", "List each prompt once, and each of its alternatives once, and sign again.";
        CatalogueDuplicateResource = "ERR_CATALOGUE_DUPLICATE_RESOURCE", "The catalogue lists one resource twice.", "List each resource once, and each of its alternatives once, and sign again.";
        CatalogueDuplicateResourceTemplate = "ERR_CATALOGUE_DUPLICATE_RESOURCE_TEMPLATE", "The catalogue lists one resource template twice.", "List each resource template once, and each of its alternatives once, and sign again.";
        ToolMalformed = "ERR_TOOL_MALFORMED", "What the server offers is not a tool definition.", "Pass the whole tool object as the server lists it; if that is what you passed, the server is broken.";
        PromptMalformed = "ERR_PROMPT_MALFORMED", "What the server offers is not a prompt definition.", "Pass the whole prompt object as the server lists it; if that is what you passed, the server is broken.";
        ResourceMalformed = "ERR_RESOURCE_MALFORMED", "What the server offers is not a resource definition.", "Pass the whole resource object as the server lists it; if that is what you passed, the server is broken.";
        ResourceTemplateMalformed = "ERR_RESOURCE_TEMPLATE_MALFORMED", "What the server offers is not a resource template.", "Pass the whole template object as the server lists it; if that is what you passed, the server is broken.";
        StatementMalformed = "ERR_STATEMENT_MALFORMED", "The signed payload is not an in-toto statement.", "Check what was signed with inkan inspect.";
        MessageMalformed = "ERR_MESSAGE_MALFORMED", "A message is not JSON-RPC 2.0, or can be read in two ways.", "The message was not passed on; look at what its sender writes.";
        MessageBatch = "ERR_MESSAGE_BATCH", "Messages came as a batch.", "Send each message by itself; MCP has had no batches since 2025-06-18.";
        MessageUnexpected = "ERR_MESSAGE_UNEXPECTED", "An answer belongs to no open request, or a request has the id of one that is still open.", "The message was not passed on; each request is answered once.";
        MessageLimit = "ERR_MESSAGE_LIMIT", "A message is over a limit of the gate.", "Raise the limit in the gate's options if the traffic is honest.";
        ToolArguments = "ERR_TOOL_ARGUMENTS", "The arguments of a call do not match the signed input schema.", "Correct the arguments; the schema is in the tool's definition.";
    }
    Verification {
        TimeMissing = "ERR_TIME_MISSING", "Nothing proves when the signature was made.", "The bundle needs a signed entry timestamp (Rekor v1) or an RFC 3161 timestamp.";
        TimestampMalformed = "ERR_TIMESTAMP_MALFORMED", "An RFC 3161 timestamp is not a well-formed, granted response.", "Check that the bundle was not altered; get it from the publisher again.";
        TimestampUntrusted = "ERR_TIMESTAMP_UNTRUSTED", "No RFC 3161 timestamp comes from an authority in the trust root.", "Check that the trust root is the one of the instance that signed.";
        TimestampImprint = "ERR_TIMESTAMP_IMPRINT", "An RFC 3161 timestamp is about another signature.", "The timestamp was taken from another bundle; get the bundle from the publisher again.";
        TimestampSignature = "ERR_TIMESTAMP_SIGNATURE", "An RFC 3161 timestamp's signature does not verify under its authority.", "Check that the trust root is the one of the instance that signed.";
        TimestampCertificate = "ERR_TIMESTAMP_CERTIFICATE", "A timestamp authority's certificate is not valid for the time it states.", "Check the authority's validity window in the trust root.";
        TimestampThreshold = "ERR_TIMESTAMP_THRESHOLD", "Fewer RFC 3161 timestamps verify than the policy requires.", "Ask the publisher for a bundle with timestamps of authorities in this trust root; state a smaller threshold only if the rest of the evidence is enough for you.";
        ChainUntrusted = "ERR_CHAIN_UNTRUSTED", "No path leads from the certificate to an authority in the trust root.", "Check that the trust root is the one of the instance that signed.";
        ChainSignature = "ERR_CHAIN_SIGNATURE", "A certificate's signature does not verify under its issuer.", "The certificate was altered, or another authority has the same name.";
        ChainValidity = "ERR_CHAIN_VALIDITY", "A certificate or its authority was not valid at a proven signing time.", "The signature was made outside the certificate's ten minutes, or the authority was retired.";
        ChainNotCa = "ERR_CHAIN_NOT_CA", "An issuer is not a certificate authority, or the leaf is one.", "The certificate was not issued for this use.";
        ChainPathLength = "ERR_CHAIN_PATH_LENGTH", "The path is longer than an issuer's pathLenConstraint allows.", "The certificate was not issued for this use.";
        ChainKeyUsage = "ERR_CHAIN_KEY_USAGE", "A certificate's keyUsage does not allow what it was used for.", "The certificate was not issued for this use.";
        ChainExtendedKeyUsage = "ERR_CHAIN_EXTENDED_KEY_USAGE", "A certificate's extendedKeyUsage does not allow code signing.", "The certificate was not issued for this use.";
        ChainCriticalExtension = "ERR_CHAIN_CRITICAL_EXTENSION", "A certificate has a critical extension that is not processed.", "The certificate was not issued for this use.";
        ChainNameConstraints = "ERR_CHAIN_NAME_CONSTRAINTS", "A name is outside an issuer's name constraints, or the constraint is of an unsupported form.", "The issuer may not certify this identity.";
        ChainAlgorithm = "ERR_CHAIN_ALGORITHM", "A certificate is signed with an algorithm that is not accepted, or states two.", "SHA-1, RSA below 2048 bits and mismatched algorithm identifiers are refused.";
        ChainBudget = "ERR_CHAIN_BUDGET", "The search for a path stopped, because there are too many candidates.", "The bundle carries certificates made to slow verifiers down.";
        SctMissing = "ERR_SCT_MISSING", "The certificate has no signed certificate timestamp.", "The certificate is not in a certificate transparency log; state scts: 0 only for a private instance without one.";
        SctMalformed = "ERR_SCT_MALFORMED", "The certificate's list of signed certificate timestamps is malformed.", "Check that the bundle was not altered.";
        SctUntrusted = "ERR_SCT_UNTRUSTED", "No signed certificate timestamp comes from a CT log in the trust root.", "Check that the trust root is the one of the instance that signed.";
        SctSignature = "ERR_SCT_SIGNATURE", "A signed certificate timestamp does not verify under its log's key.", "The certificate was altered or never logged.";
        SctThreshold = "ERR_SCT_THRESHOLD", "Fewer signed certificate timestamps verify than the policy requires.", "Check that the trust root is the one of the instance that signed, and has as many CT logs as the policy asks for.";
        IdentitySan = "ERR_IDENTITY_SAN", "The certificate's subject alternative name is not the one that the policy pins.", "Somebody else signed this; if the new signer is right, change the pinned identity.";
        IdentitySanType = "ERR_IDENTITY_SAN_TYPE", "The certificate's subject alternative name is of another type than the policy pins.", "The signer has a name of another kind than the pinned one. If that signer is right, pin that name, or state its sanType.";
        IdentitySanCount = "ERR_IDENTITY_SAN_COUNT", "The certificate does not have exactly one subject alternative name.", "Fulcio certifies one identity a certificate; this one was not issued for this use.";
        IdentityIssuer = "ERR_IDENTITY_ISSUER", "The OIDC issuer is not the one that the policy pins, is missing, or is stated twice with different values.", "Somebody else signed this; if the new issuer is right, change the policy.";
        IdentityExtension = "ERR_IDENTITY_EXTENSION", "A Fulcio extension that the policy pins is missing or has another value.", "The build has another workflow, repository, ref or runner than the pinned one. If it may sign too, change what the policy pins.";
        IdentityRelease = "ERR_IDENTITY_RELEASE", "The attestation does not prove a release that the policy pins.", "It is of another repository, tag or id than the pinned one, or no release attestation of GitHub's. If this release is right, change what the policy pins.";
        BundleCertificateMissing = "ERR_BUNDLE_CERTIFICATE_MISSING", "The bundle names a managed key, but a keyless identity is required.", "Verify it with KeyedVerifier and the publisher's key.";
        BundleKeyMissing = "ERR_BUNDLE_KEY_MISSING", "The bundle carries a certificate, but a pinned key is required.", "Verify it with KeylessVerifier and the publisher's identity.";
        KeyHint = "ERR_KEY_HINT", "The bundle's key hint is the fingerprint of a key that is not pinned.", "Another key signed this; pin it if it is right.";
        DigestMismatch = "ERR_DIGEST_MISMATCH", "The artifact is not the one that the bundle is about.", "The file was changed after signing, or this is the bundle of another file.";
        DigestAlgorithm = "ERR_DIGEST_ALGORITHM", "A digest algorithm is unknown or does not belong to the signing key.", "Use SHA-256 with P-256 and RSA, SHA-384 with P-384, SHA-512 with P-521 and Ed25519ph.";
        SignatureInvalid = "ERR_SIGNATURE_INVALID", "The signature does not verify under the signer's key.", "The artifact or the signature was changed after signing.";
        DsseSignatures = "ERR_DSSE_SIGNATURES", "A DSSE envelope does not have exactly one signature.", "Ask the publisher for a bundle whose envelope has one signature.";
        DssePayloadType = "ERR_DSSE_PAYLOAD_TYPE", "A DSSE envelope's payload is not an in-toto statement.", "inkan verifies envelopes of the type application/vnd.in-toto+json.";
        StatementSubject = "ERR_STATEMENT_SUBJECT", "No subject of the in-toto statement is the artifact.", "This attestation is about another file.";
        LogEntryMissing = "ERR_LOG_ENTRY_MISSING", "The bundle has no transparency log entry.", "Ask the publisher for a bundle with a log entry. To accept bundles without one, state logEntries: 0 in the policy.";
        LogUntrusted = "ERR_LOG_UNTRUSTED", "No log entry comes from a log in the trust root.", "Check that the trust root is the one of the instance that signed.";
        LogKeyValidity = "ERR_LOG_KEY_VALIDITY", "A log's key was not valid at a proven signing time.", "Check the log's validity window in the trust root.";
        LogEntryDuplicate = "ERR_LOG_ENTRY_DUPLICATE", "The bundle carries one log entry twice.", "Remove the copy.";
        LogThreshold = "ERR_LOG_THRESHOLD", "Fewer log entries verify than the policy requires.", "Check that the trust root is the one of the instance that signed; if it is, ask the publisher for a bundle with more log entries.";
        EntryMalformed = "ERR_ENTRY_MALFORMED", "A log entry's body is malformed or contradicts its stated kind.", "Check that the bundle was not altered.";
        EntryKind = "ERR_ENTRY_KIND", "A log entry is of a kind that cannot prove this content.", "Accepted are hashedrekord 0.0.1 and 0.0.2, intoto 0.0.2, dsse 0.0.1 and 0.0.2.";
        EntryDigest = "ERR_ENTRY_DIGEST", "The log entry is about another artifact.", "The entry was taken from another bundle; get the bundle from the publisher again.";
        EntrySignature = "ERR_ENTRY_SIGNATURE", "The log entry records another signature.", "The entry was taken from another bundle; get the bundle from the publisher again.";
        EntryVerifier = "ERR_ENTRY_VERIFIER", "The log entry records another certificate or key.", "The entry was taken from another bundle; get the bundle from the publisher again.";
        SetMissing = "ERR_SET_MISSING", "A Rekor v1 log entry has no signed entry timestamp.", "The bundle was stripped; get it from the publisher again.";
        SetInvalid = "ERR_SET_INVALID", "A signed entry timestamp does not verify under the log's key.", "The entry, its index or its time was altered.";
        InclusionProofMissing = "ERR_INCLUSION_PROOF_MISSING", "A log entry has no inclusion proof.", "Ask the publisher for a bundle made by a current client; cosign 3 writes the proof.";
        InclusionProofInvalid = "ERR_INCLUSION_PROOF_INVALID", "The inclusion proof does not lead to the checkpoint's root hash.", "The entry is not in the log, or the proof was altered.";
        CheckpointMissing = "ERR_CHECKPOINT_MISSING", "A log entry has no checkpoint.", "Ask the publisher for a bundle made by a current client; cosign 3 writes the checkpoint.";
        CheckpointMalformed = "ERR_CHECKPOINT_MALFORMED", "A checkpoint is not a well-formed signed note with origin, size and root hash.", "Check that the bundle was not altered.";
        CheckpointUnsigned = "ERR_CHECKPOINT_UNSIGNED", "No signature on the checkpoint is by the log's key.", "Check that the trust root is the one of the instance that signed.";
        CheckpointSignature = "ERR_CHECKPOINT_SIGNATURE", "The log's signature on the checkpoint does not verify.", "The checkpoint was altered.";
        CheckpointOrigin = "ERR_CHECKPOINT_ORIGIN", "The checkpoint is of another log than the trust root implies.", "Check the log's base URL in the trust root. A private log may sign under another name, such as its pod's: state that as one of its origins.";
        CheckpointMismatch = "ERR_CHECKPOINT_MISMATCH", "The inclusion proof states another root hash, tree size or index than the checkpoint allows.", "The proof and the checkpoint are of different trees.";
        ConsistencyProofInvalid = "ERR_CONSISTENCY_PROOF_INVALID", "A consistency proof does not show that one signed tree of a log is the past of the other.", "The source served a wrong proof, or one of another log; if a second source says the same, the log may have forked: keep both notes.";
        ForkUnproven = "ERR_FORK_UNPROVEN", "The document does not show that the log forked.", "A document shows a fork if its two notes of one log have different roots for one size, or if its proof contradicts the older note.";
        WitnessSignature = "ERR_WITNESS_SIGNATURE", "A cosignature under the name and key id of a pinned witness does not verify.", "The checkpoint or the cosignature was altered, or the witness policy has another key of this witness.";
        WitnessQuorum = "ERR_WITNESS_QUORUM", "The log's checkpoint lacks the cosignatures that the witness policy requires.", "Get a bundle whose checkpoint has them; the report says who cosigned. Without a quorum the log may show others another tree.";
        CatalogueServer = "ERR_CATALOGUE_SERVER", "The catalogue is signed for another server than the one that the call names.", "This catalogue belongs to another server; do not use its tools here.";
        ToolUnsigned = "ERR_TOOL_UNSIGNED", "The tool is not in the verified catalogue.", "The server offers a tool that its publisher did not sign.";
        ToolChanged = "ERR_TOOL_CHANGED", "The tool's definition differs from the signed one.", "The server changed a tool after it was signed; do not call it.";
        PromptUnsigned = "ERR_PROMPT_UNSIGNED", "The prompt is not in the verified catalogue.", "The server offers a prompt that its publisher did not sign.";
        PromptChanged = "ERR_PROMPT_CHANGED", "The prompt's definition differs from the signed one.", "The server changed a prompt after it was signed; do not use it.";
        ResourceUnsigned = "ERR_RESOURCE_UNSIGNED", "The resource is not in the verified catalogue.", "The server offers a resource that its publisher did not sign.";
        ResourceChanged = "ERR_RESOURCE_CHANGED", "The resource's definition differs from the signed one.", "The server changed a resource after it was signed; do not read it.";
        ResourceTemplateUnsigned = "ERR_RESOURCE_TEMPLATE_UNSIGNED", "The resource template is not in the verified catalogue.", "The server offers a resource template that its publisher did not sign.";
        ResourceTemplateChanged = "ERR_RESOURCE_TEMPLATE_CHANGED", "The resource template's definition differs from the signed one.", "The server changed a resource template after it was signed; do not use it.";
        TufInvalid = "ERR_TUF_INVALID", "The TUF repository's metadata, or the trust root that it names, does not verify.", "The mirror is damaged or lies, or the initial root is that of another repository; nothing was written.";
        GateClosed = "ERR_GATE_CLOSED", "The gate is closed: it was given no verified catalogue.", "Verify the server's catalogue and give it to createGate or gate.replace.";
        InstructionsUnsigned = "ERR_INSTRUCTIONS_UNSIGNED", "The server's instructions are not signed.", "They were dropped; the publisher has to sign them with the catalogue.";
        SamplingTools = "ERR_SAMPLING_TOOLS", "The server offers tools of its own making to the client's model.", "Nobody signed these tools; sampling: \"allow\" lets them pass if you trust the server with that.";
        ListUnfinished = "ERR_LIST_UNFINISHED", "A list that the gate asked for failed, repeated a cursor or did not end.", "Earlier decisions still hold; check how the server answers the request for its list.";
        CatalogueRefresh = "ERR_CATALOGUE_REFRESH", "The source of newer catalogues failed.", "The present catalogue stays in use; check the source.";
        ToolResult = "ERR_TOOL_RESULT", "The result of a call does not match the signed output schema.", "The server does not do what it signed; do not use the result.";
        SchemaUnchecked = "ERR_SCHEMA_UNCHECKED", "A signed schema uses a keyword that cannot be checked safely.", "The call passed unchecked; inkan lint says what to write instead.";
    }
    Freshness {
        LogFork = "ERR_LOG_FORK", "The log signed two trees that cannot be of one history.", "The log misbehaves or its key is stolen; keep the evidence and alert its operator.";
        LogRollback = "ERR_LOG_ROLLBACK", "The checkpoint is older than one already seen.", "Fetch a newer bundle of the catalogue; alert someone if there is none.";
        CatalogueRollback = "ERR_CATALOGUE_ROLLBACK", "The catalogue is older than one already seen, or the same version with other content.", "An old catalogue is being replayed; fetch the newest one.";
        CatalogueExpired = "ERR_CATALOGUE_EXPIRED", "The catalogue's own expiry, or the policy's maximum age, has passed.", "Ask the publisher for a newer catalogue.";
        TufRollback = "ERR_TUF_ROLLBACK", "The TUF repository's metadata is older than what was already seen, or the same version with other content.", "The mirror serves an old or a false state: use another one, and alert someone. Nothing was written.";
        TufExpired = "ERR_TUF_EXPIRED", "The TUF repository's metadata has expired.", "The mirror stopped at an old state, or this machine's clock is wrong; nothing was written.";
        TimeInFuture = "ERR_TIME_IN_FUTURE", "A proven signing time lies after the time the caller gave as now.", "Check this machine's clock.";
        StateFirstUse = "ERR_STATE_FIRST_USE", "Nothing is recorded for this scope or log, and the policy refuses first uses.", "Seed the state with a bundle you trust, or allow first use.";
    }
    State {
        StateUnavailable = "ERR_STATE_UNAVAILABLE", "The state store could not be read or written.", "Nothing was released; repair the store and try again.";
        StateCorrupt = "ERR_STATE_CORRUPT", "The state store holds something that is no canonical record.", "Find out who wrote it; restore or reset the record on purpose.";
        StatePermissions = "ERR_STATE_PERMISSIONS", "The state file is a link, or others than its owner may read or replace it.", "Find out whether somebody changed it; then make it a plain file of this user with chmod 600.";
        ConsistencyUnavailable = "ERR_CONSISTENCY_UNAVAILABLE", "The source of consistency proofs did not answer.", "Nothing was released; try again, or allow the offline rule with unreachable: \"offline\".";
        StateConflict = "ERR_STATE_CONFLICT", "Other writers kept changing the record.", "Try again; if it persists, check what else writes to the store.";
    }
    Internal {
        Internal = "ERR_INTERNAL", "The verifier itself failed.", "This is a bug of inkan; please report it. Nothing was released.";
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

/// A refusal: its code, what was expected and found, and what to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error(Box<Detail>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Detail {
    code: Code,
    subject: Option<String>,
    expected: Option<String>,
    found: Option<String>,
    hint: Option<String>,
    evidence: Vec<String>,
    evidence_document: Option<String>,
}

/// The result of a function that can refuse.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// A refusal that adds nothing to its code yet.
    #[cold]
    #[inline(never)]
    pub fn new(code: Code) -> Self {
        Self(Box::new(Detail {
            code,
            subject: None,
            expected: None,
            found: None,
            hint: None,
            evidence: Vec::new(),
            evidence_document: None,
        }))
    }

    /// A refusal by the text of its code. For failures that happen in the caller.
    pub fn from_text(text: &str) -> Self {
        Self::new(Code::ALL.iter().copied().find(|code| code.text() == text).unwrap_or(Code::Internal))
    }

    /// The code.
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// Names what the refusal is about: a field path, a file, a certificate's subject.
    #[must_use]
    pub fn on(self, subject: impl fmt::Display) -> Self {
        if IS_FIRST { self } else { self.with_subject(&subject) }
    }

    /// Names the subject, if none is named yet. The first name stays, because it comes from the innermost function and
    /// is the most specific.
    #[must_use]
    pub fn on_outer(self, subject: impl fmt::Display) -> Self {
        if IS_FIRST || self.0.subject.is_some() { self } else { self.with_subject(&subject) }
    }

    /// States what was expected.
    #[must_use]
    pub fn expected(self, expected: impl fmt::Display) -> Self {
        if IS_FIRST { self } else { self.with_expected(&expected) }
    }

    /// States what was found. Long text is cut, because it may come from an attacker.
    #[must_use]
    pub fn found(self, found: impl fmt::Display) -> Self {
        if IS_FIRST { self } else { self.with_found(&found) }
    }

    // Hundreds of places refuse, and refusals are rare. So their texts are made here, once. A caller passes
    // `format_args!` and never `format!` (CONTRIBUTING.md, "Size").
    #[cold]
    #[inline(never)]
    fn with_subject(mut self, subject: &dyn fmt::Display) -> Self {
        self.0.subject = Some(shorten(&subject.to_string(), LONG));
        self
    }

    #[cold]
    #[inline(never)]
    fn with_expected(mut self, expected: &dyn fmt::Display) -> Self {
        self.0.expected = Some(shorten(&expected.to_string(), LONG));
        self
    }

    #[cold]
    #[inline(never)]
    fn with_found(mut self, found: &dyn fmt::Display) -> Self {
        self.0.found = Some(shorten(&found.to_string(), SHORT));
        self
    }

    /// Replaces the code's general hint by a more specific one.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        if !IS_FIRST {
            self.0.hint = Some(shorten(&hint.into(), LONG));
        }
        self
    }

    /// Attaches signed texts without any change, such as two notes. A person must look at them.
    #[must_use]
    pub fn evidence(mut self, evidence: Vec<String>) -> Self {
        self.0.evidence = evidence;
        self
    }

    /// Attaches the document that proves the misbehaviour to others.
    #[must_use]
    pub fn document(mut self, document: String) -> Self {
        self.0.evidence_document = Some(document);
        self
    }

    /// What the refusal is about.
    pub fn subject(&self) -> Option<&str> {
        self.0.subject.as_deref()
    }

    /// What was expected.
    pub fn expected_text(&self) -> Option<&str> {
        self.0.expected.as_deref()
    }

    /// What was found.
    pub fn found_text(&self) -> Option<&str> {
        self.0.found.as_deref()
    }

    /// What to do next.
    pub fn hint_text(&self) -> &str {
        self.0.hint.as_deref().unwrap_or(self.0.code.hint())
    }

    /// Signed texts that a person must look at.
    pub fn evidence_texts(&self) -> &[String] {
        &self.0.evidence
    }

    /// The document that proves the misbehaviour to others.
    pub fn evidence_document(&self) -> Option<&str> {
        self.0.evidence_document.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.code.meaning())?;
        if let Some(subject) = self.subject() {
            write!(f, " [{subject}]")?;
        }
        if let Some(expected) = self.expected_text() {
            write!(f, " Expected: {expected}.")?;
        }
        if let Some(found) = self.found_text() {
            write!(f, " Found: {found}.")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

impl From<Code> for Error {
    fn from(code: Code) -> Self {
        Self::new(code)
    }
}

/// Longest text of what was found, in characters.
const SHORT: usize = 200;
/// Longest text of what was expected, of a hint, and of a subject, which may be a list of names.
const LONG: usize = 1000;

/// The items with commas between them, for messages.
pub(crate) fn listed(items: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    let mut list = String::new();
    let mut separator = "";
    for item in items {
        add_item(&mut list, separator, item.as_ref());
        separator = ", ";
    }
    list
}

#[inline(never)]
fn add_item(list: &mut String, separator: &str, item: &str) {
    list.push_str(separator);
    list.push_str(item);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_well_formed() {
        let mut seen = std::collections::HashSet::new();
        for code in Code::ALL {
            assert!(code.text().starts_with("ERR_"), "{code}");
            assert!(seen.insert(code.text()), "{code} twice");
            assert!(code.meaning().ends_with('.') && code.hint().ends_with('.'), "{code}");
        }
    }

    #[test]
    fn found_text_cannot_steer_a_terminal() {
        let error = Error::new(Code::IdentitySan).found("a\u{1b}[2Jb\u{202e}c".repeat(100));
        let text = error.to_string();
        assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'));
        assert!(text.len() < 2500);
    }
}
