import { readList, readMembers } from "../input/members.js";
import { readText } from "../input/options.js";

/** Origins by the address of a log. Any name is allowed here, because the core knows which addresses are right. */
export function readOrigins(subject: string, value: unknown): Record<string, string[]> {
  const origins: Record<string, string[]> = Object.create(null);
  for (const [baseUrl, lines] of Object.entries(readMembers(subject, value))) {
    const at = `${subject}[${JSON.stringify(baseUrl)}]`;
    origins[baseUrl] = readList(at, lines, "a list of origins").map((line, index) => readText(`${at}[${index}]`, line));
  }
  return origins;
}
