/**
 * Tools that a server invents for the client's model. They may be in a request of the server (`sampling/createMessage`,
 * in versions up to 2025-11-25), or in an answer that asks for input (`input_required`, in 2026-07-28). The latter may
 * be the result or state of a task, alone or in a list of tasks.
 */
import { isObject, own } from "./message.js";

/** Whether the parameters of a `sampling/createMessage` have tools. An empty list does not count. */
export function bringsTools(params: unknown): boolean {
  const tools = own(params, "tools");
  return tools !== undefined && tools !== null && !(Array.isArray(tools) && tools.length === 0);
}

/** Whether an answer, or the parameters of a notification, contain a request for sampling with tools. */
export function asksWithTools(value: unknown): boolean {
  const tasks = own(value, "tasks");
  const holders = [value, own(value, "task"), own(value, "result"), own(value, "data")];
  return [...holders, ...(Array.isArray(tasks) ? tasks : [])].some((holder) => {
    const requests = own(holder, "inputRequests");
    if (Array.isArray(requests)) return requests.some(asks);
    return isObject(requests) && Object.values(requests).some(asks);
  });
}

function asks(request: unknown): boolean {
  // Some wrap it. A loop, because it may be wrapped any number of times.
  for (let inner = request; inner !== undefined; inner = own(inner, "request")) {
    if (own(inner, "method") === "sampling/createMessage" && bringsTools(own(inner, "params"))) return true;
  }
  return false;
}
