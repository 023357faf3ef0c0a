// Node, Deno, Bun: the default entry.
import * as inkan from "inkan";
import { runBody } from "./body.mjs";

console.log(JSON.stringify(await runBody(inkan)));
