/** Changes of a JSON document: every leaf of it, and what may stand in a leaf's place. */

export type Path = readonly (string | number)[];

export function* leavesOf(value: unknown, path: Path = []): Generator<{ path: Path; value: unknown }> {
  if (typeof value !== "object" || value === null) yield { path, value };
  else if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* leavesOf(item, [...path, index]);
  else for (const [key, item] of Object.entries(value)) yield* leavesOf(item, [...path, key]);
}

/** The document with another value at `path`; undefined removes it. */
export function withValue(document: unknown, path: Path, value: unknown): object {
  const copy = structuredClone(document) as object;
  const parent = path.slice(0, -1).reduce<object>((node, key) => Reflect.get(node, key), copy);
  const key = path.at(-1) ?? "";
  if (value !== undefined) Reflect.set(parent, key, value);
  else if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else Reflect.deleteProperty(parent, key);
  return copy;
}

/** Flips in at most `most` places, spread over the whole value. */
function* flipsOf(value: string, most: number): Generator<string> {
  const bytes = Buffer.from(value, "base64");
  if (bytes.length >= 6 && bytes.toString("base64") === value) {
    const step = Math.max(1, bytes.length / most);
    for (let at = 0; at < bytes.length; at += step) {
      const copy = Buffer.from(bytes);
      const index = Math.floor(at);
      copy[index] = (copy[index] ?? 0) ^ (1 << (index % 8));
      yield copy.toString("base64");
    }
    yield bytes.subarray(0, -1).toString("base64");
    yield Buffer.concat([bytes, Buffer.of(0)]).toString("base64");
    // Without its padding a text is still the same bytes: one character more has to go.
    yield value.replace(/=*$/, "").slice(0, -1);
    return;
  }
  const step = Math.max(1, value.length / most);
  for (let at = 0; at < value.length; at += step) {
    const index = Math.floor(at);
    yield value.slice(0, index) + String.fromCharCode(value.charCodeAt(index) ^ 1) + value.slice(index + 1);
  }
}

export function* mutationsOf(value: unknown): Generator<unknown> {
  yield undefined;
  yield null;
  yield [value];
  yield { value };
  yield 7;
  if (typeof value === "string") yield* flipsOf(value, 60);
}
