import type { Proof } from "../../core/release.js";
import { LIMITS } from "../../generated/limits.js";
import { printable } from "../../input/printable.js";
import type { StateStore } from "../../state/store.js";
import type { WithBundle, WithSignature } from "../../verify/request.js";
import type { ArtifactReport, AttestationReport, CatalogueReport } from "../../verify/result.js";
import type { Verifier } from "../../verify/verifier.js";
import { parse, type Values } from "../arguments.js";
import { artifactFrom, isDigest } from "../artifact.js";
import { ExitCode, misuse } from "../exit.js";
import { readBytes, readUtf8 } from "../files.js";
import { InMemoryStateStore, KeyedVerifier, KeylessVerifier } from "../library.js";
import { isTerminal, print } from "../output.js";
import {
  CONSISTENCY_OPTIONS,
  consistencyFrom,
  IDENTITY_OPTIONS,
  identityFrom,
  STATE_POLICY_OPTIONS,
  statePolicyFrom,
  THRESHOLD_OPTIONS,
  thresholdsFrom,
  trustRootFrom,
  WITNESS_OPTIONS,
  witnessesFrom,
} from "../policy_options.js";
import { renderProof, renderRefusal, renderSteps } from "../render.js";
import { STATE_OPTIONS, storeFrom } from "../state_store.js";
import { styleOf } from "../style.js";
import { toJson } from "../verify_json.js";

const OPTIONS = {
  bundle: { type: "string" },
  signature: { type: "string" },
  key: { type: "string", multiple: true },
  "trusted-root": { type: "string" },
  artifact: { type: "boolean" },
  attestation: { type: "boolean" },
  server: { type: "string" },
  "any-server": { type: "boolean" },
  now: { type: "string" },
  json: { type: "boolean" },
  quiet: { type: "boolean" },
  ...STATE_OPTIONS,
  ...STATE_POLICY_OPTIONS,
  ...CONSISTENCY_OPTIONS,
  ...IDENTITY_OPTIONS,
  ...THRESHOLD_OPTIONS,
  ...WITNESS_OPTIONS,
} as const;

type Given = Values<typeof OPTIONS>;
type Kind = "catalogue" | "artifact" | "attestation";
export type AnyReport = CatalogueReport | ArtifactReport | AttestationReport;
type AnyVerifier = Verifier<WithBundle | WithSignature>;

/** `inkan verify [FILE]` */
export async function verifyCommand(args: string[]): Promise<ExitCode> {
  const { values, positionals } = parse(args, OPTIONS);
  const [file = "-", ...others] = positionals;
  if (others.length > 0) throw misuse(`verify takes one file, not ${positionals.length}`);
  const kind = kindOf(values, file);
  const evidence = evidenceFrom(values);
  const open = await storeFrom(values);
  if (open === undefined && (values.freshness ?? values["first-use"]) !== undefined) {
    throw misuse("--freshness and --first-use are for --state");
  }
  if (open === undefined && values.consistency !== undefined) throw misuse("--consistency is for --state");
  const verifier = verifierFrom(values, open?.store ?? new InMemoryStateStore());
  const report = await reportOn(verifier, kind, file, evidence, values).finally(() => open?.close());
  const name = file === "-" ? "standard input" : printable(file);
  if (values.json) print(`${JSON.stringify(toJson(kind, file, report), null, 2)}\n`);
  else print(`${describe(name, report, values)}\n`);
  return report.verdict === "verified" ? ExitCode.Verified : ExitCode.Refused;
}

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

function verifierFrom(values: Given, stateStore: StateStore): AnyVerifier {
  const policy = {
    stateStore,
    thresholds: thresholdsFrom(values),
    ...statePolicyFrom(values),
    ...consistencyFrom(values),
    ...witnessesFrom(values),
  };
  const identityPolicy = identityFrom(values);
  if (values.key !== undefined) {
    if (identityPolicy !== undefined) throw misuse("--key and an identity exclude each other");
    const keys = values.key.map((file) => readUtf8(file, LIMITS.key));
    const trustRoot = values["trusted-root"] === undefined ? {} : { trustRoot: trustRootFrom(values["trusted-root"]) };
    return new KeyedVerifier({ keys, ...trustRoot, ...policy });
  }
  if (identityPolicy === undefined) {
    throw misuse("who may sign is missing: --certificate-identity with --certificate-oidc-issuer, or --key");
  }
  if (values["trusted-root"] === undefined) throw misuse("--trusted-root is missing");
  if (values.signature !== undefined) throw misuse("--signature is for --key; a keyless signature needs its --bundle");
  return new KeylessVerifier({
    trustRoot: trustRootFrom(values["trusted-root"]),
    identityPolicy,
    ...policy,
  });
}

async function reportOn(
  verifier: AnyVerifier,
  kind: Kind,
  file: string,
  evidence: WithBundle | WithSignature,
  values: Given,
): Promise<AnyReport> {
  const now = values.now === undefined ? {} : { now: values.now };
  if (kind === "catalogue") {
    const server = values.server === undefined ? {} : { server: values.server };
    const any = values["any-server"] ? { anyServer: true as const } : {};
    return verifier.report({ catalogue: readBytes(file, LIMITS.catalogue), ...evidence, ...server, ...any, ...now });
  }
  const input = { ...(await artifactFrom(file, evidence)), ...evidence, ...now };
  return kind === "artifact" ? verifier.reportArtifact(input) : verifier.reportAttestation(input);
}

function evidenceFrom(values: Given): WithBundle | WithSignature {
  if (values.bundle !== undefined && values.signature !== undefined) {
    throw misuse("--bundle and --signature exclude each other");
  }
  if (values.bundle !== undefined) return { bundle: readBytes(values.bundle, LIMITS.bundle) };
  if (values.signature === undefined) throw misuse("--bundle is missing");
  return { signature: readBytes(values.signature, LIMITS.signature) };
}

function describe(name: string, report: AnyReport, values: Given): string {
  const style = styleOf({ isTTY: isTerminal() }, process.env);
  const verdict =
    report.verdict === "refused"
      ? renderRefusal(name, report.error, style)
      : renderProof(name, proofOf(report), factsOf(report, values), style);
  return values.quiet ? verdict : `${renderSteps(report, style)}\n\n${verdict}`;
}

type Verified = Extract<AnyReport, { verdict: "verified" }>;

export function proofOf(report: Verified): Proof {
  if ("catalogue" in report) return report.catalogue;
  return "artifact" in report ? report.artifact : report.attestation;
}

function factsOf(report: Verified, values: Given): string[] {
  const remembered = values.state === undefined ? ["not compared with earlier runs: no --state is given"] : [];
  if ("catalogue" in report) {
    const { tools, server } = report.catalogue;
    const forServer = server === undefined ? "for no named server" : `for ${printable(server)}`;
    return [`${tools.length} ${tools.length === 1 ? "tool" : "tools"}, ${forServer}`, ...remembered];
  }
  const predicate = "attestation" in report ? [`predicate ${printable(report.attestation.predicateType)}`] : [];
  return [...predicate, ...remembered];
}
