/** Servers on this machine that hand out files, well or badly. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export interface FileServer {
  readonly origin: string;
  /** What was asked for, in order: `GET /path?query`. */
  readonly asked: IncomingMessage[];
}

/** A server that ends with the test. */
export async function fileServer(answer: Answer): Promise<FileServer> {
  const asked: IncomingMessage[] = [];
  // Where a busy machine holds a client up, it must not find its connection closed.
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    asked.push(request);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

/** Answers with the file of this path, and 404 for others. */
export const filesAt =
  (files: Readonly<Record<string, Uint8Array | string>>, headers: Record<string, string> = {}): Answer =>
  (request, response) => {
    const { pathname } = new URL(request.url ?? "", "http://127.0.0.1");
    const content = files[pathname];
    if (content === undefined) response.writeHead(404, { "content-type": "text/html" }).end("<h1>Not here</h1>");
    else response.writeHead(200, headers).end(content);
  };
