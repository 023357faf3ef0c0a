/** `inkan trust-root fetch`, spawned, and what the other commands say of a trust root that is old. */
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, expect, test } from "vitest";
import { recordToText, sha256Of } from "../../ts/trust/record.js";
import { realCase } from "../support/cases.js";
import { inkan, inkanMeanwhile, type Ran } from "../support/command.js";
import { LogServer, type Site, stopLogServers } from "../support/log_server.js";
import { vectorFile } from "../support/repository.js";
import { LONG_AGO, mirrorOf, TufRepository } from "../support/tuf_repository.js";

const real = realCase("keyless-uri-gha");
const TRUST_ROOT = readFileSync(real.files.trustRoot);
const folders: string[] = [];
let folder: string;
let output: string;
let record: string;
let repository: TufRepository;
let server: LogServer;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "inkan-trust-root-"));
  folders.push(folder);
  output = join(folder, "trusted_root.json");
  record = join(folder, "trusted_root.tuf.json");
  repository = new TufRepository(TRUST_ROOT);
  writeFileSync(join(folder, "root.json"), repository.initialRoot);
  server = await LogServer.start(mirrorOf(repository.files));
});
afterEach(stopLogServers);
afterAll(() => {
  for (const name of folders) rmSync(name, { recursive: true });
});

function fetchFrom(site: Site, ...more: string[]): Promise<Ran> {
  server.site = site;
  const whence = ["--mirror", server.url, "--root", join(folder, "root.json")];
  return inkanMeanwhile(["trust-root", "fetch", ...whence, "--output", output, ...more]);
}

const modeOf = (file: string): number => statSync(file).mode & 0o777;

test("writes the file, its record and the versions, and nothing else", async () => {
  const { status, stdout, stderr } = await fetchFrom(mirrorOf(repository.files));
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(/^Written: .*trusted_root\.json, as TUF gives it now$/m);
  expect(stdout).toMatch(/^ {2}versions: +root 1, timestamp 1, snapshot 1, targets 1$/m);
  expect(readFileSync(output).equals(TRUST_ROOT)).toBe(true);
  expect(readdirSync(folder).sort()).toEqual([
    "inkan.state.json",
    "root.json",
    "trusted_root.json",
    "trusted_root.tuf.json",
  ]);
  expect([modeOf(output), modeOf(record)]).toEqual([0o600, 0o600]);
  expect(JSON.parse(readFileSync(record, "utf8"))).toMatchObject({ format: 1, sha256: await sha256Of(TRUST_ROOT) });
  const shown = inkan(["state", "show", "--state", join(folder, "inkan.state.json")]);
  expect(shown.stdout).toMatch(/^TUF repository http:\/\/127\.0\.0\.1:\d+$/m);
  expect(shown.stdout).toMatch(/versions: +root 1, timestamp 1, snapshot 1, targets 1/);
  // Those who may read an old file may read the new one; nobody else may write it.
  chmodSync(output, 0o666);
  repository.signTimestamp();
  const again = await fetchFrom(mirrorOf(repository.files), "--json");
  expect(JSON.parse(again.stdout)).toMatchObject({ file: output, versions: { timestamp: "2" } });
  expect(modeOf(output)).toBe(0o644);
});

const STALE: readonly [what: string, status: number, code: string, lie: (repository: TufRepository) => Site][] = [
  ["an old state", 1, "ERR_TUF_ROLLBACK", () => mirrorOf(first)],
  [
    "an expired timestamp",
    1,
    "ERR_TUF_EXPIRED",
    (honest) => {
      honest.expires.timestamp = LONG_AGO;
      honest.signTimestamp();
      return mirrorOf(honest.files);
    },
  ],
  ["another repository", 1, "ERR_TUF_INVALID", () => mirrorOf(new TufRepository(TRUST_ROOT).files)],
  ["pages of HTML", 1, "ERR_TUF_INVALID", () => () => "<!doctype html>"],
  ["nothing", 2, "ERR_TUF_UNAVAILABLE", () => () => undefined],
  ["no answer", 2, "ERR_TUF_UNAVAILABLE", () => () => () => {}],
];
let first: ReadonlyMap<string, Buffer>;

test.each(STALE)("a mirror that serves %s: exit %i, and the old file stays", async (what, status, code, lie) => {
  first = repository.state();
  repository.signTimestamp();
  await fetchFrom(mirrorOf(repository.files));
  const files = (): [string, string][] =>
    readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "latin1")]);
  const before = files();
  const ran = await fetchFrom(lie(repository), ...(what === "no answer" ? ["--timeout", "1"] : []));
  expect([ran.status, ran.stdout]).toEqual([status, ""]);
  expect(ran.stderr).toContain(code);
  expect(files()).toEqual(before);
});

test("the first fetch that fails writes no trust root", async () => {
  const ran = await fetchFrom(() => "<!doctype html>");
  expect(ran.status).toBe(1);
  expect([existsSync(output), existsSync(record)]).toEqual([false, false]);
});

test("a folder that is missing, a trust root in place of a TUF root, a mirror by http: exit 2", async () => {
  const none = await fetchFrom(mirrorOf(repository.files), "--output", join(folder, "none", "x.json"));
  expect([none.status, none.stderr]).toEqual([2, expect.any(String)]);
  const wrong = inkan(["trust-root", "fetch", "--root", real.files.trustRoot, "--output", output]);
  expect([wrong.status, wrong.stderr]).toEqual([2, expect.stringContaining("not a trusted_root.json")]);
  const http = inkan(["trust-root", "fetch", "--mirror", "http://tuf.example", "--output", output]);
  expect([http.status, http.stderr]).toEqual([2, expect.stringContaining("by https")]);
  expect(inkan(["trust-root", "fetch", "file"]).status).toBe(2);
  expect(inkan(["trust-root", "fetch", "--timeout", "0"]).status).toBe(2);
});

/** A trust root that TUF gave so many days ago. */
async function givenDaysAgo(days: number, bytes = TRUST_ROOT): Promise<void> {
  for (const name of ["catalogue.json", "bundle.sigstore.json"])
    copyFileSync(join(real.folder, name), join(folder, name));
  writeFileSync(output, TRUST_ROOT, { mode: 0o600 });
  const givenAt = new Date(Date.now() - days * 86_400_000).toISOString();
  const text = recordToText({ repository: server.url, givenAt, sha256: await sha256Of(bytes) });
  writeFileSync(record, text, { mode: 0o600 });
}

const config = (trustRoot = "trusted_root.json"): string => {
  const identity = { san: real.expected.identity, issuer: real.expected.issuer };
  const files = {
    command: process.execPath,
    args: ["-e", ""],
    server: "https://tools.example.com/mcp",
    identity,
    trustRoot,
  };
  const evidence = { catalogue: "catalogue.json", bundle: "bundle.sigstore.json" };
  writeFileSync(join(folder, "inkan.config.json"), JSON.stringify({ servers: { files: { ...files, ...evidence } } }), {
    mode: 0o600,
  });
  return join(folder, "inkan.config.json");
};

const verify = (root: string): Ran =>
  inkan([
    ...["verify", real.files.catalogue, "--bundle", real.files.bundle, "--trusted-root", root, "--any-server"],
    ...["--certificate-identity", real.expected.identity, "--certificate-oidc-issuer", real.expected.issuer],
  ]);

test.each([
  [91, /is 91 days old .* inkan trust-root fetch --mirror http:\S+ --root ROOT\.json --output /],
  [-3, /in the future, .* clock/],
])("given %i days ago: verify, check and proxy say so, and judge as before", async (days, told) => {
  await givenDaysAgo(days);
  for (const ran of [verify(output), inkan(["check", "--config", config()])]) {
    expect([ran.status, ran.stderr]).toEqual([0, expect.stringMatching(told)]);
  }
  const proxied = inkan(["proxy", "--config", config(), "--server", "files"], { input: new Uint8Array() });
  expect(proxied.stderr).toMatch(told);
});

test("a root that is not old, a file without a record, and one that was changed by hand have no warning", async () => {
  await givenDaysAgo(89);
  expect([verify(output).stderr, inkan(["check", "--config", config()]).stderr]).toEqual(["", ""]);
  await givenDaysAgo(400, Buffer.from("{}"));
  expect([verify(output).stderr, inkan(["check", "--config", config()]).stderr]).toEqual(["", ""]);
  writeFileSync(record, "no record");
  expect(verify(output).stderr).toBe("");
  rmSync(record);
  expect(verify(output).stderr).toBe("");
});

/** Signed under the public-good instance; its artifact is no catalogue. */
const publicGood = (name: string): string => vectorFile("real/conformance/bundle-verify", name);
const EXTREMELY_DANGEROUS =
  "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main";

test("the public-good root of this build, by its name", () => {
  const who = ["--certificate-identity", EXTREMELY_DANGEROUS];
  const issuer = ["--certificate-oidc-issuer", "https://token.actions.githubusercontent.com"];
  const verifyBy = (root: string): Ran =>
    inkan([
      ...["verify", publicGood("a.txt"), "--artifact", "--bundle", publicGood("happy-path-v0.3/bundle.sigstore.json")],
      ...["--trusted-root", root, ...who, ...issuer],
    ]);
  expect(verifyBy("public-good")).toMatchObject({ status: 0, stdout: expect.stringContaining("Verified") });
  expect(verifyBy(real.files.trustRoot).status).toBe(1);
  const shown = inkan(["trust-root", "show", "public-good"]);
  expect(shown.stdout).toContain("rekor.sigstore.dev");
  // The catalogue of another instance is refused by check, for want of its authority.
  writeFileSync(join(folder, "catalogue.json"), readFileSync(real.files.catalogue));
  writeFileSync(join(folder, "bundle.sigstore.json"), readFileSync(real.files.bundle));
  expect(inkan(["check", "--config", config("public-good")]).status).toBe(1);
});
