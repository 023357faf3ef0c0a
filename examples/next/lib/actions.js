"use server";
import { withServer } from "./agent.js";

/** Calls a tool for the page. Returns what the page shows. */
export async function callTool(name, given) {
  try {
    return await withServer(async ({ client }) => {
      const { content } = await client.callTool({ name, arguments: given });
      return { text: content.map(({ text }) => text).join("\n") };
    });
  } catch (error) {
    // A refusal of the gate is a JSON-RPC error, and its data says why. The server never saw the call.
    const { code, hint, difference } = error.data ?? {};
    return code === undefined ? { problem: error.message } : { refused: { code, hint, difference } };
  }
}
