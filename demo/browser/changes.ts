/** What differs between two catalogues. */
import { h, LONGEST_NAME, longList, longText, shown, value } from "../../ts/element/dom.js";
import type { CatalogueDiff, Change } from "../../ts/publish/diff/diff.js";
import type { FieldChange } from "../../ts/publish/diff/fields.js";
import { linesOf, summaryOf, titleOf } from "../../ts/publish/diff/words.js";
import type { Given } from "./files.js";

export const changesSection = (older: Given, newer: Given, diff: CatalogueDiff): HTMLElement =>
  h(
    "section",
    { id: "difference" },
    h("h2", {}, "What changed between the two catalogues"),
    h("p", {}, "From ", value(older.name), " to ", value(newer.name), ". ", h("strong", {}, summaryOf(diff))),
    h("p", { class: "muted" }, "The comparison reads both files as they are. Only the verdict says what is signed."),
    ...longList(diff.changes, changeElement, 50),
  );

function changeElement(change: Change): HTMLElement {
  const { what, name, change: how } = titleOf(change);
  return h(
    "div",
    { class: "change" },
    h(
      "h3",
      {},
      `${how}: ${what} `,
      name === undefined ? undefined : value(name, "value", LONGEST_NAME),
      change.matters ? undefined : " (no model sees it)",
    ),
    ...change.fields.map(fieldElement),
  );
}

function fieldElement(field: FieldChange): HTMLElement {
  const lines = linesOf(field);
  const side = (tag: "del" | "ins", mark: string, texts: readonly string[]): Node[] =>
    texts.length === 0 ? [] : longText(h(tag, {}), texts.map((line) => `${mark} ${line}`).join("\n"));
  return h(
    "div",
    {},
    h("p", { class: "mono" }, shown(field.field, LONGEST_NAME)),
    h("div", { class: "sides" }, ...side("del", "-", lines.old), ...side("ins", "+", lines.new)),
  );
}
