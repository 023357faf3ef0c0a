/**
 * A gate around a transport of any SDK. It is a class of its own with its own members. Clients look at a transport's
 * constructor and fields to start another transport like it, so everything that they find must lead through the gate.
 */
import { invalidOption, kindOf } from "../input/options.js";
import { type Gate, type GateInside, gateInside } from "./gate/gate.js";
import { type AddressedMessage, type MessageId, own } from "./message/message.js";

/** The members that the transports of the SDKs (v1 and v2), and of the frameworks on top of them, have in common. */
export interface McpTransport {
  start(): Promise<void>;
  // biome-ignore lint/suspicious/noExplicitAny: each SDK has types of its own for the same messages and options
  send(message: any, options?: any): Promise<void>;
  close(): Promise<void>;
  onclose?: (() => void) | undefined;
  onerror?: ((error: Error) => void) | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  onmessage?: ((message: any, extra?: any) => void) | undefined;
  sessionId?: string | undefined;
  setProtocolVersion?: ((version: string) => void) | undefined;
}

/** Members that only some transports have. */
interface OptionalMembers {
  setSupportedProtocolVersions?: ((versions: string[]) => void) | undefined;
  readonly hasPerRequestStream?: boolean;
  protocolVersion?: string | undefined;
  readonly stderr?: unknown;
  readonly pid?: unknown;
  finishAuth?: (...args: unknown[]) => Promise<void>;
  terminateSession?: () => Promise<void>;
}

type Inner = McpTransport & OptionalMembers;

interface SendOptions {
  readonly requestSignal?: AbortSignal;
  readonly onRequestStreamEnd?: () => void;
}

class GatedTransport implements McpTransport {
  readonly #inner: Inner;
  readonly #gate: Gate;
  readonly #inside: GateInside;
  #closed = false;
  onclose?: () => void;
  onerror?: (error: Error) => void;
  // biome-ignore lint/suspicious/noExplicitAny: each SDK has types of its own for the same messages
  onmessage?: (message: any, extra?: any) => void;
  /** Members that are present only if the inner transport has them, because clients check for their presence. */
  declare setProtocolVersion?: (version: string) => void;
  declare setSupportedProtocolVersions?: (versions: string[]) => void;
  declare readonly hasPerRequestStream?: boolean;
  declare finishAuth?: (...args: unknown[]) => Promise<void>;
  declare terminateSession?: () => Promise<void>;

  constructor(inner: Inner, gate: Gate) {
    this.#inner = inner;
    this.#gate = gate;
    this.#inside = gateInside("gateTransport.gate", gate);
    if (typeof inner.setProtocolVersion === "function") {
      this.setProtocolVersion = (version) => inner.setProtocolVersion?.(version);
    }
    if (typeof inner.setSupportedProtocolVersions === "function") {
      this.setSupportedProtocolVersions = (versions) => inner.setSupportedProtocolVersions?.(versions);
    }
    if (inner.hasPerRequestStream !== undefined) this.hasPerRequestStream = inner.hasPerRequestStream;
    if (typeof inner.finishAuth === "function") {
      this.finishAuth = (...args) => inner.finishAuth?.(...args) ?? Promise.resolve();
    }
    if (typeof inner.terminateSession === "function") {
      this.terminateSession = () => inner.terminateSession?.() ?? Promise.resolve();
    }
  }

  get sessionId(): string | undefined {
    return this.#inner.sessionId;
  }

  set sessionId(id: string | undefined) {
    this.#inner.sessionId = id;
  }

  /** A client that does not know `setProtocolVersion` writes it here. Undefined before. Its type is that client's. */
  get protocolVersion(): string {
    return this.#inner.protocolVersion as string;
  }

  set protocolVersion(version: string) {
    this.#inner.protocolVersion = version;
  }

  /** @internal */
  isGatedBy(gate: Gate): boolean {
    return this.#gate === gate;
  }

  async start(): Promise<void> {
    this.#inside.attach((message) => this.#deliver(message, undefined));
    this.#closed = false;
    const inner = this.#inner;
    inner.onmessage = (message, extra) => {
      this.#gate.inbound(message).then((outcome) => {
        for (const one of outcome) this.#deliver(one, extra);
      }, this.#report);
    };
    inner.onerror = (error) => this.onerror?.(error);
    inner.onclose = () => void this.#end();
    try {
      await inner.start();
    } catch (error) {
      this.#inside.detach();
      throw error;
    }
  }

  // biome-ignore lint/suspicious/noExplicitAny: each SDK has options of its own
  async send(message: unknown, options?: any): Promise<void> {
    for (const one of await this.#gate.outbound(message)) {
      if (one.to === "client") {
        // The caller's own handlers for the answer are in place after `send` returns.
        queueMicrotask(() => this.#deliver(one, undefined));
        continue;
      }
      const id =
        own(one.message, "method") === undefined ? undefined : (own(one.message, "id") as MessageId | undefined);
      try {
        await this.#inner.send(one.message, id === undefined ? options : this.#watched(id, options));
      } catch (error) {
        if (id !== undefined) this.#inside.forget(id);
        throw error;
      }
    }
  }

  async close(): Promise<void> {
    await this.#inner.close();
    await this.#end();
  }

  /** The end of a request's own stream, or a signal that aborts it, ends the request without a message. */
  #watched(id: MessageId, options: SendOptions | undefined): SendOptions | undefined {
    if (options === undefined) return undefined;
    const { requestSignal, onRequestStreamEnd } = options;
    requestSignal?.addEventListener("abort", () => this.#inside.forget(id), { once: true });
    if (onRequestStreamEnd === undefined) return options;
    const ended = (): void => {
      // The answer may still be on its way through the gate.
      void this.#inside.settled().then(() => {
        this.#inside.forget(id);
        onRequestStreamEnd();
      });
    };
    return { ...options, onRequestStreamEnd: ended };
  }

  #deliver({ to, message }: AddressedMessage, extra: unknown): void {
    if (to === "server") {
      this.#inner.send(message).catch(this.#report);
      return;
    }
    try {
      this.onmessage?.(message, extra);
    } catch (error) {
      this.#report(error);
    }
  }

  readonly #report = (error: unknown): void => {
    this.onerror?.(error instanceof Error ? error : new Error(String(error)));
  };

  /** Called once, after everything that came before the end. */
  async #end(): Promise<void> {
    await this.#inside.settled();
    if (this.#closed) return;
    this.#closed = true;
    this.#inside.detach();
    this.onclose?.();
  }
}

/**
 * The members by which clients recognise a child process. They then wait for it to end, and cannot start another one.
 */
class GatedProcessTransport extends GatedTransport {
  readonly #process: Inner;

  constructor(inner: Inner, gate: Gate) {
    super(inner, gate);
    this.#process = inner;
  }

  get stderr(): unknown {
    return this.#process.stderr;
  }

  get pid(): unknown {
    return this.#process.pid;
  }
}

export type { GatedTransport };

/**
 * A transport on which only messages pass that the gate allows. Give it to the client in place of `transport`. One gate
 * serves one open transport at a time.
 */
export function gateTransport(transport: McpTransport, gate: Gate): GatedTransport {
  if (typeof transport !== "object" || transport === null || typeof transport.send !== "function") {
    throw invalidOption("gateTransport.transport", "a transport of an MCP SDK", kindOf(transport));
  }
  const isProcess = "stderr" in transport && "pid" in transport;
  return isProcess ? new GatedProcessTransport(transport, gate) : new GatedTransport(transport, gate);
}

/** Whether a transport leads through this gate already. @internal */
export const isGated = (transport: unknown, gate: Gate): boolean =>
  transport instanceof GatedTransport && transport.isGatedBy(gate);
