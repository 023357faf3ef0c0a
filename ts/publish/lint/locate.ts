/** Where JSON pointers lead in a text that is known to be JSON: one pass over it, which stops at the last of them. */

import { endOfString } from "../json.js";

export interface Place {
  readonly line: number;
  /** In UTF-16 units, from 1. */
  readonly column: number;
}

interface Step {
  isWanted: boolean;
  /** The pointer that leads here. */
  readonly pointer: string;
  readonly next: Map<string, Step>;
}

/** The place of each pointer: that of the member's name, or of the item; what leads nowhere has that of what holds it. */
export function locate(text: string, pointers: Iterable<string>): ReadonlyMap<string, Place> {
  const root: Step = { isWanted: false, pointer: "", next: new Map() };
  for (const pointer of pointers) {
    let at = root;
    for (const part of pointer.split("/").slice(1)) {
      const name = part.replaceAll("~1", "/").replaceAll("~0", "~");
      const step: Step = at.next.get(name) ?? { isWanted: false, pointer: `${at.pointer}/${part}`, next: new Map() };
      at.next.set(name, step);
      at = step;
    }
    at.isWanted = true;
  }
  const offsets = new Map<string, number>();
  new Walk(text, offsets).value(root, 0);
  return placesOf(text, root, offsets);
}

/** What ends or begins a string or a value that is skipped. */
const MARKS = /["{}[\]]/g;

class Walk {
  readonly #text: string;
  readonly #offsets: Map<string, number>;
  #at = 0;

  constructor(text: string, offsets: Map<string, number>) {
    this.#text = text;
    this.#offsets = offsets;
  }

  /** Reads a value; `start` is the offset that it is known by. */
  value(step: Step | undefined, start: number): void {
    if (step !== undefined) this.#offsets.set(step.pointer, start);
    if (step === undefined || step.next.size === 0) {
      this.#skip();
      return;
    }
    const open = this.#next();
    if (open !== "{" && open !== "[") {
      this.#skip();
      return;
    }
    this.#at += 1;
    for (let index = 0; !"}]".includes(this.#next()); index += 1) {
      const from = this.#at;
      let name = String(index);
      if (open === "{") {
        name = JSON.parse(this.#string());
        this.#next();
        this.#at += 1;
        this.#next();
      }
      this.value(step.next.get(name), from);
      if (this.#next() === ",") this.#at += 1;
    }
    this.#at += 1;
  }

  #next(): string {
    while (" \t\r\n".includes(this.#text.charAt(this.#at)) && this.#at < this.#text.length) this.#at += 1;
    return this.#text.charAt(this.#at);
  }

  #string(): string {
    const start = this.#at;
    this.#at = endOfString(this.#text, start);
    return this.#text.slice(start, this.#at);
  }

  #skip(): void {
    const first = this.#next();
    if (first === '"') {
      this.#at = endOfString(this.#text, this.#at);
      return;
    }
    if (first !== "{" && first !== "[") {
      while (this.#at < this.#text.length && !",]} \t\r\n".includes(this.#text.charAt(this.#at))) this.#at += 1;
      return;
    }
    let depth = 0;
    for (;;) {
      MARKS.lastIndex = this.#at;
      const mark = MARKS.exec(this.#text);
      if (mark === null) return;
      if (mark[0] === '"') this.#at = endOfString(this.#text, mark.index);
      else {
        this.#at = mark.index + 1;
        depth += mark[0] === "{" || mark[0] === "[" ? 1 : -1;
        if (depth === 0) return;
      }
    }
  }
}

/** Offsets as lines and columns, in the order of the text. */
function placesOf(text: string, root: Step, offsets: ReadonlyMap<string, number>): ReadonlyMap<string, Place> {
  const wanted: [pointer: string, offset: number][] = [];
  const collect = (step: Step, held: number): void => {
    const offset = offsets.get(step.pointer) ?? held;
    if (step.isWanted) wanted.push([step.pointer, offset]);
    for (const next of step.next.values()) collect(next, offset);
  };
  collect(root, 0);
  wanted.sort(([, one], [, other]) => one - other);
  const places = new Map<string, Place>();
  let line = 1;
  let lineStart = 0;
  for (const [pointer, offset] of wanted) {
    for (let end = text.indexOf("\n", lineStart); end !== -1 && end < offset; end = text.indexOf("\n", lineStart)) {
      line += 1;
      lineStart = end + 1;
    }
    places.set(pointer, { line, column: offset - lineStart + 1 });
  }
  return places;
}
