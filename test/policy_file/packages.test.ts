/** `npm:NAME` in a policy file, by the command: the installed package, else what npm gets from a registry on this machine. */

import { generateKeyPairSync } from "node:crypto";
import { existsSync, linkSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { KeyedVerifier } from "../../ts/entry/node.js";
import { readSigningKey } from "../../ts/publish/key.js";
import { signWithKey } from "../../ts/publish/sign.js";
import { inkanMeanwhile } from "../support/command.js";
import { npmRegistry, packed, type TarEntry } from "../support/npm_registry.js";

const NAME = "@acme/files";
const SERVER = `npm:${NAME}`;
const CATALOGUE = "mcp-catalogue.json";
const BUNDLE = "mcp-catalogue.sigstore.json";

const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
const PUBLIC = pair.publicKey.export({ type: "spki", format: "pem" }).toString();
const PRIVATE = pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString();

/** A catalogue of one tool with this version, and its bundle. */
async function signed(version: number): Promise<{ catalogue: Uint8Array; bundle: Uint8Array }> {
  const tools = [{ name: "read", description: "Reads.", inputSchema: { type: "object" } }];
  const catalogue = new TextEncoder().encode(JSON.stringify({ server: SERVER, version, tools }));
  const { bundle } = await signWithKey({
    bytes: catalogue,
    key: readSigningKey(PRIVATE),
    kind: "catalogue",
    verifierOf: (keys) => new KeyedVerifier({ keys }),
  });
  return { catalogue, bundle: Buffer.from(bundle) };
}
const ONE = await signed(1);
const TWO = await signed(2);

const entriesOf = ({ catalogue, bundle }: typeof ONE, root = "package"): TarEntry[] => [
  { path: `${root}/${CATALOGUE}`, content: catalogue },
  { path: `${root}/${BUNDLE}`, content: bundle },
];

interface Place {
  readonly folder: string;
  /** Runs `inkan check --json` there, and gives the verdict on its server. */
  check(env?: Record<string, string>): Promise<{ verdict: string; version?: number; error?: { found: string } }>;
}

/** A folder with a policy file whose catalogue is in a package. */
function place(catalogue = SERVER, more: object = {}): Place {
  const top = mkdtempSync(join(tmpdir(), "inkan-packages-"));
  onTestFinished(() => rmSync(top, { recursive: true, force: true }));
  const folder = join(top, "app");
  mkdirSync(folder);
  const files = { command: "node", server: SERVER, catalogue, keys: ["publisher.pem"], state: "none", ...more };
  writeFileSync(join(folder, "inkan.config.json"), JSON.stringify({ servers: { files } }), { mode: 0o600 });
  writeFileSync(join(folder, "publisher.pem"), PUBLIC);
  const check: Place["check"] = async (env = {}) => {
    const { stdout, stderr } = await inkanMeanwhile(
      ["check", "--config", join(folder, "inkan.config.json"), "--json"],
      {
        env: { npm_config_registry: "http://127.0.0.1:1/", npm_config_fetch_retries: "0", ...env },
      },
    );
    expect(stderr).toBe("");
    return JSON.parse(stdout).servers[0];
  };
  return { folder, check };
}

function install(folder: string, { catalogue, bundle }: typeof ONE = ONE, version = "1.0.0"): string {
  const home = join(folder, "node_modules", NAME);
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, "package.json"), JSON.stringify({ name: NAME, version }));
  writeFileSync(join(home, CATALOGUE), catalogue);
  writeFileSync(join(home, BUNDLE), bundle);
  return home;
}

test("the installed package is read, and npm is not asked", async () => {
  const { folder, check } = place();
  install(folder);
  expect(await check({ PATH: "" })).toMatchObject({ verdict: "verified", version: 1 });
});

test("a package that is installed in a folder above is found, the nearest first", async () => {
  const { folder, check } = place();
  install(dirname(folder), TWO);
  expect(await check()).toMatchObject({ verdict: "verified", version: 2 });
  install(folder);
  expect(await check()).toMatchObject({ verdict: "verified", version: 1 });
});

test("pnpm's layout: the package is a link, its files are hard links", async () => {
  const { folder, check } = place();
  const store = join(folder, "node_modules/.pnpm/@acme+files@1.0.0");
  const home = install(store);
  linkSync(join(home, CATALOGUE), join(folder, "in-the-store"));
  mkdirSync(join(folder, "node_modules/@acme"));
  symlinkSync(home, join(folder, "node_modules", NAME));
  expect(await check()).toMatchObject({ verdict: "verified", version: 1 });
});

test("a file of the package that is a link, a folder or missing is refused", async () => {
  const { folder, check } = place();
  const file = join(install(folder), CATALOGUE);
  const outside = join(folder, "outside.json");
  writeFileSync(outside, ONE.catalogue);
  rmSync(file);
  symlinkSync(outside, file);
  expect((await check()).error?.found).toContain("is a link, and no regular file");
  rmSync(file);
  mkdirSync(file);
  expect((await check()).error?.found).toContain("is a folder, and no regular file");
  rmSync(file, { recursive: true });
  expect((await check()).error?.found).toContain(`the installed package ${NAME} has no ${CATALOGUE}`);
});

test("an installed package whose catalogue was changed is refused", async () => {
  const { folder, check } = place();
  install(folder, { catalogue: TWO.catalogue, bundle: ONE.bundle });
  expect((await check()).verdict).toBe("refused");
});

test("what is not installed is got by npm: catalogue and bundle out of one tarball, and nothing is left or run", async () => {
  const { folder, check } = place();
  const ran = join(folder, "ran");
  const script = `node -e "require('fs').writeFileSync('${ran}','')"`;
  const scripts = Object.fromEntries(
    ["preinstall", "install", "postinstall", "prepare", "prepack", "postpack"].map((name) => [name, script]),
  );
  const registry = await npmRegistry({ [NAME]: { "1.0.0": packed(NAME, "1.0.0", entriesOf(ONE), scripts) } });
  const temporary = join(folder, "temporary");
  mkdirSync(temporary);
  const env = { npm_config_registry: registry.origin, TMPDIR: temporary, npm_config_ignore_scripts: "false" };
  expect(await check(env)).toMatchObject({ verdict: "verified", version: 1 });
  expect([existsSync(ran), readdirSync(temporary).filter((name) => name.startsWith("inkan"))]).toEqual([false, []]);
  expect(registry.asked.filter(({ url }) => url?.endsWith(".tgz")).length).toBe(1);
  expect(readdirSync(folder).sort()).toEqual(["inkan.config.json", "publisher.pem", "temporary"]);
});

test("an exact version: the installed package of this version, else npm's", async () => {
  const { folder, check } = place(`${SERVER}@1.0.0`);
  const registry = await npmRegistry({
    [NAME]: { "1.0.0": packed(NAME, "1.0.0", entriesOf(ONE)), "2.0.0": packed(NAME, "2.0.0", entriesOf(TWO)) },
  });
  const env = { npm_config_registry: registry.origin };
  install(folder, TWO, "2.0.0");
  expect(await check(env)).toMatchObject({ verdict: "verified", version: 1 });
  const asked = registry.asked.length;
  install(folder, ONE, "1.0.0");
  expect(await check(env)).toMatchObject({ verdict: "verified", version: 1 });
  expect(registry.asked.length).toBe(asked);
});

test("npm's configuration in the policy file's folder counts, by scope", async () => {
  const { folder, check } = place();
  const registry = await npmRegistry({ [NAME]: { "1.0.0": packed(NAME, "1.0.0", entriesOf(ONE)) } });
  writeFileSync(join(folder, ".npmrc"), `@acme:registry=${registry.origin}\nworkspaces=true\ndry-run=true\n`);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "app", version: "1.0.0", workspaces: ["*"] }));
  expect(await check()).toMatchObject({ verdict: "verified", version: 1 });
});

test("a name that no registry has, and a registry that is not there: the reason is told", async () => {
  const { check } = place();
  const registry = await npmRegistry({});
  expect((await check({ npm_config_registry: registry.origin })).error?.found).toMatch(/npm pack @acme\/files: .*E404/);
  expect((await check()).error?.found).toMatch(/npm pack @acme\/files: .*ECONNREFUSED/);
});

test("npm's package whose catalogue is a link is not judged, and the reason is told", async () => {
  const { check } = place();
  const link = { path: `package/${CATALOGUE}`, type: "2", target: "/etc/hostname" };
  const registry = await npmRegistry({ [NAME]: { "1.0.0": packed(NAME, "1.0.0", [link]) } });
  const { verdict, error } = await check({ npm_config_registry: registry.origin });
  expect([verdict, error?.found]).toEqual(["not-judged", `${CATALOGUE} in the tarball is a link, and no regular file`]);
});
