/** The source of newer catalogues. It is asked when an offer is not signed, and not more often than allowed. */
import type { VerifiedCatalogue } from "../../catalogue/catalogue.js";
import { InkanError } from "../../errors.js";
import type { Events } from "../gate/events.js";
import { readCatalogue, type Settings } from "../gate/options.js";

export class Refresher {
  readonly #settings: Settings;
  readonly #events: Events;
  readonly #replace: (catalogue: VerifiedCatalogue) => void;
  #asking = false;
  #lastAsked = Number.NEGATIVE_INFINITY;

  constructor(settings: Settings, events: Events, replace: (catalogue: VerifiedCatalogue) => void) {
    this.#settings = settings;
    this.#events = events;
    this.#replace = replace;
  }

  /** Asks the source, unless it was asked recently. After a failure the present catalogue stays in place. */
  ask(): void {
    const { refresh } = this.#settings;
    if (refresh === undefined || this.#asking || performance.now() - this.#lastAsked < refresh.everyMs) return;
    this.#asking = true;
    this.#lastAsked = performance.now();
    void this.#load(refresh.load).finally(() => {
      this.#asking = false;
    });
  }

  async #load(load: () => Promise<VerifiedCatalogue | undefined>): Promise<void> {
    try {
      const catalogue: unknown = await load();
      if (catalogue !== undefined) this.#replace(readCatalogue("createGate.refresh.load", catalogue));
    } catch (error) {
      this.#events.tell({
        direction: "inbound",
        kind: "message",
        decision: "dropped",
        code: error instanceof InkanError ? error.code : "ERR_CATALOGUE_REFRESH",
      });
    }
  }
}
