/** `inkan/mcp`: the gate between an agent and an MCP server. */
export { gateClient } from "./client.js";
export type { DecisionKind, GateDecision } from "./gate/decision.js";
export { createGate, type Gate } from "./gate/gate.js";
export type { GateLimits, GateOptions, OpenSurface, RefreshOptions } from "./gate/options.js";
export { signedBehind } from "./lists/lists.js";
export type { AddressedMessage, JsonRpcMessage } from "./message/message.js";
export { gateTransport, type McpTransport } from "./transport.js";
