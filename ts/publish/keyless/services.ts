/** The services that a keyless signature asks: a certificate authority, logs, timestamp authorities. */
import { shownUrl } from "../../input/secrets.js";
import { isPrivateWay } from "../../input/url.js";
import { SigningFailure } from "./failure.js";

export interface Log {
  readonly url: string;
  /** Rekor's API: 1 promises a time itself, 2 needs a timestamp. */
  readonly version: 1 | 2;
}

export interface Services {
  readonly fulcio: string;
  readonly logs: readonly Log[];
  /** Whole addresses of RFC 3161 authorities, or their hosts alone. */
  readonly timestamps: readonly string[];
}

/** The public-good instance of Sigstore. Its Rekor of version 1 states a time, so that no timestamp is needed. */
export const PUBLIC_GOOD: Services = {
  fulcio: "https://fulcio.sigstore.dev",
  logs: [{ url: "https://rekor.sigstore.dev", version: 1 }],
  timestamps: [],
};

/** Whether the signature will have a time that was proven: a certificate is valid for minutes, and must be valid then. */
export function checkServices(services: Services): void {
  const { fulcio, logs, timestamps } = services;
  for (const url of [fulcio, ...logs.map((log) => log.url), ...timestamps]) checkUrl(url);
  if (logs.length === 0) throw new SigningFailure("no log is named: a keyless signature needs a log entry");
  if (timestamps.length === 0 && !logs.some(({ version }) => version === 1)) {
    throw new SigningFailure("Rekor v2 states no time: a timestamp authority is needed beside it");
  }
}

/** Tokens and signatures are sent there: by https, or to this machine. */
function checkUrl(text: string): void {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && isPrivateWay(url) && url.username === "" && url.password === "") return;
  throw new SigningFailure(`${shownUrl(text)} is no address of a service: an https URL without a password is needed`);
}
