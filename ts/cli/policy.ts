/** What a policy file names, from this machine: files beside it, packages of npm, stores. */
import { dirname, resolve } from "node:path";
import type { LoadPolicyOptions } from "../policy_file/load.js";
import type { FileKind } from "../policy_file/sources.js";
import type { Advice } from "../streamable_http/answers.js";
import { readDecisive } from "./decisive_file.js";
import { readPlainFile } from "./files.js";
import { openStore } from "./input/store.js";

/** Who may change these decides what is trusted. The others are verified. */
const DECISIVE: ReadonlySet<FileKind> = new Set(["policy", "key", "trustRoot"]);

/** The readers for `loadPolicy`. Paths are relative to the folder of the policy file. */
export function policyOnDisk(file: string) {
  const folder = dirname(resolve(file));
  const read = new Map<string, Promise<Uint8Array>>();
  let packages: Promise<NonNullable<LoadPolicyOptions["readPackage"]>> | undefined;
  // Many servers may share a trust root: it is read and checked once.
  const decisive = (path: string, longest: number): Promise<Uint8Array> => {
    const reading = read.get(path) ?? readDecisive(path, longest);
    read.set(path, reading);
    return reading;
  };
  return {
    file,
    environment: process.env,
    readFile: async (path, longest, kind) => {
      const whole = kind === "policy" ? resolve(path) : resolve(folder, path);
      return DECISIVE.has(kind) ? decisive(whole, longest) : readPlainFile(whole, longest);
    },
    // Loaded when a catalogue stands in a package, which is rare.
    readPackage: async (...asked) => {
      packages ??= import("./packages/reader.js").then(({ packageReader }) => packageReader(folder));
      return (await packages)(...asked);
    },
    openStore: async (state) => (await openStore(state, folder)).store,
  } satisfies LoadPolicyOptions;
}

/** What a person can do where a server of the policy file does not answer. */
export const POLICY_ADVICE: Advice = {
  token: `Give a bearer token in the policy file, "headers": { "Authorization": "Bearer \${env:NAME}" }, or use a bridge that signs in, "command": "npx", "args": ["mcp-remote", URL].`,
  url: "Check the URL in the policy file.",
  redirect: "Write that URL into the policy file if it is right.",
};
