/** Several views of one server as one: main definitions, alternatives, and what is not stable. */
import { printable } from "../../input/printable.js";
import { type Definition, KINDS, type Kind, readDefinition, WORDS } from "../definition.js";
import { compareUnits, type Json, membersOf } from "../json.js";
import { reasonIn } from "../reason.js";
import { SnapshotFailure } from "./failure.js";
import type { Seen } from "./session.js";

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

/** `seen` has the view whose definitions are the main ones first. */
export function unite(seen: readonly Seen[]): Union {
  const read = seen.map((one) => ({ one, lists: readLists(one) }));
  const kinds = Object.fromEntries(
    KINDS.map((kind) => [kind, { definitions: byName(read.flatMap(({ lists }) => lists[kind])) }]),
  ) as unknown as Union["kinds"];
  const texts = seen.flatMap(({ instructions }) => (instructions === undefined ? [] : [instructions]));
  const [main, ...others] = new Set(texts);
  const unstable = read.flatMap((later, index) => {
    const earlier = read.slice(0, index).find(({ one }) => isSameKind(one, later.one));
    return earlier === undefined ? [] : instabilities(earlier, later);
  });
  return {
    kinds,
    instructions: main === undefined ? [] : [main, ...others.sort(compareUnits)],
    unstable: inShort(unstable),
  };
}

/** Differences that are told one by one. */
const MOST_TOLD = 20;

const inShort = (texts: readonly string[]): readonly string[] =>
  texts.length <= MOST_TOLD ? texts : [...texts.slice(0, MOST_TOLD), `${texts.length - MOST_TOLD} more of the kind`];

type Lists = Readonly<Record<Kind, readonly Definition[]>>;

interface Read {
  readonly one: Seen;
  readonly lists: Lists;
}

const isSameKind = (one: Seen, other: Seen): boolean => one.era === other.era && one.abilities === other.abilities;

const readLists = ({ lists }: Seen): Lists =>
  Object.fromEntries(
    KINDS.map((kind) => [kind, lists[kind].map((value, index) => readOne(kind, value, index))]),
  ) as unknown as Lists;

function readOne(kind: Kind, value: Json, index: number): Definition {
  try {
    return readDefinition(kind, value);
  } catch (error) {
    const name = membersOf(value)?.get("name");
    const called = typeof name === "string" ? ` (${printable(name)})` : "";
    const place = `${WORDS[kind]} ${index + 1}${called} of the server`;
    throw new SnapshotFailure(`${place} can be in no catalogue: ${reasonIn(error)}`);
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
      const subject = `${WORDS[kind]} "${printable(name)}"`;
      if (before === undefined || after === undefined)
        return [`${subject} is listed by one of two equal sessions only`];
      const same = new Set(before.map(({ digest }) => digest));
      return before.length === after.length && after.every(({ digest }) => same.has(digest))
        ? []
        : [`${subject} is defined otherwise in each session`];
    });
  });
  const spoken =
    earlier.one.instructions === later.one.instructions ? [] : ["the instructions are others in each session"];
  return [...definitions, ...spoken];
}
