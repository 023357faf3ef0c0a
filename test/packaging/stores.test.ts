/** The stores of the packed package, each behind an entry of its own. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { capture } from "../../scripts/build/process.js";

const { app } = inject("packed");

const run = (name: string, code: string): unknown => {
  writeFileSync(join(app, name), code);
  return JSON.parse(capture(process.execPath, [name], { cwd: app }));
};

test("the Redis store loads without ioredis, and says what to install when it connects", () => {
  const found = run(
    "redis.mjs",
    `import { RedisStateStore } from "inkan/redis";
    import { StateError } from "inkan";
    const store = new RedisStateStore({ url: "redis://127.0.0.1:1" });
    const error = await store.load("a").catch((reason) => reason);
    await store.close();
    console.log(JSON.stringify([error instanceof StateError, error.code, error.found]));`,
  );
  expect(found).toEqual([true, "ERR_STATE_UNAVAILABLE", expect.stringContaining("npm install ioredis")]);
});

test("the TUF client loads without tuf-js, and says what to install when it fetches", () => {
  const found = run(
    "tuf.mjs",
    `import { InMemoryStateStore, InputError } from "inkan";
    import { fetchTrustRoot } from "inkan/tuf";
    const error = await fetchTrustRoot({ stateStore: new InMemoryStateStore() }).catch((reason) => reason);
    console.log(JSON.stringify([error instanceof InputError, error.code, error.hint]));`,
  );
  expect(found).toEqual([true, "ERR_TUF_UNAVAILABLE", expect.stringContaining("npm install tuf-js")]);
});

test("the JSON store passes the suite that is shipped", () => {
  const found = run(
    "json.mjs",
    `import { mkdtempSync, rmSync } from "node:fs";
    import { tmpdir } from "node:os";
    import { join } from "node:path";
    import { JsonStateStore } from "inkan/state-json";
    import { storeTests } from "inkan/state-suite";
    const folder = mkdtempSync(join(tmpdir(), "inkan-suite-"));
    for (const [index, { run }] of storeTests.entries()) {
      const open = async () => new JsonStateStore(join(folder, String(index), "state.json"));
      await run({ open, reopen: open });
    }
    rmSync(folder, { recursive: true });
    console.log(storeTests.length);`,
  );
  expect(found).toBeGreaterThan(8);
});
