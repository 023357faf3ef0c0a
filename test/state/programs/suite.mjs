/**
 * The shared suite over JsonStateStore, and what it must refuse, under whichever runtime this is started with. Prints how
 * many tests passed. Arguments: URLs of JsonStateStore's module and of the suite, an empty folder.
 */
import { chmodSync, readdirSync, statSync, symlinkSync } from "node:fs";

const [module, suite, folder] = process.argv.slice(2);
const { JsonStateStore } = await import(module);
const { storeTests } = await import(suite);

let count = 0;
for (const { title, run } of storeTests) {
  const file = `${folder}/${count}/below/state.json`;
  try {
    await run({ open: async () => new JsonStateStore(file), reopen: async () => new JsonStateStore(file) });
    if ((statSync(file, { throwIfNoEntry: false })?.mode ?? 0o600) % 0o1000 !== 0o600) throw new Error("mode");
    if (readdirSync(folder, { recursive: true }).some((name) => name.endsWith(".tmp"))) throw new Error("left over");
  } catch (error) {
    throw new Error(`${title}: ${error.message}`);
  }
  count += 1;
}

async function refused(file) {
  const error = await new JsonStateStore(file).load("a").then(
    () => undefined,
    (reason) => reason,
  );
  if (error?.code !== "ERR_STATE_PERMISSIONS") throw new Error(`not refused: ${file}: ${error}`);
}
const file = `${folder}/state.json`;
await new JsonStateStore(file).compareAndSwap("a", undefined, "b");
symlinkSync(file, `${folder}/link.json`);
symlinkSync(`${folder}/nothing.json`, `${folder}/dangling.json`);
await refused(`${folder}/link.json`);
await refused(`${folder}/dangling.json`);
chmodSync(file, 0o640);
await refused(file);

console.log(count);
