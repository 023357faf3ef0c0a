/** A `.wasm` file imported under the `workerd` and `edge-light` conditions is a compiled module. */
declare module "*.wasm" {
  const module: WebAssembly.Module;
  export default module;
}

/** Written by build.ts from the committed `.wasm` file; not committed itself. */
declare module "*/inkan_inline.js" {
  export function wasmResponse(): Response;
}
declare module "*/inkan_first_inline.js" {
  export function wasmResponse(): Response;
}
