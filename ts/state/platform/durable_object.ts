/** Keeps records in a Durable Object: the class that a Worker exports, and the store that talks to it. */
import type { InkanError } from "../../errors.js";
import { hasMethods } from "../../input/members.js";
import { invalidOption, kindOf, missingOption, readOptions, readText, readTimeout } from "../../input/options.js";
import { printable } from "../../input/printable.js";
import type { ManagedStateStore } from "../store.js";
import { inTime } from "../waiting.js";
import { type Answer, answerFromText, type Call, callToText } from "./durable_object_messages.js";
import { corruptRecord, type Place, refusalOf, unavailableStore } from "./refusals.js";

export { StateDurableObject } from "./durable_object_class.js";

/** The members of a `DurableObjectNamespace` that the store uses. */
export interface StateNamespace {
  idFromName(name: string): unknown;
  get(id: never): StateStub;
}

export interface StateStub {
  fetch(
    url: string,
    init: { method: string; body: string },
  ): Promise<{ readonly status: number; text(): Promise<string> }>;
}

export interface DurableObjectStateStoreOptions {
  /** The binding whose class is `StateDurableObject`, such as `env.INKAN_STATE`. */
  readonly namespace: StateNamespace;
  /** The name of the object. `inkan` by default. Stores with different names share no records. */
  readonly name?: string;
  /** How long one call may take before it is refused, in milliseconds. 5,000 by default. */
  readonly timeoutMs?: number;
}

/**
 * Keeps every record in one Durable Object, for all Workers that have its binding. There is one such object in the world at
 * a time. It compares and swaps in one transaction of its storage, and answers after the storage has confirmed the write.
 */
export class DurableObjectStateStore implements ManagedStateStore {
  readonly #namespace: StateNamespace;
  readonly #name: string;
  readonly #timeoutMs: number;
  readonly #place: Place;

  constructor(options: DurableObjectStateStoreOptions) {
    const known = ["namespace", "name", "timeoutMs"] as const;
    const { namespace, name, timeoutMs } = readOptions("DurableObjectStateStore", options, known);
    this.#namespace = readNamespace(namespace);
    this.#name = name === undefined ? "inkan" : readText("DurableObjectStateStore.name", name);
    this.#timeoutMs = readTimeout("DurableObjectStateStore.timeoutMs", timeoutMs, 5_000);
    this.#place = {
      store: `the Durable Object ${printable(this.#name, 80)}`,
      repair: "Check that the Worker exports StateDurableObject and that the namespace is bound to this class.",
    };
  }

  async load(key: string): Promise<string | undefined> {
    const answer = await this.#ask(key, { call: "load", key });
    return "text" in answer ? (answer.text ?? undefined) : this.#unexpected(key);
  }

  async compareAndSwap(key: string, expected: string | undefined, next: string): Promise<boolean> {
    const answer = await this.#ask(key, { call: "compareAndSwap", key, expected: expected ?? null, next });
    return "done" in answer ? answer.done : this.#unexpected(key);
  }

  async records(): Promise<ReadonlyMap<string, string>> {
    const answer = await this.#ask("records", { call: "records" });
    return "records" in answer ? new Map(answer.records) : this.#unexpected("records");
  }

  async remove(key: string, expected: string): Promise<boolean> {
    const answer = await this.#ask(key, { call: "remove", key, expected });
    return "done" in answer ? answer.done : this.#unexpected(key);
  }

  #unexpected(key: string): never {
    throw unavailableStore(key, this.#place, "an answer to another call");
  }

  async #ask(key: string, call: Call): Promise<Answer> {
    const late = (): InkanError => unavailableStore(key, this.#place, `no answer within ${this.#timeoutMs} ms`);
    try {
      const answer = await inTime(this.#timeoutMs, this.#fetch(call), late);
      if ("corrupt" in answer) throw corruptRecord(answer.key, this.#place, answer.corrupt);
      return answer;
    } catch (cause) {
      throw refusalOf(key, this.#place, cause);
    }
  }

  /** With a stub of its own, because a stub stays broken after its object has failed. */
  async #fetch(call: Call): Promise<Answer> {
    const stub = this.#namespace.get(this.#namespace.idFromName(this.#name) as never);
    // The host is never looked up: the stub leads to the object.
    const response = await stub.fetch("https://inkan.invalid/", { method: "POST", body: callToText(call) });
    const text = await response.text();
    if (response.status !== 200) throw new Error(`status ${response.status}: ${text.slice(0, 200)}`);
    return answerFromText(text);
  }
}

function readNamespace(value: unknown): StateNamespace {
  const subject = "DurableObjectStateStore.namespace";
  if (value === undefined) {
    throw missingOption(subject, "a DurableObjectNamespace", "Pass the binding, such as env.INKAN_STATE.");
  }
  if (hasMethods(value, "idFromName", "get")) return value as StateNamespace;
  throw invalidOption(subject, "a DurableObjectNamespace", kindOf(value));
}
