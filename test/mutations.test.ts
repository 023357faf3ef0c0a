/** Every leaf of real bundles, changed in many ways: nothing is accepted but what no signature covers, and nothing traps. */
import { describe, expect, test } from "vitest";
import { InMemoryStateStore, KeyedVerifier, KeylessVerifier } from "../ts/entry/node.js";
import { realCase } from "./support/cases.js";
import { codeOf } from "./support/refusal.js";

type Path = readonly (string | number)[];

function* leavesOf(value: unknown, path: Path = []): Generator<{ path: Path; value: unknown }> {
  if (typeof value !== "object" || value === null) yield { path, value };
  else if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* leavesOf(item, [...path, index]);
  else for (const [key, item] of Object.entries(value)) yield* leavesOf(item, [...path, key]);
}

/** The document with another value at `path`; undefined removes it. */
function withValue(document: unknown, path: Path, value: unknown): object {
  const copy = structuredClone(document) as object;
  const parent = path.slice(0, -1).reduce<object>((node, key) => Reflect.get(node, key), copy);
  const key = path.at(-1) ?? "";
  if (value !== undefined) Reflect.set(parent, key, value);
  else if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else Reflect.deleteProperty(parent, key);
  return copy;
}

/** Flips in at most `most` places, spread over the whole value. */
function* flipsOf(value: string, most: number): Generator<string> {
  const bytes = Buffer.from(value, "base64");
  if (bytes.length >= 6 && bytes.toString("base64") === value) {
    const step = Math.max(1, bytes.length / most);
    for (let at = 0; at < bytes.length; at += step) {
      const copy = Buffer.from(bytes);
      const index = Math.floor(at);
      copy[index] = (copy[index] ?? 0) ^ (1 << (index % 8));
      yield copy.toString("base64");
    }
    yield bytes.subarray(0, -1).toString("base64");
    yield Buffer.concat([bytes, Buffer.of(0)]).toString("base64");
    // Without its padding a text is still the same bytes: one character more has to go.
    yield value.replace(/=*$/, "").slice(0, -1);
    return;
  }
  const step = Math.max(1, value.length / most);
  for (let at = 0; at < value.length; at += step) {
    const index = Math.floor(at);
    yield value.slice(0, index) + String.fromCharCode(value.charCodeAt(index) ^ 1) + value.slice(index + 1);
  }
}

function* mutationsOf(value: unknown): Generator<unknown> {
  yield undefined;
  yield null;
  yield [value];
  yield { value };
  yield 7;
  if (typeof value === "string") yield* flipsOf(value, 60);
}

/** What no signature covers: a hint is a name for people, and a granted timestamp may be "granted with modifications". */
const UNSIGNED = /\.publicKey\.hint$|\.signedTimestamp$/;
const MOST_UNSIGNED = 8;

describe.each([
  "series-01",
  "keyless-email",
  "v1-keyless-gha-notsa",
  "dsse-keyless-email",
  "key-ecdsa-p256-tlog",
  "old-keyless-email",
])("%s", (name) => {
  const real = realCase(name);
  const { tlog: logEntries, signedTimestamp: timestamps, sct: scts } = real.expected.policy;
  const shared = { trustRoot: real.trustRoot(), stateStore: new InMemoryStateStore() };
  const verifier =
    real.expected.signer === "keyless"
      ? new KeylessVerifier({
          ...shared,
          identityPolicy: real.identityPolicy(),
          thresholds: { logEntries, timestamps, scts },
        })
      : new KeyedVerifier({ ...shared, keys: real.key(), thresholds: { logEntries, timestamps } });
  const verify = (bundle: object) => verifier.verifyArtifact({ artifact: real.catalogue, bundle });
  const bundle: unknown = JSON.parse(new TextDecoder().decode(real.bundle));

  test("is accepted as it is", async () => {
    await verify(bundle as object);
  });

  for (const { path, value } of leavesOf(bundle)) {
    const field = path.join(".");
    test(`${field} changed`, async () => {
      let accepted = 0;
      for (const mutation of mutationsOf(value)) {
        const code = await codeOf(() => verify(withValue(bundle, path, mutation))).catch(
          (error: Error) => error.message,
        );
        expect(code).toMatch(/^(ERR_(?!INTERNAL)|accepted$)/);
        if (code === "accepted") accepted += 1;
      }
      expect(accepted).toBeLessThanOrEqual(UNSIGNED.test(field) ? MOST_UNSIGNED : 0);
    });
  }
});
