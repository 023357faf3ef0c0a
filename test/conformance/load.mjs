import { readdirSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

const path = (name) => fileURLToPath(new URL(`../../${name}`, import.meta.url));

function* filesUnder(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) yield* filesUnder(`${folder}/${entry.name}`);
    else yield `${folder}/${entry.name}`;
  }
}

const modified = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs;

/** Whether dist/ was built after every source. */
function distIsFresh() {
  const built = modified(path("dist/entry/node.js"));
  return built !== undefined && [...filesUnder(path("ts"))].every((file) => modified(file) < built);
}

/** The library, as a user gets it. */
export async function loadInkan() {
  if (distIsFresh()) return import("../../dist/entry/node.js");
  const { register } = await import("tsx/esm/api");
  register();
  return import("../../ts/entry/node.ts");
}
