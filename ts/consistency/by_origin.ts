import { hasMethods, readMembers } from "../input/members.js";
import { invalidOption, kindOf, readText } from "../input/options.js";
import type { ConsistencyPair, ConsistencySource } from "./source.js";

/** Sources by origin: `{ [origin]: source }`, or a `Map` of the same. */
export type SourcesByOrigin = Readonly<Record<string, ConsistencySource>> | ReadonlyMap<string, ConsistencySource>;

/**
 * One source for several logs. The key of each is the first line of the log's checkpoints. For all trees of a Rekor v1, it
 * is the host alone.
 */
export class ConsistencyByOrigin implements ConsistencySource {
  readonly #sources: ReadonlyMap<string, ConsistencySource>;

  constructor(sources: SourcesByOrigin) {
    const what = "ConsistencyByOrigin";
    const entries = entriesOf(sources) ?? Object.entries(readMembers(what, sources));
    if (entries.length === 0) throw invalidOption(what, "a source for each log", "none");
    this.#sources = new Map(
      entries.map(([key, source]) => {
        const origin = readText(`${what} (an origin)`, key);
        return [origin, readSource(`${what}.${origin}`, source)];
      }),
    );
  }

  async prove(pair: ConsistencyPair): Promise<readonly Uint8Array[]> {
    const [host = ""] = pair.origin.split(" - ");
    const source = this.#sources.get(pair.origin) ?? this.#sources.get(host);
    if (source === undefined) throw new Error(`there is no source for the log ${pair.origin}`);
    return source.prove(pair);
  }
}

/** The entries of a `Map` of any realm. Methods that its class or the object itself overrides are not called. */
function entriesOf(value: unknown): [unknown, unknown][] | undefined {
  try {
    const entries: [unknown, unknown][] = [];
    Map.prototype.forEach.call(value as Map<unknown, unknown>, (source, origin) => entries.push([origin, source]));
    return entries;
  } catch {
    return undefined;
  }
}

export function readSource(subject: string, value: unknown): ConsistencySource {
  if (hasMethods(value, "prove")) return value as ConsistencySource;
  const hint =
    "Use new TileConsistency({ url }), new RekorV1Consistency({ url }), or an object of your own with prove.";
  throw invalidOption(subject, "a ConsistencySource", kindOf(value), hint);
}
