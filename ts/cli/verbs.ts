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
  init: { usage: "NAME URL|-- COMMAND…", about: "the first run: pins who signs a server, or signs it yourself; adds it to a host", load: async () => (await import("./commands/init.js")).init },
  verify: { usage: "[FILE] …", about: "is FILE signed by whom it must be? prints every step", load: async () => (await import("./commands/verify.js")).verify },
  proxy: { usage: "--config FILE --server NAME …", about: "stands between an MCP host and a server; lets through what is signed", load: async () => (await import("./commands/proxy.js")).proxy },
  check: { usage: "--config FILE", about: "does every server's catalogue in a policy file verify?", load: async () => (await import("./commands/check.js")).check },
  inspect: { usage: "[BUNDLE]", about: "what is in a bundle, unverified", load: async () => (await import("./commands/inspect.js")).inspect },
  "trust-root": { usage: "show|fetch …", about: "a trusted_root.json: what it holds, and the present one by TUF", load: async () => (await import("./commands/trust_root.js")).trustRoot },
  log: { usage: "verify-consistency|check-fork …", about: "is one signed tree of a log the past of another? did the log fork?", load: async () => (await import("./commands/log.js")).log },
  sign: { usage: "FILE --key KEY", about: "signs a catalogue, and writes a Sigstore bundle", load: async () => (await import("./commands/sign.js")).sign },
  keygen: { usage: "[--output NAME]", about: "makes a key for inkan sign", load: async () => (await import("./commands/keygen.js")).keygen },
  state: { usage: "show|seed|reset …", about: "what a state store holds; records or removes something on purpose", load: async () => (await import("./commands/state.js")).state },
  snapshot: { usage: "URL|-- COMMAND…", about: "what an MCP server lists, as a catalogue to sign", load: async () => (await import("./commands/snapshot.js")).snapshot },
  lint: { usage: "FILE", about: "what to mend in a catalogue before it is signed", load: async () => (await import("./commands/lint.js")).lint },
  diff: { usage: "OLD NEW", about: "what differs between two catalogues, and what of it a model sees", load: async () => (await import("./commands/diff.js")).diff },
};

/** The command of this name. */
export async function verbOf(name: string): Promise<Verb> {
  const entry = Object.hasOwn(VERBS, name) ? VERBS[name] : undefined;
  if (entry !== undefined) return entry.load();
  const ours = commandOfCosign(name);
  if (ours !== undefined) throw misuse(`${name} is a command of cosign: use ${ours}`);
  const names = [...Object.keys(VERBS), "help"];
  throw misuse(`there is no command ${JSON.stringify(name)}${didYouMean(name, names)}`);
}

/** The commands as terms and what they are for. */
export const verbList = (): readonly (readonly [term: string, about: string])[] =>
  Object.entries(VERBS).map(([name, { usage, about }]) => [`inkan ${name} ${usage}`, about]);
