#!/usr/bin/env node
import { end } from "./print/output.js";
import { run } from "./run.js";

// No top-level await: what is built from this is one CommonJS file.
void run(process.argv.slice(2)).then(end);
