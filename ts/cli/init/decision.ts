/** What the operator decided: a server's members, and the files that go with them. */
import { printable } from "../../input/printable.js";
import { ExitCode, Stop } from "../exit.js";
import type { Line } from "../print/line.js";
import type { Changes } from "./changes.js";
import type { Job } from "./options.js";
import type { ServerEntry } from "./policy_text.js";

export interface Decision {
  /** The server's members in the policy file. */
  readonly entry: ServerEntry;
  /** Writes the files beside the policy file. */
  readonly write: (changes: Changes) => void;
  /** What was written, for people. */
  readonly told: readonly Line[];
}

/** Instead of a decision: all stands already as it would be written. */
export const NOTHING_TO_DO = Symbol("nothing to do");

/** Whether the server stands already with these members. Others, which the user added, may stand beside them. */
export const standsAlready = (existing: ServerEntry, entry: ServerEntry): boolean =>
  Object.entries(entry).every(
    ([name, value]) => Object.hasOwn(existing, name) && JSON.stringify(existing[name]) === JSON.stringify(value),
  );

/** The refusal to overwrite a server. */
export const standsOtherwise = ({ name, config }: Job): Stop =>
  new Stop(
    ExitCode.Misuse,
    `${printable(config)} has a server ${printable(name)} already, with other members; inkan init --update ${name} signs what it lists now, and --replace writes it anew`,
  );
