/** `inkan snapshot` and `inkan diff`, spawned against a small server. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { inkan, type Ran } from "../support/command.js";
import { inRoot } from "../support/repository.js";

const folder = mkdtempSync(join(tmpdir(), "inkan-snapshot-"));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);
const text = (name: string): string => readFileSync(at(name), "utf8");

const TOOL = { name: "b", description: "Second.", inputSchema: { type: "object" } };
const LIMIT = '{"name":"a","description":"First.","inputSchema":{"type":"object","maximum":9223372036854775807}}';
const BOTH = `{"tools":[${LIMIT},${JSON.stringify(TOOL)}],"instructions":"Be brief."}`;

/** Takes a snapshot of a server that lists what `listed` says. */
function snapshot(listed: string, ...options: string[]): Ran {
  writeFileSync(at("listed.json"), listed);
  const server = [process.execPath, inRoot("test/publish/lister.mjs"), at("listed.json")];
  return inkan(["snapshot", ...options, "--", ...server], { cwd: folder });
}

describe("snapshot", () => {
  test("all pages, the publisher's digits, and the same bytes twice", () => {
    const first = snapshot(BOTH, "--server", "npm:@acme/lister", "--version", "7");
    expect(first.status).toBe(0);
    expect(first.stderr).toContain("inkan: 2 tools, 0 prompts");
    expect(first.stdout).toContain("9223372036854775807");
    const { server, version, tools, instructions, prompts } = JSON.parse(first.stdout);
    const names = (tools as { name: string }[]).map(({ name }) => name);
    expect({ server, version, names, instructions, prompts }).toEqual({
      server: "npm:@acme/lister",
      version: 7,
      names: ["a", "b"],
      instructions: "Be brief.",
      prompts: undefined,
    });
    expect(snapshot(BOTH, "--server", "npm:@acme/lister", "--version", "7").stdout).toBe(first.stdout);
  });

  test("--version next raises the version of the file that is there", () => {
    const next = ["--server", "npm:@acme/lister", "--version", "next", "--output", "next.json"];
    expect(snapshot(BOTH, ...next).status).toBe(0);
    expect(JSON.parse(text("next.json")).version).toBe(1);
    expect(snapshot(BOTH, ...next).status).toBe(0);
    expect(JSON.parse(text("next.json")).version).toBe(2);
  });

  test("the _meta that the publisher wrote into the file stays there", () => {
    const output = ["--server", "npm:@acme/lister", "--output", "meta.json"];
    expect(snapshot(BOTH, ...output).status).toBe(0);
    const meta = { "inkan/lint": { ignore: ["no-expiry"] } };
    writeFileSync(at("meta.json"), JSON.stringify({ ...JSON.parse(text("meta.json")), _meta: meta }));
    expect(snapshot(BOTH, ...output).status).toBe(0);
    expect(JSON.parse(text("meta.json"))._meta).toEqual(meta);
  });

  test("what it writes is signed and verified as a catalogue", () => {
    expect(snapshot(BOTH, "--server", "npm:@acme/lister", "--version", "1", "--output", "made.json").status).toBe(0);
    expect(inkan(["keygen", "--output", "k", "--no-passphrase"], { cwd: folder }).status).toBe(0);
    expect(inkan(["sign", "made.json", "--key", "k.key"], { cwd: folder }).status).toBe(0);
    const evidence = ["--bundle", "made.sigstore.json", "--key", "k.pub", "--server", "npm:@acme/lister"];
    expect(inkan(["verify", "made.json", ...evidence], { cwd: folder }).status).toBe(0);
  });

  test.each([
    ["dies", "no database"],
    ["loops", "cursor"],
  ])("of a server that %s: a reason, and no file", (way, says) => {
    const ran = snapshot(JSON.stringify({ tools: [TOOL], way }), "--output", "none.json");
    expect(ran.status).toBe(2);
    expect(ran.stderr).toContain(says);
    expect(existsSync(at("none.json"))).toBe(false);
  });

  test("that verifiers would refuse is not written", () => {
    const listed = JSON.stringify({ tools: [TOOL], instructions: "\ud800" });
    const ran = snapshot(listed, "--output", "none.json");
    expect([ran.status, existsSync(at("none.json"))]).toEqual([2, false]);
    expect(ran.stderr).toMatch(/makes no catalogue: ERR_JSON_/);
  });
});

describe("diff", () => {
  const catalogue = (...tools: object[]) => JSON.stringify({ server: "npm:@acme/lister", version: 1, tools });
  const diff = (older: string, newer: string, ...options: string[]): Ran => {
    writeFileSync(at("older.json"), older);
    writeFileSync(at("newer.json"), newer);
    return inkan(["diff", "older.json", "newer.json", ...options], { cwd: folder });
  };

  test("0 where they say the same, in another order too", () => {
    const respelt = JSON.stringify({
      tools: [Object.fromEntries(Object.entries(TOOL).reverse())],
      version: 1,
      server: "npm:@acme/lister",
    });
    expect(diff(catalogue(TOOL), respelt).status).toBe(0);
  });

  test("1 where they differ, and says in which field, in every form", () => {
    const changed = catalogue({ ...TOOL, description: "Second.\n```\n<script>**x**" });
    for (const option of [[], ["--json"], ["--markdown"]]) {
      const ran = diff(catalogue(TOOL), changed, ...option);
      expect([ran.status, ran.stdout.includes("description")]).toEqual([1, true]);
    }
    // A description cannot end the block that shows it.
    expect(diff(catalogue(TOOL), changed, "--markdown").stdout).toMatch(/^````diff\n.*<script>.*^````$/ms);
    expect(diff(catalogue(TOOL), catalogue(TOOL, { ...TOOL, name: "c" })).stdout).toMatch(/\bc\b/);
  });

  test("what has expired is compared", () => {
    const [before, after] = ["2020-01-01T00:00:00Z", "2021-01-01T00:00:00Z"].map((expires) =>
      JSON.stringify({ tools: [TOOL], issuedAt: "2019-01-01T00:00:00Z", expires }),
    );
    const ran = diff(before ?? "", after ?? "");
    expect([ran.status, ran.stdout]).toEqual([1, expect.stringContaining("expires")]);
  });

  test("2 where nothing was judged", () => {
    const torn = diff(catalogue(TOOL), "{");
    expect([torn.status, torn.stderr]).toEqual([2, expect.stringContaining("newer.json is no catalogue: ERR_JSON_")]);
    // The core refuses these: two tools of one name, a member that format 1 does not have.
    expect(diff(catalogue(TOOL, TOOL), catalogue(TOOL)).stderr).toContain("ERR_CATALOGUE_DUPLICATE_TOOL");
    expect(diff(catalogue(TOOL), `{"tools":[],"server_name":"x"}`).stderr).toContain("ERR_CATALOGUE_MALFORMED");
    expect(inkan(["diff", "older.json", "missing.json"], { cwd: folder }).status).toBe(2);
  });
});
