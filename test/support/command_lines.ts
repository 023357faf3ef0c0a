/** Runs many command lines in one process, and writes their exit codes: `command_lines.ts LINES RESULTS`, both JSON. */
import { readFileSync, writeFileSync } from "node:fs";
import { run } from "../../ts/cli/run.js";

const [lines = "", results = ""] = process.argv.slice(2);
const codes: number[] = [];
for (const line of JSON.parse(readFileSync(lines, "utf8")) as string[][]) codes.push(await run(line));
writeFileSync(results, JSON.stringify(codes));
