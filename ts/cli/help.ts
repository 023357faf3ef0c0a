/** The help texts, by command. */
export const HELP: Readonly<Record<string, string>> = {
  "": `inkan checks the Sigstore signature on an MCP tool catalogue, or on any file.

  inkan verify [FILE] …        is FILE signed by whom it must be? prints every step
  inkan inspect [BUNDLE]       what is in a bundle, unverified
  inkan trust-root show FILE   which authorities and logs a trusted_root.json holds
  inkan help COMMAND           the options of a command
  inkan --version

Exit codes: 0 verified, 1 refused, 2 misuse (usage, unreadable file, wrong option), 3 a bug.
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

Conditions:
  --server NAME                  the catalogue must be signed for this server
  --now TIME                     judge at TIME (RFC 3339): what is dated after it is refused
  --tlog-threshold N  --timestamp-threshold N  --sct-threshold N
                                 how many log entries, timestamps and SCTs must verify

Output:
  --json                         one JSON document instead of text
  --quiet                        only the verdict

This command keeps no state: it cannot know that a newer catalogue was seen before.
`,
  inspect: `inkan inspect [BUNDLE] [--json]

Prints what is in a Sigstore bundle: certificate, signature, log entries, timestamps. Nothing is verified.
`,
  "trust-root": `inkan trust-root show FILE [--json]

Prints the certificate authorities, logs and timestamp authorities of a trusted_root.json, with their windows.
`,
};
