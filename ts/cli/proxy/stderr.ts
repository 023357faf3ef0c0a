/** Standard error, which nobody may be reading: writing to it never waits. */
import { constants, fstatSync, openSync, type Stats, writeSync } from "node:fs";

const STDERR = 2;

/** Bytes that wait for a reader; what would come on top is lost. */
const WAITING = 2 ** 16;

/** POSIX alone: elsewhere standard error is written to as it is. */
const NO_WAIT = constants.O_NONBLOCK;

export class StandardError {
  readonly #file: number;
  /** In place of the file, where the file would make its writer wait. */
  readonly #stream: NodeJS.WriteStream | undefined;

  constructor() {
    const found = statusOf();
    const isPipe = found?.isFIFO() === true;
    const own = isPipe ? openedAnew() : undefined;
    this.#file = own ?? STDERR;
    if (NO_WAIT === undefined || own !== undefined || !(isPipe || found?.isSocket() === true)) return;
    this.#stream = process.stderr;
    this.#stream.on("error", () => {});
  }

  /**
   * Whether the server may write to it itself. Not where a stream writes: not to wait is then a property of the pipe, and
   * a server that shares it would get errors where it expects to wait.
   */
  get isShared(): boolean {
    return this.#stream === undefined;
  }

  /** Writes as much as there is room for. Says whether there is room for more. */
  write(content: string | Uint8Array): boolean {
    if (this.#stream !== undefined) {
      if (this.#stream.writableLength < WAITING) this.#stream.write(content);
      return this.#stream.destroyed || !this.#stream.writableNeedDrain;
    }
    try {
      if (typeof content === "string") writeSync(this.#file, content);
      else writeSync(this.#file, content);
    } catch {
      // It is full, or its reader has gone.
    }
    return true;
  }

  /** Calls back once there is room again. */
  onceRoom(call: () => void): void {
    this.#stream?.once("drain", call);
    this.#stream?.once("close", call);
  }
}

function statusOf(): Stats | undefined {
  try {
    return fstatSync(STDERR);
  } catch {
    return undefined;
  }
}

/**
 * The same pipe, opened a second time: not to wait is a property of this opening alone, and the server's own standard
 * error stays as the host made it. Linux can do so; a socket cannot be opened a second time anywhere.
 */
function openedAnew(): number | undefined {
  if (process.platform !== "linux" || NO_WAIT === undefined) return undefined;
  try {
    return openSync(`/proc/self/fd/${STDERR}`, constants.O_WRONLY | NO_WAIT);
  } catch {
    return undefined;
  }
}
