/** `inkan init --catalogue`: catalogues that real clients signed, and one by a key. */
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import { realCase, SERVER } from "../support/cases.js";
import { inkan } from "../support/command.js";
import { inkanOnTerminal } from "../support/terminal.js";

const root = mkdtempSync(join(tmpdir(), "inkan-publisher-"));
afterAll(() => rmSync(root, { recursive: true }));

const real = realCase("keyless-uri-gha");
const { identity, issuer } = real.expected;
let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(root, "case-"));
  copyFileSync(real.files.catalogue, join(folder, "tools.json"));
  copyFileSync(real.files.bundle, join(folder, "tools.sigstore.json"));
  copyFileSync(real.files.trustRoot, join(folder, "root.json"));
});

const run = (...args: string[]) => inkan(args, { cwd: folder, env: { HOME: folder } });
const ARGS = ["init", "remote", SERVER, "--catalogue", "tools.json", "--trusted-root", "root.json"];
const SIGNER = ["--certificate-identity", identity, "--certificate-oidc-issuer", issuer];
const config = () => JSON.parse(readFileSync(join(folder, "inkan.config.json"), "utf8")).servers.remote;
const digestIn = ({ stderr }: { stderr: string }): string =>
  /--accept (sha256:[0-9a-f]{64})/.exec(stderr)?.[1] ?? "none";
const untouched = () => expect(readdirSync(folder).sort()).toEqual(["root.json", "tools.json", "tools.sigstore.json"]);

test("shows who signed, and pins that signer once catalogue and signer are named", () => {
  const asked = run(...ARGS);
  expect(asked.status).toBe(2);
  for (const fact of [identity, issuer, "in the log", "calendar_create_event", "Anybody can sign"]) {
    expect(asked.stdout).toContain(fact);
  }
  expect(asked.stderr).toContain(`--certificate-identity ${identity}`);
  const digest = digestIn(asked);
  untouched();
  // The digest says nothing of who signed.
  expect(run(...ARGS, "--accept", digest).status).toBe(2);
  untouched();
  const made = run(...ARGS, "--accept", digest, ...SIGNER);
  expect([made.status, made.stderr]).toEqual([0, ""]);
  expect(config()).toEqual({
    url: SERVER,
    server: SERVER,
    catalogue: "tools.json",
    bundle: "tools.sigstore.json",
    identity: { san: identity, issuer },
    trustRoot: "root.json",
  });
  expect(run("check", "--config", "inkan.config.json").status).toBe(0);
  expect(run(...ARGS, "--accept", digest, ...SIGNER).stdout).toMatch(/^Nothing to do/);
  expect(run("init", "--update", "remote").stderr).toContain("signed by its publisher");
});

test("on a terminal it asks whether this is the publisher", () => {
  const on = (typed: string) =>
    inkanOnTerminal(ARGS, [["Is this the publisher you mean?", typed]], { cwd: folder, env: { HOME: folder } });
  expect(on("no\r").status).toBe(2);
  untouched();
  expect(on("yes\r").status).toBe(0);
  expect(config().identity).toEqual({ san: identity, issuer });
});

test.each<[what: string, more: readonly string[], status: number, code: RegExp]>([
  [
    "another signer",
    ["--certificate-identity", "mallory@example.com", "--certificate-oidc-issuer", issuer],
    1,
    /ERR_IDENTITY/,
  ],
  ["the public-good root", ["--trusted-root=public-good"], 1, /ERR_/],
  ["half a signer", ["--certificate-identity", identity], 2, /needed together/],
  ["no such bundle", ["--bundle", "none.json"], 2, /none\.json/],
  ["another digest", ["--accept", `sha256:${"0".repeat(64)}`, ...SIGNER], 1, /another catalogue/],
  ["another server", ["--server", "npm:@acme/other", ...SIGNER], 1, /ERR_CATALOGUE_SERVER/],
  ["a ref of no workflow", ["--github-ref", "refs/tags/v*"], 2, /GitHub workflow/],
])("%s is refused, and nothing is written", (_, more, status, code) => {
  const args = more[0]?.startsWith("--trusted-root=") ? ARGS.slice(0, -2) : ARGS;
  const digest = digestIn(run(...ARGS));
  const accept = more.includes("--accept") ? [] : ["--accept", digest];
  const refused = run(...args, ...more, ...accept);
  expect(refused.status).toBe(status);
  expect(refused.stderr).toMatch(code);
  untouched();
});

test("a changed catalogue is refused before anybody is asked", () => {
  writeFileSync(join(folder, "tools.json"), readFileSync(join(folder, "tools.json"), "utf8").replace("event", "evenT"));
  const refused = run(...ARGS);
  expect([refused.status, refused.stdout]).toEqual([1, ""]);
});

test("a publisher's key is pinned by its file", () => {
  const keyed = realCase("key-ecdsa-p256-bare");
  copyFileSync(keyed.files.catalogue, join(folder, "tools.json"));
  copyFileSync(keyed.files.bundle, join(folder, "tools.sigstore.json"));
  copyFileSync(keyed.files.key, join(folder, "publisher.pem"));
  const args = ["init", "remote", SERVER, "--catalogue", "tools.json"];
  expect(run(...args).stderr).toContain("--public-key FILE");
  const asked = run(...args, "--public-key", "publisher.pem");
  expect(run(...args, "--public-key", "publisher.pem", "--accept", digestIn(asked)).status).toBe(0);
  expect(config()).toMatchObject({ keys: "publisher.pem", bundle: "tools.sigstore.json" });
  expect(run("check", "--config", "inkan.config.json").status).toBe(0);
});
