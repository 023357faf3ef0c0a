/**
 * What is known about each signed name: what the server offered last under it, whether it was shown or used, and what
 * revoked it. Only signed names are remembered, so that a server cannot make the table grow.
 */
import type { DefinitionKind, SignedDefinition } from "../../catalogue/definition.js";
import type { RefusedDecision } from "../../catalogue/judgement.js";
import type { ErrorCode } from "../../errors.js";
import type { Walk } from "../lists/walk.js";
import type { Refusal } from "../message/refusal.js";
import { SURFACES } from "../message/surfaces.js";
import type { Catalogues } from "./catalogues.js";
import { matchesTemplate } from "./uri_template.js";

interface Entry {
  /** The digest of the signed definition that was offered last. Undefined while the name is revoked. */
  offered?: string;
  /** Whether it was listed or called in this session. */
  seen: boolean;
  revoked?: Revocation;
}

interface Revocation {
  readonly refusal: Refusal;
  /** The time, as the number of judged offers. */
  readonly at: number;
}

export class Verdicts {
  readonly #catalogues: Catalogues;
  readonly #uriCharacters: number;
  readonly #tables: Readonly<Record<DefinitionKind, Map<string, Entry>>> = {
    tool: new Map(),
    prompt: new Map(),
    resource: new Map(),
    resourceTemplate: new Map(),
  };
  #offers = 0;

  constructor(catalogues: Catalogues, uriCharacters: number) {
    this.#catalogues = catalogues;
    this.#uriCharacters = uriCharacters;
  }

  /**
   * A new session begins, in which nothing was listed or called yet. A revoked name stays revoked until a list restores
   * it.
   */
  beginSession(): void {
    for (const table of Object.values(this.#tables)) for (const entry of table.values()) entry.seen = false;
  }

  /** Whether names of a kind are revoked. */
  revokesAny(kind: DefinitionKind): boolean {
    for (const { revoked } of this.#tables[kind].values()) if (revoked !== undefined) return true;
    return false;
  }

  /** Drops the names that no catalogue signs any more. */
  prune(): void {
    for (const [kind, table] of Object.entries(this.#tables) as [DefinitionKind, Map<string, Entry>][]) {
      for (const name of table.keys()) if (this.#catalogues.signed(kind, name).length === 0) table.delete(name);
    }
  }

  /** Records that a signed definition was offered. */
  offeredSigned(signed: SignedDefinition, walk: Walk): void {
    const entry = this.#entry(signed.kind, signed.name);
    this.#offers += 1;
    walk.offeredSigned(signed, this.#offers);
    // A revoked name is restored only after the whole list was read.
    if (entry.revoked === undefined) entry.offered = signed.digest;
  }

  /**
   * Records that something else was offered. A signed name is revoked at once. Returns whether it is signed, and
   * whether it was listed or called in this session.
   */
  offeredOther(decision: RefusedDecision, walk: Walk, difference: string | undefined): "seen" | "unseen" | undefined {
    const { kind, name } = decision;
    if (name === undefined || this.#catalogues.signed(kind, name).length === 0) return undefined;
    const entry = this.#entry(kind, name);
    this.#offers += 1;
    walk.offeredOther(name);
    entry.revoked = { refusal: otherOffered(decision, kind, name, difference), at: this.#offers };
    delete entry.offered;
    return entry.seen ? "seen" : "unseen";
  }

  /** A whole list was read. Restores the names under which it had only signed definitions. */
  ended(kind: DefinitionKind, walk: Walk): void {
    for (const [name, entry] of this.#tables[kind]) {
      if (entry.revoked === undefined) continue;
      const offer = walk.onlySigned(name);
      if (offer === undefined || offer.at < entry.revoked.at) continue;
      delete entry.revoked;
      entry.offered = offer.digest;
    }
  }

  /** Marks a name as listed or called. */
  use(kind: DefinitionKind, name: string): void {
    this.#entry(kind, name).seen = true;
  }

  wasSeen(kind: DefinitionKind, name: string): boolean {
    return this.#tables[kind].get(name)?.seen === true;
  }

  /** Why a name may not be used, or undefined if it may. The gate is open. */
  refusalOf(kind: DefinitionKind, name: string): Refusal | undefined {
    const signed = this.#catalogues.signed(kind, name);
    if (signed.length === 0) return unsignedName(kind, name);
    const entry = this.#tables[kind].get(name);
    if (entry?.revoked !== undefined) return entry.revoked.refusal;
    // The definition that was offered last was signed by a catalogue that is not in force any more.
    if (entry?.offered !== undefined && !signed.some(({ digest }) => digest === entry.offered)) {
      return outdated(kind, name, signed[0]?.digest, entry.offered);
    }
    return undefined;
  }

  /** The definition that the client has, as far as that is known: the one offered last, otherwise the main one. */
  definition(kind: DefinitionKind, name: string): SignedDefinition | undefined {
    const signed = this.#catalogues.signed(kind, name);
    const offered = this.#tables[kind].get(name)?.offered;
    return signed.find(({ digest }) => digest === offered) ?? signed[0];
  }

  /** Why a URI may not be read, or undefined if it is signed or a signed template matches it. */
  refusalOfUri(uri: string): Refusal | undefined {
    const refusal = this.refusalOf("resource", uri);
    if (refusal === undefined || refusal.code !== SURFACES.resource.unsigned) return refusal;
    if (uri.length > this.#uriCharacters) return refusal;
    const matching = this.#catalogues.all("resourceTemplate").filter(({ name }) => matchesTemplate(name, uri));
    const refusals = matching.map(({ name }) => this.refusalOf("resourceTemplate", name));
    return refusals.length === 0 || refusals.includes(undefined)
      ? refusals.length === 0
        ? refusal
        : undefined
      : refusals[0];
  }

  #entry(kind: DefinitionKind, name: string): Entry {
    const table = this.#tables[kind];
    let entry = table.get(name);
    if (entry === undefined) {
      entry = { seen: false };
      table.set(name, entry);
    }
    return entry;
  }
}

const HINTS = {
  unsigned: "Do not use it; if it is genuine, its publisher has to sign a catalogue that holds it.",
  changed: "Do not use it; if the change is genuine, its publisher has to sign the new definition.",
};

function unsignedName(kind: DefinitionKind, name: string): Refusal {
  const { unsigned, noun } = SURFACES[kind];
  return { code: unsigned, reason: `The ${noun} is not in the verified catalogue.`, hint: HINTS.unsigned, kind, name };
}

function otherOffered(
  decision: RefusedDecision,
  kind: DefinitionKind,
  name: string,
  difference: string | undefined,
): Refusal {
  const { noun, changed } = SURFACES[kind];
  const code: ErrorCode = decision.verdict === "unsigned" ? changed : decision.code;
  return {
    code,
    reason: `What the server offered last under this name is not the signed ${noun}.`,
    hint: HINTS.changed,
    kind,
    name,
    ...(decision.signedDigest !== undefined && { signedDigest: decision.signedDigest }),
    ...(decision.offeredDigest !== undefined && { offeredDigest: decision.offeredDigest }),
    ...(difference !== undefined && { difference }),
  };
}

function outdated(
  kind: DefinitionKind,
  name: string,
  signedDigest: string | undefined,
  offeredDigest: string,
): Refusal {
  const { noun, changed } = SURFACES[kind];
  return {
    code: changed,
    reason: `What the server offered last under this name is the ${noun} of an older catalogue.`,
    hint: "List again: the server may offer the new definition by now.",
    kind,
    name,
    offeredDigest,
    ...(signedDigest !== undefined && { signedDigest }),
  };
}
