/** Servers by Streamable HTTP that a test makes. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { type Message, tool } from "./house.js";

export interface Arrived {
  readonly http: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly message: Message;
}

export type Answer = (arrived: Arrived, response: ServerResponse) => void;

/** A server that answers as it is told, and what has arrived at it. */
export async function remote(answer: Answer): Promise<{ readonly url: string; readonly arrived: Arrived[] }> {
  const arrived: Arrived[] = [];
  // Where a busy machine holds a client up, it must not find its connection closed.
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    let body = "";
    request.on("data", (piece) => {
      body += piece;
    });
    request.on("end", () => {
      const one = {
        http: request.method ?? "",
        path: request.url ?? "",
        headers: request.headers,
        message: body === "" ? undefined : JSON.parse(body),
      };
      arrived.push(one);
      answer(one, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`, arrived };
}

export const json = (response: ServerResponse, message: object, headers: object = {}): void => {
  response
    .writeHead(200, { "content-type": "application/json", ...headers })
    .end(JSON.stringify({ jsonrpc: "2.0", ...message }));
};

/** An honest server: what it does unless `first` has answered. */
export function honest(first: (arrived: Arrived, response: ServerResponse) => boolean): Answer {
  return (arrived, response) => {
    if (first(arrived, response)) return undefined;
    const { http, message } = arrived;
    if (http !== "POST") return void response.writeHead(405).end();
    if (message.id === undefined) return void response.writeHead(202).end();
    const { id, method, params } = message;
    if (method === "initialize") {
      const result = {
        protocolVersion: params.protocolVersion,
        capabilities: { tools: {} },
        serverInfo: { name: "r", version: "1" },
      };
      return json(response, { id, result }, { "mcp-session-id": "s-1" });
    }
    if (method === "tools/list") return json(response, { id, result: { tools: [tool("index"), tool("evil")] } });
    return json(response, { id, result: { content: [] } });
  };
}

/** Begins an event stream. */
export function stream(response: ServerResponse): ServerResponse {
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.flushHeaders();
  return response;
}

export const event = (message: object, before = ""): string =>
  `${before}data: ${JSON.stringify({ jsonrpc: "2.0", ...message })}\n\n`;
