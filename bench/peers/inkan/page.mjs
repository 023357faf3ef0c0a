/** In a browser: microseconds of a verification, each the mean of ten, for each task. */
import { data } from "data";
import { IdentityPolicy, InMemoryStateStore, KeylessVerifier, ready, TrustRoot } from "../../../dist/entry/browser.js";

const bytes = (/** @type {string} */ base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

async function measure(/** @type {{ bundle: string, root: string, artifact: string }} */ task) {
  const verifier = new KeylessVerifier({
    trustRoot: TrustRoot.fromJson(bytes(task.root)),
    identityPolicy: new IdentityPolicy(data.identity),
    stateStore: new InMemoryStateStore(),
  });
  const input = { artifact: bytes(task.artifact), bundle: bytes(task.bundle) };
  const times = [];
  for (let round = -150; round < data.rounds; round += 1) {
    const began = performance.now();
    for (let run = 0; run < 10; run += 1) await verifier.verifyArtifact(input);
    if (round >= 0) times.push((performance.now() - began) * 100);
  }
  return times;
}

async function run() {
  await ready();
  const times = [];
  for (const task of data.tasks) times.push(await measure(task));
  return times;
}

globalThis.inkanOutcome = run();
