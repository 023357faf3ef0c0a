/** Where the tests' material lies. */
import { readFileSync } from "node:fs";
import { inRoot } from "../../scripts/build/paths.js";

export { inRoot };

export const vectorFile = (...parts: string[]): string => inRoot("test", "vectors", ...parts);
export const readVectorFile = (...parts: string[]): Uint8Array => readFileSync(vectorFile(...parts));
