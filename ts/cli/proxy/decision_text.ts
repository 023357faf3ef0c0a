/** What the gate did not let through, in words for people. */
import { printable } from "../../input/printable.js";
import type { GateDecision } from "../../mcp/index.js";
import { SURFACES } from "../../mcp/message/surfaces.js";
import { updateCommand } from "../words/update_command.js";

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

/**
 * Whether the server offers what is not signed. The host may also ask for what the server never listed: `inkan init --update`
 * would find no change then.
 */
const isOfServer = ({ code, decision }: GateDecision): boolean =>
  (decision === "refused" ? /_CHANGED$/ : /_(?:CHANGED|UNSIGNED)$/).test(code ?? "");

/** Says to people what was not let through, and once how to accept it. */
export function decisionNotes(
  say: (text: string) => void,
  config: string,
  name: string,
): (decision: GateDecision) => void {
  let isHinted = false;
  return (decision) => {
    const text = decisionText(decision);
    if (text === undefined) return;
    say(text);
    if (isHinted || !isOfServer(decision)) return;
    isHinted = true;
    const command = updateCommand(config, name);
    if (command === undefined) return;
    say(`you signed this server yourself; to see the change, and to sign it if it is right: ${command}`);
  };
}
