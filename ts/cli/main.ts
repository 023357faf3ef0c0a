#!/usr/bin/env node
/**
 * The command. This is one file when it is built, and what it may not need is in a second one: so what is run most and
 * waited for, a verification that keeps no state, starts soonest. The two share nothing: either this file runs a
 * command, or it leaves all of it to the other.
 */
import { run } from "./run.js";
import { verifyCommand } from "./verify.js";

/** Beginnings of what asks for more than this file has, and perhaps of more than that. */
const OTHERS = /^--(state|consistency|log-url|help)|^-h/;

const [name, ...args] = process.argv.slice(2);
const stateless = name === "verify" && !args.some((arg) => OTHERS.test(arg));
// No top-level await: CommonJS has none.
if (stateless) void run(() => verifyCommand(args));
else void import("./commands.js").then(({ runAny }) => runAny(process.argv.slice(2)));
