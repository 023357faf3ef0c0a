/** The record of a TUF repository on its way into a store, judged by the core. */
import * as glue from "../../pkg/inkan.js";
import { boundText } from "../input/size.js";
import type { RepositoryRecord } from "../state/record.js";
import { OwnedObject } from "./instance.js";
import type { PendingRecord } from "./verifier.js";

/**
 * Free it in the end. The core must be loaded.
 * @internal
 */
export class CoreRepositoryUpdate {
  readonly #object: OwnedObject<glue.RepositoryUpdate>;

  constructor(seen: RepositoryRecord) {
    const { repository, root, timestamp, snapshot, targets, onlineKeys, digest } = seen;
    const record = { kind: "tuf", format: 1, repository, root, timestamp, snapshot, targets, onlineKeys, digest };
    const text = boundText("repository", "stateRecord", JSON.stringify(record));
    this.#object = new OwnedObject(() => glue.RepositoryUpdate.fromRecord(text));
  }

  records(): PendingRecord[] {
    return JSON.parse(this.#object.use((object) => object.records()));
  }

  judge(key: string, stored: string | undefined, floor: string | undefined): string | undefined {
    return this.#object.use((object) => object.judge(key, stored, floor));
  }

  stored(key: string): void {
    this.#object.use((object) => object.stored(key));
  }

  /** Nothing is proven but by the TUF client, which has done so. */
  unproven(): undefined {}
  prove(): void {}
  unreachable(): void {}

  free(): void {
    this.#object.free();
  }
}
