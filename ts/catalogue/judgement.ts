/** Judges a server's offer by the signed definitions. */
import { definitionDigest } from "../core/hasher.js";
import { type ErrorCode, InkanError, InternalError } from "../errors.js";
import { LIMITS } from "../generated/limits.js";
import { jsonText } from "../input/json.js";
import { kindOf } from "../input/options.js";
import type { DefinitionKind, SignedDefinition } from "./definition.js";
import { differenceText } from "./difference.js";
import { equalsSigned } from "./equality.js";
import { IDENTIFIERS } from "./kinds.js";
import { changedError, malformedError, type RefusedVerdict, refusalCode, unsignedError } from "./refusals.js";
import { outweighs } from "./weight.js";

/** A catalogue's decision about something offered. */
export type CatalogueDecision = SignedDecision | RefusedDecision;

/** It equals a signed definition. Use the signed one, not the offered one. */
export interface SignedDecision {
  readonly verdict: "signed";
  readonly kind: DefinitionKind;
  readonly name: string;
  readonly signed: SignedDefinition;
}

/** It equals no signed definition. */
export interface RefusedDecision {
  /** `unsigned`: no such name. `changed`: the name is signed with another definition. `malformed`: it is not a definition. */
  readonly verdict: RefusedVerdict;
  readonly kind: DefinitionKind;
  readonly code: ErrorCode;
  readonly name?: string;
  /** The digest of the main definition of this name. */
  readonly signedDigest?: string;
  /** Absent if nothing was hashed: the name is not signed, or the offer is too large or not a definition. */
  readonly offeredDigest?: string;
  /** The first differing members, signed and offered: printable, at most 2,000 characters. Computed on demand. */
  difference(): string | undefined;
  /** The refusal as an error, made on demand. */
  error(): InkanError;
}

/** Where the judgement looks up signed definitions. */
export interface SignedNames {
  /** The main definition of a name. */
  main(kind: DefinitionKind, name: string): SignedDefinition | undefined;
  alternatives(kind: DefinitionKind, name: string): readonly SignedDefinition[];
  /** How many names are signed. */
  count(kind: DefinitionKind): number;
}

export const isDefinitionKind = (kind: unknown): kind is DefinitionKind =>
  typeof kind === "string" && Object.hasOwn(IDENTIFIERS, kind);

/** Never throws, whatever was offered. */
export function judgeOffer(names: SignedNames, kind: DefinitionKind, offered: unknown): CatalogueDecision {
  let name: string | undefined;
  try {
    if (typeof offered !== "object" || offered === null || Array.isArray(offered)) {
      return malformed(kind, undefined, new TypeError(kindOf(offered)));
    }
    name = ownText(offered, IDENTIFIERS[kind]);
    if (name === undefined) {
      if (outweighs(offered, [])) return malformed(kind, undefined, new RangeError("too many values"));
      return judgeText(names, kind, undefined, offered);
    }
    const main = names.main(kind, name);
    if (main === undefined) return unsigned(names, kind, name);
    const equal = equalsSigned(main.definition, offered)
      ? main
      : names.alternatives(kind, name).find(({ definition }) => equalsSigned(definition, offered));
    if (equal !== undefined) return signedBy(equal);
    // No signed definition has as many values, so this one is none of them.
    if (outweighs(offered, [main, ...names.alternatives(kind, name)])) return changed(main, undefined, undefined);
    return judgeText(names, kind, name, offered);
  } catch (thrown) {
    return malformed(kind, name, readable(thrown));
  }
}

/** The error that the offered object's own code threw. It may be any value, and reading it may throw again. */
function readable(thrown: unknown): Error {
  try {
    if (thrown instanceof InkanError) return thrown;
    if (thrown instanceof Error) return new TypeError(String(thrown.message));
  } catch {
    // Reported below.
  }
  return new TypeError("an object whose own code throws");
}

/** The offered object's own member, if it is a text. */
function ownText(offered: object, member: string): string | undefined {
  const value: unknown = Object.hasOwn(offered, member) ? Reflect.get(offered, member) : undefined;
  return typeof value === "string" ? value : undefined;
}

/** The core's judgement of the offered object's JSON text. The text is made once. */
function judgeText(
  names: SignedNames,
  kind: DefinitionKind,
  name: string | undefined,
  offered: object,
): CatalogueDecision {
  const text = boundedJson(offered);
  if (text === undefined) {
    const main = name === undefined ? undefined : names.main(kind, name);
    if (main !== undefined) return changed(main, undefined, undefined);
    return malformed(kind, name, new RangeError(`more than ${LIMITS.definition} bytes`));
  }
  const bytes = new TextEncoder().encode(text);
  const main = name === undefined ? undefined : names.main(kind, name);
  // No signed definition is as large, so this one is not signed.
  if (main !== undefined && bytes.length > LIMITS.definition) return changed(main, undefined, undefined);
  return decide(names, kind, definitionDigest(kind, bytes), text);
}

function decide(
  names: SignedNames,
  kind: DefinitionKind,
  offered: { readonly name: string; readonly digest: string },
  text: string,
): CatalogueDecision {
  const main = names.main(kind, offered.name);
  if (main === undefined) return unsigned(names, kind, offered.name);
  const equal = [main, ...names.alternatives(kind, offered.name)].find(({ digest }) => digest === offered.digest);
  return equal === undefined ? changed(main, offered.digest, text) : signedBy(equal);
}

/**
 * The JSON text. Undefined as soon as it is certain to be larger than any definition. Throws what the object throws.
 */
function boundedJson(value: object): string | undefined {
  let left = LIMITS.definition;
  let exceeded = false;
  try {
    const text: string | undefined = jsonText(value, (name, member) => {
      left -= name.length + (typeof member === "string" ? member.length : 1);
      exceeded = left < 0;
      if (exceeded) throw new RangeError("too large");
    });
    if (text === undefined) throw new TypeError("nothing that JSON can hold");
    return text;
  } catch (thrown) {
    if (exceeded) return undefined;
    throw thrown;
  }
}

const signedBy = (signed: SignedDefinition): SignedDecision =>
  Object.freeze({ verdict: "signed", kind: signed.kind, name: signed.name, signed });

const none = (): undefined => undefined;

function unsigned(names: SignedNames, kind: DefinitionKind, name: string): RefusedDecision {
  return Object.freeze({
    verdict: "unsigned",
    kind,
    code: refusalCode(kind, "unsigned"),
    name,
    difference: none,
    error: () => unsignedError(kind, name, names.count(kind)),
  });
}

function changed(main: SignedDefinition, offeredDigest: string | undefined, text: string | undefined): RefusedDecision {
  return Object.freeze({
    verdict: "changed",
    kind: main.kind,
    code: refusalCode(main.kind, "changed"),
    name: main.name,
    signedDigest: main.digest,
    ...(offeredDigest === undefined ? {} : { offeredDigest }),
    difference: () => (text === undefined ? undefined : differenceText(main.definition, JSON.parse(text))),
    error: () => changedError(main, text, LIMITS.definition),
  });
}

/** A failure of the core is a refusal with the core's code. */
function malformed(kind: DefinitionKind, name: string | undefined, cause: Error): RefusedDecision {
  const internal = cause instanceof InternalError ? cause : undefined;
  return Object.freeze({
    verdict: "malformed",
    kind,
    code: internal?.code ?? refusalCode(kind, "malformed"),
    ...(name === undefined ? {} : { name }),
    difference: none,
    error: (): InkanError => internal ?? malformedError(kind, name, cause),
  });
}
