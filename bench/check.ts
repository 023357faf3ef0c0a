/** `inkan check` on a policy file of a thousand servers, each with a catalogue of its own: from its start to its exit. */
import { spawnSync } from "node:child_process";
import { generateKeyPairSync, sign } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inRoot } from "../scripts/build/paths.js";
import { spread } from "./statistics.js";
import type { Table } from "./table.js";

const COUNTS = [1, 1_000];
const TOOLS = 20;
/** Checks of one count. */
const MOST_ROUNDS = 10;

const REAL = inRoot("test/vectors/real/catalogues/cases/keyless-uri-gha");
const { identity, issuer }: { identity: string; issuer: string } = JSON.parse(
  readFileSync(join(REAL, "expected.json"), "utf8"),
);

type Servers = Readonly<Record<string, object>>;

export function checks(folder: string, rounds: number): Table[] {
  const rows = [
    { name: "a pinned key, 20 tools, each its own file", servers: keyed(join(folder, "keyed")) },
    { name: "a certificate and Rekor, one file for all", servers: keyless(join(folder, "keyless")) },
  ];
  const cells = rows.map(({ name, servers }) => ({
    name,
    cells: COUNTS.map((count) => spread(measure(servers.folder, servers.of(count), Math.min(rounds, MOST_ROUNDS)))),
  }));
  const columns = COUNTS.map((count) => `${count.toLocaleString("en")} server${count === 1 ? "" : "s"}`);
  return [{ title: "`inkan check`, start to exit", unit: "milliseconds", columns, rows: cells }];
}

interface Made {
  readonly folder: string;
  of(count: number): Servers;
}

function keyed(folder: string): Made {
  mkdirSync(folder);
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  writeFileSync(join(folder, "publisher.pem"), publicKey.export({ type: "spki", format: "pem" }));
  const tools = Array.from({ length: TOOLS }, (_, index) => ({
    name: `tool_${index}`,
    description: `Does what tool ${index} does, with some words about how it is to be used.`,
    inputSchema: { type: "object", properties: { text: { type: "string" } }, required: ["text"] },
  }));
  for (let index = 0; index < Math.max(...COUNTS); index += 1) {
    const catalogue = JSON.stringify({ server: `npm:@acme/server-${index}`, version: 1, tools });
    writeFileSync(join(folder, `${index}.json`), catalogue);
    writeFileSync(join(folder, `${index}.sig`), sign("sha256", Buffer.from(catalogue), privateKey).toString("base64"));
  }
  const server = (index: number): object => ({
    command: "node",
    server: `npm:@acme/server-${index}`,
    catalogue: `${index}.json`,
    signature: `${index}.sig`,
    keys: ["publisher.pem"],
  });
  return { folder, of: (count) => named(count, server) };
}

function keyless(folder: string): Made {
  mkdirSync(folder);
  for (const file of ["catalogue.json", "bundle.sigstore.json", "trusted_root.json"]) {
    copyFileSync(join(REAL, file), join(folder, file));
  }
  const server = (): object => ({
    command: "node",
    server: "https://tools.example.com/mcp",
    catalogue: "catalogue.json",
    bundle: "bundle.sigstore.json",
    identity: { san: identity, issuer },
    trustRoot: "trusted_root.json",
  });
  return { folder, of: (count) => named(count, server) };
}

const named = (count: number, server: (index: number) => object): Servers =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`server-${index}`, server(index)]));

/** Milliseconds of each run. One that refuses anything measures nothing. */
function measure(folder: string, servers: Servers, rounds: number): number[] {
  const config = join(folder, "inkan.config.json");
  writeFileSync(config, JSON.stringify({ servers }));
  return Array.from({ length: rounds }, () => {
    const started = performance.now();
    const { status, stderr } = spawnSync(process.execPath, [inRoot("dist/cli/main.cjs"), "check", "--config", config], {
      encoding: "utf8",
      maxBuffer: 2 ** 26,
    });
    const time = performance.now() - started;
    if (status !== 0) throw new Error(`inkan check ended with exit code ${status}: ${stderr.slice(0, 500)}`);
    return time;
  });
}
