/** Checkpoints that an operator records before anything is verified. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { InMemoryStateStore, KeylessVerifier, type StateStore, seedLog } from "../../ts/entry/node.js";
import { realCase, SERVER } from "../support/cases.js";
import { codeOf, refusalOf } from "../support/refusal.js";
import { vectorFile } from "../support/repository.js";

const real = realCase("series-05");
const CHECKPOINTS = "real/catalogues/logs/a/rekor2/checkpoints";

/** The checkpoint of a tree of this size. */
function checkpoint(size: number, folder = CHECKPOINTS): string {
  const [name = ""] = readdirSync(vectorFile(folder)).filter((file) => Number(file.split("-")[0]) === size);
  return readFileSync(vectorFile(folder, name), "utf8");
}

const seed = (stateStore: StateStore, note: string): Promise<void> =>
  seedLog({ stateStore, trustRoot: real.trustRoot(), checkpoint: note });

const verify = (stateStore: StateStore, options: object): Promise<unknown> =>
  new KeylessVerifier({
    trustRoot: real.trustRoot(),
    identityPolicy: real.identityPolicy(),
    stateStore,
    ...options,
  }).verify({ catalogue: real.catalogue, server: SERVER, bundle: real.bundle });

test("a seeded log is no first use, and nothing below it passes", async () => {
  const store = new InMemoryStateStore();
  await seed(store, checkpoint(33));
  // The log is known now, and the scope is not.
  const refusal = await refusalOf(() => verify(store, { firstUse: "deny" }));
  expect([refusal.code, refusal.subject]).toEqual(["ERR_STATE_FIRST_USE", "this scope"]);
  expect(await codeOf(() => verify(store, { freshness: "log" }))).toBe("ERR_LOG_ROLLBACK");
  await verify(store, {});
});

test("a seed never lowers a mark, and tells a fork", async () => {
  const store = new InMemoryStateStore();
  await seed(store, checkpoint(3));
  await seed(store, checkpoint(3));
  await seed(store, checkpoint(5));
  const before = [...(await store.records())];
  expect(before.length).toBe(1);
  expect(await codeOf(() => seed(store, checkpoint(3)))).toBe("ERR_LOG_ROLLBACK");
  expect([...(await store.records())]).toEqual(before);

  const other = new InMemoryStateStore();
  await seed(other, checkpoint(3, "real/catalogues/logs/fork/rekor2/checkpoints"));
  expect(await codeOf(() => seed(other, checkpoint(3)))).toBe("ERR_LOG_FORK");
});

test("a record that the log did not sign is no mark to compare with", async () => {
  const seeded = new InMemoryStateStore();
  await seed(seeded, checkpoint(3));
  for (const change of [{ rootHash: Buffer.alloc(32).toString("base64") }, { treeSize: "2" }, { note: "" }]) {
    const store = new InMemoryStateStore();
    for (const [key, record] of await seeded.records()) {
      await store.compareAndSwap(key, undefined, JSON.stringify({ ...JSON.parse(record), ...change }));
    }
    expect(await codeOf(() => seed(store, checkpoint(3)))).toBe("ERR_STATE_CORRUPT");
  }
});

test("only what a log of the trust root signed is recorded", async () => {
  const store = new InMemoryStateStore();
  const note = checkpoint(3);
  const lines = note.split("\n");
  expect(await codeOf(() => seed(store, note.replace("\n3\n", "\n4\n")))).toBe("ERR_CHECKPOINT_SIGNATURE");
  expect(await codeOf(() => seed(store, ["another.log", ...lines.slice(1)].join("\n")))).toBe("ERR_CHECKPOINT_ORIGIN");
  expect(await codeOf(() => seed(store, "no note"))).toBe("ERR_CHECKPOINT_MALFORMED");
  expect(await codeOf(() => seedLog({ stateStore: store, checkpoint: note } as never))).toBe("ERR_OPTION_INVALID");
  expect(await codeOf(() => seedLog({ stateStore: store, checkpoint: note, log: 1 } as never))).toBe(
    "ERR_OPTION_UNKNOWN",
  );
  expect((await store.records()).size).toBe(0);
});
