/** All pages of a list. */
import { printable } from "../../input/printable.js";
import type { Json, Members } from "../json.js";
import type { Bounds } from "./bounds.js";
import { SnapshotFailure } from "./failure.js";

/** Asks page by page until there is no cursor. A cursor that comes again, and what is beyond a bound, ends it by name. */
export async function walkList(
  ask: (cursor: string | undefined) => Promise<Members>,
  method: string,
  member: string,
  bounds: Bounds,
): Promise<readonly Json[]> {
  const found: Json[] = [];
  const cursors = new Set<string>();
  let cursor: string | undefined;
  for (let page = 1; ; page += 1) {
    if (page > bounds.pages) throw new SnapshotFailure(`${method} has more than the limit of ${bounds.pages} pages`);
    const result = await ask(cursor);
    const items = result.get(member);
    if (!Array.isArray(items)) throw new SnapshotFailure(`page ${page} of ${method} has no list ${member}`);
    if (found.length + items.length > bounds.definitions) {
      throw new SnapshotFailure(`${method} lists more than the limit of ${bounds.definitions} definitions`);
    }
    for (const item of items) found.push(item);
    const next = result.get("nextCursor");
    if (next === undefined || next === null || next === "") return found;
    if (typeof next !== "string") throw new SnapshotFailure(`the cursor on page ${page} of ${method} is no text`);
    if (cursors.has(next)) {
      const shown = printable(next);
      throw new SnapshotFailure(`${method} goes in a circle: page ${page} has the cursor of an earlier page, ${shown}`);
    }
    cursors.add(next);
    cursor = next;
  }
}
