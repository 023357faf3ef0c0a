/** What a rule finds in a catalogue. */
import type { Kind } from "../definition.js";
import type { RuleName } from "./rules.js";

export type Severity = "error" | "warning";

/** What a finding is about. */
export interface About {
  /** A kind of definition, the instructions, or the file as a whole. */
  readonly kind: Kind | "instructions" | "catalogue";
  /** The identifier of a definition. Absent for the instructions and the file. */
  readonly name?: string;
}

export interface Finding {
  readonly rule: RuleName;
  readonly severity: Severity;
  readonly about: About;
  /** Where it is: a JSON pointer (RFC 6901). Empty for the whole file. */
  readonly pointer: string;
  /** The line of that place, from 1. */
  readonly line: number;
  /** Its column in UTF-16 units, from 1. */
  readonly column: number;
  /** A sentence. It may quote the catalogue: make it printable before it is shown. */
  readonly message: string;
}

/** What a rule says of the thing that it was given; `pointer` if it is about a part of it. */
export interface Problem {
  readonly text: string;
  readonly pointer?: string;
}

export interface Counts {
  readonly errors: number;
  readonly warnings: number;
}

export interface LintResult {
  /** In the order of the file, of its definitions, and of the rules. */
  readonly findings: readonly Finding[];
  /** All that was found, with what is left out of `findings`. */
  readonly counts: Counts;
  /** How many are left out: a rule is told only some times for a definition, and the list has an end. */
  readonly omitted: number;
  /** How many definitions were judged. */
  readonly definitions: number;
}
