/** The server that is measured: one tool, and no library. It speaks the protocol's version that it is asked for. */
let rest = "";
process.stdin.setEncoding("utf8").on("data", (piece) => {
  const lines = (rest + piece).split("\n");
  rest = lines.pop();
  for (const line of lines) answer(JSON.parse(line));
});

function answer({ id, method, params }) {
  if (id === undefined) return;
  const known = results(params)[method];
  const outcome = known === undefined ? { error: { code: -32601, message: "unknown method" } } : { result: known };
  process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", id, ...outcome })}\n`);
}

function results(params) {
  const serverInfo = { name: "bench", version: "1" };
  return {
    initialize: { protocolVersion: params?.protocolVersion, capabilities: { tools: {} }, serverInfo },
    "tools/list": { tools: [{ name: "index", description: "Does index.", inputSchema: { type: "object" } }] },
    "prompts/list": { prompts: [] },
    "resources/list": { resources: [] },
    "tools/call": { content: [{ type: "text", text: "done" }] },
  };
}
