/** What a caller or a server may give as the WASM. */
import { readFileSync } from "node:fs";
import { afterEach, describe, expect, test, vi } from "vitest";
import { compiled, provideWasm, type WasmSource } from "../ts/core/source.js";
import { InMemoryStateStore, inspect, KeylessVerifier } from "../ts/index.js";
import { realCase, SERVER } from "./support/cases.js";
import { inRoot } from "./support/repository.js";

const bytes = new Uint8Array(readFileSync(inRoot("pkg/inkan_bg.wasm")));
const served = (type: string, status = 200): Response =>
  new Response(bytes, { status, headers: { "Content-Type": type } });
const streaming = vi.spyOn(WebAssembly, "compileStreaming");

afterEach(() => {
  vi.unstubAllGlobals();
  streaming.mockClear();
});

describe("is compiled:", () => {
  const given: [what: string, wasm: () => WasmSource | Response, streamed: boolean][] = [
    ["bytes", () => bytes, false],
    ["a buffer", () => bytes.buffer, false],
    ["a response", () => served("application/wasm"), true],
    ["a response with a parameter in its type", () => served("application/wasm; charset=utf-8"), false],
    ["a response of another type", () => served("application/octet-stream"), false],
  ];
  test.each(given)("%s", async (_, wasm, streamed) => {
    expect(await compiled(wasm())).toBeInstanceOf(WebAssembly.Module);
    expect(streaming).toHaveBeenCalledTimes(streamed ? 1 : 0);
  });

  test("a response where nothing streams", async () => {
    const { compile, Module } = WebAssembly;
    vi.stubGlobal("WebAssembly", { compile });
    expect(await compiled(served("application/wasm"))).toBeInstanceOf(Module);
  });
});

test("bytes are judged as they were when the core was still to be loaded", async () => {
  const real = realCase("keyless-uri-gha");
  const [catalogue, bundle, shown] = [real.catalogue.slice(), real.bundle.slice(), real.bundle.slice()];
  let arrive = (_: WasmSource): void => {};
  provideWasm(() => new Promise((resolve) => (arrive = resolve)));
  const verifier = new KeylessVerifier({
    trustRoot: real.trustRoot(),
    identityPolicy: real.identityPolicy(),
    stateStore: new InMemoryStateStore(),
  });
  const [verified, inspected] = [verifier.verify({ catalogue, server: SERVER, bundle }), inspect(shown)];
  for (const given of [catalogue, bundle, shown]) given.fill(0x20);
  arrive(bytes);
  expect((await verified).tools.length).toBeGreaterThan(0);
  expect(await inspected).toHaveProperty("logEntries");
});

test("a module is taken as it is", async () => {
  const module = await WebAssembly.compile(bytes);
  expect(await compiled(module)).toBe(module);
});

describe("is refused:", () => {
  const given: [what: string, wasm: unknown, says: RegExp][] = [
    ["an error page", served("application/wasm", 404), /404/],
    ["a text", "inkan.wasm", /as a module, as bytes, or as a response/],
    ["nothing", undefined, /as a module, as bytes, or as a response/],
    ["bytes that are no WASM", bytes.slice(1), /WebAssembly/],
  ];
  test.each(given)("%s", async (_, wasm, says) => {
    await expect(compiled(wasm as WasmSource)).rejects.toThrow(says);
  });
});
