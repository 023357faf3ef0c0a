/** The command's options that go online. */
import type { StatePolicy } from "../policy.js";
import type { Values } from "./arguments.js";
import { misuse } from "./exit.js";
import { anyLog } from "./proofs.js";

export const CONSISTENCY_OPTIONS = {
  consistency: { type: "string" },
  "log-url": { type: "string" },
} as const;

/** What is wrong with the word the verifier itself says. */
export function consistencyFrom(values: Values<typeof CONSISTENCY_OPTIONS>): Pick<StatePolicy, "consistency"> {
  const { consistency: unreachable, "log-url": url } = values;
  if (unreachable === undefined && url !== undefined) throw misuse("--log-url is for --consistency");
  if (unreachable === undefined) return {};
  return { consistency: { source: anyLog(url), unreachable: unreachable as "refuse" | "offline" } };
}
