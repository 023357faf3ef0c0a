/** One session with a server: how it begins in each era of the protocol, and what it lists. */
import { KINDS, type Kind, MEMBERS } from "../definition.js";
import { type Json, type Members, membersOf } from "../json.js";
import type { Bounds } from "./bounds.js";
import { AnsweredError, SnapshotFailure, UnspokenEra } from "./failure.js";
import { isUnknownMethod, type OpenWire, Peer } from "./peer.js";
import { walkList } from "./walk.js";

/** The revisions of the protocol whose handshakes differ: `initialize`, and requests that each say everything. */
export type Era = "2025-11-25" | "2026-07-28";
export type Abilities = "full" | "none";

interface List {
  readonly method: string;
  /** The ability of a server that has such a list. */
  readonly ability: string;
}

const LISTS: Readonly<Record<Kind, List>> = {
  tool: { method: "tools/list", ability: "tools" },
  prompt: { method: "prompts/list", ability: "prompts" },
  resource: { method: "resources/list", ability: "resources" },
  resourceTemplate: { method: "resources/templates/list", ability: "resources" },
};

/** What one session showed. */
export interface Seen {
  readonly era: Era;
  readonly abilities: Abilities;
  readonly instructions: string | undefined;
  readonly lists: Readonly<Record<Kind, readonly Json[]>>;
  /** Lines that the server wrote and that are no messages. */
  readonly noise: number;
}

/** All that a client can claim; servers show some tools only to clients that can do something. */
const FULL = {
  roots: { listChanged: true },
  sampling: { tools: {}, context: {} },
  elicitation: { form: {}, url: {} },
  tasks: { list: {}, cancel: {}, requests: { sampling: { createMessage: {} }, elicitation: { create: {} } } },
  extensions: { "io.modelcontextprotocol/ui": { mimeTypes: ["text/html;profile=mcp-app"] } },
};

const CLIENT = { name: "inkan-snapshot", version: "1" };

/** Milliseconds in which a server may still say that its lists changed, after a session began or a list was read. */
const SETTLING = 500;
/** Lists that change more often than this while they are read are read as they are. */
const REREADS = 5;

/** Reads everything that a server lists. Throws `UnspokenEra` if it does not speak the protocol of this era. */
export async function readServer(open: OpenWire, era: Era, abilities: Abilities, bounds: Bounds): Promise<Seen> {
  const peer = new Peer(open, bounds);
  try {
    const session = await begin(peer, era, abilities, bounds);
    const lists = await readLists(peer, session, bounds);
    const instructions = session.greeting.get("instructions");
    return {
      era,
      abilities,
      instructions: typeof instructions === "string" && instructions !== "" ? instructions : undefined,
      lists,
      noise: peer.noise,
    };
  } finally {
    await peer.close();
  }
}

interface Session {
  readonly greeting: Members;
  /** What every request of the era has among its parameters. */
  readonly params: object;
}

const begin = (peer: Peer, era: Era, abilities: Abilities, bounds: Bounds): Promise<Session> =>
  era === "2025-11-25" ? initialize(peer, era, abilities) : discover(peer, era, abilities, bounds);

async function initialize(peer: Peer, era: Era, abilities: Abilities): Promise<Session> {
  const capabilities = abilities === "full" ? FULL : {};
  const params = { protocolVersion: era, capabilities, clientInfo: CLIENT };
  const greeting = await peer.request("initialize", params).catch((error: unknown) => {
    throw error instanceof AnsweredError ? new UnspokenEra(error.message) : error;
  });
  const version = greeting.get("protocolVersion");
  peer.agree(typeof version === "string" ? version : era);
  await peer.notify("notifications/initialized");
  return { greeting, params: {} };
}

/** A server that answers with an error, with silence or with its end is of the older era. */
async function discover(peer: Peer, era: Era, abilities: Abilities, bounds: Bounds): Promise<Session> {
  const params = {
    _meta: {
      "io.modelcontextprotocol/protocolVersion": era,
      "io.modelcontextprotocol/clientInfo": CLIENT,
      "io.modelcontextprotocol/clientCapabilities": abilities === "full" ? FULL : {},
    },
  };
  peer.agree(era);
  try {
    const greeting = await peer.request("server/discover", params, Math.min(bounds.probe, bounds.answer));
    const versions = greeting.get("supportedVersions");
    if (Array.isArray(versions) && versions.includes(era)) return { greeting, params };
    throw new UnspokenEra(`the server does not support ${era}`);
  } catch (error) {
    throw error instanceof SnapshotFailure ? new UnspokenEra(error.message) : error;
  }
}

async function readLists(peer: Peer, session: Session, bounds: Bounds): Promise<Seen["lists"]> {
  const abilities = membersOf(session.greeting.get("capabilities"));
  const announces = [...(abilities?.values() ?? [])].some((one) => membersOf(one)?.get("listChanged") === true);
  for (let reread = 0; ; reread += 1) {
    const changes = peer.changes;
    const lists: Partial<Record<Kind, readonly Json[]>> = {};
    for (const kind of KINDS) lists[kind] = await readList(peer, kind, session, abilities, bounds);
    // In the newer era nothing is announced in such a session.
    if (announces && session.greeting.has("protocolVersion")) {
      await new Promise((resolve) => setTimeout(resolve, SETTLING));
    }
    if (peer.changes === changes || reread === REREADS) return lists as Seen["lists"];
  }
}

async function readList(
  peer: Peer,
  kind: Kind,
  { params }: Session,
  abilities: Members | undefined,
  bounds: Bounds,
): Promise<readonly Json[]> {
  const { method, ability } = LISTS[kind];
  const declared = abilities?.has(ability) === true;
  // Some servers list tools without saying so; of the other lists nobody asks an undeclared one.
  if (!declared && kind !== "tool") return [];
  try {
    const ask = (cursor: string | undefined): Promise<Members> =>
      peer.request(method, cursor === undefined ? params : { ...params, cursor }, declared ? undefined : bounds.probe);
    return await walkList(ask, method, MEMBERS[kind], bounds);
  } catch (error) {
    if (isUnknownMethod(error) || (!declared && error instanceof AnsweredError)) return [];
    throw error;
  }
}
