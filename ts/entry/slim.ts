// The caller brings the WASM: `await init(module | bytes | response)` before anything else.
import { ensureReady } from "../core/instance.js";
import { compiled, type FetchResponse, provideWasm, type WasmSource } from "../core/source.js";

type Wasm = WasmSource | FetchResponse;

/**
 * Loads the core. `wasm` is `inkan/inkan.wasm`. It may be the smaller `inkan/inkan_first.wasm` if `whole` gives the other
 * when it is needed: after a refusal, and for calls that the first core does not have.
 */
export async function init(wasm: Wasm, whole?: () => Wasm | Promise<Wasm>): Promise<void> {
  const module = await compiled(wasm);
  if (whole === undefined) provideWasm(() => module);
  else
    provideWasm(
      async () => compiled(await whole()),
      () => module,
    );
  await ensureReady();
}
export * from "../index.js";
