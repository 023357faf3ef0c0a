// Browsers: the default entry, through a bundler.
import * as inkan from "inkan";
import { runBody } from "./body.mjs";

globalThis.inkanOutcome = runBody(inkan);
