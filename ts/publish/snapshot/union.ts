/** Several views of one server as one: main definitions, alternatives, and what is not stable. */
import type { Json } from "../json.js";
import { membersOf, writeJson } from "../json.js";
import { SnapshotFailure } from "./failure.js";
import { KINDS, type Kind, LISTS, type Seen } from "./session.js";

/** One definition, with the digest by which a verifier compares it. */
export interface Definition {
  readonly name: string;
  readonly digest: string;
  readonly value: Json;
}

/** Reads the name of a definition and its digest, as a verifier does. Throws where it cannot be in a catalogue. */
export type Digest = (kind: Kind, text: string) => { readonly name: string; readonly digest: string };

export interface Names {
  /** By name; the main definition first. */
  readonly definitions: ReadonlyMap<string, readonly Definition[]>;
}

export interface Union {
  readonly kinds: Readonly<Record<Kind, Names>>;
  /** The main text first. */
  readonly instructions: readonly string[];
  /** What differs between two sessions of the same kind, in words. */
  readonly unstable: readonly string[];
}

const WORDS: Readonly<Record<Kind, string>> = {
  tool: "tool",
  prompt: "prompt",
  resource: "resource",
  resourceTemplate: "resource template",
};

/** `seen` has the view whose definitions are the main ones first. */
export function unite(seen: readonly Seen[], digest: Digest): Union {
  const read = seen.map((one) => ({ one, lists: digestLists(one, digest) }));
  const kinds = Object.fromEntries(
    KINDS.map((kind) => [kind, { definitions: byName(read.flatMap(({ lists }) => lists[kind])) }]),
  ) as unknown as Union["kinds"];
  const texts = seen.flatMap(({ instructions }) => (instructions === undefined ? [] : [instructions]));
  const [main, ...others] = new Set(texts);
  return {
    kinds,
    instructions: main === undefined ? [] : [main, ...others.sort()],
    unstable: read.flatMap((later, index) => {
      const earlier = read.slice(0, index).find(({ one }) => isSameKind(one, later.one));
      return earlier === undefined ? [] : instabilities(earlier, later);
    }),
  };
}

type Lists = Readonly<Record<Kind, readonly Definition[]>>;

interface Read {
  readonly one: Seen;
  readonly lists: Lists;
}

const isSameKind = (one: Seen, other: Seen): boolean => one.era === other.era && one.abilities === other.abilities;

const digestLists = ({ lists }: Seen, digest: Digest): Lists =>
  Object.fromEntries(
    KINDS.map((kind) => [kind, lists[kind].map((value, index) => digestOne(kind, value, index, digest))]),
  ) as unknown as Lists;

function digestOne(kind: Kind, value: Json, index: number, digest: Digest): Definition {
  try {
    return { ...digest(kind, writeJson(value)), value };
  } catch (error) {
    const { method } = LISTS[kind];
    const name = membersOf(value)?.get("name");
    const called = typeof name === "string" ? ` (${name})` : "";
    const reason = error instanceof Error ? error.message : String(error);
    throw new SnapshotFailure(`definition ${index + 1} of ${method}${called} cannot be in a catalogue: ${reason}`);
  }
}

function byName(definitions: readonly Definition[]): ReadonlyMap<string, readonly Definition[]> {
  const groups = new Map<string, Map<string, Definition>>();
  for (const one of definitions) {
    const group = groups.get(one.name) ?? new Map<string, Definition>();
    groups.set(one.name, group);
    if (!group.has(one.digest)) group.set(one.digest, one);
  }
  return new Map([...groups].map(([name, group]) => [name, [...group.values()]]));
}

function instabilities(earlier: Read, later: Read): string[] {
  const definitions = KINDS.flatMap((kind) => {
    const [one, other] = [byName(earlier.lists[kind]), byName(later.lists[kind])];
    return [...new Set([...one.keys(), ...other.keys()])].flatMap((name) => {
      const [before, after] = [one.get(name), other.get(name)];
      const subject = `${WORDS[kind]} ${JSON.stringify(name)}`;
      if (before === undefined || after === undefined) return [`${subject} is listed by one of two equal sessions only`];
      const same = new Set(before.map(({ digest }) => digest));
      return before.length === after.length && after.every(({ digest }) => same.has(digest))
        ? []
        : [`${subject} is defined otherwise in each session`];
    });
  });
  const spoken = earlier.one.instructions === later.one.instructions ? [] : ["the instructions are others in each session"];
  return [...definitions, ...spoken];
}
