// Browsers: the raw files are served beside the page, and nothing is inlined.
import * as inkan from "inkan/slim";
import { runBody } from "./body.mjs";

globalThis.inkanOutcome = fetch("/inkan_first.wasm")
  .then((response) => inkan.init(response, () => fetch("/inkan_bg.wasm")))
  .then(() => runBody(inkan));
