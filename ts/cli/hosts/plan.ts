/** What is to be done to a host's file, before anything is written. */
import { existsSync, realpathSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { printable } from "../../input/printable.js";
import { ExitCode, misuse, Stop } from "../exit.js";
import { readForEdit, type Seen } from "../init/seen.js";
import { memberIn, withMember } from "./json.js";
import type { Host } from "./known.js";
import { tableIn, withTable } from "./toml.js";
import { type HostEntry, Unfit } from "./unfit.js";

export interface HostPlan {
  readonly title: string;
  /** What stands there now. */
  readonly seen: Seen;
  /** The new text; undefined where the entry stands there already. */
  readonly after: string | undefined;
}

interface Wanted {
  readonly file: string;
  readonly name: string;
  readonly entry: HostEntry;
  /** Whether an entry that inkan did not write may go. */
  readonly replace: boolean;
}

/** Ends the command, and leaves the file as it is, where it is malformed, read-only, or another's. */
export function planHost(host: Host, { file, name, entry, replace }: Wanted): HostPlan {
  const folder = dirname(resolve(file));
  if (!existsSync(folder)) {
    throw new Stop(
      ExitCode.Misuse,
      `${host.title} keeps no settings here: there is no folder ${printable(folder)}. --host-config FILE names its file, and --print prints the entry; nothing was written`,
    );
  }
  const seen = readForEdit(file);
  const left = (why: string): Stop => new Stop(ExitCode.Misuse, `${printable(seen.path)} is left as it is: ${why}`);
  try {
    const text = seen.text ?? "";
    const now = entryIn(host, text, name);
    if (now === undefined) return planned(host, seen, withEntry(host, text, name, entry));
    if (isSame(now, entry)) return planned(host, seen, undefined);
    if (isOurs(now, entry)) {
      // What the user added beside the command stays.
      return planned(host, seen, withEntry(host, text, name, { ...(now as object), ...entry }));
    }
    if (!replace) throw new Unfit(`it has another server ${name}; --replace puts the proxy in its place`);
    return planned(host, seen, withEntry(host, text, name, entry));
  } catch (error) {
    if (error instanceof Unfit) throw left(error.message);
    throw error;
  }
}

const planned = ({ title }: Host, seen: Seen, after: string | undefined): HostPlan => ({ title, seen, after });

const dialectOf = ({ format }: Host) => ({ comments: format === "json-with-comments" });

const entryIn = (host: Host, text: string, name: string): unknown =>
  host.format === "toml" ? tableIn(text, name) : memberIn(text, host.parent, name, dialectOf(host));

const withEntry = (host: Host, text: string, name: string, entry: HostEntry): string =>
  host.format === "toml" ? withTable(text, name, entry) : withMember(text, [host.parent, name], entry, dialectOf(host));

/** A new file with the entry alone, to be shown. */
export const entryText = (host: Host, name: string, entry: HostEntry): string => withEntry(host, "", name, entry);

const partsOf = (value: unknown): { readonly command: unknown; readonly args: readonly unknown[] } => {
  const { command, args } = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
  return { command, args: Array.isArray(args) ? args : [] };
};

function isSame(now: unknown, entry: HostEntry): boolean {
  const { command, args } = partsOf(now);
  return command === entry.command && JSON.stringify(args) === JSON.stringify(entry.args);
}

/** Whether it starts the proxy for the same server of the same policy file, whatever Node and inkan it names. */
function isOurs(now: unknown, entry: HostEntry): boolean {
  const tail = (args: readonly unknown[]): string => JSON.stringify(args.slice(-5));
  return entry.args.at(-5) === "proxy" && tail(partsOf(now).args) === tail(entry.args);
}

/** How a host starts the proxy: this Node and this command, whatever the host's folder and PATH are. */
export function entryFor({ typed }: Host, config: string, name: string): HostEntry {
  const script = process.argv[1];
  if (script === undefined) throw misuse("this command does not know its own file, so that no host could start it");
  const args = [...process.execArgv, realpathSync(script), "proxy", "--config", config, "--server", name];
  return { ...(typed ? { type: "stdio" as const } : {}), command: process.execPath, args };
}
