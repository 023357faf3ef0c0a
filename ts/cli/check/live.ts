/** Connects to a server, and compares what it offers now with its verified catalogue. */
import type { VerifiedCatalogue } from "../../catalogue/catalogue.js";
import { InkanError } from "../../errors.js";
import type { PolicyServer } from "../../policy_file/load.js";
import { boundsFrom } from "../../publish/snapshot/bounds.js";
import { SnapshotFailure } from "../../publish/snapshot/failure.js";
import { readViews } from "../../publish/snapshot/snapshot.js";
import { isRefused, judgeOffers, type Offers } from "./offers.js";
import { wireTo } from "./reach.js";

/** Milliseconds for each answer of a server, and for all that is asked of one. */
const ANSWER = 30_000;
const TOTAL = 120_000;

/** `unjudged`: the server cannot be listed. */
export type Live =
  | { readonly verdict: "verified" | "refused"; readonly protocols: readonly string[]; readonly offers: Offers }
  | { readonly verdict: "unjudged"; readonly reason: string };

/** How servers are listed. */
export interface LiveOptions {
  /** The policy file's folder. */
  readonly folder: string;
  /** Milliseconds for each answer. */
  readonly answer: number | undefined;
}

export async function liveVerdict(
  server: PolicyServer,
  catalogue: VerifiedCatalogue,
  { folder, answer = ANSWER }: LiveOptions,
): Promise<Live> {
  try {
    const bounds = boundsFrom(answer, Math.max(TOTAL, 2 * answer));
    const views = await readViews({ open: wireTo(server.reach, folder, bounds), bounds });
    const offers = await judgeOffers(server, catalogue, views);
    const protocols = [...new Set(views.map(({ era }) => era))];
    return { verdict: isRefused(offers) ? "refused" : "verified", protocols, offers };
  } catch (error) {
    if (error instanceof SnapshotFailure) return { verdict: "unjudged", reason: error.message };
    // The catalogue has expired meanwhile.
    if (error instanceof InkanError) return { verdict: "unjudged", reason: `${error.code}: ${error.message}` };
    throw error;
  }
}
