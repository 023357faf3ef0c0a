/**
 * Whether an offer has so many values that it need not be hashed: more than any signed definition of its name, plus a
 * margin. Each value costs the core and a comparison microseconds, and one megabyte can hold a hundred thousand values.
 */
import { LIMITS } from "../generated/limits.js";
import type { SignedDefinition } from "./definition.js";

/**
 * An offer with this many more values than the signed definition is still hashed and compared, to say what has changed.
 */
const MARGIN = 2_000;
/** A control character is written as an escape, which costs about an eighth of a value. */
const PER_ESCAPE = 1 / 8;
const LONG_TEXT = 1_000;
/** The core refuses deeper nesting (`JSON_DEPTH`). An object that contains itself is nested without end. */
const DEEPEST = 64;

const weights = new WeakMap<SignedDefinition, number>();

function weightOf(signed: SignedDefinition): number {
  let weight = weights.get(signed);
  if (weight === undefined) {
    const scale = new Scale(Number.POSITIVE_INFINITY);
    scale.add(signed.definition, 0);
    weight = scale.weight;
    weights.set(signed, weight);
  }
  return weight;
}

/**
 * Whether `offered` is too large to be one of `signed`, or too large to compare. Throws what the object throws, and for
 * an object that is nested too deeply.
 */
export function outweighs(offered: object, signed: readonly SignedDefinition[]): boolean {
  const scale = new Scale(signed.reduce((most, one) => Math.max(most, weightOf(one)), 0) + MARGIN);
  // Only once, because an object of very many members takes milliseconds to look at.
  return scale.add(offered, 0);
}

class Scale {
  readonly #most: number;
  weight = 0;
  #characters = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** Counts a value and its content, until the limit is exceeded. Returns whether it is. */
  add(value: unknown, depth: number): boolean {
    this.weight += 1;
    if (typeof value === "string") this.#addText(value);
    if (this.#isOver()) return true;
    if (typeof value !== "object" || value === null) return false;
    if (depth > DEEPEST) throw new RangeError("nested too deeply");
    // If an object has a form of its own in JSON, its members do not matter.
    if (typeof (value as { toJSON?: unknown }).toJSON === "function") return false;
    const names = Array.isArray(value) ? undefined : Object.keys(value);
    const count = names?.length ?? (value as readonly unknown[]).length;
    if (this.weight + count > this.#most) return true;
    for (let at = 0; at < count; at += 1) {
      const name = names?.[at];
      if (name !== undefined) this.#addText(name);
      if (this.add((value as Record<string | number, unknown>)[name ?? at], depth + 1)) return true;
    }
    return false;
  }

  #isOver(): boolean {
    return this.weight > this.#most || this.#characters > LIMITS.definition;
  }

  #addText(text: string): void {
    this.#characters += text.length;
    if (text.length < LONG_TEXT || this.#isOver()) return;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is counted
    for (const _ of text.matchAll(/[\u0000-\u001f]/g)) {
      this.weight += PER_ESCAPE;
      if (this.#isOver()) return;
    }
  }
}
