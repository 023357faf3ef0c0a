/** The four kinds of definitions: where they are listed, what they are called, and the codes that refuse them. */
import { type DefinitionKind, IDENTIFIERS, LISTS, WORDS } from "../../catalogue/kinds.js";
import type { ErrorCode } from "../../errors.js";

export interface Surface {
  readonly kind: DefinitionKind;
  /** The member of a catalogue and of a list's result, and the name by which an operator opens it. */
  readonly member: (typeof LISTS)[DefinitionKind];
  readonly list: string;
  /** The member that identifies a definition. */
  readonly key: (typeof IDENTIFIERS)[DefinitionKind];
  readonly changed: ErrorCode;
  readonly unsigned: ErrorCode;
  readonly malformed: ErrorCode;
  /** The noun in messages for people. */
  readonly noun: string;
  /** The notification of a changed list, and the capability that declares it. */
  readonly notification: string;
  readonly capability: "tools" | "prompts" | "resources";
}

const surface = (kind: DefinitionKind, list: string, capability: Surface["capability"]): Surface => {
  const noun = WORDS[kind];
  const area = noun.toUpperCase().replace(" ", "_");
  return {
    kind,
    member: LISTS[kind],
    list,
    key: IDENTIFIERS[kind],
    noun,
    capability,
    changed: `ERR_${area}_CHANGED` as ErrorCode,
    unsigned: `ERR_${area}_UNSIGNED` as ErrorCode,
    malformed: `ERR_${area}_MALFORMED` as ErrorCode,
    notification: `notifications/${capability}/list_changed`,
  };
};

export const SURFACES: Readonly<Record<DefinitionKind, Surface>> = {
  tool: surface("tool", "tools/list", "tools"),
  prompt: surface("prompt", "prompts/list", "prompts"),
  resource: surface("resource", "resources/list", "resources"),
  resourceTemplate: surface("resourceTemplate", "resources/templates/list", "resources"),
};

export const ALL_SURFACES: readonly Surface[] = Object.values(SURFACES);

/** The surfaces, by the method that lists them. */
export const SURFACE_OF_LIST: ReadonlyMap<string, Surface> = new Map(ALL_SURFACES.map((each) => [each.list, each]));

/** The surfaces, by the notification of a changed list. The one for resources also covers templates. */
export const surfacesOf = (notification: string): readonly Surface[] =>
  ALL_SURFACES.filter((each) => each.notification === notification);

/** Requests that are judged. None of them is defined as a notification. */
export const GUARDED_METHODS: ReadonlySet<string> = new Set([
  ...SURFACE_OF_LIST.keys(),
  "tools/call",
  "prompts/get",
  "resources/read",
  "resources/subscribe",
  "completion/complete",
  "subscriptions/listen",
]);

/** Methods that the specification defines and that carry no definitions. They pass without an event. */
export const KNOWN_METHODS: ReadonlySet<string> = new Set([
  "initialize",
  "server/discover",
  "ping",
  "logging/setLevel",
  "resources/unsubscribe",
  "roots/list",
  "elicitation/create",
  "sampling/createMessage",
  "tasks/get",
  "tasks/result",
  "tasks/list",
  "tasks/cancel",
  "tasks/update",
  "subscriptions/listen",
  "notifications/initialized",
  "notifications/cancelled",
  "notifications/progress",
  "notifications/message",
  "notifications/roots/list_changed",
  "notifications/resources/updated",
  "notifications/elicitation/complete",
  "notifications/tasks/status",
  "notifications/subscriptions/acknowledged",
]);
