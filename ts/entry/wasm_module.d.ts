/** A `.wasm` file imported under the `workerd` and `edge-light` conditions is a compiled module. */
declare module "*.wasm" {
  const module: WebAssembly.Module;
  export default module;
}
