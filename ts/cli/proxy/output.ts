/** Lines to a stream, in order, and not faster than it takes them. */
import type { Writable } from "node:stream";

export class Output {
  readonly #stream: Writable;
  #room: Promise<void> | undefined;
  #closed = false;
  readonly #whenClosed: (() => void)[] = [];

  constructor(stream: Writable) {
    this.#stream = stream;
    // Its reader has gone away: what ends the session is told elsewhere.
    stream.on("error", () => this.#close());
    stream.on("close", () => this.#close());
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Writes one line. The promise is there only while the stream is full. `failed` is called if nobody can read it. */
  line(text: string, failed?: () => void): Promise<void> | undefined {
    if (this.#closed) {
      failed?.();
      return this.#room;
    }
    const told = failed === undefined ? undefined : (error?: Error | null) => void (error && failed());
    if (this.#stream.write(`${text}\n`, told)) return this.#room;
    this.#room ??= new Promise((resolve) => {
      const done = (): void => {
        this.#room = undefined;
        this.#stream.off("drain", done);
        this.#stream.off("close", done);
        resolve();
      };
      this.#stream.once("drain", done);
      this.#stream.once("close", done);
    });
    return this.#room;
  }

  /** Resolves when everything has been taken. */
  async flushed(): Promise<void> {
    if (this.#closed || this.#stream.writableLength === 0) return;
    await new Promise<void>((resolve) => {
      this.#stream.write("", () => resolve());
      this.#stream.once("close", () => resolve());
    });
  }

  end(): void {
    if (!this.#closed) this.#stream.end();
  }

  /** Calls back when nothing can be written any more. */
  onceClosed(call: () => void): void {
    if (this.#closed) call();
    else this.#whenClosed.push(call);
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const call of this.#whenClosed) call();
  }
}
