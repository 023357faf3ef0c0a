import * as inkan from "inkan/inline";
import { runBody } from "./body.mjs";

console.log(JSON.stringify(await runBody(inkan)));
