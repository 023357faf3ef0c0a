/** The Durable Object that keeps the records of `DurableObjectStateStore`. */
import { kindOf } from "../../input/options.js";
import { type Answer, answerToText, type Call, callFromText } from "./durable_object_messages.js";

/** The members of `DurableObjectStorage` that the object uses. */
interface Entries {
  get(key: string): Promise<unknown>;
  put(key: string, value: string): Promise<void>;
  delete(key: string): Promise<boolean>;
  list(options: { prefix: string }): Promise<ReadonlyMap<string, unknown>>;
}

export interface StateObjectContext {
  readonly storage: Entries & {
    transaction<T>(closure: (transaction: Pick<Entries, "get" | "put" | "delete">) => Promise<T>): Promise<T>;
  };
}

/** Types of the platform, if they are declared. The published declarations must work without DOM types. */
type FetchedResponse = typeof globalThis extends { Response: { prototype: infer R } } ? R : object;

/** Precedes each key, so that what else a subclass stores is apart. */
const PREFIX = "inkan:";

/**
 * Export it from the Worker and bind it (`durable_objects` and `new_sqlite_classes` in the configuration of Wrangler). Only
 * Workers with the binding can call it. Make it SQLite-backed: the older storage keeps no values above 128 KiB.
 */
export class StateDurableObject {
  readonly #storage: StateObjectContext["storage"];

  constructor(context: StateObjectContext) {
    this.#storage = context.storage;
  }

  /** Answers one call. The runtime holds the answer back until the storage has confirmed what was written. */
  async fetch(request: { text(): Promise<string> }): Promise<FetchedResponse> {
    let call: Call;
    try {
      call = callFromText(await request.text());
    } catch {
      return new Response("a call that StateDurableObject does not know", { status: 400 }) as FetchedResponse;
    }
    return new Response(answerToText(await this.#answer(call))) as FetchedResponse;
  }

  async #answer(call: Call): Promise<Answer> {
    switch (call.call) {
      case "load": {
        const stored = await this.#storage.get(`${PREFIX}${call.key}`);
        return foreign(call.key, stored) ?? { text: (stored as string | undefined) ?? null };
      }
      case "records": {
        const records: [string, string][] = [];
        for (const [name, stored] of await this.#storage.list({ prefix: PREFIX })) {
          const key = name.slice(PREFIX.length);
          const wrong = foreign(key, stored);
          if (wrong !== undefined) return wrong;
          records.push([key, stored as string]);
        }
        return { records };
      }
      default:
        return this.#storage.transaction(async (transaction) => {
          const at = `${PREFIX}${call.key}`;
          const stored = await transaction.get(at);
          const wrong = foreign(call.key, stored);
          if (wrong !== undefined) return wrong;
          if (stored !== (call.expected ?? undefined)) return { done: false };
          if (call.call === "remove") await transaction.delete(at);
          else await transaction.put(at, call.next);
          return { done: true };
        });
    }
  }
}

/** The answer if something else than a text is stored. */
const foreign = (key: string, stored: unknown): Answer | undefined =>
  stored === undefined || typeof stored === "string"
    ? undefined
    : { corrupt: `${kindOf(stored)} in place of a text`, key };
