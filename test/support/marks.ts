/** Records as the core writes them, and a verification that presents a log's checkpoint: never smaller, as the core has it. */
import type { PendingRecord } from "../../ts/core/verifier.js";
import { FreshnessError } from "../../ts/errors.js";
import type { PendingRecords } from "../../ts/state/store_records.js";

const sizeOf = (record: string): bigint => BigInt(JSON.parse(record).treeSize);

/** The record of a log's checkpoint. */
export function logMark(treeSize: bigint | string, logKey = "ab".repeat(32)): string {
  const rootHash = "A".repeat(43);
  const note = `rekor.test\n${treeSize}\n${rootHash}=\n\n— rekor.test "treeSize":"1"\n`;
  return JSON.stringify({
    kind: "log",
    format: 1,
    origin: "rekor.test",
    logKey,
    treeSize: `${treeSize}`,
    rootHash: `${rootHash}=`,
    note,
  });
}

/** A verified checkpoint of this size, whose record waits under the key `log:a`. */
export class Presented implements PendingRecords {
  readonly #size: bigint;

  constructor(size: bigint | number) {
    this.#size = BigInt(size);
  }

  records(): PendingRecord[] {
    return [{ key: "log:a", kind: "log" }];
  }

  unproven(): undefined {}

  prove(): void {}

  unreachable(): void {}

  judge(_key: string, stored: string | undefined, floor: string | undefined): string | undefined {
    const marks = [stored, floor].filter((mark) => mark !== undefined).map(sizeOf);
    if (marks.some((mark) => this.#size < mark)) {
      throw new FreshnessError({ code: "ERR_LOG_ROLLBACK", message: "Older.", hint: "None." });
    }
    return stored !== undefined && sizeOf(stored) === this.#size ? undefined : logMark(this.#size);
  }

  stored(): void {}
}
