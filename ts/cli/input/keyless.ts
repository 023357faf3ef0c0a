/** The command's options of a keyless signature: who signs, which services are asked, and whom it is verified by. */
import { LIMITS } from "../../generated/limits.js";
import { PUBLIC_GOOD, type Services } from "../../publish/keyless/services.js";
import { servicesFrom } from "../../publish/keyless/signing_config.js";
import type { Identity } from "../../publish/keyless/token.js";
import { millisecondsIn } from "../../publish/snapshot/stated.js";
import { PUBLIC_GOOD_NAME } from "../../trust/record.js";
import type { Options, Values } from "../arguments/options.js";
import { misuse } from "../exit.js";
import { readUtf8 } from "../files.js";
import type { TrustRoot } from "../library.js";
import { LOG_ORIGIN_OPTION, trustRootFrom, warnOfAge } from "./policy.js";
import { TOKEN_OPTION } from "./token.js";

export const SIGNER_OPTIONS = {
  ...TOKEN_OPTION,
  "trusted-root": {
    type: "string",
    value: "FILE",
    help: "trusted_root.json of the Sigstore instance, by which the signature is verified before it is written; public-good without this option and without other services",
  },
  "log-origin": LOG_ORIGIN_OPTION,
  "certificate-identity": {
    type: "string",
    value: "NAME",
    help: "whom the certificate must name; by default whom the token names",
  },
  "certificate-oidc-issuer": { type: "string", value: "URL", help: "and who must have vouched for the name" },
} as const satisfies Options;

export const SERVICE_OPTIONS = {
  "signing-config": {
    type: "string",
    value: "FILE",
    help: "signing_config.json of the Sigstore instance (v0.2): its services that are valid now are asked",
  },
  "fulcio-url": { type: "string", value: "URL", help: "the certificate authority; else the public-good one" },
  "rekor-url": { type: "string", value: "URL", help: "the log, Rekor v1; else the public-good one" },
  "timestamp-url": { type: "string", value: "URL", multiple: true, help: "an RFC 3161 timestamp authority to ask too" },
  timeout: { type: "string", value: "SPAN", help: "how long each answer may take: 20s without this option" },
} as const satisfies Options;

const OPTIONS = { ...SIGNER_OPTIONS, ...SERVICE_OPTIONS };
export type KeylessValues = Values<typeof OPTIONS>;

export const KEYLESS_NAMES = Object.keys(OPTIONS) as (keyof KeylessValues)[];

const TIMEOUT = 20_000;

/** The services to ask. */
export function servicesOf(values: KeylessValues): Services {
  const { "signing-config": config, "fulcio-url": fulcio, "rekor-url": rekor, "timestamp-url": timestamps } = values;
  if (config === undefined) {
    return {
      fulcio: fulcio ?? PUBLIC_GOOD.fulcio,
      logs: rekor === undefined ? PUBLIC_GOOD.logs : [{ url: rekor, version: 1 }],
      timestamps: timestamps ?? PUBLIC_GOOD.timestamps,
    };
  }
  if ((fulcio ?? rekor ?? timestamps) !== undefined) {
    throw misuse("--signing-config names the services: it excludes --fulcio-url, --rekor-url and --timestamp-url");
  }
  return servicesFrom(readUtf8(config, LIMITS.trustRoot), Date.now());
}

/** The root that the signature must verify under: other services than the public-good ones have another. */
export async function rootOf(values: KeylessValues): Promise<TrustRoot> {
  const others = (["signing-config", "fulcio-url", "rekor-url", "timestamp-url"] as const).find(
    (name) => values[name] !== undefined,
  );
  const { "trusted-root": file = others === undefined ? PUBLIC_GOOD_NAME : undefined, "log-origin": origins } = values;
  if (file === undefined) throw misuse(`--${others} needs --trusted-root FILE, to verify what was signed`);
  const trustRoot = trustRootFrom(file, origins);
  await warnOfAge(file);
  return trustRoot;
}

/** Whom the certificate must name, if that is stated. */
export function identityOf(values: KeylessValues): Identity | undefined {
  const { "certificate-identity": san, "certificate-oidc-issuer": issuer } = values;
  if (san === undefined && issuer === undefined) return undefined;
  if (san === undefined || issuer === undefined) {
    throw misuse("--certificate-identity and --certificate-oidc-issuer are needed together");
  }
  return { san, issuer };
}

/** Milliseconds that each answer may take. */
export function timeoutOf({ timeout }: KeylessValues): number {
  if (timeout === undefined) return TIMEOUT;
  try {
    return millisecondsIn(timeout);
  } catch (error) {
    if (error instanceof RangeError) throw misuse(error.message);
    throw error;
  }
}
