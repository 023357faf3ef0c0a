/**
 * `npm run bench [-- --rounds N] [--json]`: inkan beside sigstore-js in one process, interleaved round by round, so
 * that a busy machine slows both. Compare ratios, not figures.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { bundleFromJSON } from "@sigstore/bundle";
import { TrustedRoot } from "@sigstore/protobuf-specs";
import { toSignedEntity, toTrustMaterial, Verifier } from "@sigstore/verify";
import { inRoot } from "../build/paths.js";
import { IdentityPolicy, InMemoryStateStore, KeylessBundle, KeylessVerifier, TrustRoot } from "../ts/entry/node.js";

const CASES = "test/vectors/real/conformance/bundle-verify";
const PRODUCTION = "test/vectors/real/conformance/roots/production.trusted_root.json";
const SAN =
  "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main";
const ISSUER = "https://token.actions.githubusercontent.com";

/** What is verified: name in the table, case. */
const BUNDLES = [
  ["Rekor v1, message", "happy-path-v0.3"],
  ["Rekor v1, DSSE", "happy-path-intoto-in-dsse-v3"],
  ["Rekor v2, message", "rekor2-happy-path"],
  ["Rekor v2, DSSE", "rekor2-dsse-happy-path"],
] as const;

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "200" }, json: { type: "boolean", default: false } },
});
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1)
  throw new RangeError(`--rounds takes a whole number, not ${values.rounds}`);

interface Row {
  readonly what: string;
  readonly inkan: Spread;
  readonly sigstoreJs: Spread;
}
interface Spread {
  readonly median: number;
  readonly p95: number;
}

type Task = () => unknown;

/** Times two tasks in turn, in microseconds, after a warm-up of a quarter of the rounds. */
async function interleave(first: Task, second: Task, count: number): Promise<[Spread, Spread]> {
  const times: [number[], number[]] = [[], []];
  for (let round = -Math.ceil(count / 4); round < count; round += 1) {
    for (const [index, task] of [first, second].entries()) {
      const began = process.hrtime.bigint();
      await task();
      if (round >= 0) times[index]?.push(Number(process.hrtime.bigint() - began) / 1000);
    }
  }
  return [spread(times[0]), spread(times[1])];
}

function spread(times: number[]): Spread {
  const sorted = times.sort((a, b) => a - b);
  const at = (part: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
  return { median: at(0.5), p95: at(0.95) };
}

function rootOf(name: string): string {
  const own = inRoot(`${CASES}/${name}/trusted_root.json`);
  return readFileSync(existsSync(own) ? own : inRoot(PRODUCTION), "utf8");
}

/** Bundle bytes in, verdict out; the trust root is loaded before. */
async function warm(what: string, name: string): Promise<Row> {
  const root = rootOf(name);
  const bundle = readFileSync(inRoot(`${CASES}/${name}/bundle.sigstore.json`), "utf8");
  const artifact = readFileSync(inRoot(`${CASES}/a.txt`));
  const verifier = new KeylessVerifier({
    trustRoot: TrustRoot.fromJson(root),
    identityPolicy: new IdentityPolicy({ san: SAN, issuer: ISSUER }),
    stateStore: new InMemoryStateStore(),
  });
  const material = toTrustMaterial(TrustedRoot.fromJSON(JSON.parse(root)));
  const peer = new Verifier(material);
  const policy = { subjectAlternativeName: SAN, extensions: { issuer: ISSUER } };
  const [inkan, sigstoreJs] = await interleave(
    () => verifier.verifyArtifact({ artifact, bundle: KeylessBundle.fromProtobufBundle(bundle) }),
    () => peer.verify(toSignedEntity(bundleFromJSON(JSON.parse(bundle)), artifact), policy),
    rounds,
  );
  return { what: `${what}, warm`, inkan, sigstoreJs };
}

async function loadTrustRoot(): Promise<Row> {
  const root = rootOf("happy-path-v0.3");
  const [inkan, sigstoreJs] = await interleave(
    () => TrustRoot.fromJson(root).describe(),
    () => toTrustMaterial(TrustedRoot.fromJSON(JSON.parse(root))),
    rounds,
  );
  return { what: "trust root, loaded", inkan, sigstoreJs };
}

/** From process start to exit; the right column is `node -e 0`. */
async function coldStart(): Promise<Row | undefined> {
  const cli = inRoot("dist/cli/main.cjs");
  if (!existsSync(cli)) return undefined;
  const folder = inRoot(`${CASES}/happy-path-v0.3`);
  const flags = ["--bundle", `${folder}/bundle.sigstore.json`, "--trusted-root", inRoot(PRODUCTION)];
  const identity = ["--certificate-identity", SAN, "--certificate-oidc-issuer", ISSUER];
  const env = { ...process.env };
  // Node reads this file at each start, which is not what is measured.
  delete env.NODE_EXTRA_CA_CERTS;
  const node = (...args: string[]): Buffer => execFileSync(process.execPath, args, { env, stdio: "pipe" });
  const [inkan, sigstoreJs] = await interleave(
    () => node(cli, "verify", "--artifact", inRoot(`${CASES}/a.txt`), ...flags, ...identity),
    () => node("-e", "0"),
    Math.min(rounds, 15),
  );
  return { what: "cold start of the CLI (peer: node -e 0)", inkan, sigstoreJs };
}

const rows: Row[] = [];
for (const [what, name] of BUNDLES) rows.push(await warm(what, name));
rows.push(await loadTrustRoot());
const cold = await coldStart();
if (cold !== undefined) rows.push(cold);

if (values.json) {
  console.log(JSON.stringify({ node: process.version, rounds, unit: "microseconds", rows }));
} else {
  const cell = (value: number): string => Math.round(value).toLocaleString("en");
  console.log(`Node ${process.version}, ${rounds} rounds, microseconds: median (p95)\n`);
  console.log("| | inkan | sigstore-js | ratio |\n|---|---|---|---|");
  for (const { what, inkan, sigstoreJs } of rows) {
    const pair = ({ median, p95 }: Spread): string => `${cell(median)} (${cell(p95)})`;
    console.log(
      `| ${what} | ${pair(inkan)} | ${pair(sigstoreJs)} | ${(sigstoreJs.median / inkan.median).toFixed(1)} |`,
    );
  }
  if (cold === undefined) console.log("\nCold start needs dist/: npm run build -- --only ts");
}
