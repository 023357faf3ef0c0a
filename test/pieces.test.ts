/** What arrives in pieces costs its bytes, however the sender cuts it. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { Gathered, gatherBody } from "../ts/input/gathered.js";
import { Lines } from "../ts/input/lines.js";
import { bodyOf } from "../ts/streamable_http/answers.js";
import { EventStream } from "../ts/streamable_http/event_stream.js";

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

/** Bytes of this process that are kept, in buffers and otherwise. */
function kept(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const MEGABYTE = 2 ** 20;
const LONGEST = 32 * MEGABYTE;

test.each<[what: string, piece: () => Buffer, times: number]>([
  ["data lines without data", () => Buffer.from("data:\n".repeat(1_000)), 300],
  ["a short data line in a long comment", () => Buffer.from(`data:x\n:${"c".repeat(60_000)}\n`), 1_000],
])("an event of %s", (_, piece, times) => {
  const stream = new EventStream(LONGEST);
  const before = kept();
  for (let count = 0; count < times; count += 1) expect(stream.push(piece())).toEqual([]);
  expect(kept() - before).toBeLessThan(8 * MEGABYTE);
  expect(stream.push(Buffer.from("\n"))).toHaveLength(1);
});

test("a line byte by byte", () => {
  const lines = new Lines(LONGEST);
  const before = kept();
  for (let count = 0; count < 400_000; count += 1) lines.push(Buffer.of(120));
  expect(kept() - before).toBeLessThan(8 * MEGABYTE);
  expect(lines.end()).toEqual({ bytes: Buffer.from("x".repeat(400_000)) });
});

test.each([
  ["of a server behind the proxy", (response: Response) => bodyOf(response, LONGEST)],
  [
    "of a log, a mirror, or a well-known place",
    (response: Response) => gatherBody(response, LONGEST, () => new Error("long")),
  ],
])("a body %s, byte by byte", async (_, read) => {
  let sent = 0;
  let most = 0;
  const before = kept();
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      if (sent === 200_000) {
        most = kept() - before;
        return controller.close();
      }
      sent += 1;
      controller.enqueue(Uint8Array.of(120));
    },
  });
  const whole = await read(new Response(body));
  expect(Buffer.from(whole).toString()).toBe("x".repeat(200_000));
  expect(most).toBeLessThan(8 * MEGABYTE);
});

test("wholes one after the other", () => {
  const gathered = new Gathered();
  for (const pieces of [["a", "", "bc"], [], ["d".repeat(5_000), "e"]]) {
    for (const piece of pieces) gathered.add(Buffer.from(piece));
    expect(gathered.length).toBe(pieces.join("").length);
    expect(Buffer.from(gathered.take()).toString()).toBe(pieces.join(""));
  }
});
