// The caller brings the WASM: `await init(module | bytes | response)` before anything else.
import { ensureReady } from "../core.js";
import { type FetchResponse, provideWasm, sourceOf, type WasmSource } from "../wasm_source.js";

export async function init(wasm: WasmSource | FetchResponse): Promise<void> {
  const source = await sourceOf(wasm);
  provideWasm(() => source);
  await ensureReady();
}
export * from "../index.js";
