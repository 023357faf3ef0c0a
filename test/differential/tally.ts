/** What a campaign found. */
import { type Comparison, differs } from "./campaign.js";
import { kindOf, MORE_TOLERANT, STRICTER } from "./differences.js";
import { describe } from "./mutate.js";
import type { Verdict } from "./verdict.js";

const verdictText = (verdict: Verdict): string =>
  verdict.accepted ? "accepts" : `refuses with ${verdict.code}: ${verdict.message.slice(0, 300)}`;

export class Tally {
  readonly counts = new Map<string, number>();
  /** Each difference that is of no kind. */
  readonly unjudged: string[] = [];
  bothAccept = 0;
  bothRefuse = 0;

  add(comparison: Comparison): void {
    const { mutation, inkan, sigstoreJs } = comparison;
    if (!differs(comparison)) {
      if (inkan.accepted) this.bothAccept += 1;
      else this.bothRefuse += 1;
      return;
    }
    const kind = kindOf(comparison);
    if (kind !== undefined) this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
    else {
      this.unjudged.push(
        `${describe(mutation)}\n  inkan ${verdictText(inkan)}\n  sigstore-js ${verdictText(sigstoreJs)}`,
      );
    }
  }

  text(): string {
    const rows = (title: string, kinds: readonly { name: string }[]): string[] => {
      const found = kinds.flatMap(({ name }) => (this.counts.has(name) ? [`  ${this.counts.get(name)}  ${name}`] : []));
      return found.length > 0 ? [title, ...found] : [];
    };
    return [
      `both accept ${this.bothAccept}, both refuse ${this.bothRefuse}`,
      ...rows("inkan refuses, sigstore-js accepts", STRICTER),
      ...rows("inkan accepts, sigstore-js refuses", MORE_TOLERANT),
      ...(this.unjudged.length > 0 ? ["of no kind", ...this.unjudged] : []),
    ].join("\n");
  }
}
