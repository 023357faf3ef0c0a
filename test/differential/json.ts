/** JSON trees, and the JSON inside their base64 leaves, as places that can be changed one at a time. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** A step into the JSON that a base64 leaf holds: a log entry's body, an envelope's payload. */
export const INSIDE = Symbol("inside");
export type Step = string | number | typeof INSIDE;
export type Path = readonly Step[];

export type JsonObject = { [name: string]: Json };
export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Members under this prefix are written under the name after it: how one name comes to stand twice in an object. */
const AGAIN = "\u0001again ";
export const again = (name: string): string => AGAIN + name;

export const toText = (value: Json): string =>
  JSON.stringify(value).replaceAll(JSON.stringify(AGAIN).slice(0, -1), '"');

function inside(leaf: Json): Json | undefined {
  if (typeof leaf !== "string" || !leaf.startsWith("ey")) return undefined;
  try {
    return JSON.parse(Buffer.from(leaf, "base64").toString("utf8"));
  } catch {
    return undefined;
  }
}

/** The value at a place; undefined where there is no such place. */
export function valueAt(value: Json | undefined, path: Path): Json | undefined {
  const [step, ...rest] = path;
  if (step === undefined || value === undefined) return value;
  if (step === INSIDE) return valueAt(inside(value), rest);
  if (typeof step === "number") return Array.isArray(value) ? valueAt(value[step], rest) : undefined;
  return isObject(value) && Object.hasOwn(value, step) ? valueAt(value[step], rest) : undefined;
}

/** A copy in which the value at a place is what `change` makes of it; undefined drops the member or element. */
export function changed(value: Json, path: Path, change: (value: Json) => Json | undefined): Json | undefined {
  const [step, ...rest] = path;
  if (step === undefined) return change(value);
  if (step === INSIDE) {
    const held = inside(value);
    const made = held === undefined ? undefined : changed(held, rest, change);
    return made === undefined ? value : Buffer.from(toText(made)).toString("base64");
  }
  if (Array.isArray(value)) {
    return value.flatMap((element, index) => {
      const made = index === step ? changed(element, rest, change) : element;
      return made === undefined ? [] : [made];
    });
  }
  if (!isObject(value)) return value;
  const entries = Object.entries(value).flatMap(([name, member]) => {
    const made = name === step ? changed(member, rest, change) : member;
    return made === undefined ? [] : [[name, made] as const];
  });
  return Object.fromEntries(entries);
}

/** Every place below a value, itself not included. */
export function places(value: Json, path: Path = []): Path[] {
  const below = (step: Step, child: Json): Path[] => [[...path, step], ...places(child, [...path, step])];
  if (Array.isArray(value)) return value.flatMap((element, index) => below(index, element));
  if (isObject(value)) return Object.entries(value).flatMap(([name, member]) => below(name, member));
  const held = inside(value);
  return held === undefined ? [] : places(held, [...path, INSIDE]);
}

/** A place in words: `verificationMaterial.tlogEntries[0].logIndex`; `>` leads into a base64 leaf. */
export const describePath = (path: Path): string =>
  path
    .map((step) => (step === INSIDE ? ">" : typeof step === "number" ? `[${step}]` : `.${step}`))
    .join("")
    .replace(/^\./, "")
    .replaceAll(">.", ">");
