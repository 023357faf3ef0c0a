/** The verdict on each server of a policy file. */
import { InkanError, refusal } from "../../errors.js";
import type { Policy, PolicyServer, TrustRootSource } from "../../policy_file/load.js";
import type { ManagedStateStore } from "../../state/store.js";
import type { CatalogueReport } from "../../verify/result.js";
import { ExitCode, exitCodeOf } from "../exit.js";
import { isRedis } from "../input/store.js";
import { ageWarning } from "../print/trust_root_age.js";
import { firstLook, type Loading } from "./first_look.js";
import { type Live, type LiveOptions, liveVerdict } from "./live.js";
import { type Standing, Unmoved } from "./unmoved.js";

/** So many servers are judged at a time; fewer where each is a program that is started, or asked for its lists. */
const AT_ONCE = 8;
const LIVE_AT_ONCE = 4;

export type Verified = Extract<CatalogueReport, { verdict: "verified" }>["catalogue"];

/** The verdict on a catalogue, and on what its server offers; with the server's trust root, if it could be read. */
export type Verdict = Judged & { readonly trustRoot?: TrustRootSource | undefined };

type Judged =
  | {
      readonly name: string;
      readonly verdict: "verified";
      readonly server: string;
      readonly catalogue: Verified;
      readonly state: Standing;
      /** With `--live`. */
      readonly live?: Live;
    }
  | { readonly name: string; readonly verdict: "refused" | "unjudged"; readonly error: InkanError };

export interface Checking {
  /** The servers to judge, in their order. */
  readonly names: readonly string[];
  /** Whether and how the servers themselves are asked. */
  readonly live: LiveOptions | undefined;
  /** Are told when a server's turn comes, and when it is finished. */
  readonly begun: (name: string) => void;
  readonly done: (name: string) => void;
}

/** Judges the servers, in their order. */
export async function verdictsOn(policy: Policy, { names, live, begun, done }: Checking): Promise<Verdict[]> {
  const verdicts: Verdict[] = new Array(names.length);
  const rest = names.entries();
  const work = async (): Promise<void> => {
    for (const [index, name] of rest) {
      begun(name);
      verdicts[index] = await verdictOn(policy, name, live);
      done(name);
    }
  };
  const workers = Math.min(live === undefined ? AT_ONCE : LIVE_AT_ONCE, names.length);
  await Promise.all(Array.from({ length: workers }, work));
  return verdicts;
}

async function verdictOn(policy: Policy, name: string, live: LiveOptions | undefined): Promise<Verdict> {
  let trustRoot: TrustRootSource | undefined;
  try {
    const server = await policy.server(name);
    trustRoot = server.trustRoot;
    const report = await server.report();
    if (report.verdict === "refused") {
      const judged = exitCodeOf(report.error, "evidence") === ExitCode.Refused;
      return { name, verdict: judged ? "refused" : "unjudged", error: report.error, trustRoot };
    }
    const { catalogue } = report;
    const verified = {
      name,
      verdict: "verified",
      server: server.server,
      catalogue,
      state: standingOf(server),
      trustRoot,
    } as const;
    return live === undefined ? verified : { ...verified, live: await liveVerdict(server, catalogue, live) };
  } catch (error) {
    if (!(error instanceof InkanError)) throw error;
    return { name, verdict: "unjudged", error, trustRoot };
  }
}

const standingOf = ({ store }: PolicyServer): Standing => (store instanceof Unmoved ? store.standing : "none");

/** The verdict on a server as a whole: what it offers counts like its catalogue. */
export const verdictOf = (one: Verdict): "verified" | "refused" | "unjudged" =>
  one.verdict === "verified" ? (one.live?.verdict ?? "verified") : one.verdict;

/** One line for each trust root that is old. */
export function oldTrustRoots(verdicts: readonly Verdict[]): string[] {
  const lines = verdicts.map(({ trustRoot }) => trustRoot && ageWarning(trustRoot.path, trustRoot.record));
  return [...new Set(lines.filter((text) => text !== undefined))];
}

/** What all verdicts together say: a refusal before what was not judged. */
export function exitCodeOfAll(verdicts: readonly Verdict[]): ExitCode {
  const words = verdicts.map(verdictOf);
  if (words.includes("refused")) return ExitCode.Refused;
  if (verdicts.some((one) => one.verdict === "unjudged" && one.error.code === "ERR_INTERNAL")) return ExitCode.Internal;
  return words.every((word) => word === "verified") ? ExitCode.Verified : ExitCode.Misuse;
}

/** One store for each place that the policy file names, so that its content is read as one. */
export function sharedStores(open: (state: string) => Promise<ManagedStateStore>): {
  readonly openStore: (state: string) => Promise<Unmoved>;
  readonly close: () => Promise<void>;
} {
  const opened = new Map<string, Promise<{ readonly store: ManagedStateStore; readonly look: Loading }>>();
  const openOnce = async (state: string): Promise<{ store: ManagedStateStore; look: Loading }> => {
    const store = await open(state);
    return { store, look: isRedis(state) ? store : firstLook(store, state) };
  };
  return {
    openStore: async (state) => {
      const shared = opened.get(state) ?? openOnce(state);
      opened.set(state, shared);
      return new Unmoved((await shared).look);
    },
    close: async () => {
      for (const shared of opened.values()) {
        const { close } = (await shared.then(({ store }) => store).catch(() => ({}))) as {
          close?: () => Promise<void>;
        };
        if (close !== undefined) await close.call((await shared).store).catch(() => {});
      }
    },
  };
}

/** The refusal of a policy file that says nothing to check. */
export const nothingToCheck = (file: string): InkanError =>
  refusal("ERR_POLICY_FILE", { subject: file, expected: "a server to check", found: "none" });
