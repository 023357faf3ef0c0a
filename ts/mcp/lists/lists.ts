/** Answers to lists. Each definition is judged, and the signed one is passed on. Long lists are judged in slices. */
import type { SignedDefinition } from "../../catalogue/definition.js";
import type { RefusedDecision } from "../../catalogue/judgement.js";
import type { Events } from "../gate/events.js";
import type { Surface } from "../message/surfaces.js";
import type { Catalogues } from "../verdict/catalogues.js";
import type { Verdicts } from "../verdict/verdicts.js";
import type { Walk } from "./walk.js";

/** Milliseconds after which other work of the program gets its turn. One definition may take longer. */
const SLICE = 3;

/** The result for a page. */
export interface JudgedPage {
  /** Copies of the signed definitions, for the client. */
  readonly listed: readonly unknown[];
  /** Whether an offer under a signed name is not signed. */
  readonly changed: boolean;
  /** Whether any offer is not signed. */
  readonly refused: boolean;
}

/** A page to judge. It belongs to a list of the client, or to one that the gate requested, which is not passed on. */
export interface Page {
  readonly surface: Surface;
  readonly offers: readonly unknown[];
  readonly walk: Walk;
  /** The cursor that it was asked for with; empty for the first. */
  readonly cursor: string;
  readonly forClient: boolean;
}

/** The signed definition behind an object that is passed on. Its own text has the publisher's spelling of numbers. */
const texts = new WeakMap<object, SignedDefinition>();

/** The signed definition behind an object of a judged list. For code that writes such lists as text. */
export const signedBehind = (listed: object): SignedDefinition | undefined => texts.get(listed);

/** A copy of a signed definition that its receiver may change, in the publisher's order. */
export function handedOn(signed: SignedDefinition): object {
  const copy: object = JSON.parse(signed.text);
  texts.set(copy, signed);
  return copy;
}

export class Lists {
  readonly #catalogues: Catalogues;
  readonly #verdicts: Verdicts;
  readonly #events: Events;

  constructor(catalogues: Catalogues, verdicts: Verdicts, events: Events) {
    this.#catalogues = catalogues;
    this.#verdicts = verdicts;
    this.#events = events;
  }

  /** Judges a page. A short one is judged at once, and then the result is not a promise. */
  judge(page: Page): JudgedPage | Promise<JudgedPage> {
    const signed: SignedDefinition[] = [];
    const found = { changed: false, refused: false };
    const judged = inSlices(page.offers, (offer) => {
      const decision = this.#catalogues.judge(page.surface.kind, offer);
      if (decision === undefined) return;
      if (decision.verdict === "signed") {
        this.#verdicts.offeredSigned(decision.signed, page.walk);
        signed.push(decision.signed);
      } else {
        found.refused = true;
        if (this.#recordRefused(page, decision)) found.changed = true;
      }
    });
    const finish = (): JudgedPage | Promise<JudgedPage> => this.#finish(page, signed, found);
    return judged === undefined ? finish() : judged.then(finish);
  }

  /** Returns whether the name is signed. */
  #recordRefused({ surface, walk }: Page, decision: RefusedDecision): boolean {
    const difference = decision.verdict === "changed" ? decision.difference() : undefined;
    const revoked = this.#verdicts.offeredOther(decision, walk, difference);
    this.#events.tell({
      direction: "inbound",
      method: surface.list,
      kind: surface.kind,
      name: decision.name,
      decision: revoked === "seen" ? "revoked" : "hidden",
      code: decision.code,
      signedDigest: decision.signedDigest,
      offeredDigest: decision.offeredDigest,
      difference,
    });
    return revoked !== undefined;
  }

  /** What is passed on of the page, now that all of it is known. */
  #finish(
    page: Page,
    signed: readonly SignedDefinition[],
    found: { readonly changed: boolean; readonly refused: boolean },
  ): JudgedPage | Promise<JudgedPage> {
    const listed: unknown[] = [];
    const result = { listed, ...found };
    if (!page.forClient) return result;
    const once = new Set<string>();
    const handed = inSlices(signed, (one) => {
      if (once.has(one.digest)) return;
      once.add(one.digest);
      if (this.#isListed(page, one)) listed.push(this.#list(page.surface, one));
    });
    return handed === undefined ? result : handed.then(() => result);
  }

  #isListed({ walk, cursor }: Page, { kind, name, digest }: SignedDefinition): boolean {
    // One name has two definitions in one list, and one of them is not signed. Both are refused.
    if (walk.isContested(name)) return false;
    // A catalogue may have been replaced while the list was judged.
    if (!this.#catalogues.signed(kind, name).some((signed) => signed.digest === digest)) return false;
    return walk.lists(digest, cursor);
  }

  #list({ kind, list }: Surface, signed: SignedDefinition): object {
    this.#verdicts.use(kind, signed.name);
    this.#events.tell({
      direction: "inbound",
      method: list,
      kind,
      name: signed.name,
      decision: "allowed",
      signedDigest: signed.digest,
    });
    return handedOn(signed);
  }
}

/**
 * Runs `work` for each item. At once if that takes one slice, otherwise with pauses between the slices. One item is never cut:
 * the most that a definition of one megabyte can cost, with 90,000 members, is about what `JSON.parse` has cost for the same
 * text before it came here, and the most of it is one call of `Object.keys`. A pause within it would halve the stop at best.
 */
export function inSlices<T>(items: readonly T[], work: (item: T) => void): Promise<void> | undefined {
  let at = 0;
  const slice = (): boolean => {
    const started = performance.now();
    while (at < items.length) {
      work(items[at] as T);
      at += 1;
      if (performance.now() - started > SLICE) break;
    }
    return at === items.length;
  };
  if (slice()) return undefined;
  return (async () => {
    do await pause();
    while (!slice());
  })();
}

/** Lets other work of the program continue. */
function pause(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === "function") setImmediate(resolve);
    else setTimeout(resolve, 0);
  });
}
