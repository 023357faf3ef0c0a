/** A record that is stated and not proven here: an operator's checkpoint, or what a TUF client verified. The core judges it. */
import type * as glue from "../../pkg/inkan.js";
import { OwnedObject } from "./instance.js";
import type { PendingRecord } from "./verifier.js";

/**
 * It is judged and stored as the records of a verification are. Must be freed.
 * @internal
 */
export class CoreStatedRecord {
  readonly #object: OwnedObject<glue.Seeding | glue.RepositoryUpdate>;

  constructor(make: () => glue.Seeding | glue.RepositoryUpdate) {
    this.#object = new OwnedObject(make);
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

  /** Nothing is left to prove: who states the record answers for it. */
  unproven(): undefined {}
  prove(): void {}
  unreachable(): void {}

  free(): void {
    this.#object.free();
  }
}
