/** The audit file: one whole JSON line for each decision of the gate. */
import { closeSync, fchmodSync, fstatSync, fsyncSync, ftruncateSync, readSync, writeSync } from "node:fs";
import type { GateDecision } from "../../mcp/index.js";
import { openToAppend } from "./append.js";

/** Appends to a file. Every line is written by one call, so that lines of several processes do not mix. */
export class AuditFile {
  readonly #file: number;
  #broken = false;

  /** Throws if the file cannot be written. */
  constructor(path: string) {
    this.#file = openToAppend(path);
    const stat = fstatSync(this.#file);
    if (!stat.isFile()) return;
    if (stat.size === 0) fchmodSync(this.#file, 0o600);
    else this.#endTornLine(stat.size);
  }

  /**
   * Writes one decision. What refuses something stands on the disk when this returns. Gives the error if the file cannot be
   * written any more: once, and nothing is written after it.
   */
  write(decision: GateDecision): Error | undefined {
    if (this.#broken) return undefined;
    try {
      const line = Buffer.from(`${JSON.stringify(decision)}\n`);
      const count = writeSync(this.#file, line);
      if (count !== line.length) {
        this.#takeBack(line.subarray(0, count));
        throw new Error(`${count} of ${line.length} bytes were written`);
      }
      if (decision.decision !== "allowed") this.#sync();
      return undefined;
    } catch (error) {
      this.#broken = true;
      return error as Error;
    }
  }

  close(): void {
    try {
      this.#sync();
    } catch {
      // Each line is written; only the disk has not confirmed the last ones.
    }
    closeSync(this.#file);
  }

  #sync(): void {
    try {
      fsyncSync(this.#file);
    } catch (error) {
      // Devices have nothing to wait for.
      const { code } = error as NodeJS.ErrnoException;
      if (code !== "EINVAL" && code !== "ENOTSUP" && code !== "EROFS") throw error;
    }
  }

  /** Cuts off the half line that a full disk took, if nothing of another process stands after it. */
  #takeBack(half: Buffer): void {
    const { size } = fstatSync(this.#file);
    if (size < half.length) return;
    const last = Buffer.alloc(half.length);
    readSync(this.#file, last, 0, half.length, size - half.length);
    if (last.equals(half)) ftruncateSync(this.#file, size - half.length);
  }

  /** A machine that lost power may have left half a line: the next one must not join it. */
  #endTornLine(size: number): void {
    const last = Buffer.alloc(1);
    readSync(this.#file, last, 0, 1, size - 1);
    if (last[0] !== 0x0a) writeSync(this.#file, "\n");
  }
}
