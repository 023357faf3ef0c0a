// The caller brings the WASM: `await init(module | bytes | response)` before anything else.
import { ensureReady, notLoaded } from "../core/instance.js";
import { compiled, type FetchResponse, provideWasm, type WasmSource } from "../core/source.js";

type Wasm = WasmSource | FetchResponse;
/** `wasm` may be `inkan/inkan_first.wasm` if `whole` gives `inkan/inkan.wasm` once that is needed (docs/browser.md). */
export async function init(wasm: Wasm, whole?: () => Wasm | Promise<Wasm>): Promise<void> {
  const module = await compiled(wasm).catch((cause: unknown) => {
    throw notLoaded(cause);
  });
  const later = whole && (async () => compiled(await whole()));
  provideWasm(later ?? (() => module), later && (() => module));
  await ensureReady();
}
export * from "../index.js";
