// A small MCP server over stdio. What it lists is the file in its argument: tools, instructions, and how it misbehaves.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

const { tools, instructions, way } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const raw = readFileSync(process.argv[2], "utf8");
const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
if (way === "dies") {
  process.stderr.write("no database\n");
  process.exit(3);
}
createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) return;
  if (method === "initialize") {
    const { protocolVersion } = params;
    const serverInfo = { name: "lister", version: "1" };
    return send({ id, result: { protocolVersion, capabilities: { tools: {} }, serverInfo, instructions } });
  }
  if (method !== "tools/list") return send({ id, error: { code: -32601, message: "no such method" } });
  if (way === "loops") return send({ id, result: { tools: [], nextCursor: "again" } });
  // Two pages; the digits of the file, which JavaScript would round.
  const page = params?.cursor === "2" ? tools.slice(1) : tools.slice(0, 1);
  const next = params?.cursor === "2" || tools.length < 2 ? "" : ',"nextCursor":"2"';
  const texts = page.map((tool) => JSON.stringify(tool).replace("9223372036854776000", "9223372036854775807"));
  if (!raw.includes("9223372036854775807"))
    return send({ id, result: { tools: page, ...(next && { nextCursor: "2" }) } });
  process.stdout.write(`{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":{"tools":[${texts.join(",")}]${next}}}\n`);
});
