/**
 * A client whose answers are checked a second time. An SDK may answer a list from a cache that others share, take
 * instructions from what was stored before, or check a result against a definition that its caller supplies.
 */
import type { DefinitionKind, SignedDefinition } from "../catalogue/definition.js";
import { invalidOption, kindOf } from "../input/options.js";
import { type Gate, type GateInside, gateInside } from "./gate/gate.js";
import { handedOn, inSlices } from "./lists/lists.js";
import { Walk } from "./lists/walk.js";
import { isObject, type JsonObject, own, ownText, withMembers } from "./message/message.js";
import { refusalError } from "./message/refusal.js";
import { SURFACES } from "./message/surfaces.js";
import { gateTransport, isGated, type McpTransport } from "./transport.js";

/** The refusal of a call by the client. Has the members that an SDK's error for the same answer has. */
class RefusedRequest extends Error {
  override readonly name = "McpError";
  readonly code: number;
  readonly data: JsonObject;

  constructor({ code, message, data }: ReturnType<typeof refusalError>) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

// biome-ignore lint/suspicious/noExplicitAny: a method of a client whose types are its SDK's
type Method = (...args: any[]) => any;
// biome-ignore lint/suspicious/noExplicitAny: the client keeps the type that it has
type Client = Record<string, any>;

const LISTS: Readonly<Record<string, DefinitionKind>> = {
  listTools: "tool",
  listPrompts: "prompt",
  listResources: "resource",
  listResourceTemplates: "resourceTemplate",
};

/** The methods of a client that make a request, with the method of the request. */
const REQUESTS: Readonly<Record<string, string>> = {
  callTool: "tools/call",
  getPrompt: "prompts/get",
  readResource: "resources/read",
  subscribeResource: "resources/subscribe",
  complete: "completion/complete",
};

/**
 * Other members of the SDKs' clients that are passed on unchanged. A member that is not named here cannot be reached.
 */
const PASSED = [
  "assertCanSetRequestHandler",
  "close",
  "getNegotiatedProtocolVersion",
  "getProtocolEra",
  "getServerCapabilities",
  "getServerVersion",
  "listen",
  "notification",
  "ping",
  "registerCapabilities",
  "removeNotificationHandler",
  "removeRequestHandler",
  "sendRootsListChanged",
  "setLoggingLevel",
  "setNotificationHandler",
  "setRequestHandler",
  "setVersionNegotiation",
  "unsubscribeResource",
] as const;

/** Fields that callers read or set. */
const FIELDS = ["onclose", "onerror", "fallbackRequestHandler", "fallbackNotificationHandler", "experimental"] as const;

/** Makes the checks of one client. */
class Checks {
  readonly #client: Client;
  readonly #gate: Gate;
  readonly #inside: GateInside;

  constructor(client: Client, gate: Gate) {
    this.#client = client;
    this.#gate = gate;
    this.#inside = gateInside("gateClient.gate", gate);
  }

  connect(transport: McpTransport, ...rest: unknown[]): unknown {
    return this.#client.connect(
      isGated(transport, this.#gate) ? transport : gateTransport(transport, this.#gate),
      ...rest,
    );
  }

  async list(method: string, kind: DefinitionKind, args: unknown[]): Promise<unknown> {
    return this.#listed(await this.#client[method](...args), kind, own(args[0], "cursor") === undefined);
  }

  async request(method: string, args: unknown[]): Promise<unknown> {
    const params = args[0];
    this.#refuse(REQUESTS[method] ?? "", isObject(params) ? params : {});
    return this.#client[method](...(method === "callTool" ? this.#withSignedDefinition(params, args) : args));
  }

  /** A request by its method. The client may answer it from a cache as well. */
  async raw(request: unknown, rest: unknown[]): Promise<unknown> {
    const method = ownText(request, "method") ?? "";
    const params = own(request, "params");
    this.#refuse(method, isObject(params) ? params : {});
    const result = await this.#client.request(request, ...rest);
    const surface = Object.values(SURFACES).find(({ list }) => list === method);
    return surface === undefined
      ? this.#discovered(result, method)
      : this.#listed(result, surface.kind, own(params, "cursor") === undefined);
  }

  instructions(): string | undefined {
    const text: unknown = this.#client.getInstructions();
    return this.#inside.parts.catalogues.signsInstructions(text) ? (text as string) : undefined;
  }

  discover(result: unknown): unknown {
    return this.#discovered(result, "server/discover");
  }

  #discovered(result: unknown, method: string): unknown {
    if ((method !== "server/discover" && method !== "initialize") || !isObject(result)) return result;
    const text = own(result, "instructions");
    if (text === undefined || this.#inside.parts.catalogues.signsInstructions(text)) return result;
    return withMembers(result, { instructions: undefined });
  }

  #refuse(method: string, params: JsonObject): void {
    const { outbound, parts } = this.#inside;
    const refusal = outbound.refusalOf(method, params);
    if (refusal === undefined) return;
    outbound.tellRefused(method, refusal);
    throw new RefusedRequest(refusalError(refusal, parts.settings.server, parts.catalogues.current()));
  }

  /** Results are checked against the signed definition, whatever the caller or a cache supplies. */
  #withSignedDefinition(params: unknown, args: unknown[]): unknown[] {
    const { verdicts } = this.#inside.parts;
    const name = ownText(params, "name") ?? "";
    const signed = verdicts.definition("tool", name);
    const brings = (one: unknown): boolean => own(one, "toolDefinition") !== undefined;
    if (signed === undefined) return args;
    if (args.some(brings)) {
      return args.map((one) =>
        brings(one) ? withMembers(one as JsonObject, { toolDefinition: handedOn(signed) }) : one,
      );
    }
    // A client of the second SDK looks definitions up in its cache. The tool has been listed, so its results must be
    // checked.
    if (typeof this.#client.getProtocolEra !== "function" || !verdicts.wasSeen("tool", name)) return args;
    const [, options] = args;
    if (options !== undefined && !isObject(options)) return args;
    return [params, { ...options, toolDefinition: handedOn(signed) }, ...args.slice(2)];
  }

  async #listed(result: unknown, kind: DefinitionKind, isFirst: boolean): Promise<unknown> {
    const { member, list } = SURFACES[kind];
    const { settings, catalogues, events, verdicts } = this.#inside.parts;
    if (settings.open.has(member) || !isObject(result)) return result;
    const offered: readonly unknown[] = Array.isArray(own(result, member)) ? (result[member] as unknown[]) : [];
    // If the transport leads through the gate, the gate has judged the server's offer, and this may come from a cache.
    const walk = this.#inside.attached() ? undefined : new Walk(isFirst && own(result, "nextCursor") === undefined);
    if (walk !== undefined) await this.#judge(kind, offered, walk);
    const listed: unknown[] = [];
    await inSlices(offered, (one) => {
      const name = ownText(one, SURFACES[kind].key);
      const signed = name === undefined ? undefined : this.#matching(kind, name, one);
      if (signed !== undefined) {
        verdicts.use(kind, signed.name);
        listed.push(projected(signed, one as JsonObject));
        return;
      }
      const known = name !== undefined && catalogues.signed(kind, name).length > 0;
      events.tell({
        direction: "inbound",
        method: list,
        kind,
        name,
        decision: "hidden",
        code: this.#gate.closedBy?.code ?? (known ? SURFACES[kind].changed : SURFACES[kind].unsigned),
      });
    });
    return withMembers(result, { [member]: listed });
  }

  /** Judges the server's offer by what the SDK has kept of it, because no gate has judged it before. */
  async #judge(kind: DefinitionKind, offered: readonly unknown[], walk: Walk): Promise<void> {
    const { catalogues, verdicts } = this.#inside.parts;
    await inSlices(offered, (one) => {
      const name = ownText(one, SURFACES[kind].key);
      const signed = name === undefined ? [] : catalogues.signed(kind, name);
      const same = signed.find(({ definition }) => isParsedFrom(one, definition));
      if (same !== undefined) {
        verdicts.offeredSigned(same, walk);
        return;
      }
      const decision = catalogues.judge(kind, one);
      if (decision === undefined || decision.verdict === "signed") return;
      verdicts.offeredOther(decision, walk, decision.verdict === "changed" ? decision.difference() : undefined);
    });
    if (walk.whole) verdicts.ended(kind, walk);
  }

  /** The signed definition that a value parsed by an SDK is a part of. An SDK drops members, and adds none. */
  #matching(kind: DefinitionKind, name: string, parsed: unknown): SignedDefinition | undefined {
    const { catalogues, verdicts } = this.#inside.parts;
    if (verdicts.refusalOf(kind, name) !== undefined) return undefined;
    const handedOut = verdicts.definition(kind, name);
    const signed = catalogues.signed(kind, name);
    return [...(handedOut === undefined ? [] : [handedOut]), ...signed].find((one) =>
      isParsedFrom(parsed, one.definition),
    );
  }
}

/** Members that every SDK keeps. If one is missing, somebody removed it. */
const KEPT = ["title", "description", "icons", "annotations", "arguments", "mimeType", "_meta"];
const KEPT_ANNOTATIONS = ["title", "readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"];

/**
 * Whether a value parsed by an SDK can be this definition: nothing is added or changed, and only droppable members are
 * missing.
 */
function isParsedFrom(parsed: unknown, signed: unknown): boolean {
  const isKept = (members: readonly string[], part: unknown, whole: unknown): boolean =>
    members.every((member) => own(whole, member) === undefined || own(part, member) !== undefined);
  return (
    isPartOf(parsed, signed) &&
    isKept(KEPT, parsed, signed) &&
    isKept(KEPT_ANNOTATIONS, own(parsed, "annotations"), own(signed, "annotations")) &&
    ["inputSchema", "outputSchema"].every((schema) => isPartOf(own(signed, schema), own(parsed, schema)))
  );
}

/**
 * Whether every member of `part` is in `whole` with the same value. Arrays must have the same length. `required` is a
 * set.
 */
function isPartOf(part: unknown, whole: unknown, name = ""): boolean {
  if (Array.isArray(part)) {
    if (!Array.isArray(whole) || part.length !== whole.length) return false;
    if (name === "required" && part.every((one) => typeof one === "string")) {
      const names = new Set(whole);
      return names.size === whole.length && new Set(part).size === part.length && part.every((one) => names.has(one));
    }
    return part.every((one, index) => isPartOf(one, whole[index]));
  }
  if (!isObject(part)) return Object.is(part, whole) || (part === 0 && whole === 0);
  if (!isObject(whole)) return false;
  return Object.keys(part).every(
    (member) =>
      part[member] === undefined || (Object.hasOwn(whole, member) && isPartOf(part[member], whole[member], member)),
  );
}

/** The signed definition, with only the members that an SDK has kept, in the publisher's order. */
function projected(signed: SignedDefinition, parsed: JsonObject): unknown {
  const kept = (whole: unknown, part: unknown): unknown => {
    if (Array.isArray(whole) && Array.isArray(part)) return whole.map((one, index) => kept(one, part[index]));
    if (!isObject(whole) || !isObject(part)) return whole;
    const copy: Record<string, unknown> = {};
    for (const member of Object.keys(whole)) {
      if (!Object.hasOwn(part, member)) continue;
      const value = kept(whole[member], part[member]);
      Object.defineProperty(copy, member, { value, writable: true, enumerable: true, configurable: true });
    }
    return copy;
  };
  return kept(JSON.parse(signed.text), parsed);
}

/** A client with the methods of `client`. Each method is checked, or is named as one that needs no check. */
class GatedClient {
  constructor(client: Client, gate: Gate) {
    const checks = new Checks(client, gate);
    const methods: Record<string, Method> = {
      connect: (...args) => checks.connect(...(args as [McpTransport])),
      request: (request, ...rest) => checks.raw(request, rest),
      getInstructions: () => checks.instructions(),
      getDiscoverResult: () => checks.discover(client.getDiscoverResult()),
      discover: async (...args) => checks.discover(await client.discover(...args)),
    };
    for (const [name, kind] of Object.entries(LISTS)) methods[name] = (...args) => checks.list(name, kind, args);
    for (const name of Object.keys(REQUESTS)) methods[name] = (...args) => checks.request(name, args);
    for (const name of PASSED) methods[name] = (...args) => client[name](...args);
    for (const [name, method] of Object.entries(methods)) {
      if (typeof client[name] === "function") Object.defineProperty(this, name, { value: method });
    }
    for (const name of FIELDS) {
      Object.defineProperty(this, name, {
        get: () => client[name],
        set: (value: unknown) => {
          client[name] = value;
        },
      });
    }
  }
}

/**
 * A client that returns only signed definitions. `connect` puts the gate around its transport, unless it is there
 * already. It has the methods of the SDK's client. For other methods, use the client itself.
 */
export function gateClient<C extends object>(client: C, gate: Gate): C {
  if (typeof client !== "object" || client === null || typeof (client as Client).callTool !== "function") {
    throw invalidOption("gateClient.client", "a client of an MCP SDK", kindOf(client));
  }
  return new GatedClient(client, gate) as C;
}
