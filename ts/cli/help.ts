/** The help texts, by command. */
export const HELP: Readonly<Record<string, string>> = {
  "": `inkan checks the Sigstore signature on an MCP tool catalogue, or on any file.

  inkan verify [FILE] …        is FILE signed by whom it must be? prints every step
  inkan inspect [BUNDLE]       what is in a bundle, unverified
  inkan trust-root show FILE   which authorities and logs a trusted_root.json holds
  inkan log verify-consistency …, inkan log check-fork …
                               is one signed tree of a log the past of another? did the log fork?
  inkan state show|seed|reset  what a state store holds; records or removes something on purpose
  inkan help COMMAND           the options of a command
  inkan --version

Exit codes: 0 verified, 1 refused, 2 nothing was judged (usage, unreadable file, wrong option, no answer), 3 a bug.
`,
  verify: `inkan verify [FILE] --bundle BUNDLE WHO [OPTIONS]

FILE is a tool catalogue, or standard input without FILE or with "-".
  --artifact                     FILE is a file of any kind, or a digest such as sha256:<hex>
  --attestation                  as --artifact, and the bundle is an in-toto attestation about FILE

Evidence:
  --bundle FILE                  the Sigstore bundle (JSON or binary)
  --signature FILE               a detached signature, raw or base64; only with --key

WHO, keyless:
  --certificate-identity NAME          the subject alternative name, exactly
  --certificate-identity-pattern GLOB  or the whole name as a glob
  --certificate-oidc-issuer URL        who vouched for the name
  --certificate-extension NAME=VALUE   a Fulcio extension, exactly; may be given several times
  --trusted-root FILE                  trusted_root.json of the Sigstore instance

WHO, by key:
  --key FILE                     a public key as PEM; may be given several times, any one may sign
  --trusted-root FILE            optional: with it one log entry is required

State:
  --state WHERE                  a state file, or redis://…: nothing older than what it has seen passes
  --state-prefix TEXT            before the names of Redis keys; "inkan:" without it
  --first-use record|deny        where nothing is recorded yet: record (without this option), or refuse
  --freshness scope|log          whether a checkpoint may be older than the log's newest (scope) or not (log)
  --consistency refuse|offline   go online: prove that the log's trees are one history; without an answer refuse, or judge
                                 by what was seen, and say so
  --log-url URL                  the log's server for --consistency; https:// and the host of its origin without it

Conditions:
  --server NAME                  the server that offers the tools; the catalogue must be signed for it
  --any-server                   take the catalogue for whichever server it names
  --max-age SECONDS              how old the signer's certificate, or under a key the catalogue's issuedAt, may be
  --now TIME                     judge at TIME (RFC 3339): what is dated after it is refused
  --tlog-threshold N  --timestamp-threshold N  --sct-threshold N
                                 how many log entries, timestamps and SCTs must verify
  --witness-policy FILE          who may witness the log, and how many must: a C2SP tlog-policy
  --witnesses report|require     say who cosigned the log's tree, or refuse one without the quorum

Output:
  --json                         one JSON document instead of text
  --quiet                        only the verdict

Without --state it cannot know that a newer catalogue was seen before.
`,
  inspect: `inkan inspect [BUNDLE] [--json]

Prints what is in a Sigstore bundle: certificate, signature, log entries, timestamps. Nothing is verified.
`,
  "trust-root": `inkan trust-root show FILE [--json]

Prints the certificate authorities, logs and timestamp authorities of a trusted_root.json, with their windows.
`,
  log: `inkan log verify-consistency OLD [NEW] LOG [OPTIONS]
inkan log check-fork FILE LOG [--json]

LOG:
  --trusted-root FILE            trusted_root.json that has the log, or
  --key FILE                     the log's public key as PEM
  --origin TEXT                  with --key: the first line that its checkpoints must have

verify-consistency proves that one signed tree is the past of the other. OLD and NEW are checkpoints, or bundles that
hold one; without NEW, the log's newest is fetched.
  --url URL                      the log's server; https:// and the host of its origin without it
  --proof FILE                   stay offline: JSON, a list of hashes, or Rekor's answer with hashes
  --evidence FILE                where to write the evidence if the log forked; FILE must not exist
  --json                         one JSON document instead of text
Exit code 0 if it holds, 1 if it does not or the log forked, 2 if nothing could be judged, such as without an answer.

check-fork verifies evidence that a log forked, with the log's key alone: {"notes":[NOTE,NOTE],"proof":[BASE64…]}, as
error.evidenceDocument and --evidence have it. Exit code 0 if the log forked, 1 if the file does not show that.
`,
  state: `inkan state show  --state WHERE [--json]
inkan state seed  --state WHERE CHECKPOINT --trusted-root FILE|--key FILE [--origin TEXT]
inkan state reset --state WHERE RECORD…|--all [--yes]

WHERE is a state file, or redis://… (rediss://… with TLS; needs ioredis beside inkan).
  --state-prefix TEXT            before the names of Redis keys; "inkan:" without it

show prints the records: the largest checkpoint seen of each log, and the newest catalogue of each scope.
Exit code 1 if one of them is unreadable.

seed records a signed checkpoint, or that of a bundle, as the newest of its log: with --first-use deny nothing passes
before. It never lowers a record. A scope is recorded by verifying its catalogue once without --first-use deny.

reset removes records, by the names that show prints, or --all. It shows them first and asks for the word "reset",
or wants --yes: without a record, what is older or forked passes as a first use.
`,
};
