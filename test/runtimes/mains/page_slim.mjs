// Browsers: the raw file is served beside the page, and nothing is inlined.
import * as inkan from "inkan/slim";
import { runBody } from "./body.mjs";

globalThis.inkanOutcome = fetch("/inkan_bg.wasm")
  .then((response) => inkan.init(response))
  .then(() => runBody(inkan));
