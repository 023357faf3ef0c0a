/**
 * Lists that the gate requests: after a notification, and after a changed definition in a list of the client. One list
 * is read at a time, over all pages. Causes that arrive during it, or in the pause after it, lead to one more list. The
 * pause grows while causes keep arriving, for example if each list causes the next notification.
 */

import type { Events } from "../gate/events.js";
import type { Settings } from "../gate/options.js";
import {
  type AddressedMessage,
  type Envelope,
  type JsonObject,
  type MessageId,
  own,
  ownText,
} from "../message/message.js";
import type { Session } from "../message/session.js";
import type { Surface } from "../message/surfaces.js";
import type { Catalogues } from "../verdict/catalogues.js";
import type { Verdicts } from "../verdict/verdicts.js";
import type { Lists } from "./lists.js";
import { Walk } from "./walk.js";

/** Milliseconds of the first pause. Also the quiet time after which the pauses begin anew. */
const FIRST_PAUSE = 250;
const QUIET = 5_000;

interface Running {
  readonly surface: Surface;
  readonly walk: Walk;
  readonly id: MessageId;
  readonly cursor: string;
  readonly pages: number;
  readonly timer: ReturnType<typeof setTimeout>;
}

export interface RelistParts {
  readonly settings: Settings;
  readonly catalogues: Catalogues;
  readonly verdicts: Verdicts;
  readonly events: Events;
  readonly lists: Lists;
  readonly session: Session;
  /** Sends, or returns that there is no sender. */
  readonly emit: (message: AddressedMessage) => boolean;
}

export class Relists {
  readonly #parts: RelistParts;
  readonly #wanted = new Set<Surface>();
  #running: Running | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lastEnd = Number.NEGATIVE_INFINITY;
  #pause = 0;
  #count = 0;

  constructor(parts: RelistParts) {
    this.#parts = parts;
  }

  /** Asks for a list of a kind, soon. Does nothing if nothing of the kind is signed, or if all of it may pass. */
  cause(surface: Surface): void {
    const { settings, catalogues } = this.#parts;
    if (settings.open.has(surface.member) || !catalogues.signsAny(surface.member)) return;
    this.#wanted.add(surface);
    this.schedule();
  }

  /** Begins the next walk when the session allows it and the pause is over. */
  schedule(): void {
    if (this.#wanted.size === 0 || this.#running !== undefined || this.#timer !== undefined) return;
    if (!this.#parts.session.ready) return;
    const quiet = performance.now() - this.#lastEnd;
    if (quiet >= Math.max(QUIET, 4 * this.#pause)) this.#pause = 0;
    else
      this.#pause = Math.min(
        Math.max(FIRST_PAUSE, 2 * this.#pause),
        this.#parts.settings.limits.listPauseSeconds * 1000,
      );
    const wait = this.#pause - quiet;
    if (wait > 0) {
      this.#timer = later(wait, () => {
        this.#timer = undefined;
        // If another session begins in the meantime, the answer to its initialize schedules the list.
        if (this.#parts.session.ready) this.#begin();
      });
    } else this.#begin();
  }

  /** Whether an answer belongs to a request of the gate. */
  isOwn(id: MessageId): boolean {
    return this.#running?.id === id;
  }

  /** The answer to the running request. */
  answer(envelope: Envelope & { readonly type: "result" | "error" }): Promise<void> | undefined {
    const running = this.#running;
    if (running === undefined) return undefined;
    clearTimeout(running.timer);
    const { surface, walk, cursor } = running;
    const result = envelope.type === "result" ? envelope.result : undefined;
    const offers = own(result, surface.member);
    if (!Array.isArray(offers) || offers.length > this.#parts.settings.limits.listEntries) {
      this.#fail();
      return undefined;
    }
    const judged = this.#parts.lists.judge({ surface, offers, walk, cursor, forClient: false });
    if (judged instanceof Promise) return judged.then(() => this.#next(running, result));
    this.#next(running, result);
    return undefined;
  }

  /** The connection has ended. */
  stop(): void {
    if (this.#running !== undefined) clearTimeout(this.#running.timer);
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#running = undefined;
    this.#wanted.clear();
  }

  #begin(): void {
    const [surface] = this.#wanted;
    if (surface === undefined) return;
    this.#wanted.delete(surface);
    this.#ask(surface, new Walk(true), undefined, 1);
  }

  #ask(surface: Surface, walk: Walk, cursor: string | undefined, pages: number): void {
    const { session, settings, emit } = this.#parts;
    const id = this.#freshId();
    const timer = later(settings.limits.listSeconds * 1000, () => {
      emit({
        to: "server",
        message: { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: id, reason: "no answer" } },
      });
      this.#fail();
    });
    this.#running = { surface, walk, id, cursor: cursor ?? "", pages, timer };
    const params: JsonObject = {
      ...(cursor !== undefined && { cursor }),
      ...(session.meta !== undefined && { _meta: session.meta }),
    };
    const request = { jsonrpc: "2.0" as const, id, method: surface.list };
    const message = Object.keys(params).length === 0 ? request : { ...request, params };
    if (!emit({ to: "server", message })) this.stop();
  }

  #freshId(): string {
    let id: string;
    do {
      this.#count += 1;
      id = `inkan-list-${this.#count}`;
    } while (this.#parts.session.client.has(id));
    return id;
  }

  #next(running: Running, result: unknown): void {
    // The connection may have ended while the page was judged, and another one may have begun.
    if (this.#running !== running) return;
    const { surface, walk, pages } = running;
    if (own(result, "nextCursor") === undefined) {
      this.#parts.verdicts.ended(surface.kind, walk);
      this.#end();
      return;
    }
    const cursor = ownText(result, "nextCursor");
    const { listPages, cursorCharacters } = this.#parts.settings.limits;
    const isLong = cursor !== undefined && cursor.length > cursorCharacters;
    if (cursor === undefined || isLong || walk.cursors.has(cursor) || pages >= listPages) {
      this.#fail();
      return;
    }
    walk.cursors.add(cursor);
    this.#ask(surface, walk, cursor, pages + 1);
  }

  /** Earlier decisions still hold. The next cause tries again, after a longer pause. */
  #fail(): void {
    const running = this.#running;
    if (running === undefined) return;
    this.#parts.events.tell({
      direction: "inbound",
      method: running.surface.list,
      kind: running.surface.kind,
      decision: "dropped",
      code: "ERR_LIST_UNFINISHED",
    });
    this.#end();
  }

  #end(): void {
    this.#running = undefined;
    this.#lastEnd = performance.now();
    this.schedule();
  }
}

/** In Deno, timers are numbers and keep a program running. */
const { Deno: deno } = globalThis as { Deno?: { unrefTimer?: (timer: number) => void } };

/** A timer that does not keep a program running. */
export function later(milliseconds: number, work: () => void): ReturnType<typeof setTimeout> {
  const timer = setTimeout(work, Math.min(milliseconds, 0x7fff_ffff));
  if (typeof timer === "object" && "unref" in timer) timer.unref();
  else deno?.unrefTimer?.(timer as unknown as number);
  return timer;
}
