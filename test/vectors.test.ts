/** Every vector through the public API. Codes are compared, never messages. */
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { allVectors, byDigest, verdictOf } from "./support/vectors.js";

const vectors = allVectors();

// The library asks the machine's clock whether a catalogue has expired: it stands where the forged evidence was made.
beforeAll(() => void vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-06-15T00:00:00Z") }));
afterAll(() => void vi.useRealTimers());

describe("vectors", () => {
  for (const vector of vectors) {
    test(`${vector.name}: ${vector.expect}`, async () => {
      expect(await verdictOf(vector)).toBe(vector.expect);
    });
  }

  for (const vector of vectors.filter(({ expect }) => expect === "accept")) {
    const asked = byDigest(vector);
    if (asked === undefined) continue;
    test(`${vector.name}, by digest`, async () => {
      // Some signatures need the bytes, or another digest than SHA-256; some statements name another one.
      expect(await verdictOf(asked)).toMatch(/^(accept|ERR_ARTIFACT_DIGEST|ERR_STATEMENT_SUBJECT)$/);
    });
  }

  test("each attack has its honest twin", () => {
    const byName = new Map(vectors.map((vector) => [vector.name, vector]));
    const lonely = vectors.filter(({ twin }) => twin !== undefined && byName.get(twin)?.expect !== "accept");
    expect(lonely.map(({ name, twin }) => `${name}: ${twin}`)).toEqual([]);
  });
});
