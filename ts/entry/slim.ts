// The caller brings the WASM: `await init(module | bytes | response)` before anything else.
import { ensureReady } from "../core.js";
import { provideWasm, responseBytes, type WasmSource } from "../wasm_source.js";

export async function init(wasm: WasmSource | Response): Promise<void> {
  const source = wasm instanceof Response ? await responseBytes(wasm) : wasm;
  provideWasm(() => source);
  await ensureReady();
}
export * from "../index.js";
