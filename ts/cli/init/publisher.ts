/** The publisher signs: shows who did, asks whether that is the publisher meant, and pins the signer. */
import { isAbsolute, relative, resolve } from "node:path";
import type { VerifiedCatalogue } from "../../catalogue/catalogue.js";
import { InkanError, reworded } from "../../errors.js";
import { LIMITS } from "../../generated/limits.js";
import { printable, shellWord } from "../../input/printable.js";
import type { ServerShape } from "../../policy_file/shape.js";
import { readSource } from "../../policy_file/sources.js";
import { readCatalogue } from "../../publish/catalogue.js";
import { definitionOf } from "../../publish/definition.js";
import { pinsOf } from "../../publish/keyless/pins.js";
import { PUBLIC_GOOD_NAME } from "../../trust/record.js";
import { signerText } from "../../verify/signer_text.js";
import { ExitCode, judging, misuse, Stop } from "../exit.js";
import { readUtf8 } from "../files.js";
import { trustRootFrom, warnOfAge } from "../input/policy.js";
import { claimedIn } from "../input/signer.js";
import { IdentityPolicy, InMemoryStateStore, KeyedVerifier, KeylessVerifier } from "../library.js";
import { policyOnDisk } from "../policy.js";
import { EMPTY, good, type Line, line, strong } from "../print/line.js";
import { print } from "../print/output.js";
import { consent } from "./consent.js";
import { type Decision, NOTHING_TO_DO, standsAlready, standsOtherwise } from "./decision.js";
import type { Given, Job } from "./options.js";
import { type ServerEntry, withServer } from "./policy_text.js";
import { reachEntry } from "./reach.js";
import { catalogueLines } from "./show.js";

/** Stands for the signer until that is known. Nothing is verified by it. */
const NOBODY = { identity: { san: "nobody", issuer: "https://nobody.invalid" } } as const;

export async function fromPublisher(
  job: Job,
  existing: ServerEntry | undefined,
): Promise<Decision | typeof NOTHING_TO_DO> {
  const { values, target, folder, seen, name } = job;
  const reach = reachEntry(target, folder);
  const sources = sourcesIn(values, folder);
  const keys = values["public-key"];
  const root = values["trusted-root"] ?? (keys === undefined ? PUBLIC_GOOD_NAME : undefined);
  const trustRoot = root === undefined ? {} : { trustRoot: root === PUBLIC_GOOD_NAME ? root : pathIn(root, folder) };
  const provisional = {
    ...reach,
    server: values.server ?? (target.url === undefined ? "unknown" : target.url),
    ...sources,
    ...(keys === undefined ? NOBODY : { keys: pathIn(keys, folder) }),
    ...trustRoot,
  };
  const { shape } = withServer(seen, name, provisional);
  const [catalogue, proof] = await filesOf(shape, job);
  if (root !== undefined) await warnOfAge(root);
  const verified = await verify(catalogue, proof, shape, { values, root });
  const pins = pinsOf(verified) as { server?: string; githubActions?: { ref: string } };
  const server = values.server ?? pins.server;
  if (server === undefined) throw misuse("the catalogue names no server: give --server ID");
  const entry = {
    ...reach,
    server,
    ...sources,
    ...(keys === undefined ? signerPins(pins, values) : { keys: pathIn(keys, folder) }),
    ...trustRoot,
  };
  if (existing !== undefined && standsAlready(existing, entry)) return NOTHING_TO_DO;
  if (existing !== undefined && values.replace !== true) throw standsOtherwise(job);
  print([
    ...signerLines(values.catalogue ?? "", verified),
    EMPTY,
    ...catalogueLines(readCatalogue(catalogue, definitionOf)),
  ]);
  print(recognitionLines(pins, values));
  await consent({
    digest: verified.digest,
    accepted: acceptedBy(job, verified),
    warnings: job.warnings,
    question: 'Is this the publisher you mean? Type "yes" to pin it: ',
    ...(verified.signer.type === "keyless" ? { beside: besideFor(verified.signer) } : {}),
  });
  return {
    entry,
    write: () => {},
    told: [line(`  ${printable(name)} is let in as long as this publisher signs it`, 4)],
  };
}

/**
 * A digest says nothing of who signed: who hands out the same catalogue under a signature of his own would be pinned. So a
 * script must name the signer, too.
 */
function acceptedBy({ accepted, values }: Job, { signer }: VerifiedCatalogue): string | undefined {
  if (accepted === undefined || signer.type !== "keyless") return accepted;
  if (values["certificate-identity"] !== undefined) return accepted;
  throw new Stop(
    ExitCode.Misuse,
    `--accept names the catalogue, and not who signed it: if the signer above is right, add ${besideFor(signer)}`,
  );
}

const besideFor = ({ san, issuer }: { readonly san: { readonly value: string }; readonly issuer: string }): string =>
  `--certificate-identity ${shellWord(san.value)} --certificate-oidc-issuer ${shellWord(issuer)}`;

/** A path as the policy file writes it: relative where it stands beside or below it. */
function pathIn(path: string, folder: string): string {
  const way = relative(folder, resolve(path));
  return way.startsWith("..") || isAbsolute(way) ? resolve(path) : way.replaceAll("\\", "/");
}

const isPath = (text: string): boolean => !/^(https?:\/\/|npm:|well-known:)/.test(text);

function sourcesIn(values: Given, folder: string): ServerEntry {
  const { catalogue = "", bundle, signature } = values;
  if (bundle !== undefined && signature !== undefined) throw misuse("--bundle and --signature exclude each other");
  const written = (text: string): string => (isPath(text) ? pathIn(text, folder) : text);
  if (signature !== undefined) {
    if (values["public-key"] === undefined) throw misuse("--signature needs --public-key FILE");
    return { catalogue: written(catalogue), signature: written(signature) };
  }
  const beside = /^(npm|well-known):/.test(catalogue) ? undefined : `${catalogue.replace(/\.json$/, "")}.sigstore.json`;
  const place = bundle ?? beside;
  return { catalogue: written(catalogue), ...(place === undefined ? {} : { bundle: written(place) }) };
}

async function filesOf(shape: ServerShape, { config }: Job): Promise<[Uint8Array, Uint8Array]> {
  const { reach, server, catalogue, evidence } = shape;
  const remote = reach.kind === "url" ? { url: reach.url, server } : undefined;
  const readers = policyOnDisk(config);
  const read = (source: ServerShape["catalogue"]["source"], field: "catalogue" | "bundle" | "signature") =>
    readSource({ source, field, remote, kept: undefined }, readers).then(({ bytes }) => bytes);
  try {
    return await Promise.all([read(catalogue.source, "catalogue"), read(evidence.source, evidence.field)]);
  } catch (error) {
    if (error instanceof Stop || error instanceof InkanError) throw error;
    const { message, cause } = error as Error;
    const reason = cause instanceof Error ? `${message}: ${cause.message}` : message;
    throw new Stop(ExitCode.Misuse, `nothing was written: ${printable(reason, 500)}`);
  }
}

interface By {
  readonly values: Given;
  readonly root: string | undefined;
}

/** Verifies before anybody is asked. */
async function verify(
  catalogue: Uint8Array,
  proof: Uint8Array,
  { evidence }: ServerShape,
  { values, root }: By,
): Promise<VerifiedCatalogue> {
  const trustRoot = root === undefined ? undefined : trustRootFrom(root);
  const key = values["public-key"];
  if (key !== undefined) {
    const keys = readUtf8(key, LIMITS.key);
    const stateStore = trustRoot === undefined ? {} : { trustRoot, stateStore: new InMemoryStateStore() };
    const given = evidence.field === "bundle" ? { bundle: proof } : { signature: proof };
    return told(() => new KeyedVerifier({ keys, ...stateStore }).verify({ catalogue, anyServer: true, ...given }));
  }
  const { san: claimed, issuer: claimedIssuer } = await judging(() => claimedIn(proof));
  if (claimed === undefined) {
    throw misuse("the bundle was made with a key, and names nobody: give the publisher's key with --public-key FILE");
  }
  const { "certificate-identity": san = claimed, "certificate-oidc-issuer": issuer = claimedIssuer ?? "" } = values;
  if ((values["certificate-identity"] === undefined) !== (values["certificate-oidc-issuer"] === undefined)) {
    throw misuse("--certificate-identity and --certificate-oidc-issuer are needed together");
  }
  if (trustRoot === undefined) throw misuse("--trusted-root is missing");
  const verifier = new KeylessVerifier({
    trustRoot,
    identityPolicy: new IdentityPolicy({ san, issuer }),
    stateStore: new InMemoryStateStore(),
  });
  return told(() => verifier.verify({ catalogue, bundle: proof, anyServer: true }));
}

/** The options of `init` are fewer than those of `verify`, and its --key is the operator's own. */
const told = (verify: () => Promise<VerifiedCatalogue>): Promise<VerifiedCatalogue> =>
  judging(async () => {
    try {
      return await verify();
    } catch (error) {
      if (!(error instanceof InkanError)) throw error;
      throw reworded(error, {
        subject: (text) => text.replace(/^(?:policy|KeyedVerifier)\.keys(?:\[0\])?/, "--public-key"),
        hint: (text) =>
          error.code === "ERR_BUNDLE_KEY_MISSING"
            ? "Leave --public-key out: the bundle has a certificate, and init shows whom it names."
            : text.replace(/, or use IdentityPolicy\.githubActions\([^)]*\)/, ""),
      });
    }
  });

function signerPins(pins: object & { githubActions?: { ref: string } }, values: Given): ServerEntry {
  const { server: _, ...signer } = pins as ServerEntry;
  const ref = values["github-ref"];
  if (ref === undefined) return signer;
  if (pins.githubActions === undefined) throw misuse("--github-ref is for a catalogue that a GitHub workflow signed");
  return { ...signer, githubActions: { ...pins.githubActions, ref } };
}

function signerLines(place: string, { signer, signedAt, log, digest, server, version }: VerifiedCatalogue): Line[] {
  const rows: [string, string][] = [
    ["digest", digest],
    ["for", `${server ?? "no server that it names"}${version === undefined ? "" : `, version ${version}`}`],
  ];
  if (signer.type === "key") rows.push(["signed by", `the key ${signer.fingerprint}`]);
  else if (signer.type === "githubRelease") rows.push(["signed by", signerText(signer)]);
  else {
    const { san, issuer, extensions } = signer;
    rows.push(["signed by", san.value], ["issuer", issuer]);
    for (const [label, name] of EXTENSIONS) {
      const value = extensions[name];
      if (value !== undefined) rows.push([label, value]);
    }
  }
  rows.push(["at", signedAt[0] ?? "a time that nothing proves"]);
  for (const { origin, logIndex } of log) rows.push(["in the log", `${origin}, index ${logIndex}`]);
  return [
    line([good("The signature verifies"), `: ${printable(place)}`], 2),
    ...rows.map(([label, value]) => line([strong(`  ${label.padEnd(11)}`), printable(value, 500)], 13)),
  ];
}

const EXTENSIONS = [
  ["repository", "sourceRepositoryURI"],
  ["ref", "sourceRepositoryRef"],
  ["workflow", "buildConfigURI"],
] as const;

/** What a signature does not say. */
function recognitionLines({ githubActions }: { githubActions?: { ref: string } }, values: Given): Line[] {
  const lines =
    values["public-key"] === undefined
      ? [
          line(
            "Anybody can sign with an account of their own. Only you can tell whether the name after “signed by” is the publisher's: compare it, letter by letter, with what the publisher's own site or repository says.",
          ),
        ]
      : [line("The key that you gave signed this. Whether it is the publisher's, only you can tell.")];
  if (githubActions !== undefined && values["github-ref"] === undefined) {
    const { ref } = githubActions;
    const glob = /^refs\/tags\/v\d/.test(ref) ? "'refs/tags/v*'" : "GLOB";
    lines.push(
      line(
        `Only ${printable(ref)} is pinned: a release from another ref is refused. --github-ref ${glob} takes more of them.`,
      ),
    );
  }
  return lines;
}
