/** Makes elements. Texts become text nodes: nothing here parses HTML. */
import { escapeUnprintable } from "../input/printable.js";

export type Child = Node | string | undefined;

/** Characters of one text that are shown at most. A definition may be megabytes long. */
const LONGEST = 20_000;

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
export const shown = (text: unknown): string => cut(String(text), (part) => escapeUnprintable(part));

/** The same for a text of several lines. */
export const shownLines = (text: unknown): string =>
  cut(String(text), (part) =>
    part
      .split(/\r?\n/)
      .map((line) =>
        line
          .split("\t")
          .map((cell) => escapeUnprintable(cell))
          .join("\t"),
      )
      .join("\n"),
  );

function cut(text: string, write: (part: string) => string): string {
  if (text.length <= LONGEST) return write(text);
  return `${write(text.slice(0, LONGEST))}… (${text.length - LONGEST} more characters)`;
}

/** A JSON value as people read it. */
export function shownJson(value: unknown): string {
  try {
    return shownLines(JSON.stringify(value, undefined, 2) ?? "");
  } catch {
    return "This value is nested too deep to be shown.";
  }
}

/** A value that stands apart from the text around it, whatever its direction of writing. */
export const value = (text: unknown, part = "value"): HTMLElement => h("bdi", { part, class: "value" }, shown(text));

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
