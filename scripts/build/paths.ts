/** Where things are, as absolute paths of this checkout. */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const inRoot = (...parts: string[]): string => join(root, ...parts);
