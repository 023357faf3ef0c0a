/** Verifies the catalogues of a folder one after another, then again and again, and prints times and memory. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { IdentityPolicy, InMemoryStateStore, KeylessVerifier, TrustRoot } from "../../../dist/entry/node.js";
import { initSync } from "../../../pkg/inkan.js";

const folder = process.argv[2] ?? "";
const read = (/** @type {string} */ name) => readFileSync(join(folder, name));
const { count, san, issuer } = JSON.parse(read("minted.json").toString());
const verifier = new KeylessVerifier({
  trustRoot: TrustRoot.fromJson(read("trusted_root.json")),
  identityPolicy: new IdentityPolicy({ san, issuer }),
  stateStore: new InMemoryStateStore(),
});
const inputs = Array.from({ length: count }, (_, index) => ({
  catalogue: read(`${index}.json`),
  bundle: read(`${index}.sigstore.json`),
}));

/** The instance that the library uses: what is initialised is returned as it is. */
const { memory } = initSync();
const kibibytes = (/** @type {number} */ bytes) => Math.round(bytes / 1024);
const usage = (/** @type {number} */ after) => {
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  return { after, wasm: kibibytes(memory.buffer.byteLength), rss: kibibytes(rss), heap: kibibytes(heapUsed) };
};

const times = [];
const taken = [];
for (const [index, input] of inputs.entries()) {
  const began = performance.now();
  await verifier.verify(input);
  times.push((performance.now() - began) * 1000);
  if (index === 9 || index === 99) taken.push(usage(index + 1));
}
taken.push(usage(count));
// The newest one may be shown again; the older ones may not.
const newest = inputs[count - 1];
for (const after of [2 * count, 5 * count, 10 * count]) {
  for (let runs = taken.at(-1)?.after ?? 0; runs < after; runs += 1) if (newest) await verifier.verify(newest);
  taken.push(usage(after));
}
console.log(JSON.stringify({ times, memory: taken }));
