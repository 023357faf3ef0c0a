/** The server behind the proxy, however it is reached. */
import type { ReadMessage, Unreadable } from "../message/message_text.js";

type MessageId = string | number;

export interface Upstream {
  /** Sends one message. The promise is there while the server takes no more. */
  send(text: string, message: unknown): Promise<void> | undefined;
  /** Ends the server: in order, or soon. Gives the exit code of the proxy. */
  end(how: "in order" | "soon"): Promise<number>;
}

/** What the server's side tells the session. */
export interface Receiver {
  /** Something came. The promise resolves when it has been judged and handed on. */
  received(what: ReadMessage | Unreadable): Promise<void>;
  /** A request of the client, or of the gate, will have no answer. */
  failed(id: MessageId, reason: string): Promise<void>;
  /** Whether a request waits for an answer. */
  waits(id: MessageId): boolean;
  /** The server is gone, and why; with the exit code if it has one yet. */
  gone(reason: string, exitCode: number | undefined): void;
  /** A remote server has begun another session: what it lists may be other things now. */
  begunAgain(): void;
}
