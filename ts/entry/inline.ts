// Where neither files nor dynamic imports exist (service workers, single-file bundles): base64, imported statically.
import { wasmResponse } from "../../pkg/inkan_inline.js";
import { compiled, provideWasm } from "../core/source.js";

provideWasm(() => compiled(wasmResponse()));

export * from "../index.js";
