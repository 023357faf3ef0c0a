/** What the proxy reads as a message, and what it writes. */
import { expect, test } from "vitest";
import { idAtTheEdge, type ReadMessage, readMessage } from "../../ts/cli/proxy/message/message_text.js";
import { messageText } from "../../ts/cli/proxy/message/writing.js";
import { Lines } from "../../ts/input/lines.js";
import { EventStream } from "../../ts/streamable_http/event_stream.js";

const bytes = (text: string): Buffer => Buffer.from(text);

test("lines come whole however they are cut, and one that is too long is counted, not kept", () => {
  const text = `one\r\n\nzwölf 🎉\n{"id":7,"x":"${"y".repeat(100)}"}\nlast`;
  for (const step of [1, 2, 3, 1000]) {
    const lines = new Lines(50);
    const found = [];
    for (let at = 0; at < bytes(text).length; at += step)
      found.push(...lines.push(bytes(text).subarray(at, at + step)));
    found.push(lines.end());
    expect(
      found.map((line) => (line !== undefined && "bytes" in line ? line.bytes.toString() : line?.tooLong)),
    ).toEqual(["one", "", "zwölf 🎉", 115, "last"]);
  }
});

test.each([
  '{"a":1,"a":1}',
  '{"a":1,"\\u0061":1}',
  '{"jsonrpc":"2.0","id":1,"result":{"x":[{"deep":1,"deep":2}]}}',
  '{"jsonrpc":"2.0","method":"m","params":{"__proto__":1,"__proto__":2}}',
  '{"jsonrpc":"2.0","Method":"m"}',
  '{"jsonrpc":"2.0","method":"m","params":{"x":1,"X":1}}',
  '{"jsonrpc":"2.0","id":1,"result":{"Instructions":"x"}}',
  '{"jsonrpc":"2.0","id":1,"result":{"in\u017ftructions":"x"}}',
  '{"jsonrpc":"2.0","id":1,"result":{"inputRequests":{"a":{"method":"sampling/createMessage","params":{"Tools":[]}}}}}',
  '{"jsonrpc":"2.0","id":"\\u0000inkan:12","result":{}}',
  '{"jsonrpc":"2.0","id":1,"result":{"__proto__":{"instructions":"x"}}}',
  '{"jsonrpc":"2.0","id":1,"__proto__":{"result":{}}}',
  '{"jsonrpc":"2.0","id":1,"result":{"tools\\u0000":[]}}',
  '{"jsonrpc":"2.0","method":"m","params":{"x":1,"x\\u0000y":1}}',
  `{"a":${"[".repeat(600)}${"]".repeat(600)}}`,
])("no message that all parsers read alike: %s", (text) => {
  expect(readMessage(text)).toMatchObject({ noise: false });
});

test.each([
  '{"jsonrpc":"2.0","id":1,"method":"m","params":{"a":":{\\"b\\":2}","name":"x","arguments":{"Name":1,"name":2}}}',
  '{"jsonrpc":"2.0","id":1,"result":{"content":[{"a":"\\\\","b":"\\""}],"structuredContent":{"Tools":1,"tools":2}}}',
  '{"jsonrpc":"2.0","method":"m","params":{"arguments":{"__proto__":{"a":1}},"constructor":2}}',
])("a message: %s", (text) => {
  const read = readMessage(text) as ReadMessage;
  expect(messageText(read.message, read)).toBe(text);
});

test("what was not changed keeps its digits beside what was", () => {
  const text =
    '{"jsonrpc":"2.0", "id":9007199254740993 ,"result":{"a":1.0,"b":{"c":1e2,"d":12345678901234567890},"instructions":"x"}}';
  const read = readMessage(text) as ReadMessage;
  const { result, ...rest } = read.message as { result: Record<string, unknown> };
  const { instructions: _, ...kept } = result;
  expect(messageText({ ...rest, result: kept }, read)).toBe(
    '{"jsonrpc":"2.0","id":9007199254740993,"result":{"a":1.0,"b":{"c":1e2,"d":12345678901234567890}}}',
  );
});

test("the id of a message that is too long is found at either end", () => {
  expect(idAtTheEdge(bytes('{"jsonrpc":"2.0","id":7,"result":'), bytes('"}}'))).toBe(7);
  expect(idAtTheEdge(bytes('{"result":{'), bytes('"}},"jsonrpc":"2.0","id":"a"}'))).toBe("a");
  expect(idAtTheEdge(bytes('{"result":{'), bytes('"text":"id\\":7}"}}'))).toBeUndefined();
  for (const id of ["007", "-012", '"a\tb"', '"a\0b"', '"\\\\u0061"', '"ä"', "1e3", "null"]) {
    expect(idAtTheEdge(bytes(`{"id":${id},"result":`), bytes('"}')), id).toBeUndefined();
    expect(idAtTheEdge(bytes('{"result":{'), bytes(`"},"id":${id}}`)), id).toBeUndefined();
  }
});

test("event streams: comments, several data lines, every line end, a byte order mark, ids and pauses", () => {
  const text =
    "\ufeffretry: 10\r\n\r\n: hello\n\nid: 7\nevent: message\ndata: a\ndata:b\n\ndata: c\r\rdata: unfinished\n";
  for (const step of [1, 2, 5, 1000]) {
    const stream = new EventStream(100);
    const found = [];
    for (let at = 0; at < bytes(text).length; at += step)
      found.push(...stream.push(bytes(text).subarray(at, at + step)));
    expect(found.map((event) => (event.type === "data" ? event.data.toString() : event.type))).toEqual(["a\nb", "c"]);
    expect([stream.lastId, stream.retryMs]).toEqual(["7", 10]);
  }
});

test("an event that is too long is one, and those after it are read", () => {
  const stream = new EventStream(20);
  const events = stream.push(
    bytes(`data: ${"x".repeat(15)}\ndata: ${"x".repeat(15)}\n\ndata: ok\n\ndata: ${"y".repeat(50)}\n\ndata: ok\n\n`),
  );
  expect(events.map(({ type }) => type)).toEqual(["too long", "data", "too long", "data"]);
});
