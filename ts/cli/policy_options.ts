/** The command's options that make a policy. */

import { LIMITS } from "../generated/limits.js";
import type { FulcioExtension, IdentityConditions } from "../identity/policy.js";
import type { StatePolicy, Thresholds, WitnessOptions } from "../verify/policy.js";
import type { Values } from "./arguments.js";
import { misuse } from "./exit.js";
import { readBytes, readUtf8 } from "./files.js";
import { IdentityPolicy, TrustRoot } from "./library.js";
import { anyLog } from "./proofs.js";

export const IDENTITY_OPTIONS = {
  "certificate-identity": { type: "string" },
  "certificate-identity-pattern": { type: "string" },
  "certificate-oidc-issuer": { type: "string" },
  "certificate-extension": { type: "string", multiple: true },
} as const;

export const THRESHOLD_OPTIONS = {
  "tlog-threshold": { type: "string" },
  "timestamp-threshold": { type: "string" },
  "sct-threshold": { type: "string" },
} as const;

export const STATE_POLICY_OPTIONS = {
  freshness: { type: "string" },
  "first-use": { type: "string" },
  "max-age": { type: "string" },
} as const;

export const WITNESS_OPTIONS = {
  "witness-policy": { type: "string" },
  witnesses: { type: "string" },
} as const;

export const CONSISTENCY_OPTIONS = {
  consistency: { type: "string" },
  "log-url": { type: "string" },
} as const;

/** The pinned identity, or undefined when none of its options is given. */
export function identityFrom(values: Values<typeof IDENTITY_OPTIONS>): IdentityPolicy | undefined {
  const san = values["certificate-identity"];
  const sanPattern = values["certificate-identity-pattern"];
  const issuer = values["certificate-oidc-issuer"];
  const pins = values["certificate-extension"];
  if ([san, sanPattern, issuer, pins].every((value) => value === undefined)) return undefined;
  if ((san === undefined) === (sanPattern === undefined)) {
    throw misuse("give either --certificate-identity or --certificate-identity-pattern");
  }
  if (issuer === undefined) throw misuse("--certificate-oidc-issuer is missing");
  const conditions: IdentityConditions = {
    issuer,
    ...(pins === undefined ? {} : { extensions: extensionsFrom(pins) }),
  };
  if (san !== undefined) return new IdentityPolicy({ san, ...conditions });
  return IdentityPolicy.pattern({ sanPattern: sanPattern ?? "", ...conditions });
}

function extensionsFrom(pins: readonly string[]): { readonly [name in FulcioExtension]?: string } {
  const extensions: Record<string, string> = {};
  for (const pin of pins) {
    const [, name, value] = /^(\w+)=(.+)$/s.exec(pin) ?? [];
    if (name === undefined || value === undefined) throw misuse("--certificate-extension takes NAME=VALUE");
    if (Object.hasOwn(extensions, name)) throw misuse(`--certificate-extension ${name} is given twice`);
    extensions[name] = value;
  }
  // The core knows the names, and refuses others.
  return extensions;
}

export function thresholdsFrom(values: Values<typeof THRESHOLD_OPTIONS>): Thresholds {
  const thresholds: { -readonly [name in keyof Thresholds]: Thresholds[name] } = {};
  const logEntries = countFrom("tlog-threshold", values["tlog-threshold"]);
  const timestamps = countFrom("timestamp-threshold", values["timestamp-threshold"]);
  const scts = countFrom("sct-threshold", values["sct-threshold"]);
  if (logEntries !== undefined) thresholds.logEntries = logEntries;
  if (timestamps !== undefined) thresholds.timestamps = timestamps;
  if (scts !== undefined) thresholds.scts = scts;
  return thresholds;
}

/** What is wrong with a word the verifier itself says. */
export function statePolicyFrom(values: Values<typeof STATE_POLICY_OPTIONS>): StatePolicy {
  const { freshness, "first-use": firstUse, "max-age": maxAge } = values;
  const maxAgeSeconds = countFrom("max-age", maxAge, 9);
  return {
    ...(freshness === undefined ? {} : { freshness: freshness as "scope" | "log" }),
    ...(firstUse === undefined ? {} : { firstUse: firstUse as "record" | "deny" }),
    ...(maxAgeSeconds === undefined ? {} : { maxAgeSeconds }),
  };
}

/** What is wrong with the word the verifier itself says. */
export function consistencyFrom(values: Values<typeof CONSISTENCY_OPTIONS>): Pick<StatePolicy, "consistency"> {
  const { consistency: unreachable, "log-url": url } = values;
  if (unreachable === undefined && url !== undefined) throw misuse("--log-url is for --consistency");
  if (unreachable === undefined) return {};
  return { consistency: { source: anyLog(url), unreachable: unreachable as "refuse" | "offline" } };
}

function countFrom(name: string, text: string | undefined, digits = 4): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(text) || text.length > digits) throw misuse(`--${name} takes an integer of 0 or more`);
  return Number(text);
}

/** Whose cosignatures count, if its options are given. */
export function witnessesFrom(values: Values<typeof WITNESS_OPTIONS>): { readonly witnesses?: WitnessOptions } {
  const { "witness-policy": file, witnesses: mode } = values;
  if (file === undefined && mode === undefined) return {};
  if (mode !== "report" && mode !== "require") throw misuse("--witness-policy needs --witnesses report or require");
  if (file === undefined) throw misuse("--witnesses needs --witness-policy FILE");
  return { witnesses: { policy: readUtf8(file, LIMITS.options), mode } };
}

export const trustRootFrom = (file: string): TrustRoot => TrustRoot.fromJson(readBytes(file, LIMITS.trustRoot));
