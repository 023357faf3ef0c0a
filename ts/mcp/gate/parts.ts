/** What the judges of both directions work with. */

import type { Lists } from "../lists/lists.js";
import type { Relists } from "../lists/relist.js";
import type { AddressedMessage, JsonRpcMessage } from "../message/message.js";
import type { Session } from "../message/session.js";
import type { Schemas } from "../schema/schemas.js";
import type { Catalogues } from "../verdict/catalogues.js";
import type { Refresher } from "../verdict/refresh.js";
import type { Verdicts } from "../verdict/verdicts.js";
import type { Events } from "./events.js";
import type { Settings } from "./options.js";

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
