// A bundler may drop what is not used, but never the line that says where the WASM is.
import { version } from "inkan";

globalThis.inkanOutcome = version().then((found) => ({
  exports: [],
  results: [{ name: `version ${found}`, failure: null }],
}));
