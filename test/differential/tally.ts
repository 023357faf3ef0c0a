/** What a campaign found. */
import { type Comparison, differs } from "./campaign.js";
import { describePath } from "./json.js";
import { describe } from "./mutate.js";
import type { Verdict } from "./verdict.js";

const verdictText = (verdict: Verdict): string =>
  verdict.accepted ? "accepts" : `refuses with ${verdict.code}: ${verdict.message.slice(0, 300)}`;

/** Says of which kind a difference is; undefined for one that nobody has judged yet. */
export type Judge = (comparison: Comparison) => string | undefined;

/** Where the change was and who refused with what: for a verifier whose differences have no kinds yet. */
export function byPlace({ mutation, inkan, peer }: Comparison): string {
  const place = `${mutation.target} ${describePath(mutation.path).replace(/\[\d+\]/g, "[]")}`;
  if (!inkan.accepted) return `inkan refuses ${inkan.code}, ${place}`;
  return `peer refuses ${peer.accepted ? "" : peer.message.slice(0, 80)}, ${place}`;
}

export class Tally {
  /** Differences by the side that refuses, then by kind. */
  readonly #refused = { inkan: new Map<string, number>(), peer: new Map<string, number>() };
  /** Each difference that is of no kind. */
  readonly unjudged: string[] = [];
  bothAccept = 0;
  bothRefuse = 0;
  readonly #judge: Judge;

  constructor(judge: Judge) {
    this.#judge = judge;
  }

  add(comparison: Comparison): void {
    const { mutation, inkan, peer } = comparison;
    if (!differs(comparison)) {
      if (inkan.accepted) this.bothAccept += 1;
      else this.bothRefuse += 1;
      return;
    }
    const kind = this.#judge(comparison);
    const counts = inkan.accepted ? this.#refused.peer : this.#refused.inkan;
    if (kind !== undefined) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    else this.unjudged.push(`${describe(mutation)}\n  inkan ${verdictText(inkan)}\n  peer ${verdictText(peer)}`);
  }

  text(): string {
    const rows = (title: string, counts: ReadonlyMap<string, number>): string[] => {
      const sum = [...counts.values()].reduce((total, count) => total + count, 0);
      return [`${title}: ${sum}`, ...[...counts].sort().map(([kind, count]) => `  ${count}  ${kind}`)];
    };
    return [
      `both accept: ${this.bothAccept}`,
      `both refuse: ${this.bothRefuse}`,
      ...rows("only inkan refuses", this.#refused.inkan),
      ...rows("only the peer refuses", this.#refused.peer),
      `of no kind: ${this.unjudged.length}`,
      ...this.unjudged,
    ].join("\n");
  }
}
