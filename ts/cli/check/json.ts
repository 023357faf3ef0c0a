/** The verdicts for programs: docs/cli.md, "The document of `inkan check`". Later releases may add members. */
import type { LogPosition, Signer } from "../../core/release.js";
import type { InkanError } from "../../errors.js";
import { ALL_SURFACES, type Surface } from "../../mcp/message/surfaces.js";
import type { Live } from "./live.js";
import type { KindOffers, Offers, RefusedOffer } from "./offers.js";
import type { Standing } from "./unmoved.js";
import { type Verdict, verdictOf } from "./verdicts.js";

export type Word = "verified" | "refused" | "not-judged";

export interface CheckDocument {
  readonly format: 1;
  /** `refused` if one server is, else `not-judged` if one is. */
  readonly verdict: Word;
  readonly config: string;
  readonly servers: readonly CheckedServer[];
}

export type CheckedServer =
  | {
      readonly name: string;
      /** On the catalogue, and with `--live` on what the server offers. */
      readonly verdict: Word;
      readonly server: string;
      readonly signer: Signer;
      readonly version: number | undefined;
      readonly signedAt: readonly string[];
      readonly issuedAt: string | undefined;
      readonly expires: string | undefined;
      readonly digest: string;
      readonly log: readonly LogPosition[];
      /** How many are signed. */
      readonly tools: number;
      readonly state: "first-use" | "recorded" | "newer" | "none";
      /** With `--live`. */
      readonly live?: CheckedLive;
    }
  | { readonly name: string; readonly verdict: "refused" | "not-judged"; readonly error: InkanError };

export type CheckedLive =
  | { readonly verdict: "not-judged"; readonly reason: string }
  | ({
      readonly verdict: "verified" | "refused";
      readonly protocols: readonly string[];
      readonly instructions: Offers["instructions"];
    } & { readonly [member in Surface["member"]]: CheckedKind });

export interface CheckedKind {
  /** Whether the policy lets all of this kind pass without a signature. Then there is no `signed`. */
  readonly open: boolean;
  readonly signed?: number;
  readonly offered: number;
  readonly refused: number;
  readonly refusals: readonly RefusedOffer[];
  readonly notOffered: readonly string[];
}

const WORDS = { verified: "verified", refused: "refused", unjudged: "not-judged" } as const;
const STATES = {
  "first use": "first-use",
  recorded: "recorded",
  newer: "newer",
  none: "none",
} as const satisfies Record<Standing, string>;

export function verdictsToJson(file: string, verdicts: readonly Verdict[]): CheckDocument {
  const words = verdicts.map(verdictOf);
  const worst = (["refused", "unjudged", "verified"] as const).find((word) => words.includes(word)) ?? "unjudged";
  return { format: 1, verdict: WORDS[worst], config: file, servers: verdicts.map(serverToJson) };
}

function serverToJson(one: Verdict): CheckedServer {
  if (one.verdict !== "verified") return { name: one.name, verdict: WORDS[one.verdict], error: one.error };
  const { signer, version, signedAt, issuedAt, expires, digest, log, tools } = one.catalogue;
  return {
    name: one.name,
    verdict: WORDS[verdictOf(one)],
    server: one.server,
    ...{ signer, version, signedAt, issuedAt, expires, digest, log },
    tools: tools.length,
    state: STATES[one.state],
    ...(one.live === undefined ? {} : { live: liveToJson(one.live) }),
  };
}

function liveToJson(live: Live): CheckedLive {
  if (live.verdict === "unjudged") return { verdict: WORDS.unjudged, reason: live.reason };
  const { verdict, protocols, offers } = live;
  const { tools, prompts, resources, resourceTemplates, instructions } = offers;
  const kinds = { tools, prompts, resources, resourceTemplates };
  const members = ALL_SURFACES.map(({ member }) => [member, kindToJson(kinds[member])] as const);
  return {
    verdict,
    protocols,
    instructions,
    ...(Object.fromEntries(members) as Record<Surface["member"], CheckedKind>),
  };
}

const kindToJson = ({ signed, ...counts }: KindOffers): CheckedKind =>
  signed === undefined ? { open: true, ...counts } : { open: false, signed, ...counts };
