/** The core's refusal as a part of a sentence. */
import { InkanError } from "../errors.js";

/** What was expected and what was found; of another error its message. */
export function reasonIn(error: unknown): string {
  if (!(error instanceof InkanError)) return error instanceof Error ? error.message : String(error);
  const { subject, expected, found, summary } = error;
  const facts = [
    ...(subject === undefined ? [] : [subject]),
    ...(expected === undefined ? [] : [`expected ${expected}`]),
    ...(found === undefined ? [] : [`found ${found}`]),
  ];
  return facts.length === 0 ? summary : facts.join(", ");
}
