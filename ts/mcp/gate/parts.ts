/** The objects that both directions work with. */

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

/** The messages that follow from a message. A promise only if judging takes time. */
export type Outcome = AddressedMessage[] | Promise<AddressedMessage[]>;

export const toClient = (message: unknown): AddressedMessage[] => [
  { to: "client", message: message as JsonRpcMessage },
];
export const toServer = (message: unknown): AddressedMessage[] => [
  { to: "server", message: message as JsonRpcMessage },
];
