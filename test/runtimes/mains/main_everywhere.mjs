// Node, Deno, Bun: also the exports that need Node's modules.
import * as redis from "inkan/redis";
import * as stateJson from "inkan/state-json";
import * as tuf from "inkan/tuf";
import { outcomeOf } from "./everywhere.mjs";

console.log(JSON.stringify(outcomeOf({ redis, stateJson, tuf })));
