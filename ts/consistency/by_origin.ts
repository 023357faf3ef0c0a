import { invalidOption, kindOf } from "../input/options.js";
import type { ConsistencyPair, ConsistencySource } from "./source.js";

/** One source for several logs: by the first line of their checkpoints, or, for every tree of a Rekor v1, its host alone. */
export class ConsistencyByOrigin implements ConsistencySource {
  readonly #sources: ReadonlyMap<string, ConsistencySource>;

  constructor(sources: Readonly<Record<string, ConsistencySource>>) {
    if (typeof sources !== "object" || sources === null || Array.isArray(sources)) {
      throw invalidOption("ConsistencyByOrigin", "an object of sources by origin", kindOf(sources));
    }
    this.#sources = new Map(
      Object.entries(sources).map(([origin, source]) => [origin, readSource(`ConsistencyByOrigin.${origin}`, source)]),
    );
  }

  async prove(pair: ConsistencyPair): Promise<readonly Uint8Array[]> {
    const [host = ""] = pair.origin.split(" - ");
    const source = this.#sources.get(pair.origin) ?? this.#sources.get(host);
    if (source === undefined) throw new Error(`there is no source for the log ${pair.origin}`);
    return source.prove(pair);
  }
}

export function readSource(subject: string, value: unknown): ConsistencySource {
  const source = value as ConsistencySource;
  if (typeof value === "object" && value !== null && typeof source.prove === "function") return source;
  const hint =
    "Use new TileConsistency({ url }), new RekorV1Consistency({ url }), or an object of your own with prove.";
  throw invalidOption(subject, "a ConsistencySource", kindOf(value), hint);
}
