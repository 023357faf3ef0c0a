/** The benchmark times verifications, not refusals: its worker accepts what is signed, and refuses it altered. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { ALTERED, altered, KINDS, writeJob } from "../../bench/cases.js";
import { INKAN, PEERS } from "../../bench/peers.js";
import { render } from "../../bench/table.js";
import { verification } from "../../bench/warm.js";
import { Worker } from "../../bench/worker.js";
import { inRoot } from "../../scripts/build/paths.js";

const folder = mkdtempSync(join(tmpdir(), "inkan-bench-"));
afterAll(() => rmSync(folder, { recursive: true }));
const job = writeJob(folder);
const fromNpm = [INKAN, ...PEERS.filter(({ name }) => name === "sigstore-js")];

describe.each(fromNpm)("$name", (peer) => {
  test("accepts each kind, refuses it with any part altered, and is timed", async () => {
    const worker = await Worker.start(peer.prepare(), job);
    for (const { name } of KINDS) {
      expect(await worker.refusal(name)).toBeUndefined();
      for (const part of ALTERED) expect(await worker.refusal(altered(name, part)), part).toMatch(/./);
      const times = await worker.measure("verify", name, 3);
      expect(times.filter((time) => time > 0)).toHaveLength(3);
    }
    worker.stop();
  });
});

test("a peer that accepts what is altered is not timed, and the table says why", async () => {
  const careless = {
    refusal: async () => undefined,
    measure: async () => [1],
  } as unknown as Worker;
  const inkan = await Worker.start(INKAN.prepare(), job);
  const table = await verification(new Map(Object.entries({ inkan, careless })), 2);
  inkan.stop();
  expect(table.rows.map(({ cells }) => cells.map((cell) => "median" in cell))).toEqual([
    [true, true, true, true],
    [false, false, false, false],
  ]);
  expect(render(table)).toContain("accepts this bundle with another artifact");
});

/** What the workers for inkan import from its build: file, module and names. */
const imports = readdirSync(inRoot("bench/peers/inkan"))
  .filter((file) => file.endsWith(".mjs"))
  .flatMap((file) => {
    const text = readFileSync(inRoot("bench/peers/inkan", file), "utf8");
    return [...text.matchAll(/^import \{ (.+) \} from "\.\.\/\.\.\/\.\.\/(dist\/.+)";$/gm)].map(
      ([, names = "", module = ""]) => ({ file, module, names: names.split(", ") }),
    );
  });

test("the workers import something", () => {
  expect(new Set(imports.map(({ file }) => file)).size).toBeGreaterThan(4);
});

test.each(imports)("$file finds its names in $module", async ({ module, names }) => {
  expect(Object.keys(await import(inRoot(module)))).toEqual(expect.arrayContaining(names));
});
