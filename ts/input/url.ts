/** URLs of services. */
import { invalidOption, readText } from "./options.js";
import { shownUrl } from "./secrets.js";

/** Whether a URL leads to this machine alone: where plain http is allowed. */
const isLoopback = ({ hostname }: URL): boolean => /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);

/** Whether nobody on the way can read or change what is sent: by https, or to this machine alone. */
export const isPrivateWay = (url: URL): boolean =>
  url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url));

/** Reads a base URL that `allows` lets pass, without a slash at its end. One with a user, a query or a fragment is none. */
export function readBaseUrl(subject: string, value: unknown, expected: string, allows: (url: URL) => boolean): string {
  const text = readText(subject, value);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isBare = url !== undefined && !url.username && !url.password && !url.search && !url.hash;
  if (!isBare || !allows(url)) throw invalidOption(subject, expected, shownUrl(text));
  return withoutLastSlashes(url.href);
}

/** A URL without slashes at its end, in linear work: an expression for them would begin anew at each slash of a long row. */
export function withoutLastSlashes(url: string): string {
  let end = url.length;
  while (url.charAt(end - 1) === "/") end -= 1;
  return url.slice(0, end);
}
