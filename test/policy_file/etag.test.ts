/** A catalogue at a URL whose server gives ETags: what is asked for, and what an answer 304 can and cannot do. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { InMemoryStateStore } from "../../ts/entry/node.js";
import { loadPolicy, type PolicyServer } from "../../ts/policy_file/index.js";
import { realCase } from "../support/cases.js";
import { type Answer, fileServer } from "../support/file_server.js";
import { refusalOf } from "../support/refusal.js";

const real = realCase("keyless-uri-gha");
const file = (name: string): Buffer => readFileSync(join(real.folder, name));
const FILES: Readonly<Record<string, Buffer>> = {
  "/c": file("catalogue.json"),
  "/b": file("bundle.sigstore.json"),
};
const etagOf = (bytes: Buffer): string => `"${createHash("sha256").update(bytes).digest("hex")}"`;

/** A policy server whose catalogue is at `origin`. */
async function serverAt(origin: string): Promise<PolicyServer> {
  const signer = { identity: { san: real.expected.identity, issuer: real.expected.issuer } };
  const places = { catalogue: `${origin}/c`, bundle: `${origin}/b` };
  const tools = { server: "https://tools.example.com/mcp", command: "node", trustRoot: "root", ...signer, ...places };
  const policy = await loadPolicy({
    file: "inkan.config.json",
    readFile: async (_path, _longest, kind) =>
      kind === "policy" ? new TextEncoder().encode(JSON.stringify({ servers: { tools } })) : file("trusted_root.json"),
    openStore: () => new InMemoryStateStore(),
  });
  return policy.server("tools");
}

/** Answers as RFC 9110 says. */
const honest: Answer = (request, response) => {
  const bytes = FILES[request.url ?? ""] ?? Buffer.alloc(0);
  const etag = etagOf(bytes);
  if (request.headers["if-none-match"] === etag) response.writeHead(304, { etag }).end();
  else response.writeHead(200, { etag }).end(bytes);
};

test("what has not changed is not sent again", async () => {
  const { origin, asked } = await fileServer(honest);
  const server = await serverAt(origin);
  for (let round = 0; round < 3; round += 1) expect((await server.report()).verdict).toBe("verified");
  const headers = asked.filter(({ url }) => url === "/c").map(({ headers }) => headers["if-none-match"]);
  const etag = etagOf(FILES["/c"] ?? Buffer.alloc(0));
  expect(headers).toEqual([undefined, etag, etag]);
  // Caches on the way ask the server, and the server may answer 304.
  expect(asked.at(-1)?.headers["cache-control"]).toBe("max-age=0");
});

test("bytes that were refused are asked for whole, whatever their ETag", async () => {
  let broken = true;
  const { origin, asked } = await fileServer((request, response) => {
    // Both contents have one ETag: a server that was repaired without a new one.
    if (request.headers["if-none-match"] !== undefined) response.writeHead(304).end();
    else response.writeHead(200, { etag: '"same"' }).end(broken ? "{}" : FILES[request.url ?? ""]);
  });
  const server = await serverAt(origin);
  expect((await server.report()).verdict).toBe("refused");
  broken = false;
  expect((await server.report()).verdict).toBe("verified");
  expect(asked.map(({ headers }) => headers["if-none-match"])).toEqual(Array(4).fill(undefined));
});

test("a bundle that changes beside a catalogue that does not is judged with the catalogue that was kept", async () => {
  let bundle = FILES["/b"];
  const { origin } = await fileServer((request, response) => {
    if (request.url === "/c") honest(request, response);
    else response.writeHead(200, { etag: etagOf(bundle ?? Buffer.alloc(0)) }).end(bundle);
  });
  const server = await serverAt(origin);
  expect((await server.report()).verdict).toBe("verified");
  bundle = Buffer.from("{}");
  expect((await server.report()).verdict).toBe("refused");
  bundle = FILES["/b"];
  expect((await server.report()).verdict).toBe("verified");
});

test("304 without a request for it is an error", async () => {
  const { origin } = await fileServer((_, response) => response.writeHead(304, { etag: '"x"' }).end());
  const { code, message } = await refusalOf(async () => (await serverAt(origin)).report());
  expect([code, message]).toEqual([
    "ERR_POLICY_SOURCE",
    expect.stringMatching(/answers 304, although no ETag was sent/),
  ]);
});

test("304 with another ETag is an error; a weak one that is the same is none", async () => {
  let said: string | undefined;
  const { origin } = await fileServer((request, response) => {
    if (request.headers["if-none-match"] === undefined)
      response.writeHead(200, { etag: 'W/"a"' }).end(FILES[request.url ?? ""]);
    else response.writeHead(304, said === undefined ? {} : { etag: said }).end();
  });
  const server = await serverAt(origin);
  expect((await server.report()).verdict).toBe("verified");
  for (said of ['"a"', 'W/"a"', undefined]) expect((await server.report()).verdict).toBe("verified");
  for (said of ['"b"', "a", ""]) {
    const { code, message } = await refusalOf(() => server.report());
    expect([code, message]).toEqual(["ERR_POLICY_SOURCE", expect.stringMatching(/304 with another ETag/)]);
  }
  said = '"a"';
  expect((await server.report()).verdict).toBe("verified");
});

test.each(["", "a", '"a', `"${"a".repeat(199)}"`, '"a b"', 'w/"a"', '"a", "b"', "*"])(
  "an ETag that is none, or too long, is not sent back: %s",
  async (etag) => {
    const { origin, asked } = await fileServer((request, response) =>
      response.writeHead(200, { etag }).end(FILES[request.url ?? ""]),
    );
    const server = await serverAt(origin);
    for (let round = 0; round < 2; round += 1) expect((await server.report()).verdict).toBe("verified");
    expect(asked.map(({ headers }) => headers["if-none-match"])).toEqual(Array(4).fill(undefined));
  },
);

test("after a redirect the ETag belongs to where the file was, and 304 of another place is an error", async () => {
  let target = "/one";
  const { origin, asked } = await fileServer((request, response) => {
    const { url = "" } = request;
    if (url === "/b") honest(request, response);
    else if (url === "/c") response.writeHead(302, { location: target }).end();
    else if (url === "/liar") response.writeHead(304, { etag: '"v"' }).end();
    else if (request.headers["if-none-match"] === '"v"') response.writeHead(304, { etag: '"v"' }).end();
    else response.writeHead(200, { etag: '"v"' }).end(FILES["/c"]);
  });
  const server = await serverAt(origin);
  const sent = async (): Promise<unknown[]> => {
    const before = asked.length;
    await server.report().catch(() => {});
    return asked
      .slice(before)
      .filter(({ url }) => url !== "/b")
      .map(({ url, headers }) => [url, headers["if-none-match"]]);
  };
  expect(await sent()).toEqual([
    ["/c", undefined],
    ["/one", undefined],
  ]);
  expect(await sent()).toEqual([
    ["/c", undefined],
    ["/one", '"v"'],
  ]);
  target = "/two";
  expect(await sent()).toEqual([
    ["/c", undefined],
    ["/two", undefined],
  ]);
  target = "/liar";
  const { message } = await refusalOf(() => server.report());
  expect(message).toContain("although no ETag was sent");
});
