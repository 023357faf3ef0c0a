/** `inkan verify --state`, `inkan state show` and `inkan state reset`, spawned, over a file and over Redis. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { realCase, SERVER } from "../support/cases.js";
import { inkan, type Ran } from "../support/command.js";
import { RedisServer, stopServers } from "../support/redis_server.js";
import { inRoot } from "../support/repository.js";

let folder: string;
let server: RedisServer;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "inkan-cli-state-"));
  server = await RedisServer.start();
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await stopServers();
});

function verify(name: string, ...more: string[]): Ran {
  const { files, expected } = realCase(name);
  const who = ["--certificate-identity", expected.identity, "--certificate-oidc-issuer", expected.issuer];
  const evidence = [files.catalogue, "--bundle", files.bundle, "--trusted-root", files.trustRoot];
  return inkan(["verify", ...evidence, ...who, "--server", SERVER, "--quiet", ...more]);
}

const show = (...where: string[]): { kind: string; key: string; treeSize: string; server?: string }[] =>
  JSON.parse(inkan(["state", "show", "--json", ...where]).stdout);

describe.each(["file", "redis"])("kept in a %s", (kind) => {
  const where = (): string[] =>
    kind === "file" ? ["--state", join(folder, "state.json")] : ["--state", server.url, "--state-prefix", "cli:"];

  test("a later run refuses what an earlier one saw replaced", () => {
    expect(verify("series-05", ...where()).stdout).toContain("Verified");
    const replayed = verify("series-01", ...where());
    expect([replayed.status, replayed.stdout]).toEqual([1, expect.stringContaining("ERR_CATALOGUE_ROLLBACK")]);
    expect(verify("series-05", ...where(), "--first-use", "deny").status).toBe(0);
  });

  test("show prints each record, as text and as JSON", () => {
    const { status, stdout } = inkan(["state", "show", ...where()]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^Log rekor\.stack\.test\n {2}tree size: +32\n/);
    expect(stdout).toContain(`Scope of ${realCase("series-05").expected.identity}, as vouched for by `);
    expect(show(...where())).toMatchObject([
      { kind: "log", origin: "rekor.stack.test", treeSize: "32" },
      { kind: "scope", server: "https://tools.example.com/mcp", notBefore: expect.stringMatching(/^2026-11-22T/) },
    ]);
  });

  test("reset asks first, and removes only what is named", () => {
    const [log, scope] = show(...where());
    const asked = inkan(["state", "reset", "--all", ...where()], { input: new Uint8Array() });
    expect([asked.status, asked.stdout]).toEqual([2, ""]);
    expect(asked.stderr).toContain("passes as a first use");
    expect(inkan(["state", "reset", "log:none", "--yes", ...where()]).status).toBe(2);
    expect(show(...where())).toEqual([log, scope]);

    expect(inkan(["state", "reset", scope?.key ?? "", "--yes", ...where()]).status).toBe(0);
    expect(show(...where())).toEqual([log]);
    expect(verify("series-01", ...where(), "--first-use", "deny").stdout).toContain("ERR_STATE_FIRST_USE");
    expect(verify("series-01", ...where(), "--freshness", "log").stdout).toContain("ERR_LOG_ROLLBACK");
    expect(verify("series-01", ...where()).status).toBe(0);

    expect(inkan(["state", "reset", "--all", "--yes", ...where()]).status).toBe(0);
    expect(inkan(["state", "show", ...where()]).stdout).toContain("No records");
    expect(inkan(["state", "reset", "--all", "--yes", ...where()]).status).toBe(2);
  });
});

describe("state seed", () => {
  const { files } = realCase("series-05");
  const where = (): string[] => ["--state", join(folder, "seeded.json")];
  const seed = (...args: string[]): Ran => inkan(["state", "seed", ...where(), ...args]);

  test("records the checkpoint of a bundle, or a checkpoint by the log's key, and never a smaller one", () => {
    const byRoot = seed(files.bundle, "--trusted-root", files.trustRoot);
    expect([byRoot.status, byRoot.stdout]).toEqual([0, expect.stringContaining("size 32 of the log rekor.stack.test")]);
    const logs = "test/vectors/real/catalogues/logs/a/rekor2";
    const smaller = seed(inRoot(logs, "checkpoints/000001-keyless-email.txt"), "--key", inRoot(`${logs}.pub`));
    expect([smaller.status, smaller.stderr]).toEqual([1, expect.stringContaining("ERR_LOG_ROLLBACK")]);
    expect(show(...where())).toMatchObject([{ kind: "log", treeSize: "32" }]);
    expect(verify("series-01", ...where(), "--freshness", "log").stdout).toContain("ERR_LOG_ROLLBACK");
  });

  test("records nothing that is not signed by the log", () => {
    const other = inRoot("test/vectors/real/conformance/roots/production.trusted_root.json");
    expect(seed(files.bundle, "--key", inRoot("test/vectors/real/catalogues/logs/a/rekor1.pub")).status).toBe(1);
    expect(seed(files.bundle, "--trusted-root", other).status).toBe(1);
    expect(seed(files.bundle).stderr).toContain("--trusted-root");
    expect(seed("--trusted-root", files.trustRoot).stderr).toContain("one checkpoint");
  });
});

describe("a state file that holds something else", () => {
  const file = (): string => join(folder, "odd.json");
  const records = (): Record<string, string> => JSON.parse(readFileSync(file(), "utf8")).records;
  const put = (changed: object): void =>
    writeFileSync(file(), JSON.stringify({ format: 1, records: changed }), { mode: 0o600 });

  test("a record that is unreadable, or under another's key, is named, and can be removed", () => {
    verify("series-05", "--state", file());
    const [[log = "", mark = ""] = [], [scope = ""] = []] = Object.entries(records());
    put({ [log]: mark.replace('"format":1', '"format":2'), [scope]: mark });
    const { status, stdout } = inkan(["state", "show", "--state", file()]);
    expect([status, stdout.match(/Unreadable: /g)?.length]).toEqual([2, 2]);
    expect(verify("series-05", "--state", file()).stdout).toContain("ERR_STATE_CORRUPT");
    expect(inkan(["state", "reset", log, scope, "--yes", "--state", file()]).status).toBe(0);
    expect(records()).toEqual({});
    expect(statSync(file()).mode & 0o777).toBe(0o600);
  });

  test("a file that is none of inkan's is refused as a whole", () => {
    writeFileSync(file(), "{}", { mode: 0o600 });
    const { status, stderr } = inkan(["state", "show", "--state", file()]);
    expect([status, stderr]).toEqual([2, expect.stringContaining("ERR_STATE_CORRUPT")]);
  });
});

test.each([
  [["state"], "show, seed, reset"],
  [["state", "forget"], "show, seed, reset"],
  [["state", "show"], "--state is missing"],
  [["state", "show", "--state", "https://state.example"], "--state takes"],
  [["state", "show", "--state", "a.json", "--state-prefix", "x:"], "--state-prefix is for"],
  [["state", "reset", "--state", "a.json"], "--all"],
  [["state", "reset", "--state", "a.json", "--all", "log:a"], "--all"],
])("%j is misuse", (args, said) => {
  const { status, stdout, stderr } = inkan(args);
  expect([status, stdout, stderr]).toEqual([2, "", expect.stringContaining(said)]);
});

test("conditions of state need a state, and words that exist", () => {
  expect(verify("series-01", "--first-use", "deny")).toMatchObject({ status: 2 });
  const odd = verify("series-01", "--state", join(folder, "new.json"), "--freshness", "always");
  expect([odd.status, odd.stderr]).toEqual([2, expect.stringContaining("ERR_OPTION_INVALID")]);
  expect(verify("series-01", "--max-age", "1", "--now", "2026-12-01T00:00:00Z").stdout).toContain(
    "ERR_CATALOGUE_EXPIRED",
  );
});
