/**
 * Tools that a server makes up for the client's model: in a request of its own (`sampling/createMessage`, the eras up to
 * 2025-11-25), or in an answer that asks for input (`input_required`, 2026-07-28; the result or state of a task).
 */
import { isObject, own } from "./message.js";

/** Whether the parameters of a `sampling/createMessage` bring tools. An empty list brings none. */
export function bringsTools(params: unknown): boolean {
  const tools = own(params, "tools");
  return tools !== undefined && tools !== null && !(Array.isArray(tools) && tools.length === 0);
}

/** Whether an answer, or the parameters of a notification, hold a request for sampling that brings tools. */
export function asksWithTools(value: unknown): boolean {
  return [value, own(value, "task"), own(value, "result"), own(value, "data")].some((holder) => {
    const requests = own(holder, "inputRequests");
    if (Array.isArray(requests)) return requests.some(asks);
    return isObject(requests) && Object.values(requests).some(asks);
  });
}

function asks(request: unknown): boolean {
  const inner = own(request, "request");
  if (inner !== undefined && asks(inner)) return true;
  return own(request, "method") === "sampling/createMessage" && bringsTools(own(request, "params"));
}
