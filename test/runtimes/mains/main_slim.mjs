// The bytes are the caller's: the raw files are exported.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as inkan from "inkan/slim";
import { runBody } from "./body.mjs";

const file = (name) => readFileSync(fileURLToPath(import.meta.resolve(name)));
await inkan.init(file("inkan/inkan_first.wasm"), () => file("inkan/inkan.wasm"));
console.log(JSON.stringify(await runBody(inkan)));
