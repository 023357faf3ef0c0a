/**
 * Connects an entry file, which knows where the WASM is, with `core/instance.ts`, which needs it.
 *
 * An entry (`ts/entry/*.ts`) calls {@link provideWasm} once, when its module is evaluated, with a function that
 * yields the bytes or the compiled module its runtime can give. Nothing is loaded then. `core/instance.ts` calls
 * {@link wasmSource} when it first needs a core. The result is a promise only if the runtime cannot give the WASM
 * synchronously (the browser and the inline entry).
 *
 * This file neither instantiates nor caches the WASM.
 */

/** Types of the platform, if they are declared. The published declarations must work without DOM and Node types. */
type CompiledModule = typeof globalThis extends { WebAssembly: { Module: { prototype: infer Module } } }
  ? Module
  : never;
export type FetchResponse = typeof globalThis extends { Response: { prototype: infer Response } } ? Response : never;

/** What the generated glue instantiates: the bytes of the `.wasm` file, or a module compiled from them. */
export type WasmSource = ArrayBuffer | ArrayBufferView | CompiledModule;

/** Yields the WASM of this runtime, at once or later. May be called again after a failure or a trap. */
export type WasmLoader = () => WasmSource | Promise<WasmSource>;

/** Two builds of the core: `first` is smaller and may only accept, `whole` has the last word (`core/instance.ts`). */
export type Core = "first" | "whole";

let loaders: { readonly whole?: WasmLoader; readonly first?: WasmLoader | undefined } = {};

/** Registers how this runtime loads the WASM. `first` is for pages, which download it. The last call before the first use wins. */
export function provideWasm(whole: WasmLoader, first?: WasmLoader): void {
  loaders = { whole, first };
}

/** Whether a first core is registered. */
export const hasFirst = (): boolean => loaders.first !== undefined;

/** Why what was given is not the WASM that is needed, and what to give in its place. */
export class UnusableWasm extends Error {
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(`inkan: ${message}`);
    this.hint = hint;
  }
}

/** Loads a core as registered. Throws if `./slim` is used before its `init`. */
export function wasmSource(core: Core): WasmSource | Promise<WasmSource> {
  const load = loaders[core];
  if (load === undefined) {
    throw new UnusableWasm("no WASM was provided", 'With "inkan/slim", call init(module | bytes | response) first.');
  }
  return load();
}

/**
 * The module that a caller or a server gave, compiled outside of the calling thread, and while it is being received if
 * the runtime can do that. Refuses an HTTP error page.
 */
export async function compiled(wasm: WasmSource | FetchResponse): Promise<CompiledModule> {
  // Bytes first, because in Node the mere mention of `Response` loads a whole HTTP client.
  const kind = Object.prototype.toString.call(wasm);
  if (kind === "[object WebAssembly.Module]") return wasm as CompiledModule;
  if (kind === "[object ArrayBuffer]" || ArrayBuffer.isView(wasm)) return WebAssembly.compile(wasm as BufferSource);
  if (typeof Response === "undefined" || !(wasm instanceof Response)) {
    throw new UnusableWasm(
      "the WASM is given as a module, as bytes, or as a response",
      "Give a WebAssembly.Module, the bytes of the file, or the response of fetch().",
    );
  }
  if (!wasm.ok) {
    const place = wasm.url === "" ? "the WASM" : wasm.url;
    throw new UnusableWasm(
      `fetching ${place} failed with HTTP status ${wasm.status}`,
      "Serve the file there: the package exports it as inkan/inkan.wasm, and the smaller one as inkan/inkan_first.wasm.",
    );
  }
  if (wasm.headers.get("Content-Type") === "application/wasm" && typeof WebAssembly.compileStreaming === "function") {
    return WebAssembly.compileStreaming(wasm);
  }
  return WebAssembly.compile(await wasm.arrayBuffer());
}
