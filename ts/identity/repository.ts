import { invalidOption, readText } from "../input/options.js";

/** `owner/name` of a repository on GitHub. */
export function readRepository(subject: string, value: unknown): string {
  const text = readText(subject, value);
  if (/^[\w.-]+\/[\w.-]+$/.test(text)) return text;
  const [, meant] =
    /^(?:https?:\/\/github\.com\/|github\.com\/|git@github\.com:)([\w.-]+\/[\w.-]+?)(?:\.git)?\/?$/.exec(text) ?? [];
  throw invalidOption(subject, "owner/name", text, meant === undefined ? undefined : `Write "${meant}".`);
}
