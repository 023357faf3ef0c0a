/** What reading and writing a message's text costs: four times as much of anything takes about four times the steps. */

import { expect, test } from "vitest";
import { readMessage } from "../../ts/cli/proxy/message/message_text.js";
import { messageText } from "../../ts/cli/proxy/message/writing.js";
import { Lines } from "../../ts/input/lines.js";
import { EventStream } from "../../ts/streamable_http/event_stream.js";
import { expectLinear } from "../support/script_steps.js";

const fill = (piece: string, count: number): string => Array.from({ length: count }, () => piece).join(",");
const members = (count: number, piece: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => piece(index)).join(",");
const result = (value: string): string => `{"jsonrpc":"2.0","id":1,"result":${value}}`;

const TEXTS: Record<string, (count: number) => string> = {
  numbers: (count) => result(`{"x":[${fill("1", count)}]}`),
  "long numbers": (count) => result(`{"x":[${fill("12345678901234567890", count)}]}`),
  members: (count) => result(`{${members(count, (index) => `"m${index}":1`)}}`),
  "members beside the result": (count) =>
    `{"jsonrpc":"2.0","id":1,"result":{},${members(count, (index) => `"m${index}":1`)}}`,
  "one name again": (count) => result(`{${fill('"a":1', count)}}`),
  "names alike": (count) => `{"jsonrpc":"2.0","id":1,"result":{},${members(count, (index) => `"RESULT${index}":1`)}}`,
  "arrays in arrays": (count) => result("[".repeat(count) + "]".repeat(count)),
  backslashes: (count) => result(`{"x":"${"\\\\".repeat(count)}"}`),
  quotes: (count) => result(`{"x":"${'\\"'.repeat(count)}"}`),
  brackets: (count) => result(`{"x":"${"[{".repeat(count)}"}`),
  spaces: (count) => result(`{"x":${" ".repeat(count)}1}`),
  lines: (count) => result(`{"x":${"\r\n".repeat(count)}1}`),
  escapes: (count) => result(`{"x":"${"\\u0041".repeat(count)}"}`),
  "a long id": (count) => `{"jsonrpc":"2.0","id":${"9".repeat(count)},"result":{}}`,
  "an id with a long fraction": (count) => `{"jsonrpc":"2.0","id":1.${"0".repeat(count)},"result":{}}`,
  "messages in a batch": (count) => `[${fill('{"jsonrpc":"2.0","id":9007199254740993,"result":{}}', count)}]`,
  "no JSON": (count) => '{"a":'.repeat(count),
};

test.each(Object.entries(TEXTS))("a message: %s", async (_, make) => {
  await expectLinear((count) => () => {
    const read = readMessage(make(count));
    if (!("message" in read)) return;
    expect(messageText(read.message, read)).toBe(read.text);
    // The gate makes another object of a message that it changes.
    expect(messageText({ ...(read.message as object), more: 1 }, read)).toContain('"more":1');
  });
});

const STREAMS: Record<string, (count: number) => string> = {
  "lines of data": (count) => `${"data: x\n".repeat(count)}\n`,
  "empty lines": (count) => "\n".repeat(count),
  returns: (count) => "\r\n\r".repeat(count),
  comments: (count) => ":\n".repeat(count),
  "a long line": (count) => `data: ${"x".repeat(count)}\n\n`,
  "too many characters": (count) => `data: ${"x".repeat(count * 100)}\n\n`,
  "too many lines": (count) => `${"data: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n".repeat(count * 10)}\n`,
  "ids and pauses": (count) => "id: 1\nretry: 1\n".repeat(count),
};

test.each(Object.entries(STREAMS))("an event stream: %s, whole and byte by byte", async (_, make) => {
  await expectLinear((count) => () => {
    const bytes = Buffer.from(make(count));
    const [whole, pieces] = [new EventStream(100_000), new EventStream(100_000)];
    const events = [...bytes].flatMap((_byte, at) => pieces.push(bytes.subarray(at, at + 1)));
    expect(events).toEqual(whole.push(bytes));
  });
});

test("a line byte by byte", async () => {
  await expectLinear((count) => () => {
    const lines = new Lines(500_000);
    for (let at = 0; at < count; at += 1) lines.push(Buffer.from("x"));
    expect(lines.end()).toEqual({ bytes: Buffer.from("x".repeat(count)) });
  });
});
