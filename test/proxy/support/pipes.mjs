// A server on stdio that treats its pipes in the way that its first argument names; the second is a file for what it has to tell.
import { closeSync, writeFileSync } from "node:fs";

const [, , way = "", file = ""] = process.argv;
const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
const piece = "x".repeat(64 * 1_024);
const stay = () => setInterval(() => {}, 1_000);

/** Writes as fast as it is taken, and tells how much that was. */
async function flood(id) {
  for (let count = 1; count <= 2_000; count += 1) {
    const room = send({ method: "notifications/message", params: { level: "info", data: `${count} ${piece}` } });
    writeFileSync(file, String(count));
    if (!room) await new Promise((resolve) => process.stdout.once("drain", resolve));
  }
  send({ id, result: { content: [{ type: "text", text: "flooded" }] } });
}

function answer({ id, method, params }) {
  if (method === "initialize") {
    const result = {
      protocolVersion: params.protocolVersion,
      capabilities: { tools: {} },
      serverInfo: { name: "p", version: "1" },
    };
    send({ id, result });
  } else if (method === "notifications/initialized") {
    if (way === "reads nothing") process.stdin.pause();
  } else if (method === "tools/call") {
    if (way === "floods") void flood(id);
    else if (way === "closes output") {
      stay();
      closeSync(1);
    } else if (way === "closes input") {
      stay();
      process.stdin.destroy();
      // Node keeps it open.
      try {
        closeSync(0);
      } catch {}
      writeFileSync(file, "");
      // What it has read before, it still answers.
      setTimeout(() => send({ id, result: { content: [{ type: "text", text: "still" }] } }), 300);
    } else if (way === "waits") writeFileSync(file, String(process.pid));
    else send({ id, result: { content: [{ type: "text", text: way }] } });
  } else if (id !== undefined) send({ id, result: {} });
}

if (way === "reads nothing") stay();
let rest = "";
process.stdin.setEncoding("utf8");
process.stdin.on("data", (text) => {
  rest += text;
  const lines = rest.split("\n");
  rest = lines.pop();
  for (const line of lines) answer(JSON.parse(line));
});
process.stdin.on("end", () => {
  if (way === "answers late") setTimeout(() => process.exit(5), 300);
});
