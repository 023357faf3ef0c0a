/** The commands. A new one is a file in commands/ and a line here. */

import { commandOfCosign } from "./arguments/cosign.js";
import { didYouMean } from "./arguments/suggestion.js";
import { misuse } from "./exit.js";
import type { Verb } from "./verb.js";

interface Entry {
  /** What it is called with, for the list of commands. */
  readonly usage: string;
  readonly about: string;
  /** Loaded when called for: a command pays for no other. */
  load(): Promise<Verb>;
}

// biome-ignore format: a line a command
const VERBS: Readonly<Record<string, Entry>> = {
  init: { usage: "NAME URL|-- COMMAND…", about: "protects a server: pins its publisher or signs it with your key, and adds it to a host", load: async () => (await import("./commands/init.js")).init },
  proxy: { usage: "--config FILE --server NAME …", about: "runs between an MCP host and a server, and lets only signed tools through", load: async () => (await import("./commands/proxy.js")).proxy },
  check: { usage: "[--config FILE]", about: "checks the catalogue of every server in a policy file", load: async () => (await import("./commands/check.js")).check },
  verify: { usage: "[FILE] …", about: "checks that the right signer signed FILE, and prints every step", load: async () => (await import("./commands/verify.js")).verify },
  inspect: { usage: "[BUNDLE]", about: "prints what is in a bundle, and verifies nothing", load: async () => (await import("./commands/inspect.js")).inspect },
  "trust-root": { usage: "show|fetch …", about: "prints a trusted_root.json, or fetches the present one by TUF", load: async () => (await import("./commands/trust_root.js")).trustRoot },
  state: { usage: "show|seed|reset …", about: "prints the records of a state store, adds one, or removes one", load: async () => (await import("./commands/state.js")).state },
  log: { usage: "verify-consistency|check-fork …", about: "checks that a log has one history", load: async () => (await import("./commands/log.js")).log },
  snapshot: { usage: "URL|-- COMMAND…", about: "writes what an MCP server lists as a catalogue", load: async () => (await import("./commands/snapshot.js")).snapshot },
  lint: { usage: "FILE", about: "finds what to correct in a catalogue before it is signed", load: async () => (await import("./commands/lint.js")).lint },
  diff: { usage: "OLD NEW", about: "compares two catalogues, and marks what a model sees", load: async () => (await import("./commands/diff.js")).diff },
  sign: { usage: "FILE [--key KEY]", about: "signs a catalogue, with a key or keyless, and writes a Sigstore bundle", load: async () => (await import("./commands/sign.js")).sign },
  keygen: { usage: "[--output NAME]", about: "makes a key for inkan sign", load: async () => (await import("./commands/keygen.js")).keygen },
};

/** Whether a command has this name. */
export const isVerb = (name: string): boolean => Object.hasOwn(VERBS, name);

/** The command of this name. */
export async function verbOf(name: string): Promise<Verb> {
  const entry = isVerb(name) ? VERBS[name] : undefined;
  if (entry !== undefined) return entry.load();
  const ours = commandOfCosign(name);
  if (ours !== undefined) throw misuse(`${name} is a command of cosign: use ${ours}`);
  const names = [...Object.keys(VERBS), "help"];
  throw misuse(`there is no command ${JSON.stringify(name)}${didYouMean(name, names)}`);
}

/** The commands as terms and what they are for. */
export const verbList = (): readonly (readonly [term: string, about: string])[] =>
  Object.entries(VERBS).map(([name, { usage, about }]) => [`inkan ${name} ${usage}`, about]);
