/** Makes elements. Texts become text nodes: nothing here parses HTML. */
import { escapeUnprintable } from "../input/printable.js";

export type Child = Node | string | undefined;

/** Characters of one text that are shown at most, where nothing leads to the rest of it. */
const LONGEST = 2000;
/** The same for a name, which heads what belongs to it. */
export const LONGEST_NAME = 200;
/** What of a long text is shown at first, and with each further step. A definition may be megabytes long. */
const FIRST = { characters: 2000, lines: 30 };
const NEXT = { characters: 20_000, lines: 1000 };

/** An element with attributes. Strings are trusted texts of this package. Use {@link shown} for all others. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string>>,
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

/** A text from outside, on one line: no control characters, no invisible ones, no change of direction. */
export function shown(text: unknown, longest = LONGEST): string {
  const whole = String(text);
  if (whole.length <= longest) return escapeUnprintable(whole);
  const end = wholeCharacters(whole, longest);
  return `${escapeUnprintable(whole.slice(0, end))}… (${whole.length - end} more characters)`;
}

/** The end of a part that does not cut a character in half: one character may be two units. */
const wholeCharacters = (text: string, end: number): number =>
  end < text.length && /^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(end - 1, end + 1)) ? end + 1 : end;

/** The same for a text of several lines. */
const shownLines = (text: string): string =>
  text
    .split(/\r?\n/)
    .map((line) =>
      line
        .split("\t")
        .map((cell) => escapeUnprintable(cell))
        .join("\t"),
    )
    .join("\n");

/**
 * A text of several lines in `holder`. Of a long one the beginning is shown at first, and a button adds more until all of it
 * is there: what an attacker hides at the end must be within reach.
 */
export function longText(holder: HTMLElement, text: unknown): Node[] {
  const whole = String(text);
  const more = h("button", { type: "button", part: "button" });
  let at = 0;
  const add = ({ characters, lines }: typeof FIRST): void => {
    const end = endOf(whole, at, characters, lines);
    holder.append(shownLines(whole.slice(at, end)));
    at = end;
    more.hidden = at === whole.length;
    more.textContent = `Show more of this text (${whole.length - at} characters)`;
  };
  add(FIRST);
  more.addEventListener("click", () => add(NEXT));
  return more.hidden ? [holder] : [holder, more];
}

/** Where a part ends that begins at `start`: after so many lines or characters. */
function endOf(text: string, start: number, characters: number, lines: number): number {
  const longest = wholeCharacters(text, Math.min(text.length, start + characters));
  let end = start;
  for (let line = 0; line < lines; line += 1) {
    const next = text.indexOf("\n", end);
    if (next === -1 || next >= longest) return longest;
    end = next + 1;
  }
  return end;
}

/** A JSON value as people read it. */
export function json(value: unknown): Node[] {
  const holder = h("pre", { part: "json" });
  try {
    return longText(holder, JSON.stringify(value, undefined, 2) ?? "");
  } catch {
    return longText(holder, "This value is nested too deep to be shown.");
  }
}

/** A value that stands apart from the text around it, whatever its direction of writing. */
export const value = (text: unknown, part = "value", longest = LONGEST): HTMLElement =>
  h("bdi", { part, class: "value" }, shown(text, longest));

/** Names with their values. A row without a value is left out. */
export function facts(rows: readonly (readonly [name: string, value: Child | readonly Child[]])[]): HTMLElement {
  const list = h("dl", { part: "facts" });
  for (const [name, given] of rows) {
    const values = Array.isArray(given) ? (given as readonly Child[]) : [given as Child];
    const there = values.filter((one) => one !== undefined);
    if (there.length > 0) list.append(h("div", {}, h("dt", {}, name), ...there.map((one) => h("dd", {}, one))));
  }
  return list;
}

/** A list of which only the beginning is made at first. A catalogue may have a hundred thousand definitions. */
export function longList<Item>(items: readonly Item[], make: (item: Item) => HTMLElement, step = 100): Node[] {
  const list = h("ul", { part: "list", class: "plain" });
  const more = h("button", { type: "button", part: "button" });
  const add = (): void => {
    const from = list.childElementCount;
    for (const item of items.slice(from, from + step)) list.append(h("li", {}, make(item)));
    const left = items.length - list.childElementCount;
    more.hidden = left === 0;
    more.textContent = `Show ${Math.min(left, step)} of ${left} more`;
  };
  add();
  more.addEventListener("click", add);
  return items.length > step ? [list, more] : [list];
}

/** A part that is closed at first, and whose content is made when it is opened. */
export function disclosure(part: string, summary: readonly Child[], make: () => readonly Child[]): HTMLDetailsElement {
  const details = h("details", { part }, h("summary", { part: `${part}-summary` }, ...summary));
  details.addEventListener("toggle", () => details.append(...make().filter((child) => child !== undefined)), {
    once: true,
  });
  return details;
}
