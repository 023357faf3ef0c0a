/** The catalogues in force at a given time, or the reason why none is. */
import type { VerifiedCatalogue } from "../../catalogue/catalogue.js";
import type { DefinitionKind, SignedDefinition } from "../../catalogue/definition.js";
import type { CatalogueDecision } from "../../catalogue/judgement.js";
import { type InkanError, refusal } from "../../errors.js";
import { printable } from "../../input/printable.js";
import type { Settings } from "../gate/options.js";

interface Overlapped {
  readonly catalogue: VerifiedCatalogue;
  readonly until: number;
}

/** The most earlier catalogues that may overlap with the newest. */
const MOST_OVERLAPPED = 8;

export class Catalogues {
  readonly #settings: Settings;
  #newest: VerifiedCatalogue | undefined;
  #closedBy: InkanError | undefined;
  #overlapped: Overlapped[] = [];
  /** The newest catalogue that was ever in place. No older one may follow it. */
  #floor: VerifiedCatalogue | undefined;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#closedBy = settings.closedBy ?? neverGiven();
    const { catalogue } = settings;
    if (catalogue === undefined) return;
    const foreign = this.#foreign(catalogue);
    this.#closedBy = foreign;
    if (foreign !== undefined) return;
    this.#newest = catalogue;
    this.#floor = catalogue;
  }

  /** Why the gate is closed, or undefined while it is open. */
  closedBy(): InkanError | undefined {
    if (this.#newest === undefined) return this.#closedBy;
    return isPast(this.#newest, this.#settings.now()) ? expired(this.#newest) : undefined;
  }

  /** The catalogues in force, the newest first. None while the gate is closed. */
  active(): readonly VerifiedCatalogue[] {
    const newest = this.#newest;
    if (newest === undefined) return [];
    const time = this.#settings.now();
    if (isPast(newest, time)) return [];
    if (this.#overlapped.length === 0) return [newest];
    this.#overlapped = this.#overlapped.filter(({ catalogue, until }) => time <= until && !isPast(catalogue, time));
    return [newest, ...this.#overlapped.map(({ catalogue }) => catalogue)];
  }

  /** The newest one, while the gate is open. */
  current(): VerifiedCatalogue | undefined {
    return this.active()[0];
  }

  /** Every definition that is signed for a name now. Those of the newest catalogue come first. */
  signed(kind: DefinitionKind, name: string): readonly SignedDefinition[] {
    const active = this.active();
    return active.length === 1 && active[0] !== undefined
      ? active[0].signed(kind, name)
      : active.flatMap((catalogue) => catalogue.signed(kind, name));
  }

  /** The catalogues' verdict on an offer: signed if one of them signs it, otherwise the verdict of the newest. */
  judge(kind: DefinitionKind, offered: unknown): CatalogueDecision | undefined {
    let first: CatalogueDecision | undefined;
    for (const catalogue of this.active()) {
      const decision = catalogue.judge(kind, offered);
      if (decision.verdict === "signed") return decision;
      // If an older catalogue knows the name and the newest does not, the verdict is a change.
      if (first === undefined || (first.verdict === "unsigned" && decision.verdict === "changed")) first = decision;
    }
    return first;
  }

  signsInstructions(text: unknown): boolean {
    return typeof text === "string" && this.active().some((catalogue) => catalogue.signsInstructions(text));
  }

  /** The signed definitions of a kind, of every catalogue in force. */
  all(kind: "resourceTemplate"): readonly SignedDefinition[] {
    return this.active().flatMap((catalogue) => {
      const main = kind === "resourceTemplate" ? catalogue.resourceTemplates : [];
      return main.flatMap(({ name }) => catalogue.signed(kind, name));
    });
  }

  /** Whether anything of a kind is signed. */
  signsAny(member: "tools" | "prompts" | "resources" | "resourceTemplates"): boolean {
    return this.active().some((catalogue) => catalogue[member].length > 0);
  }

  /** When the set of catalogues in force changes next, in milliseconds. */
  nextChange(): number | undefined {
    const newest = this.#newest;
    if (newest === undefined || this.active().length === 0) return undefined;
    const ends = this.#overlapped.flatMap(({ catalogue, until }) => [until, end(catalogue)]);
    const next = Math.min(end(newest), ...ends);
    return Number.isFinite(next) ? next : undefined;
  }

  /** Puts a newer catalogue in place. Returns whether anything changed. Throws for a catalogue that may not follow. */
  replace(catalogue: VerifiedCatalogue): boolean {
    const foreign = this.#foreign(catalogue);
    if (foreign !== undefined) throw foreign;
    if (isPast(catalogue, this.#settings.now())) throw expired(catalogue);
    const floor = this.#floor;
    if (floor?.digest === catalogue.digest) return false;
    if (floor !== undefined && !isNewer(floor, catalogue)) throw rolledBack(floor, catalogue);
    const before = this.#newest;
    if (before !== undefined && this.#settings.overlapMs > 0) {
      const until = this.#settings.now() + this.#settings.overlapMs;
      this.#overlapped = [{ catalogue: before, until }, ...this.#overlapped].slice(0, MOST_OVERLAPPED);
    } else {
      this.#overlapped = [];
    }
    this.#newest = catalogue;
    this.#floor = catalogue;
    return true;
  }

  #foreign(catalogue: VerifiedCatalogue): InkanError | undefined {
    if (catalogue.server === this.#settings.server) return undefined;
    return refusal("ERR_CATALOGUE_SERVER", {
      subject: "catalogue.server",
      expected: printable(this.#settings.server),
      found: catalogue.server === undefined ? "no server" : printable(catalogue.server),
      hint: "This catalogue belongs to another server; do not use its tools here.",
    });
  }
}

const end = (catalogue: VerifiedCatalogue): number =>
  catalogue.expires === undefined ? Number.POSITIVE_INFINITY : timeOf(catalogue.expires);

/** RFC 3339 allows small letters. Not every runtime reads them. */
const timeOf = (text: string): number => Date.parse(text.toUpperCase());

/**
 * Whether a catalogue has expired. If the clock returns no time, it counts as expired. Without an expiry date, it never
 * expires.
 */
const isPast = (catalogue: VerifiedCatalogue, time: number): boolean =>
  catalogue.expires !== undefined && !(time <= end(catalogue));

/** Whether `next` may follow `floor`. The digests differ. */
function isNewer(floor: VerifiedCatalogue, next: VerifiedCatalogue): boolean {
  if (floor.version !== undefined) return next.version !== undefined && next.version > floor.version;
  if (next.version !== undefined) return true;
  // Without versions, only signed dates can order catalogues, because anybody can get a new timestamp for a signature.
  const [was, is] = [floor.issuedAt, next.issuedAt];
  return was !== undefined && is !== undefined && timeOf(is) > timeOf(was);
}

function neverGiven(): InkanError {
  return refusal("ERR_GATE_CLOSED");
}

function expired(catalogue: VerifiedCatalogue): InkanError {
  return refusal("ERR_CATALOGUE_EXPIRED", {
    subject: "catalogue.expires",
    expected: `a time up to ${catalogue.expires}`,
    hint: "Ask the publisher for a newer catalogue.",
  });
}

function rolledBack(floor: VerifiedCatalogue, next: VerifiedCatalogue): InkanError {
  const told = (catalogue: VerifiedCatalogue): string =>
    catalogue.version === undefined ? "no version" : `version ${catalogue.version}`;
  return refusal("ERR_CATALOGUE_ROLLBACK", {
    subject: "catalogue.version",
    expected: `newer than ${told(floor)} (${floor.digest})`,
    found: `${told(next)} (${next.digest})`,
    hint: "Replace a catalogue by a newer one; without a version, a later issuedAt tells which one is newer.",
  });
}
