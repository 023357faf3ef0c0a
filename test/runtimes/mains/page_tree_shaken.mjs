// A bundler may drop what is not used, but never the line that says where the WASM is.
import { ready } from "inkan";

globalThis.inkanOutcome = ready().then(() => ({ exports: [], results: [{ name: "is ready", failure: null }] }));
