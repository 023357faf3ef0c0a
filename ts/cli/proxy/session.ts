/** Messages between the host and the server, through the gate, in their order. */
import { setTimeout as sleep } from "node:timers/promises";
import { type Line, Lines } from "../../input/lines.js";
import { type GateInside, gateInside } from "../../mcp/gate/gate.js";
import type { AddressedMessage, Gate } from "../../mcp/index.js";
import { own, ownText } from "../../mcp/message/message.js";
import { LIMITS } from "./limits.js";
import { idAtTheEdge, type ReadMessage, readMessageBytes, type Unreadable } from "./message/message_text.js";
import { messageText } from "./message/writing.js";
import { type Notes, shown } from "./notes.js";
import { Output } from "./output.js";
import type { Receiver, Upstream } from "./server/upstream.js";

type MessageId = string | number;

/** The code of JSON-RPC for a server's own errors: here, that there is no answer. */
const NO_ANSWER = -32000;

/** Bytes that a line which waits takes beside its own. */
const LINE_COST = 256;

export interface SessionOptions {
  readonly gate: Gate;
  readonly notes: Notes;
  readonly input: NodeJS.ReadableStream & AsyncIterable<Buffer>;
  readonly output: NodeJS.WriteStream;
  /** The server's identifier. */
  readonly server: string;
}

export class Session implements Receiver {
  readonly #gate: Gate;
  readonly #inside: GateInside;
  readonly #notes: Notes;
  readonly #host: Output;
  readonly #input: SessionOptions["input"];
  readonly #server: string;
  #upstream: Upstream | undefined;
  /** Why there is no server any more. */
  #lost: { readonly reason: string; readonly exitCode: number | undefined } | undefined;
  /** The process that has started this one. */
  readonly #parent = process.ppid;
  /** Whether the host was told so in an answer. */
  #toldLost = false;
  #halted = false;
  #hasAnswered = false;
  #hasAsked = false;
  #patience: NodeJS.Timeout | undefined;
  #end: ((how: "in order" | "soon") => void) | undefined;

  constructor({ gate, notes, input, output, server }: SessionOptions) {
    this.#gate = gate;
    this.#inside = gateInside("proxy.gate", gate);
    this.#notes = notes;
    this.#host = new Output(output);
    this.#input = input;
    this.#server = server;
  }

  /** Runs until the host or the server has ended. Gives the exit code. */
  async run(upstream: Upstream): Promise<number> {
    this.#upstream = upstream;
    const ended = new Promise<"in order" | "soon">((resolve) => {
      this.#end = resolve;
    });
    // Whether the server is given time for what is still open.
    let mayAnswer = true;
    void this.#readHost()
      .then((judged) => {
        mayAnswer = judged;
      })
      .catch(() => {})
      .then(() => this.#end?.("in order"));
    this.#host.onceClosed(() => this.#end?.("in order"));
    const how = await ended;
    if (how === "in order" && mayAnswer && this.#lost === undefined) await this.#lastAnswers();
    clearTimeout(this.#patience);
    const code = await upstream.end(how);
    await this.#inside.settled();
    await Promise.race([this.#host.flushed(), sleep(LIMITS.endSeconds * 1_000, undefined, { ref: false })]);
    return this.#lost?.exitCode ?? code;
  }

  /** Ends the session, as a signal asks for. */
  stop(): void {
    this.#end?.("soon");
  }

  /** Ends the session, and lets nothing through any more in either direction. */
  halt(): void {
    this.#halted = true;
    this.stop();
  }

  /** What the gate sends by itself. */
  emit(message: AddressedMessage): void {
    this.#deliver(message, undefined);
  }

  async received(what: ReadMessage | Unreadable): Promise<void> {
    if ("problem" in what) {
      this.#noteUnreadable("the server", what);
      const { id } = what;
      const answers = id !== undefined && what.isRequest !== true;
      await this.#judged(this.#gate.inbound(answers ? { jsonrpc: "2.0", id, result: null } : null), undefined);
      return;
    }
    this.#hasAnswered = true;
    await this.#judged(this.#gate.inbound(what.message), what);
  }

  async failed(id: MessageId, reason: string): Promise<void> {
    this.#notes.say(reason);
    await this.#tell(id, reason);
  }

  waits(id: MessageId): boolean {
    return this.#inside.parts.session.client.has(id) || this.#inside.parts.relists.isOwn(id);
  }

  gone(reason: string, exitCode: number | undefined): void {
    this.#lost = { reason, exitCode };
    this.#notes.say(reason);
    void this.#failAll(reason).then(async () => {
      // A host that has just started the proxy is about to ask, and shows the reason if its request is answered.
      const until = performance.now() + (this.#hasAnswered ? 0 : LIMITS.deadServerSeconds * 1_000);
      while (!this.#toldLost && performance.now() < until) await sleep(10);
      this.#end?.("in order");
    });
  }

  /** The gate lists anew. The client hears of it only from a server that had said it would tell. */
  begunAgain(): void {
    const { session } = this.#inside.parts;
    for (const capability of ["tools", "prompts", "resources"] as const) {
      const method = `notifications/${capability}/list_changed`;
      void this.#gate.inbound({ jsonrpc: "2.0", method }).then((outcome) => {
        if (session.declares(capability)) for (const one of outcome) this.#deliver(one, undefined);
      });
    }
  }

  /**
   * Reads ahead of what is judged, up to a bound: the end of the host is seen although the server takes nothing. Says
   * whether everything was judged.
   */
  async #readHost(): Promise<boolean> {
    const lines = new Lines(LIMITS.messageBytes);
    let judging: Promise<void> = Promise.resolve();
    let ahead = 0;
    const judge = (line: Line): void => {
      const bytes = ("bytes" in line ? line.bytes.length : 0) + LINE_COST;
      ahead += bytes;
      judging = judging.then(async () => {
        await this.#fromHost(line);
        ahead -= bytes;
      });
    };
    for await (const piece of this.#input) {
      for (const line of lines.push(piece)) judge(line);
      if (ahead > LIMITS.aheadBytes) await this.#judgedOrOrphaned(judging);
    }
    const last = lines.end();
    if (last !== undefined) judge(last);
    const late = sleep(LIMITS.lastAnswersSeconds * 1_000, false, { ref: false });
    return Promise.race([judging.then(() => true), late]);
  }

  /** Nothing more is read for now, so that the end of the host cannot be seen: its process is looked for. */
  async #judgedOrOrphaned(judging: Promise<void>): Promise<void> {
    const look = setInterval(() => {
      if (process.ppid !== this.#parent) this.stop();
    }, 1_000);
    await judging.finally(() => clearInterval(look));
  }

  async #fromHost(line: Line): Promise<void> {
    if ("bytes" in line && line.bytes.length === 0) return;
    const read = "bytes" in line ? readMessageBytes(line.bytes) : tooLong(line);
    if ("message" in read) return this.#judged(this.#gate.outbound(read.message), read);
    this.#noteUnreadable("the client", read);
    const { id, isRequest } = read;
    // Without its version a request is malformed to the gate, which answers it so.
    await this.#judged(
      this.#gate.outbound(id !== undefined && isRequest === true ? { id, method: "" } : null),
      undefined,
    );
  }

  async #judged(judgement: Promise<AddressedMessage[]>, read: ReadMessage | undefined): Promise<void> {
    for (const one of await judgement) {
      const room = this.#deliver(one, read);
      if (room !== undefined) await room;
    }
  }

  #deliver({ to, message }: AddressedMessage, read: ReadMessage | undefined): Promise<void> | undefined {
    if (this.#halted) return undefined;
    const text = messageText(message, read);
    if (to === "client") return this.#host.line(text);
    const id = ownText(message, "method") === undefined ? undefined : (own(message, "id") as MessageId | undefined);
    if (this.#lost !== undefined) {
      if (id !== undefined) void this.#tell(id, this.#lost.reason);
      return undefined;
    }
    if (id !== undefined && !this.#hasAsked) this.#waitForFirstAnswer();
    return this.#upstream?.send(text, message);
  }

  /** Answers a request for the server, through the gate, which then knows that it is answered. */
  async #tell(id: MessageId, reason: string): Promise<void> {
    if (this.#lost !== undefined) this.#toldLost = true;
    const data = { server: this.#server };
    const message = `inkan proxy: ${reason}`;
    const error = { code: NO_ANSWER, message, data };
    await this.#judged(this.#gate.inbound({ jsonrpc: "2.0", id, error }), undefined);
  }

  async #failAll(reason: string): Promise<void> {
    for (const id of [...this.#inside.parts.session.client.keys()]) await this.#tell(id, reason);
  }

  #waitForFirstAnswer(): void {
    this.#hasAsked = true;
    this.#patience = setTimeout(() => {
      if (this.#hasAnswered || this.#lost !== undefined) return;
      const reason = `The server has not answered within ${LIMITS.firstAnswerSeconds} seconds.`;
      this.#notes.say(reason);
      void this.#failAll(reason);
    }, LIMITS.firstAnswerSeconds * 1_000);
    this.#patience.unref();
  }

  /** Waits until what is open has been answered, for a while. A subscription never is. */
  async #lastAnswers(): Promise<void> {
    const until = performance.now() + LIMITS.lastAnswersSeconds * 1_000;
    const isOpen = (): boolean =>
      [...this.#inside.parts.session.client.values()].some(({ method }) => method !== "subscriptions/listen");
    while (this.#lost === undefined && !this.#host.closed && isOpen() && performance.now() < until) await sleep(5);
  }

  #noteUnreadable(who: string, { problem, noise }: Unreadable): void {
    this.#notes.say(
      `dropped what ${who} wrote: ${shown(problem)}${noise ? "" : "; it is no message that all parsers read alike"}`,
    );
  }
}

function tooLong({ tooLong: bytes, head, tail }: Exclude<Line, { bytes: Buffer }>): Unreadable {
  const id = idAtTheEdge(head, tail);
  const isRequest = /"method"\s*:/.test(head.toString("latin1")) || /"method"\s*:/.test(tail.toString("latin1"));
  const problem = `a line of ${bytes} bytes, which is more than ${LIMITS.messageBytes}`;
  return { problem, noise: false, isRequest, ...(id === undefined ? {} : { id }) };
}
