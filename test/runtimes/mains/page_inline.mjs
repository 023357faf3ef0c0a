// Service workers and single-file bundles: nothing is imported later.
import * as inkan from "inkan/inline";
import { runBody } from "./body.mjs";

globalThis.inkanOutcome = runBody(inkan);
