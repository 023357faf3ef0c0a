/** Why something is missing from a table. */
import { BuildError } from "../scripts/build/process.js";

/** The line of a failed build that says why. */
export function reasonOf(error: Error): string {
  const lines = error.message.trim().split("\n");
  if (!(error instanceof BuildError)) return lines[0] ?? "";
  return lines.find((text) => /error|not installed/i.test(text)) ?? lines.at(-1) ?? "";
}
