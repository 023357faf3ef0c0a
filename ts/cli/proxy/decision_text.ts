/** What the gate did not let through, in words for people. */
import { printable } from "../../input/printable.js";
import type { GateDecision } from "../../mcp/index.js";
import { SURFACES } from "../../mcp/message/surfaces.js";

/** One line, or undefined for what was let through. */
export function decisionText(decision: GateDecision): string | undefined {
  if (decision.decision === "allowed") return undefined;
  const { code } = decision;
  return `${whatHappened(decision)}${code === undefined ? "" : ` (${code})`}`;
}

function whatHappened({ decision, kind, name, code, method }: GateDecision): string {
  const of = method === undefined ? "" : `, ${printable(method)}`;
  switch (kind) {
    case "instructions":
      return `${decision}: the server's instructions, which are not signed`;
    case "sampling":
      return `${decision}: tools that the server made for the client's model${of}`;
    case "message":
      if (method === undefined && code !== undefined && !/^ERR_(?:MESSAGE|INTERNAL)/.test(code)) {
        return decision === "dropped"
          ? "the refresh failed, no newer catalogue was taken up"
          : "no tool passes any more, the catalogue does not hold now";
      }
      return `${decision}: a message${of}`;
    default:
      return `${decision}: ${SURFACES[kind].noun}${name === undefined ? of : ` ${printable(JSON.stringify(name))}`}`;
  }
}
