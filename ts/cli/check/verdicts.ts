/** The verdict on each server of a policy file. */
import { InkanError, refusal } from "../../errors.js";
import type { Policy, TrustRootSource } from "../../policy_file/load.js";
import type { StateStore } from "../../state/store.js";
import type { CatalogueReport } from "../../verify/result.js";
import { ExitCode, exitCodeOf } from "../exit.js";
import { ageWarning } from "../print/trust_root_age.js";

/** So many servers are judged at a time. */
const AT_ONCE = 8;

export type Verified = Extract<CatalogueReport, { verdict: "verified" }>["catalogue"];

/** With the server's trust root, if it has one that could be read. */
export type Verdict = Judged & { readonly trustRoot?: TrustRootSource | undefined };

type Judged =
  | { readonly name: string; readonly verdict: "verified"; readonly server: string; readonly catalogue: Verified }
  | { readonly name: string; readonly verdict: "refused" | "unjudged"; readonly error: InkanError };

/** Judges the servers, in their order. `done` is told of each that is finished. */
export async function verdictsOn(policy: Policy, names: readonly string[], done: () => void): Promise<Verdict[]> {
  const verdicts: Verdict[] = new Array(names.length);
  const rest = names.entries();
  const work = async (): Promise<void> => {
    for (const [index, name] of rest) {
      verdicts[index] = await verdictOn(policy, name);
      done();
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, names.length) }, work));
  return verdicts;
}

async function verdictOn(policy: Policy, name: string): Promise<Verdict> {
  let trustRoot: TrustRootSource | undefined;
  try {
    const server = await policy.server(name);
    trustRoot = server.trustRoot;
    const report = await server.report();
    if (report.verdict === "verified") {
      return { name, verdict: "verified", server: server.server, catalogue: report.catalogue, trustRoot };
    }
    const judged = exitCodeOf(report.error, "evidence") === ExitCode.Refused;
    return { name, verdict: judged ? "refused" : "unjudged", error: report.error, trustRoot };
  } catch (error) {
    if (!(error instanceof InkanError)) throw error;
    return { name, verdict: "unjudged", error, trustRoot };
  }
}

/** One line for each trust root that is old. */
export function oldTrustRoots(verdicts: readonly Verdict[]): string[] {
  const lines = verdicts.map(({ trustRoot }) => trustRoot && ageWarning(trustRoot.path, trustRoot.record));
  return [...new Set(lines.filter((text) => text !== undefined))];
}

/** What all verdicts together say: a refusal before what was not judged. */
export function exitCodeOfAll(verdicts: readonly Verdict[]): ExitCode {
  if (verdicts.some(({ verdict }) => verdict === "refused")) return ExitCode.Refused;
  return verdicts.every(({ verdict }) => verdict === "verified") ? ExitCode.Verified : ExitCode.Misuse;
}

/** One store for each place that the policy file names, so that its content is read as one. */
export function sharedStores(
  open: (state: string) => StateStore | Promise<StateStore>,
  wrap: (store: StateStore) => StateStore,
): { readonly openStore: (state: string) => Promise<StateStore>; readonly close: () => Promise<void> } {
  const opened = new Map<string, Promise<StateStore>>();
  return {
    openStore: async (state) => {
      const store = opened.get(state) ?? Promise.resolve(open(state));
      opened.set(state, store);
      return wrap(await store);
    },
    close: async () => {
      for (const store of opened.values()) {
        const { close } = (await store.catch(() => ({}))) as { close?: () => Promise<void> };
        if (close !== undefined) await close.call(await store).catch(() => {});
      }
    },
  };
}

/** The refusal of a policy file that says nothing to check. */
export const nothingToCheck = (file: string): InkanError =>
  refusal("ERR_POLICY_FILE", { subject: file, expected: "a server to check", found: "none" });
