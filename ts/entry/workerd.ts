// Workers and edge runtimes forbid compiling bytes: the static import yields a compiled module.
import module from "../../pkg/inkan_bg.wasm";
import { provideWasm } from "../core/source.js";

provideWasm(() => module);

export * from "../index.js";
