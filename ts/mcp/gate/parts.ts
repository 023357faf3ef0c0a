/** What the judges of both directions work with. */
import type { Catalogues } from "./catalogues.js";
import type { Events } from "./events.js";
import type { Lists } from "./lists.js";
import type { AddressedMessage, JsonRpcMessage } from "./message.js";
import type { Settings } from "./options.js";
import type { Refresher } from "./refresh.js";
import type { Relists } from "./relist.js";
import type { Schemas } from "./schemas.js";
import type { Session } from "./session.js";
import type { Verdicts } from "./verdicts.js";

export interface Parts {
  readonly settings: Settings;
  readonly catalogues: Catalogues;
  readonly verdicts: Verdicts;
  readonly events: Events;
  readonly lists: Lists;
  readonly session: Session;
  readonly relists: Relists;
  readonly refresher: Refresher;
  readonly schemas: Schemas;
}

/** What a message gives rise to: a promise only where judging it takes time. */
export type Outcome = AddressedMessage[] | Promise<AddressedMessage[]>;

export const toClient = (message: unknown): AddressedMessage[] => [
  { to: "client", message: message as JsonRpcMessage },
];
export const toServer = (message: unknown): AddressedMessage[] => [
  { to: "server", message: message as JsonRpcMessage },
];
