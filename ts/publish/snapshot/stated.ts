/** What the publisher states on the command line, read. A `RangeError` says what is wrong with a text. */
import { isHeaderName, isHeaderValue } from "../../input/header.js";
import { Digits, type Json, membersOf, readJson } from "../json.js";

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
/** No timer of a runtime waits longer, and no catalogue should live longer than some decades. */
const LONGEST = 100 * 366 * 86_400_000;

/** `90d`, `12h`, `30s` in milliseconds. */
export function millisecondsIn(span: string): number {
  const [, count = "", unit = ""] = /^([1-9]\d{0,8})([smhdw])$/.exec(span) ?? [];
  const milliseconds = Number(count) * (UNITS[unit] ?? 0);
  if (milliseconds === 0 || milliseconds > LONGEST) {
    throw new RangeError(`${JSON.stringify(span)} is no span of time: write a number and s, m, h, d or w, such as 90d`);
  }
  return milliseconds;
}

/** The times of a catalogue that is made now, to the second. */
export function expiryFrom(span: string, now: number): { readonly issuedAt: string; readonly expires: string } {
  return { issuedAt: rfc3339(now), expires: rfc3339(now + millisecondsIn(span)) };
}

const rfc3339 = (time: number): string => new Date(time).toISOString().replace(/\.\d+Z$/, "Z");

export function versionFrom(text: string): number {
  const version = /^(0|[1-9]\d*)$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(version)) {
    throw new RangeError(`${JSON.stringify(text)} is no version: write an integer up to 9007199254740991, or next`);
  }
  return version;
}

/** One more than the version of a catalogue file; 1 if it states none. */
export function nextVersion(text: string): number {
  const version = membersOf(parsed(text))?.get("version");
  if (version === undefined) return 1;
  const last = version instanceof Digits ? versionFrom(version.text) : Number.NaN;
  if (!Number.isSafeInteger(last + 1)) throw new RangeError("the version in the --output file cannot be raised");
  return last + 1;
}

/** The `_meta` of a catalogue file: what the publisher wrote into it by hand, such as rules to ignore. */
export function metaIn(text: string): Json | undefined {
  try {
    return membersOf(readJson(text))?.get("_meta");
  } catch {
    // Another file stands there, and is replaced.
    return undefined;
  }
}

function parsed(text: string) {
  try {
    return readJson(text);
  } catch {
    throw new RangeError("the --output file is no JSON, so it has no version to raise");
  }
}

/** Headers by name. `${env:NAME}` in a value is the environment's; a name that is not set is an error. */
export function headersFrom(texts: readonly string[], environment: NodeJS.ProcessEnv): ReadonlyMap<string, string> {
  return new Map(
    texts.map((text) => {
      const [, name = "", value = ""] = /^([^=:]+)[=:]\s*(.*)$/s.exec(text) ?? [];
      if (!isHeaderName(name)) throw new RangeError("--header wants NAME=VALUE");
      const filled = value.replace(/\$\{env:([^}]*)\}/g, (_, variable: string) => {
        const set = environment[variable];
        if (set === undefined) throw new RangeError(`--header ${name}: the environment has no ${variable}`);
        return set;
      });
      if (!isHeaderValue(filled)) throw new RangeError(`--header ${name} has characters that no header may hold`);
      return [name.toLowerCase(), filled];
    }),
  );
}
