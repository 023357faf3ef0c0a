/** Times hostile inputs, one after another, and reads the memory that stays after the largest; prints both. */
import { generateKeyPairSync, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { definitionDigest } from "../../../dist/core/hasher.js";
import { describeRecord } from "../../../dist/core/inspect.js";
import { memoryPages } from "../../../dist/core/instance.js";
import { logVerifierOfKey } from "../../../dist/core/log_verifier.js";
import { InkanError, KeyedVerifier, TrustRoot } from "../../../dist/entry/node.js";

const MIB = 2 ** 20;
const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const keys = publicKey.export({ type: "spki", format: "pem" }).toString();
const verifier = new KeyedVerifier({ keys });
const logVerifier = logVerifierOfKey(keys, undefined);
const nothing = Buffer.from("{}");
const signed = (/** @type {Uint8Array} */ bytes) => sign("sha256", bytes, privateKey);

/** By entry point: what is prepared, which is not timed, and what is. @type {Record<string, (bytes: Buffer) => () => unknown>} */
const GIVE = {
  bundle: (bundle) => () => verifier.verify({ catalogue: nothing, bundle }),
  "trust root": (bytes) => () => TrustRoot.fromJson(bytes),
  definition: (bytes) => () => definitionDigest("tool", bytes),
  catalogue: (catalogue) => {
    const signature = signed(catalogue);
    return () => verifier.verify({ catalogue, anyServer: true, signature });
  },
  key: (bytes) => () => new KeyedVerifier({ keys: bytes.toString("latin1") }),
  note: (bytes) => () => logVerifier.use((object) => object.open(bytes.toString("latin1"))),
  record: (bytes) => () => describeRecord(bytes.toString("latin1")),
  witnesses: (bytes) => () =>
    new KeyedVerifier({ keys, witnesses: { policy: bytes.toString("latin1"), mode: "report" } }),
};

/** Refused or not, but no bug. @param {() => unknown} give */
async function given(give) {
  try {
    await give();
  } catch (error) {
    if (!(error instanceof InkanError) || error.code === "ERR_INTERNAL") throw error;
  }
}

/** @type {{ after: string, wasm: number, rss: number }[]} */
const memory = [];
async function remember(/** @type {string} */ after) {
  for (let round = 0; round < 3; round += 1) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  memory.push({ after, wasm: memoryPages() / 16, rss: process.memoryUsage.rss() / MIB });
}

const catalogue = Buffer.from('{"tools":[{"name":"t","inputSchema":{}}]}');
await verifier.verify({ catalogue, anyServer: true, signature: signed(catalogue) });
await remember("a good verification");
/** @type {[string, () => unknown][]} */
const large = [
  ["a bundle of 128 MiB", () => verifier.verify({ catalogue, bundle: new Uint8Array(128 * MIB) })],
  [
    "a catalogue of 4 million numbers",
    () => GIVE.catalogue?.(Buffer.from(`{"tools":[],"x":[${"0,".repeat(4 * MIB)}0]}`))(),
  ],
  [
    "an artifact of 256 MiB",
    () => {
      const artifact = new Uint8Array(256 * MIB);
      return verifier.verifyArtifact({ artifact, signature: signed(artifact) });
    },
  ],
];
for (const [what, give] of large) {
  await given(give);
  await remember(what);
}

const times = [];
for (const { entry, file } of JSON.parse(readFileSync(process.argv[2] ?? "", "utf8"))) {
  const give = GIVE[entry]?.(readFileSync(file));
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; give !== undefined && round < 3; round += 1) {
    const began = performance.now();
    await given(give);
    least = Math.min(least, performance.now() - began);
  }
  times.push(least);
}
console.log(JSON.stringify({ times, memory }));
