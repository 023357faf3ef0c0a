/** Checks arguments and results of calls against the signed schemas of the tool. */
import type { SignedDefinition } from "../../catalogue/definition.js";
import { printable } from "../../input/printable.js";
import type { Events } from "../gate/events.js";
import type { Settings } from "../gate/options.js";
import { type JsonObject, own } from "../message/message.js";
import type { Refusal } from "../message/refusal.js";
import { bare, type CheckableSchema, checkable } from "./schema_form.js";

/** Most schema applications for checking one value, and most pairs of items that are compared. */
const BUDGET = 2_000_000;

interface Prepared {
  readonly inputSchema: CheckableSchema | undefined;
  readonly outputSchema: CheckableSchema | undefined;
}

export class Schemas {
  readonly #settings: Settings;
  readonly #events: Events;
  /** A schema is prepared once, and forgotten together with its catalogue. */
  readonly #prepared = new WeakMap<SignedDefinition, Prepared>();

  constructor(settings: Settings, events: Events) {
    this.#settings = settings;
    this.#events = events;
  }

  /** Why the arguments of a call may not reach the server. */
  async refusalOfArguments(signed: SignedDefinition, given: unknown): Promise<Refusal | undefined> {
    const where = await this.#mismatch(signed, "inputSchema", given === undefined ? {} : given, "outbound");
    if (where === undefined) return undefined;
    return {
      code: "ERR_TOOL_ARGUMENTS",
      reason: `The arguments do not match the signed input schema at ${printable(where)}.`,
      hint: "Correct the arguments; the schema is in the tool's definition.",
      kind: "tool",
      name: signed.name,
    };
  }

  /** Why the result of a call may not reach the client. */
  async refusalOfResult(signed: SignedDefinition, result: JsonObject): Promise<Refusal | undefined> {
    const unfinished = own(result, "task") !== undefined || own(result, "resultType") === "input_required";
    if (own(signed.definition, "outputSchema") === undefined || unfinished || own(result, "isError") === true) {
      return undefined;
    }
    const given = own(result, "structuredContent");
    const where =
      given === undefined
        ? "structuredContent (absent)"
        : await this.#mismatch(signed, "outputSchema", given, "inbound");
    if (where === undefined) return undefined;
    return {
      code: "ERR_TOOL_RESULT",
      reason: `The result does not match the signed output schema at ${printable(where)}.`,
      hint: "The server does not do what it signed; do not use the result.",
      kind: "tool",
      name: signed.name,
    };
  }

  async #mismatch(
    signed: SignedDefinition,
    member: keyof Prepared,
    given: unknown,
    direction: "outbound" | "inbound",
  ): Promise<string | undefined> {
    const schema = this.#prepare(signed)[member];
    const { schemaDepth, schemaValues } = this.#settings.limits;
    let value: unknown;
    try {
      value = bare(given, 0, { depth: schemaDepth, values: schemaValues });
    } catch {
      return "the whole value (too deep or too large)";
    }
    if (schema === undefined || schema.cost(depthOf(value)) > BUDGET) {
      this.#tellUnchecked(signed, direction);
      return undefined;
    }
    if (schema.comparesItems && pairsOf(value) > BUDGET) return "the whole value (too many items to compare)";
    if (schema.partly) this.#tellUnchecked(signed, direction);
    try {
      const { mismatch } = await import("./json_schema.js");
      return mismatch(schema, value);
    } catch {
      return "the whole value (the schema cannot be applied)";
    }
  }

  #prepare(signed: SignedDefinition): Prepared {
    let prepared = this.#prepared.get(signed);
    if (prepared === undefined) {
      const { definition } = signed;
      prepared = {
        inputSchema: checkable(own(definition, "inputSchema") ?? own(definition, "input_schema")),
        outputSchema: checkable(own(definition, "outputSchema")),
      };
      this.#prepared.set(signed, prepared);
    }
    return prepared;
  }

  #tellUnchecked(signed: SignedDefinition, direction: "outbound" | "inbound"): void {
    this.#events.tell({
      direction,
      method: "tools/call",
      kind: "tool",
      name: signed.name,
      decision: "allowed",
      code: "ERR_SCHEMA_UNCHECKED",
      signedDigest: signed.digest,
    });
  }
}

/** The depth of arrays and objects. The value was bounded before. */
function depthOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  let deepest = 0;
  for (const inner of Object.values(value)) deepest = Math.max(deepest, depthOf(inner));
  return deepest + 1;
}

/** How many pairs of items `uniqueItems` compares: each item of an array with each other one. */
function pairsOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  const here = Array.isArray(value) ? value.length ** 2 : 0;
  return Object.values(value).reduce<number>((pairs, inner) => pairs + pairsOf(inner), here);
}
