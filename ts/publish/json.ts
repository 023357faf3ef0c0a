/**
 * JSON as it was written: digits of numbers and the order of members stay. `JSON.parse` rounds 9223372036854775807, and
 * puts members whose names are numbers first.
 */
import { printable } from "../input/printable.js";

/** A number by its digits. */
export class Digits {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Members = ReadonlyMap<string, Json>;
export type Json = null | boolean | string | Digits | readonly Json[] | Members;

/** Deeper than this no definition may be nested (docs/catalogue-format.md), and some levels stand around it. */
const DEEPEST = 80;

/** Reads a JSON text. Throws a `SyntaxError` for what is none, for a name that an object has twice, and for deep nesting. */
export function readJson(text: string): Json {
  // The whole grammar is judged here; what follows takes it for granted.
  JSON.parse(text);
  return new Reader(text).value(0);
}

/** The members of an object; undefined for anything else. */
export const membersOf = (value: Json | undefined): Members | undefined => (value instanceof Map ? value : undefined);

/** By UTF-16 code units, in every locale. */
export const compareUnits = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): Json {
    if (depth > DEEPEST) throw new SyntaxError(`more than ${DEEPEST} levels of nesting`);
    switch (this.#next()) {
      case "{":
        return this.#members(depth);
      case "[":
        return this.#items(depth);
      case '"':
        return this.#string();
      case "t":
        this.#at += 4;
        return true;
      case "f":
        this.#at += 5;
        return false;
      case "n":
        this.#at += 4;
        return null;
      default:
        return this.#number();
    }
  }

  /** The next character that is no white space. */
  #next(): string {
    while (" \t\r\n".includes(this.#text.charAt(this.#at))) this.#at += 1;
    return this.#text.charAt(this.#at);
  }

  #members(depth: number): Members {
    const members = new Map<string, Json>();
    this.#at += 1;
    while (this.#next() !== "}") {
      const name = this.#string();
      if (members.has(name)) throw new SyntaxError(`the name "${printable(name)}" twice in one object`);
      this.#next();
      this.#at += 1;
      members.set(name, this.value(depth + 1));
      if (this.#next() === ",") {
        this.#at += 1;
        this.#next();
      }
    }
    this.#at += 1;
    return members;
  }

  #items(depth: number): Json[] {
    const items: Json[] = [];
    this.#at += 1;
    while (this.#next() !== "]") {
      items.push(this.value(depth + 1));
      if (this.#next() === ",") this.#at += 1;
    }
    this.#at += 1;
    return items;
  }

  #string(): string {
    const start = this.#at;
    this.#at = endOfString(this.#text, start);
    const written = this.#text.slice(start, this.#at);
    return written.includes("\\") ? JSON.parse(written) : written.slice(1, -1);
  }

  #number(): Digits {
    const start = this.#at;
    while (/[-+.0-9eE]/.test(this.#text.charAt(this.#at))) this.#at += 1;
    return new Digits(this.#text.slice(start, this.#at));
  }
}

/** Behind the string that begins at `start` of well-formed JSON. */
export function endOfString(text: string, start: number): number {
  let end = start;
  let escapes: number;
  do {
    end = text.indexOf('"', end + 1);
    escapes = 0;
    while (text.charAt(end - 1 - escapes) === "\\") escapes += 1;
  } while (escapes % 2 === 1);
  return end + 1;
}

/** One line without white space; or indented by `indent` for each level, with `margin` before each line but the first. */
export function writeJson(value: Json, indent = "", margin = ""): string {
  if (value instanceof Digits) return value.text;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const inner = margin + indent;
  if (value instanceof Map) {
    const colon = indent === "" ? ":" : ": ";
    const members = [...value].map(
      ([name, item]) => `${JSON.stringify(name)}${colon}${writeJson(item, indent, inner)}`,
    );
    return enclose("{", members, "}", indent, margin);
  }
  const items = (value as readonly Json[]).map((item) => writeJson(item, indent, inner));
  return enclose("[", items, "]", indent, margin);
}

function enclose(open: string, parts: readonly string[], close: string, indent: string, margin: string): string {
  if (parts.length === 0 || indent === "") return open + parts.join(",") + close;
  const inner = `\n${margin}${indent}`;
  return `${open}${inner}${parts.join(`,${inner}`)}\n${margin}${close}`;
}
