// The caller brings the WASM: `await init(module | bytes | response)` before anything else.
import { ensureReady } from "../core/instance.js";
import { compiled, type FetchResponse, provideWasm, type WasmSource } from "../core/source.js";

export async function init(wasm: WasmSource | FetchResponse): Promise<void> {
  const module = await compiled(wasm);
  provideWasm(() => module);
  await ensureReady();
}
export * from "../index.js";
