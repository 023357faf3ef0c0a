/** `inkan/mcp`: the gate between an agent and an MCP server. */
export { gateClient } from "./client.js";
export type { DecisionKind, GateDecision } from "./gate/events.js";
export { createGate, type Gate } from "./gate/gate.js";
export { signedBehind } from "./gate/lists.js";
export type { AddressedMessage, JsonRpcMessage } from "./gate/message.js";
export type { GateLimits, GateOptions, OpenSurface, RefreshOptions } from "./gate/options.js";
export { gateTransport, type McpTransport } from "./transport.js";
