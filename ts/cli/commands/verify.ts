/** `inkan verify [FILE]` */
import { InkanError, reworded } from "../../errors.js";
import { LIMITS } from "../../generated/limits.js";
import { printable, shellWord } from "../../input/printable.js";
import type { StateStore } from "../../state/store.js";
import { PUBLIC_GOOD_NAME } from "../../trust/record.js";
import type { WithBundle, WithSignature } from "../../verify/request.js";
import type { Verifier } from "../../verify/verifier.js";
import { JSON_OPTION, type Options, type Values } from "../arguments/options.js";
import type { Parsed } from "../arguments/parse.js";
import { ExitCode, exitCodeOf, misuse } from "../exit.js";
import { readBytes, readUtf8 } from "../files.js";
import { artifactFrom, isDigest } from "../input/artifact.js";
import {
  AGE_OPTION,
  CONSISTENCY_OPTIONS,
  consistencyFrom,
  GITHUB_OPTIONS,
  IDENTITY_OPTIONS,
  identityFrom,
  LOG_ORIGIN_OPTION,
  RELEASE_OPTIONS,
  STATE_POLICY_OPTIONS,
  statePolicyFrom,
  THRESHOLD_OPTIONS,
  TRUSTED_ROOT_OPTION,
  thresholdsFrom,
  trustRootFrom,
  WITNESS_OPTIONS,
  warnOfAge,
  witnessesFrom,
} from "../input/policy.js";
import { bundleBeside, claimedIn } from "../input/signer.js";
import { STATE_OPTIONS, storeFrom } from "../input/store.js";
import { type IdentityPolicy, InMemoryStateStore, KeyedVerifier, KeylessVerifier, type TrustRoot } from "../library.js";
import { EMPTY, type Line } from "../print/line.js";
import { print, printJson } from "../print/output.js";
import { proofLines, refusalLines, stepLines } from "../print/report.js";
import { verifyToJson } from "../print/verify_json.js";
import { action, type HelpGroup, type Verb } from "../verb.js";
import { type AnyReport, proofOf, type VerifiedReport } from "../verdict.js";
import { reportInFlags } from "../words/refusal.js";

const KIND_OPTIONS = {
  artifact: { type: "boolean", help: "FILE is a file of any kind, or a digest such as sha256:<hex>" },
  attestation: {
    type: "boolean",
    help: "as --artifact, and the bundle is an in-toto attestation about FILE",
  },
} as const satisfies Options;

const EVIDENCE_OPTIONS = {
  bundle: { type: "string", value: "FILE", help: "the Sigstore bundle (JSON or binary)" },
  signature: { type: "string", value: "FILE", help: "a detached signature, raw or base64; only with --key" },
} as const satisfies Options;

const TRUST_OPTIONS = {
  "trusted-root": TRUSTED_ROOT_OPTION,
  "log-origin": LOG_ORIGIN_OPTION,
} as const satisfies Options;

const KEY_OPTIONS = {
  key: {
    type: "string",
    value: "FILE",
    multiple: true,
    help: "the signer's public key as PEM; of several keys any one may sign; with --trusted-root a log entry is required, too",
  },
} as const satisfies Options;

const CONDITION_OPTIONS = {
  server: {
    type: "string",
    value: "NAME",
    help: "the server that offers the tools; the catalogue must be signed for it",
  },
  "any-server": { type: "boolean", help: "accept the catalogue for whichever server it names" },
  scope: {
    type: "string",
    value: "NAME",
    help: "what --state compares this file with: files that are published independently need a scope each",
  },
  ...AGE_OPTION,
  now: { type: "string", value: "TIME", help: "judge at TIME (RFC 3339): what is dated after it is refused" },
  ...THRESHOLD_OPTIONS,
  ...WITNESS_OPTIONS,
} as const satisfies Options;

const STORE_OPTIONS = { ...STATE_OPTIONS, ...STATE_POLICY_OPTIONS, ...CONSISTENCY_OPTIONS } as const satisfies Options;

const OUTPUT_OPTIONS = {
  ...JSON_OPTION,
  quiet: { type: "boolean", help: "only the verdict" },
} as const satisfies Options;

const OPTIONS = {
  ...KIND_OPTIONS,
  ...EVIDENCE_OPTIONS,
  ...IDENTITY_OPTIONS,
  ...GITHUB_OPTIONS,
  ...RELEASE_OPTIONS,
  ...TRUST_OPTIONS,
  ...KEY_OPTIONS,
  ...STORE_OPTIONS,
  ...CONDITION_OPTIONS,
  ...OUTPUT_OPTIONS,
} as const satisfies Options;

const GROUPS: readonly HelpGroup[] = [
  { title: "Kind", options: KIND_OPTIONS },
  { title: "Evidence", options: EVIDENCE_OPTIONS },
  { title: "WHO, by the name in a certificate", options: IDENTITY_OPTIONS },
  { title: "WHO, by a workflow of GitHub Actions", options: GITHUB_OPTIONS },
  { title: "WHO, by a release on GitHub", options: RELEASE_OPTIONS },
  { title: "WHO, by key", options: KEY_OPTIONS },
  { title: "Trust root, needed unless --key is given", options: TRUST_OPTIONS },
  { title: "State", options: STORE_OPTIONS },
  { title: "Conditions", options: CONDITION_OPTIONS },
  { title: "Output", options: OUTPUT_OPTIONS },
];

export const verify: Verb = {
  help: {
    usage: ["inkan verify [FILE] --bundle BUNDLE WHO [OPTIONS]"],
    about: [
      'Verifies that the signer whom you name signed FILE, and prints every step. FILE is a tool catalogue; without FILE, or with "-", it is standard input.',
    ],
    groups: GROUPS,
    notes: [
      "For example: inkan verify catalogue.json --bundle catalogue.sigstore.json --key publisher.pub --server npm:@acme/files",
      "Without --state it cannot know that a newer catalogue was seen before.",
    ],
  },
  run: action(OPTIONS, verifyFile),
};

type Given = Values<typeof OPTIONS>;
type Kind = "catalogue" | "artifact" | "attestation";
type AnyVerifier = Verifier<WithBundle | WithSignature>;

async function verifyFile({ values, positionals }: Parsed<typeof OPTIONS>): Promise<ExitCode> {
  const [file = "-", ...others] = positionals;
  if (others.length > 0) throw misuse(`verify takes one file, not ${positionals.length}`);
  const kind = kindOf(values, file);
  const evidence = evidenceFrom(values, file);
  const open = await storeFrom(values);
  if (open === undefined && (values.freshness ?? values["first-use"]) !== undefined) {
    throw misuse("--freshness and --first-use are for --state");
  }
  if (open === undefined && values.consistency !== undefined) throw misuse("--consistency is for --state");
  const report = reportInFlags(
    await reportWith(open?.store, kind, file, evidence, values).finally(() => open?.close()),
  );
  if (values["trusted-root"] !== undefined) await warnOfAge(values["trusted-root"]);
  if (values.json) printJson(verifyToJson(kind, file, report));
  else print(describe(file === "-" ? "standard input" : file, report, values));
  return report.verdict === "verified" ? ExitCode.Verified : exitCodeOf(report.error, "evidence");
}

async function reportWith(
  store: StateStore | undefined,
  kind: Kind,
  file: string,
  evidence: WithBundle | WithSignature,
  values: Given,
): Promise<AnyReport> {
  try {
    const identityPolicy = identityFrom(values);
    if (identityPolicy === undefined && values.key === undefined) throw await signerMissing(file, evidence, values);
    const verifier = verifierFrom(values, identityPolicy, store ?? new InMemoryStateStore());
    return await reportOn(verifier, kind, file, evidence, values);
  } catch (error) {
    if (error instanceof InkanError) throw reworded(error, { subject: (text) => keyNamed(text, values) });
    throw error;
  }
}

/** The file behind the number that the library gives a key. */
const keyNamed = (subject: string, { key = [] }: Given): string =>
  subject.replace(
    /^(?:policy|KeyedVerifier)\.keys\[(\d+)\]/,
    (_, index) => `--key ${printable(key[Number(index)] ?? "")}`,
  );

function kindOf(values: Given, file: string): Kind {
  if (values.artifact && values.attestation) throw misuse("--artifact and --attestation exclude each other");
  const kind = values.artifact ? "artifact" : values.attestation ? "attestation" : "catalogue";
  if (kind === "catalogue" && isDigest(file)) throw misuse("a digest needs --artifact or --attestation");
  if (kind !== "catalogue" && (values.server ?? values["any-server"]) !== undefined) {
    throw misuse("--server and --any-server are for catalogues");
  }
  if (values.server !== undefined && values["any-server"]) throw misuse("--server and --any-server exclude each other");
  return kind;
}

function verifierFrom(values: Given, identityPolicy: IdentityPolicy | undefined, stateStore: StateStore): AnyVerifier {
  const policy = {
    stateStore,
    thresholds: thresholdsFrom(values),
    ...statePolicyFrom(values),
    ...consistencyFrom(values),
    ...witnessesFrom(values),
  };
  if (values.key !== undefined) {
    if (identityPolicy !== undefined) throw misuse("--key and an identity exclude each other");
    const keys = values.key.map((file) => readUtf8(file, LIMITS.key));
    return new KeyedVerifier({ keys, ...trustFrom(values), ...policy });
  }
  if (identityPolicy === undefined) throw misuse(SIGNER_MISSING);
  const { trustRoot } = trustFrom(values);
  if (trustRoot === undefined) throw misuse("--trusted-root is missing: a trusted_root.json, or public-good");
  if (values.signature !== undefined) throw misuse("--signature is for --key; a keyless signature needs its --bundle");
  return new KeylessVerifier({ trustRoot, identityPolicy, ...policy });
}

const SIGNER_MISSING =
  "who may sign is missing: give --key, or --github-repository with --github-workflow and --github-ref, or --certificate-identity with --certificate-oidc-issuer, or --github-release";

/**
 * The refusal to verify for nobody, with a line to start from. Its names are examples: whom the bundle names is not for the
 * bundle to say. What kind of signer it has decides which options they stand behind.
 */
async function signerMissing(file: string, evidence: WithBundle | WithSignature, values: Given): Promise<Error> {
  const { bundle, signature = "", artifact, "trusted-root": root = PUBLIC_GOOD_NAME } = values;
  const what = ["inkan verify", shellWord(file), ...(artifact ? ["--artifact"] : [])];
  const proof = bundle === undefined ? `--signature ${shellWord(signature)}` : `--bundle ${shellWord(bundle)}`;
  const isByKey = "signature" in evidence || (await isMadeWithKey(evidence.bundle as Uint8Array));
  const who = isByKey
    ? ["--key publisher.pub"]
    : [
        `--trusted-root ${shellWord(root)}`,
        "--github-repository acme/tools",
        "--github-workflow release.yml",
        "--github-ref 'refs/tags/v*'",
      ];
  return misuse(SIGNER_MISSING, [...what, proof, ...who]);
}

/** Whether a bundle was made with a key. One that cannot be read is taken for keyless. */
const isMadeWithKey = (bundle: Uint8Array): Promise<boolean> =>
  claimedIn(bundle).then(
    ({ san }) => san === undefined,
    () => false,
  );

function trustFrom(values: Given): { readonly trustRoot?: TrustRoot } {
  const { "trusted-root": file, "log-origin": origins } = values;
  if (file !== undefined) return { trustRoot: trustRootFrom(file, origins) };
  if (origins !== undefined) throw misuse("--log-origin is for --trusted-root");
  return {};
}

async function reportOn(
  verifier: AnyVerifier,
  kind: Kind,
  file: string,
  evidence: WithBundle | WithSignature,
  values: Given,
): Promise<AnyReport> {
  const { now, scope, server } = values;
  const at = { ...(now === undefined ? {} : { now }), ...(scope === undefined ? {} : { scope }) };
  if (kind === "catalogue") {
    // A person reads which server it is for; a program that goes on to load tools names the server.
    const named = server === undefined ? { anyServer: true as const } : { server };
    return verifier.report({ catalogue: readBytes(file, LIMITS.catalogue), ...evidence, ...named, ...at });
  }
  const input = { ...(await artifactFrom(file, evidence)), ...evidence, ...at };
  return kind === "artifact" ? verifier.reportArtifact(input) : verifier.reportAttestation(input);
}

function evidenceFrom(values: Given, file: string): WithBundle | WithSignature {
  if (values.bundle !== undefined && values.signature !== undefined) {
    throw misuse("--bundle and --signature exclude each other");
  }
  if (values.bundle !== undefined) return { bundle: readBytes(values.bundle, LIMITS.bundle) };
  if (values.signature === undefined) {
    const beside = bundleBeside(file);
    throw misuse(`--bundle is missing${beside === undefined ? "" : `, such as --bundle ${shellWord(beside)}`}`);
  }
  return { signature: readBytes(values.signature, LIMITS.signature) };
}

function describe(name: string, report: AnyReport, values: Given): Line[] {
  const verdict =
    report.verdict === "refused"
      ? refusalLines(name, report.error)
      : proofLines(name, proofOf(report), factsOf(report, values));
  return values.quiet ? verdict : [...stepLines(report), EMPTY, ...verdict];
}

function factsOf(report: VerifiedReport, values: Given): string[] {
  const remembered = values.state === undefined ? ["not compared with earlier runs: no --state is given"] : [];
  if ("catalogue" in report) {
    const { tools, server } = report.catalogue;
    const forServer = server === undefined ? "for no named server" : `for ${printable(server)}`;
    const unasked = values.server === undefined && values["any-server"] === undefined && server !== undefined;
    const any = unasked ? ["any server would do: no --server is given"] : [];
    return [`${tools.length} ${tools.length === 1 ? "tool" : "tools"}, ${forServer}`, ...any, ...remembered];
  }
  const predicate = "attestation" in report ? [`predicate ${printable(report.attestation.predicateType)}`] : [];
  return [...predicate, ...remembered];
}
