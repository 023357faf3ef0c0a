/** What may be secret in addresses and headers, and is not to be shown. */

/** Characters of an address that are looked at. */
const LONGEST = 2_000;

/** An address, well formed or not, without a user's name and password, query and fragment. */
export function shownUrl(given: string): string {
  const text = given.slice(0, LONGEST).replace(/[?#].*$/s, "");
  const user = text.lastIndexOf("@");
  if (user === -1) return text;
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(text)?.[0] ?? "";
  return `${scheme}…${text.slice(user)}`;
}

/** Shorter words are no secrets: to hide each of them would hide what is said. */
const SHORTEST = 6;

/** What is sent to a server and may be secret: the values of headers and of the query, in whole and by the word. */
export function secretsIn(url: string, headers: Iterable<readonly [name: string, value: string]>): readonly string[] {
  const values = [...[...headers].map(([, value]) => value), ...new URL(url).searchParams.values()];
  const words = new Set(values.flatMap((value) => [value, ...value.split(/\s+/)]));
  return [...words].filter(({ length }) => length >= SHORTEST).sort((one, other) => other.length - one.length);
}

/** A text of the other side, which may quote what it was sent. */
export const withoutSecrets = (text: string, secrets: readonly string[]): string =>
  secrets.reduce((rest, secret) => rest.replaceAll(secret, "(what it was sent)"), text);
