// A server that follows the rules of a play in test/mcp/field (its README says how), on stdio or by HTTP. No SDK.
//   node scripted_server.mjs PLAY.json RECEIVED.jsonl [http]
// What arrives is appended to RECEIVED; over HTTP the port is printed.
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";

const [, , playFile, receivedFile, mode] = process.argv;
const play = JSON.parse(readFileSync(playFile, "utf8"));
writeFileSync(receivedFile, "");
const rules = play.server.map((rule) => ({ rule, used: false }));
const open = [];

const isRecord = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

function fits(pattern, value) {
  if (pattern === "$any") return value !== undefined;
  if (pattern === "$absent") return value === undefined;
  if (Array.isArray(pattern)) {
    return Array.isArray(value) && value.length === pattern.length && pattern.every((one, at) => fits(one, value[at]));
  }
  if (!isRecord(pattern)) return Object.is(pattern, value);
  return isRecord(value) && Object.keys(pattern).every((member) => fits(pattern[member], value[member]));
}

function ruleFor(arrived) {
  const found = rules.find(({ rule, used }) => !used && fits(rule.on, arrived));
  if (found !== undefined) found.used = found.rule.repeat !== true;
  return found?.rule;
}

function filled(value, request) {
  if (value === "$id") return request?.id;
  if (value === "$token") return request?.params?._meta?.progressToken;
  if (Array.isArray(value)) return value.map((one) => filled(one, request));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, filled(inner, request)]));
}

const textOf = (one, request) =>
  (typeof one === "string" ? one : one.bytes)
    .replaceAll("$id", JSON.stringify(request?.id))
    .replaceAll("$token", JSON.stringify(request?.params?._meta?.progressToken));

function standardAnswer({ id, method, params }) {
  if (method === "initialize") {
    const { protocolVersion } = params;
    const serverInfo = { name: "field", version: "1" };
    return {
      jsonrpc: "2.0",
      id,
      result: { protocolVersion, capabilities: { tools: { listChanged: true } }, serverInfo },
    };
  }
  if (method === "ping") return { jsonrpc: "2.0", id, result: {} };
  return { jsonrpc: "2.0", id, error: { code: -32601, message: "Method not found" } };
}

const answers = (one) =>
  typeof one === "string" || one.bytes !== undefined || (one.method === undefined && one.id !== undefined);
const isRequest = (message) => message.method !== undefined && message.id !== undefined;
const later = (rule, work) => setTimeout(work, rule.after ?? 0);

function stdio() {
  const write = (text) => process.stdout.write(text);
  const act = (rule, request) =>
    later(rule, async () => {
      for (const one of rule.send) {
        const about = request ?? open.at(-1);
        if (typeof one === "string") write(textOf(one, about));
        else if (typeof one.bytes === "string") {
          for (const byte of Buffer.from(textOf(one, about))) {
            write(Buffer.of(byte));
            await new Promise((resolve) => setImmediate(resolve));
          }
        } else write(`${JSON.stringify(filled(one, about))}\n`);
      }
      if (request !== undefined && rule.send.some((one) => answers(one))) open.splice(open.indexOf(request), 1);
      if (rule.exit !== undefined) process.exit(rule.exit);
    });
  const starts = ruleFor({ start: true });
  if (starts !== undefined) act(starts, undefined);
  let rest = "";
  process.stdin.setEncoding("utf8");
  process.stdin.on("data", (piece) => {
    rest += piece;
    const lines = rest.split("\n");
    rest = lines.pop();
    for (const line of lines) {
      appendFileSync(receivedFile, `${JSON.stringify({ text: line })}\n`);
      const message = JSON.parse(line);
      if (isRequest(message)) open.push(message);
      const rule = ruleFor(message);
      if (rule !== undefined) act(rule, isRequest(message) ? message : undefined);
      else if (isRequest(message)) write(`${JSON.stringify(standardAnswer(message))}\n`);
      if (rule?.stay) setInterval(() => {}, 1000);
    }
  });
  process.stdin.on("end", () => {
    const rule = ruleFor({ end: true });
    if (rule === undefined) process.exit(0);
    if (rule.stay) setInterval(() => {}, 1000);
    act(rule, undefined);
  });
}

function http() {
  const streams = new Map();
  const streamed = (response, one, request) => {
    if (typeof one === "string") response.write(textOf(one, request));
    else response.write(`data: ${JSON.stringify(filled(one, request))}\n\n`);
  };
  // Where a busy machine holds a client up, it must not find its connection closed.
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    const session = request.headers["mcp-session-id"];
    if (request.method !== "POST") {
      const rule = ruleFor({ http: request.method, session });
      if (rule === undefined) return response.writeHead(405).end();
      response.writeHead(rule.http?.status ?? 200, { "content-type": "text/event-stream", ...rule.http?.headers });
      for (const one of rule.send) streamed(response, one, open.at(-1));
      if (rule.stay) return undefined;
      return response.end();
    }
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (piece) => {
      body += piece;
    });
    request.on("end", () => {
      appendFileSync(receivedFile, `${JSON.stringify({ text: body, session, headers: request.headers })}\n`);
      const message = JSON.parse(body);
      const arrived = { ...message, session };
      if (isRequest(message)) open.push(message);
      const rule = ruleFor(arrived) ?? (isRequest(message) ? { send: [standardAnswer(message)] } : { send: [] });
      const { status = 200, headers = {}, type } = rule.http ?? {};
      later(rule, () => {
        if (!isRequest(message)) {
          response.writeHead(status === 200 ? 202 : status, headers).end();
          const about = open.at(-1);
          const stream = streams.get(about?.id);
          for (const one of rule.send) if (stream !== undefined) streamed(stream, one, about);
          if (rule.send.length > 0) {
            stream?.end();
            streams.delete(about?.id);
          }
          return;
        }
        const isAnswered = rule.send.some((one) => answers(one));
        const plain = rule.send.length === 1 && typeof rule.send[0] === "object" && isAnswered && type !== "sse";
        if (plain || status !== 200) {
          response.writeHead(status, { "content-type": "application/json", ...headers });
          response.end(rule.send[0] === undefined ? "" : JSON.stringify(filled(rule.send[0], message)));
          open.splice(open.indexOf(message), 1);
          return;
        }
        response.writeHead(status, { "content-type": "text/event-stream", ...headers });
        response.flushHeaders();
        for (const one of rule.send) streamed(response, one, message);
        if (isAnswered) {
          response.end();
          open.splice(open.indexOf(message), 1);
        } else streams.set(message.id, response);
      });
    });
  });
  server.listen(0, "127.0.0.1", () => process.stdout.write(`${server.address().port}\n`));
}

if (mode === "http") http();
else stdio();
