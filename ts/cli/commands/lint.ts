import type { Verb } from "../verb.js";
export const lint: Verb = { help: { usage: [], about: [], groups: [] }, run: async () => 0 };
