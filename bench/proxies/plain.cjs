/** A proxy that judges nothing: what a second process costs, whatever it does. */
const { spawn } = require("node:child_process");

const child = spawn(process.execPath, process.argv.slice(2), { stdio: ["pipe", "pipe", "inherit"] });
process.stdin.pipe(child.stdin);
child.stdout.pipe(process.stdout);
