/** What a server offers now, judged against its verified catalogue by the gate that would stand before it. */
import type { VerifiedCatalogue } from "../../catalogue/catalogue.js";
import type { DefinitionKind } from "../../catalogue/definition.js";
import { differenceText } from "../../catalogue/difference.js";
import { printable } from "../../input/printable.js";
import { createGate, type Gate, type GateDecision } from "../../mcp/index.js";
import { isObject, own } from "../../mcp/message/message.js";
import { ALL_SURFACES, SURFACES, type Surface } from "../../mcp/message/surfaces.js";
import type { PolicyServer } from "../../policy_file/load.js";
import { type Json, writeJson } from "../../publish/json.js";
import type { Seen } from "../../publish/snapshot/session.js";

/** So many refusals of one kind are told one by one. */
const MOST_TOLD = 1_000;

/** An offered definition that the gate would hide. */
export interface RefusedOffer {
  readonly kind: DefinitionKind;
  /** Printable. Undefined where the offer has no name. */
  readonly name?: string;
  readonly verdict: "changed" | "unsigned" | "malformed";
  readonly code: string;
  readonly signedDigest?: string;
  readonly offeredDigest?: string;
  /** The first members that differ, signed and offered: printable. */
  readonly difference?: string;
}

/** What the server offers of one kind. */
export interface KindOffers {
  /** How many names are offered. */
  readonly offered: number;
  /** How many names are offered as they are signed; undefined where the policy needs no signature for this kind. */
  readonly signed: number | undefined;
  /** How many offers the gate would hide, and the first of them. */
  readonly refused: number;
  readonly refusals: readonly RefusedOffer[];
  /** Signed names that are not offered. A server may offer less than is signed. */
  readonly notOffered: readonly string[];
}

export type Offers = { readonly [member in Surface["member"]]: KindOffers } & {
  readonly instructions: {
    readonly verdict: "signed" | "unsigned" | "none";
    /** Signed and offered, where they differ: printable. */
    readonly difference?: string;
  };
};

/** Judges all views of a server. A session of its own is played through a gate for each. */
export async function judgeOffers(
  server: Pick<PolicyServer, "server" | "gateOptions">,
  catalogue: VerifiedCatalogue,
  views: readonly Seen[],
): Promise<Offers> {
  const kinds = new Map(ALL_SURFACES.map((surface) => [surface.kind, new Gathered(surface)]));
  const instructions: { verdict: "signed" | "unsigned" | "none"; difference?: string } = { verdict: "none" };
  const { unsigned = [] } = server.gateOptions;
  for (const view of views) {
    const onDecision = (decision: GateDecision): void => {
      if (decision.kind === "instructions") noteInstructions(instructions, decision, view, catalogue);
      else if (decision.kind !== "sampling" && decision.kind !== "message") kinds.get(decision.kind)?.note(decision);
    };
    const gate = createGate({ server: server.server, catalogue, unsigned, onDecision });
    if (gate.closedBy !== undefined) throw gate.closedBy;
    const { instructions: said } = view;
    await exchange(gate, "initialize", { capabilities: {}, ...(said === undefined ? {} : { instructions: said }) });
    for (const [kind, gathered] of kinds) gathered.list(view.lists[kind], await listThrough(gate, kind, view));
  }
  const members = Object.fromEntries(
    [...kinds].map(([kind, gathered]) => {
      const { member } = SURFACES[kind];
      return [
        member,
        gathered.offers(
          catalogue,
          unsigned.some((one) => one === member),
        ),
      ];
    }),
  );
  return { ...members, instructions } as unknown as Offers;
}

/** Whether the gate would hide or drop something of it. */
export const isRefused = (offers: Offers): boolean =>
  offers.instructions.verdict === "unsigned" || ALL_SURFACES.some(({ member }) => offers[member].refused > 0);

/** The definitions of a kind that the gate hands on. */
async function listThrough(gate: Gate, kind: DefinitionKind, view: Seen): Promise<readonly unknown[]> {
  const surface = SURFACES[kind];
  // The texts of numbers matter to who signs; the gate judges what a parser makes of them.
  const offered: unknown = JSON.parse(writeJson(view.lists[kind] as Json));
  const answer = await exchange(gate, surface.list, { [surface.member]: offered });
  const listed = own(own(answer, "result"), surface.member);
  return Array.isArray(listed) ? listed : [];
}

/** Plays a request and its result through the gate, and gives what the client would get. */
async function exchange(gate: Gate, method: string, result: object): Promise<unknown> {
  await gate.outbound({ jsonrpc: "2.0", id: 1, method, params: {} });
  const messages = await gate.inbound({ jsonrpc: "2.0", id: 1, result });
  return messages.find(({ to }) => to === "client")?.message;
}

function noteInstructions(
  found: { verdict: "signed" | "unsigned" | "none"; difference?: string },
  { decision }: GateDecision,
  { instructions: offered }: Seen,
  { instructions: signed }: VerifiedCatalogue,
): void {
  if (decision === "allowed") {
    if (found.verdict === "none") found.verdict = "signed";
    return;
  }
  found.verdict = "unsigned";
  found.difference ??= differenceText({ instructions: signed }, { instructions: offered });
}

/** What the views together show of one kind. */
class Gathered {
  readonly #surface: Surface;
  readonly #offered = new Set<string>();
  readonly #signed = new Set<string>();
  /** The names of what is refused, and each refusal once. */
  readonly #refusedNames = new Set<string>();
  readonly #refused = new Set<string>();
  readonly #told: RefusedOffer[] = [];

  constructor(surface: Surface) {
    this.#surface = surface;
  }

  note({ decision, name, code, signedDigest, offeredDigest, difference }: GateDecision): void {
    if (decision === "allowed") return;
    const refusal = [code, offeredDigest, name].join("\n");
    if (this.#refused.has(refusal)) return;
    this.#refused.add(refusal);
    if (name !== undefined) this.#refusedNames.add(name);
    if (this.#told.length >= MOST_TOLD) return;
    const { kind, changed, unsigned } = this.#surface;
    this.#told.push({
      kind,
      ...(name === undefined ? {} : { name }),
      verdict: code === changed ? "changed" : code === unsigned ? "unsigned" : "malformed",
      code: code ?? "",
      ...(signedDigest === undefined ? {} : { signedDigest }),
      ...(offeredDigest === undefined ? {} : { offeredDigest }),
      ...(difference === undefined ? {} : { difference }),
    });
  }

  /** A view's list, and what of it is handed on. */
  list(offered: readonly Json[], listed: readonly unknown[]): void {
    for (const one of offered) {
      const name = one instanceof Map ? one.get(this.#surface.key) : undefined;
      if (typeof name === "string") this.#offered.add(name);
    }
    for (const one of listed) {
      const name = isObject(one) ? own(one, this.#surface.key) : undefined;
      if (typeof name === "string") this.#signed.add(name);
    }
  }

  offers(catalogue: VerifiedCatalogue, isOpen: boolean): KindOffers {
    return {
      offered: this.#offered.size,
      signed: isOpen ? undefined : [...this.#signed].filter((name) => !this.#refusedNames.has(printable(name))).length,
      refused: this.#refused.size,
      refusals: this.#told,
      notOffered: catalogue[this.#surface.member].map(({ name }) => name).filter((name) => !this.#offered.has(name)),
    };
  }
}
