/**
 * Raises a number in a state file by one, again and again, and writes each number to stdout once it stands.
 * Arguments: URL of JsonStateStore's module, file, key, how many times (0: until killed).
 */
import { writeSync } from "node:fs";

const [module, file, key, times] = process.argv.slice(2);
const { JsonStateStore } = await import(module);
const store = new JsonStateStore(file, { timeoutMs: 60_000 });

for (let raised = 0; times === "0" || raised < Number(times); ) {
  const stored = await store.load(key);
  const next = String(Number(stored ?? 0) + 1);
  if (!(await store.compareAndSwap(key, stored, next))) continue;
  writeSync(1, `${next}\n`);
  raised += 1;
}
