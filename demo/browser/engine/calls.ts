/** What the page asks of the engine. The engine is a worker: the page stays usable while a large file is read or judged. */
import type { CatalogueDiff } from "../../../ts/publish/diff/diff.js";
import type { Given, Kind } from "../files.js";
import type { Inspected } from "./inspected.js";

export interface Choices {
  readonly root: "public-good" | "file" | "none";
  readonly identity: string;
  readonly match: "exact" | "pattern";
  readonly issuer: string;
  readonly server: string;
}

export interface Judgement {
  /** The report as JSON: a copy would lose its getters, and the members of its error. */
  readonly report: string;
  /** What the bundle holds, if there is one. */
  readonly inside?: Inspected;
  /** The subjects of the trust root's certificate authorities. */
  readonly authorities: readonly string[];
}

/** All arguments and results are copied between page and engine. */
export interface Calls {
  identify(name: string, blob: Blob): Promise<Kind>;
  look(bundle: Given): Promise<Inspected>;
  judge(files: readonly Given[], choices: Choices): Promise<Judgement>;
  compare(older: Given, newer: Given): Promise<CatalogueDiff>;
}

export interface Request {
  readonly id: number;
  readonly call: keyof Calls;
  readonly given: readonly unknown[];
}

/** That the engine listens from now on; the result of a call; or a sentence that says why there is none. */
export type Answer =
  | { readonly id: 0 }
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly problem: string };

/** A sentence for the person at the page. */
export class Missing extends Error {}
