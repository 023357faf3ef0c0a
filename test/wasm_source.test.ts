/** What a caller or a server may give as the WASM. */
import { readFileSync } from "node:fs";
import { afterEach, describe, expect, test, vi } from "vitest";
import { compiled, type WasmSource } from "../ts/wasm_source.js";
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
