/** Every vector through the public API. Codes are compared, never messages. */
import { describe, expect, test } from "vitest";
import { allVectors, verdictOf } from "./support/vectors.js";

const vectors = allVectors();

describe("vectors", () => {
  for (const vector of vectors) {
    test(`${vector.name}: ${vector.expect}`, async () => {
      expect(await verdictOf(vector)).toBe(vector.expect);
    });
  }

  test("each attack has its honest twin", () => {
    const byName = new Map(vectors.map((vector) => [vector.name, vector]));
    const lonely = vectors.filter(({ twin }) => twin !== undefined && byName.get(twin)?.expect !== "accept");
    expect(lonely.map(({ name, twin }) => `${name}: ${twin}`)).toEqual([]);
  });
});
