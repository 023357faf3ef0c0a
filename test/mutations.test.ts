/** Every leaf of real bundles, changed in many ways: nothing is accepted but what no signature covers, and nothing traps. */
import { describe, expect, test } from "vitest";
import { InMemoryStateStore, KeyedVerifier, KeylessVerifier } from "../ts/entry/node.js";
import { realCase } from "./support/cases.js";
import { leavesOf, mutationsOf, withValue } from "./support/mutations.js";
import { codeOf } from "./support/refusal.js";

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
