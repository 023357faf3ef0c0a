/** The verdicts for programs: docs/cli.md, "The document of inkan check". */
import { ALL_SURFACES } from "../../mcp/message/surfaces.js";
import type { Live } from "./live.js";
import type { KindOffers } from "./offers.js";
import { type Verdict, verdictOf } from "./verdicts.js";

const WORDS = { verified: "verified", refused: "refused", unjudged: "not-judged" } as const;

export function verdictsToJson(file: string, verdicts: readonly Verdict[]): object {
  const words = verdicts.map(verdictOf);
  const worst = (["refused", "unjudged", "verified"] as const).find((word) => words.includes(word)) ?? "unjudged";
  return {
    format: 1,
    verdict: WORDS[worst],
    config: file,
    servers: verdicts.map((one) => {
      const verdict = WORDS[verdictOf(one)];
      if (one.verdict !== "verified") return { name: one.name, verdict, error: one.error };
      const { signer, version, signedAt, issuedAt, expires, digest, log, tools } = one.catalogue;
      const facts = { signer, version, signedAt, issuedAt, expires, digest, log, tools: tools.length };
      const live = one.live === undefined ? {} : { live: liveToJson(one.live) };
      return { name: one.name, verdict, server: one.server, ...facts, state: one.state, ...live };
    }),
  };
}

function liveToJson(live: Live): object {
  if (live.verdict === "unjudged") return { verdict: WORDS.unjudged, reason: live.reason };
  const { verdict, protocols, offers } = live;
  const kinds = ALL_SURFACES.map(({ member }) => [member, kindToJson(offers[member])] as const);
  return { verdict: WORDS[verdict], protocols, instructions: offers.instructions, ...Object.fromEntries(kinds) };
}

const kindToJson = ({ signed, ...counts }: KindOffers): object =>
  signed === undefined ? { open: true, ...counts } : { open: false, signed, ...counts };
