/** The digest of a file that comes piece by piece. */
import { createHash } from "node:crypto";
import { createReadStream, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { digestOf, type Pieces } from "../ts/entry/node.js";
import { codeOf } from "./support/refusal.js";

const FILE = "package-lock.json";
const whole = readFileSync(FILE);
const expected = (algorithm = "sha256"): string => `${algorithm}:${createHash(algorithm).update(whole).digest("hex")}`;

describe("a file", () => {
  const half = whole.length >> 1;
  const sources: [what: string, file: () => Pieces][] = [
    ["as a Blob", () => new Blob([whole])],
    ["as a web stream", () => new Blob([whole]).stream()],
    ["as a stream of Node", () => createReadStream(FILE, { highWaterMark: 1000 })],
    ["in pieces", () => [whole.subarray(0, half), new Uint8Array(), new Uint8Array(whole.subarray(half)).buffer]],
  ];
  test.each(sources)("%s", async (_, file) => {
    for (const algorithm of ["sha256", "sha384", "sha512"] as const) {
      expect(await digestOf(file(), algorithm)).toBe(expected(algorithm));
    }
  });

  test("several at once", async () => {
    const digests = await Promise.all(sources.map(([, file]) => digestOf(file())));
    expect(digests).toEqual(sources.map(() => expected()));
  });

  test("that is empty", async () => {
    expect(await digestOf([])).toBe(`sha256:${createHash("sha256").digest("hex")}`);
  });
});

describe("refused is", () => {
  const wrong: [what: string, file: unknown, algorithm?: string][] = [
    ["a file held whole", whole],
    ["a text", "abc"],
    ["nothing", undefined],
    ["pieces of text", ["abc"]],
    ["another algorithm", [whole], "sha1"],
  ];
  test.each(wrong)("%s", async (_, file, algorithm) => {
    const call = () => digestOf(file as Pieces, algorithm as "sha256");
    expect(await codeOf(call)).toBe("ERR_OPTION_INVALID");
  });

  test("a stream that fails, with its own error", async () => {
    const failed = new Error("torn");
    const stream = new ReadableStream({ pull: (controller) => controller.error(failed) });
    await expect(digestOf(stream)).rejects.toBe(failed);
  });

  test("a stream with a foreign piece, which is cancelled", async () => {
    let cancelled = false;
    const stream = new ReadableStream({
      pull: (controller) => controller.enqueue("text"),
      cancel: () => {
        cancelled = true;
      },
    });
    expect(await codeOf(() => digestOf(stream))).toBe("ERR_OPTION_INVALID");
    expect(cancelled).toBe(true);
  });
});
