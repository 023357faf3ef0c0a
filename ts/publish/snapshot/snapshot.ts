/** A server's definitions as a catalogue: every page, every era, with all abilities of a client and with none. */
import { KINDS, type Kind } from "../definition.js";
import type { Bounds } from "./bounds.js";
import { composeCatalogue, type Statement } from "./compose.js";
import { UnspokenEra } from "./failure.js";
import type { OpenWire } from "./peer.js";
import { type Abilities, type Era, readServer, type Seen } from "./session.js";
import { unite } from "./union.js";

export interface Snapshot {
  readonly text: string;
  /** How many names there are of each kind, and how many definitions beside the main ones. */
  readonly counts: { readonly [kind in Kind | "alternatives"]: number };
  /** What differs between two sessions of the same kind, in words. */
  readonly unstable: readonly string[];
  /** Lines that the server wrote between its messages. */
  readonly noise: number;
  /** The eras that the server speaks. */
  readonly eras: readonly Era[];
}

export interface Source {
  readonly open: OpenWire;
  readonly bounds: Bounds;
}

export async function takeSnapshot(source: Source, statement: Statement): Promise<Snapshot> {
  const views = await readViews(source);
  const [main] = views;
  // The first view once more at the end: what differs between the two is not stable.
  const again = main === undefined ? [] : [await readServer(source.open, main.era, "full", source.bounds)];
  const seen = [...views, ...again];
  const union = unite(seen);
  const counts = KINDS.map((kind) => [kind, union.kinds[kind].definitions.size] as const);
  const alternatives = KINDS.flatMap((kind) => [...union.kinds[kind].definitions.values()])
    .map((group) => group.length - 1)
    .reduce((sum, more) => sum + more, Math.max(0, union.instructions.length - 1));
  return {
    text: composeCatalogue(union, statement),
    counts: { ...Object.fromEntries(counts), alternatives } as Snapshot["counts"],
    unstable: union.unstable,
    noise: Math.max(...seen.map(({ noise }) => noise)),
    eras: [...new Set(seen.map(({ era }) => era))],
  };
}

/**
 * All that a server shows: in each era that it speaks, to a client with all abilities and to one with none. The newest era
 * comes first, and views with all abilities before those with none.
 */
export async function readViews({ open, bounds }: Source): Promise<Seen[]> {
  const read = (era: Era, abilities: Abilities): Promise<Seen> => readServer(open, era, abilities, bounds);
  const older = await orUnspoken(read("2025-11-25", "full"));
  const newer = await orUnspoken(read("2026-07-28", "full"));
  // What it said to `initialize` explains more than what it said to a request that it does not know.
  if (older instanceof UnspokenEra && newer instanceof UnspokenEra) throw older;
  const full = [newer, older].filter((one): one is Seen => !(one instanceof UnspokenEra));
  const bare: Seen[] = [];
  for (const { era } of full) bare.push(await read(era, "none"));
  return [...full, ...bare];
}

const orUnspoken = <T>(reading: Promise<T>): Promise<T | UnspokenEra> =>
  reading.catch((error: unknown) => {
    if (error instanceof UnspokenEra) return error;
    throw error;
  });
