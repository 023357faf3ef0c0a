/**
 * Where the WASM comes from: the one line between an entry file and `core.ts`.
 *
 * An entry (`ts/entry/*.ts`) calls {@link provideWasm} once, when its module is evaluated, with a function that
 * yields the bytes or the compiled module its runtime can give. Nothing is loaded then. `core.ts` calls
 * {@link wasmSource} the first time it needs the core, inside the asynchronous API:
 *
 * ```ts
 * import initAsync, { initSync } from "../pkg/inkan.js";
 * import { wasmSource } from "./wasm_source.js";
 *
 * let ready: Promise<void> | undefined;
 * const instantiate = async (): Promise<void> => {
 *   const source = wasmSource();
 *   if (source instanceof Promise) await initAsync({ module_or_path: source });
 *   else initSync({ module: source });
 * };
 * // Single flight; a failed load may be tried again.
 * export const ensureReady = (): Promise<void> =>
 *   (ready ??= instantiate().catch((cause) => { ready = undefined; throw cause; }));
 * ```
 *
 * The source is a promise exactly when the runtime cannot give the WASM synchronously (browsers; `./slim`).
 * What this file does not do: compile, instantiate or cache.
 */

/** What the generated glue instantiates: the bytes of the `.wasm` file, or a module compiled from them. */
export type WasmSource = BufferSource | WebAssembly.Module;

/** Yields the WASM of this runtime, at once or later. May be called again after a failure or a trap. */
export type WasmLoader = () => WasmSource | Promise<WasmSource>;

let loader: WasmLoader | undefined;

/** Registers how this runtime loads the WASM. The last call before the first use wins. */
export function provideWasm(load: WasmLoader): void {
  loader = load;
}

/** Loads the WASM as registered. Throws a plain `Error` when `./slim` is used before its `init`. */
export function wasmSource(): WasmSource | Promise<WasmSource> {
  if (loader === undefined) {
    throw new Error('inkan: no WASM was provided; with "inkan/slim", call init(module | bytes | response) first');
  }
  return loader();
}

/** The bytes of a fetched `.wasm` file; refuses an HTTP error page, whatever its type says. */
export async function responseBytes(response: Response): Promise<ArrayBuffer> {
  if (!response.ok) throw new Error(`inkan: fetching the WASM failed with HTTP status ${response.status}`);
  return response.arrayBuffer();
}
