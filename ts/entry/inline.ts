// Where neither files nor dynamic imports exist (service workers, single-file bundles): base64, imported statically.
import { wasmBytes } from "../../pkg/inkan_inline.js";
import { provideWasm } from "../wasm_source.js";

provideWasm(wasmBytes);

export * from "../index.js";
