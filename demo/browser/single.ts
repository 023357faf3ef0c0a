// The page in one file: everything is in it, the WASM as base64.
import { ready } from "../../ts/entry/inline.js";
import { start } from "./page.js";

start();
// While a person chooses files, the core loads.
void ready();
