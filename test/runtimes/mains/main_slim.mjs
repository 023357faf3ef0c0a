// The bytes are the caller's: the raw file is exported.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as inkan from "inkan/slim";
import { runBody } from "./body.mjs";

await inkan.init(readFileSync(fileURLToPath(import.meta.resolve("inkan/inkan.wasm"))));
console.log(JSON.stringify(await runBody(inkan)));
