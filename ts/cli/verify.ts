import type { ArtifactReport, AttestationReport, CatalogueReport } from "../outcome.js";
import { printable } from "../printable.js";
import type { Proof } from "../release.js";
import type { WithBundle, WithSignature } from "../request.js";
import type { Verifier } from "../verifier.js";
import { parse, type Values } from "./arguments.js";
import { ExitCode, misuse } from "./exit.js";
import { readBytes, readUtf8 } from "./files.js";
import { InMemoryStateStore, KeyedVerifier, KeylessVerifier } from "./library.js";
import { isTerminal, print } from "./output.js";
import { IDENTITY_OPTIONS, identityFrom, THRESHOLD_OPTIONS, thresholdsFrom, trustRootFrom } from "./policy_options.js";
import { renderProof, renderRefusal, renderSteps } from "./render.js";
import { styleOf } from "./style.js";
import { toJson } from "./verify_json.js";

const OPTIONS = {
  bundle: { type: "string" },
  signature: { type: "string" },
  key: { type: "string", multiple: true },
  "trusted-root": { type: "string" },
  artifact: { type: "boolean" },
  attestation: { type: "boolean" },
  server: { type: "string" },
  now: { type: "string" },
  json: { type: "boolean" },
  quiet: { type: "boolean" },
  ...IDENTITY_OPTIONS,
  ...THRESHOLD_OPTIONS,
} as const;

const DIGEST = /^sha(256|384|512):[0-9a-f]+$/i;

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
  const report = await reportOn(verifierFrom(values), kind, file, evidence, values);
  const name = file === "-" ? "standard input" : printable(file);
  if (values.json) print(`${JSON.stringify(toJson(kind, file, report), null, 2)}\n`);
  else print(`${describe(name, report, values.quiet === true)}\n`);
  return report.verdict === "verified" ? ExitCode.Verified : ExitCode.Refused;
}

function kindOf(values: Given, file: string): Kind {
  if (values.artifact && values.attestation) throw misuse("--artifact and --attestation exclude each other");
  const kind = values.artifact ? "artifact" : values.attestation ? "attestation" : "catalogue";
  if (kind === "catalogue" && DIGEST.test(file)) throw misuse("a digest needs --artifact or --attestation");
  if (kind !== "catalogue" && values.server !== undefined) throw misuse("--server is for catalogues");
  return kind;
}

function verifierFrom(values: Given): AnyVerifier {
  const thresholds = thresholdsFrom(values);
  // One run, one verification: what was seen before is unknown here, and the report says so.
  const stateStore = new InMemoryStateStore();
  const identityPolicy = identityFrom(values);
  if (values.key !== undefined) {
    if (identityPolicy !== undefined) throw misuse("--key and an identity exclude each other");
    const keys = values.key.map(readUtf8);
    const trustRoot = values["trusted-root"] === undefined ? {} : { trustRoot: trustRootFrom(values["trusted-root"]) };
    return new KeyedVerifier({ keys, ...trustRoot, stateStore, thresholds });
  }
  if (identityPolicy === undefined) {
    throw misuse("who may sign is missing: --certificate-identity with --certificate-oidc-issuer, or --key");
  }
  if (values["trusted-root"] === undefined) throw misuse("--trusted-root is missing");
  if (values.signature !== undefined) throw misuse("--signature is for --key; a keyless signature needs its --bundle");
  return new KeylessVerifier({
    trustRoot: trustRootFrom(values["trusted-root"]),
    identityPolicy,
    stateStore,
    thresholds,
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
    return verifier.report({ catalogue: readBytes(file), ...evidence, ...server, ...now });
  }
  const artifact = DIGEST.test(file) ? { digest: file } : { artifact: readBytes(file) };
  const input = { ...artifact, ...evidence, ...now };
  return kind === "artifact" ? verifier.reportArtifact(input) : verifier.reportAttestation(input);
}

function evidenceFrom(values: Given): WithBundle | WithSignature {
  if (values.bundle !== undefined && values.signature !== undefined) {
    throw misuse("--bundle and --signature exclude each other");
  }
  if (values.bundle !== undefined) return { bundle: readBytes(values.bundle) };
  if (values.signature === undefined) throw misuse("--bundle is missing");
  return { signature: readBytes(values.signature) };
}

function describe(name: string, report: AnyReport, quiet: boolean): string {
  const style = styleOf({ isTTY: isTerminal() }, process.env);
  const verdict =
    report.verdict === "refused"
      ? renderRefusal(name, report.error, style)
      : renderProof(name, proofOf(report), factsOf(report), style);
  return quiet ? verdict : `${renderSteps(report, style)}\n\n${verdict}`;
}

type Verified = Extract<AnyReport, { verdict: "verified" }>;

export function proofOf(report: Verified): Proof {
  if ("catalogue" in report) return report.catalogue;
  return "artifact" in report ? report.artifact : report.attestation;
}

function factsOf(report: Verified): string[] {
  if ("catalogue" in report) {
    const { tools, server } = report.catalogue;
    const forServer = server === undefined ? "for no named server" : `for ${printable(server)}`;
    return [
      `${tools.length} ${tools.length === 1 ? "tool" : "tools"}, ${forServer}`,
      "not compared with earlier runs: this command keeps no state",
    ];
  }
  return "attestation" in report ? [`predicate ${printable(report.attestation.predicateType)}`] : [];
}
