/**
 * The envelope of a message: JSON-RPC 2.0 as MCP uses it. Members are read only where they are the object's own, so that
 * a key such as `__proto__` in a message means nothing.
 */

/** A message that was parsed from JSON. */
export interface JsonRpcMessage {
  readonly jsonrpc: "2.0";
  readonly [member: string]: unknown;
}

/** A message and its receiver. */
export interface AddressedMessage {
  readonly to: "client" | "server";
  readonly message: JsonRpcMessage;
}

export type MessageId = string | number;

export interface JsonObject {
  readonly [member: string]: unknown;
}

export type Envelope =
  | { readonly type: "request"; readonly id: MessageId; readonly method: string; readonly params: JsonObject }
  | { readonly type: "notification"; readonly method: string; readonly params: JsonObject }
  | { readonly type: "result"; readonly id: MessageId; readonly result: unknown }
  | { readonly type: "error"; readonly id: MessageId; readonly error: unknown }
  | { readonly type: "batch"; readonly messages: readonly unknown[] }
  | { readonly type: "malformed"; readonly id?: MessageId; readonly request: boolean };

/** Error codes of JSON-RPC. */
export const INVALID_REQUEST = -32600;
export const INVALID_PARAMS = -32602;
export const INTERNAL_ERROR = -32603;

const NOTHING: JsonObject = Object.freeze({});

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** An own member, or undefined. */
export const own = (value: unknown, member: string): unknown =>
  isObject(value) && Object.hasOwn(value, member) ? value[member] : undefined;

/** An own member that is a text. */
export function ownText(value: unknown, member: string): string | undefined {
  const found = own(value, member);
  return typeof found === "string" ? found : undefined;
}

const isId = (value: unknown): value is MessageId =>
  typeof value === "string" || (typeof value === "number" && Number.isFinite(value));

/**
 * What kind of message it is. A message that could be read in two ways, such as a request with a result, is malformed.
 */
export function readEnvelope(message: unknown): Envelope {
  if (Array.isArray(message)) return { type: "batch", messages: message };
  const id = own(message, "id");
  const method = own(message, "method");
  const malformed: Envelope = { type: "malformed", request: method !== undefined, ...(isId(id) && { id }) };
  if (own(message, "jsonrpc") !== "2.0" || (id !== undefined && !isId(id))) return malformed;
  const result = own(message, "result");
  const error = own(message, "error");
  if (method !== undefined) {
    const params = own(message, "params") ?? NOTHING;
    if (typeof method !== "string" || result !== undefined || error !== undefined || !isObject(params)) {
      return malformed;
    }
    return id === undefined ? { type: "notification", method, params } : { type: "request", id, method, params };
  }
  if (id === undefined || (result === undefined) === (error === undefined)) return malformed;
  return error === undefined ? { type: "result", id, result } : { type: "error", id, error };
}

/** The same object with other members; `undefined` drops one. Own `__proto__` keys stay ordinary members. */
export function withMembers(value: JsonObject, changes: JsonObject): JsonObject {
  const copy: Record<string, unknown> = { ...value };
  for (const [member, changed] of Object.entries(changes)) {
    if (changed === undefined) delete copy[member];
    else copy[member] = changed;
  }
  return copy;
}

export const errorAnswer = (id: MessageId, code: number, message: string, data?: JsonObject): JsonRpcMessage => ({
  jsonrpc: "2.0",
  id,
  error: data === undefined ? { code, message } : { code, message, data },
});
