/** What a gate decided, as events. They never contain the arguments and results of calls. */
import type { VerifiedCatalogue } from "../../catalogue/catalogue.js";
import { printable } from "../../input/printable.js";
import type { GateDecision } from "./decision.js";
import type { Settings } from "./options.js";

/** The facts that one place knows about a decision. An undefined member is left out. */
export type Told = { readonly [member in keyof GateDecision]?: GateDecision[member] | undefined } & Pick<
  GateDecision,
  "direction" | "kind" | "decision"
>;

export class Events {
  readonly #settings: Settings;
  /** The catalogues that are in force, the newest first. */
  readonly #catalogues: () => readonly VerifiedCatalogue[];

  constructor(settings: Settings, catalogues: () => readonly VerifiedCatalogue[]) {
    this.#settings = settings;
    this.#catalogues = catalogues;
  }

  /** Whether there is a listener. Without one, no event is made. */
  get heard(): boolean {
    return this.#settings.onDecision !== undefined;
  }

  tell(told: Told): void {
    const { onDecision } = this.#settings;
    if (onDecision === undefined) return;
    const catalogue = signing(this.#catalogues(), told);
    const event: Told = {
      time: rfc3339(this.#settings.now()),
      server: this.#settings.server,
      ...told,
      // Both come from the other side and may have any length.
      method: told.method === undefined ? undefined : printable(told.method),
      name: told.name === undefined ? undefined : printable(told.name),
      signer: catalogue?.signer,
      logIndex: catalogue?.log[0]?.logIndex,
      catalogueVersion: catalogue?.version,
      catalogueDigest: catalogue?.digest,
    };
    const present = Object.entries(event).filter(([, value]) => value !== undefined);
    try {
      const result = onDecision(Object.fromEntries(present) as unknown as GateDecision);
      // The failure of an asynchronous listener is ignored, like an error that a listener throws.
      if (result instanceof Promise) result.catch(() => {});
    } catch {
      // An error of a listener has no effect on a decision.
    }
  }
}

/**
 * The catalogue that signs what a decision is about. During an overlap it may be an older one. Otherwise the newest.
 */
function signing(catalogues: readonly VerifiedCatalogue[], told: Told): VerifiedCatalogue | undefined {
  const { kind, name, signedDigest } = told;
  if (catalogues.length < 2 || name === undefined || signedDigest === undefined) return catalogues[0];
  if (kind === "instructions" || kind === "sampling" || kind === "message") return catalogues[0];
  const signs = (catalogue: VerifiedCatalogue): boolean =>
    catalogue.signed(kind, name).some(({ digest }) => digest === signedDigest);
  return catalogues.find(signs) ?? catalogues[0];
}

/** A time that is not a number, or is outside of the calendar, is written as its beginning. */
function rfc3339(time: number): string {
  const date = new Date(time);
  return (Number.isNaN(date.getTime()) ? new Date(0) : date).toISOString();
}
