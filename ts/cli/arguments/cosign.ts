/**
 * The options of `cosign verify-blob` and `cosign verify-blob-attestation` that inkan spells otherwise or does not need,
 * and what takes their place. Source: doc/cosign_verify-blob.md and doc/cosign_verify-blob-attestation.md of cosign.
 * Options that are spelled alike (`--bundle`, `--key`, `--certificate-identity`, …) are not here.
 */

const AUTHORITIES =
  "the authorities come from --trusted-root; cosign trusted-root create makes that file from certificates";
const IN_BUNDLE = "leave it out; the --bundle holds it";
const DEVICE = "export the public key from the device, and give it with --key FILE";
const IMAGES = "leave it out; it is for images in registries";
const NAME = "name the signer with --certificate-identity NAME";
const ISSUER = "name the issuer exactly, with --certificate-oidc-issuer URL";
const LOGLESS = "say how many log entries must verify, with --tlog-threshold 0 on purpose";
const LEAVE_OUT = "leave it out; inkan has no use for it";

const ANSWERS: Readonly<Record<string, string>> = {
  "--certificate-identity-regexp":
    "give the whole name as a glob, with --certificate-identity-pattern GLOB; regular expressions are not taken",
  "--certificate-oidc-issuer-regexp": `${ISSUER}; regular expressions are not taken`,
  "--certificate-github-workflow-repository":
    "use --github-repository OWNER/NAME, or --certificate-extension sourceRepositoryURI=URL",
  "--certificate-github-workflow-ref": "use --github-ref REF, or --certificate-extension sourceRepositoryRef=REF",
  "--certificate-github-workflow-name": "pin the workflow by its file, with --github-workflow FILE",
  "--certificate-github-workflow-sha": "use --certificate-extension sourceRepositoryDigest=SHA",
  "--certificate-github-workflow-trigger": "use --certificate-extension buildTrigger=EVENT",
  "--cert-identity": NAME,
  "--cert-email": NAME,
  "--certificate-email": NAME,
  "--cert-oidc-issuer": ISSUER,
  "--rekor-url":
    "leave it out; inkan verifies the log's evidence offline, with the log's key in --trusted-root. --log-url with --consistency asks a log",
  "--insecure-ignore-tlog": LOGLESS,
  "--private-infrastructure": LOGLESS,
  "--insecure-ignore-sct": "say how many SCTs must verify, with --sct-threshold 0 on purpose",
  "--use-signed-timestamps": "say how many timestamps must verify, with --timestamp-threshold 1",
  "--offline": "leave it out; inkan stays offline unless --consistency or a Redis server is named",
  "--new-bundle-format": "leave it out; the --bundle is always of the new format",
  "--certificate": IN_BUNDLE,
  "--cert": IN_BUNDLE,
  "--rfc3161-timestamp": IN_BUNDLE,
  "--sct": IN_BUNDLE,
  "--certificate-chain": AUTHORITIES,
  "--cert-chain": AUTHORITIES,
  "--ca-roots": AUTHORITIES,
  "--ca-intermediates": AUTHORITIES,
  "--timestamp-certificate-chain": AUTHORITIES,
  "--sk": DEVICE,
  "--slot": DEVICE,
  "--type": "leave it out; the output names the predicate's type, with --json as attestation.predicateType",
  "--check-claims": "leave it out; inkan always compares the attestation with FILE",
  "--digest": "give the digest in the place of FILE: sha256:<hex>",
  "--digestAlg": "give the digest in the place of FILE: sha256:<hex>",
  "--signature-digest-algorithm": "leave it out; the bundle and the key say which digest was signed",
  "--experimental-oci11": IMAGES,
  "--k8s-keychain": IMAGES,
  "--allow-insecure-registry": IMAGES,
  "--allow-http-registry": IMAGES,
  "--attachment-tag-prefix": IMAGES,
  "--registry-password": IMAGES,
  "--registry-token": IMAGES,
  "--registry-username": IMAGES,
  "--max-workers": LEAVE_OUT,
  "--timeout": LEAVE_OUT,
  "-t": LEAVE_OUT,
  "--verbose": "leave it out; every step is printed unless --quiet is given",
  "-d": "leave it out; every step is printed unless --quiet is given",
  "--output": "use --json for one JSON document",
  "-o": "use --json for one JSON document",
  "--output-file": "redirect the output: > FILE",
};

const COMMANDS: Readonly<Record<string, string>> = {
  "verify-blob": "inkan verify --artifact FILE --bundle BUNDLE …",
  "verify-blob-attestation": "inkan verify --attestation FILE --bundle BUNDLE …",
};

/** What to write in the place of an option of cosign, if it is one. */
export const answerToCosign = (option: string): string | undefined =>
  Object.hasOwn(ANSWERS, option) ? ANSWERS[option] : undefined;

/** What to write in the place of a command of cosign, if it is one. */
export const commandOfCosign = (name: string): string | undefined =>
  Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
