/** The policy file's text with one server more, or with another in its place; all other bytes stay as they are. */

import { InkanError } from "../../errors.js";
import { printable } from "../../input/printable.js";
import { readPolicyFile, type ServerShape } from "../../policy_file/shape.js";
import { ExitCode, Stop } from "../exit.js";
import { memberIn, withMember } from "../hosts/json.js";
import { Unfit } from "../hosts/unfit.js";
import type { Seen } from "./seen.js";

/** The members of a server, as they are written. */
export type ServerEntry = Readonly<Record<string, unknown>>;

const DIALECT = { comments: false } as const;
const SERVERS = "servers";

export interface Edited {
  readonly text: string;
  readonly shape: ServerShape;
}

/** The text with this server. Throws the policy file's own refusal if anything in it is wrong. */
export function withServer({ path, text = "" }: Seen, name: string, entry: ServerEntry): Edited {
  // An empty file is begun; any other must be whole before it is touched.
  if (text.trim() !== "") readPolicyFile(path, text, process.env);
  try {
    const edited = withMember(text, [SERVERS, name], entry, DIALECT);
    const shape = inOptions(name, () => readPolicyFile(path, edited, process.env).get(name));
    if (shape === undefined) throw new Unfit("the edited text does not read back");
    return { text: edited, shape };
  } catch (error) {
    if (error instanceof Unfit) {
      throw new Stop(ExitCode.Misuse, `${printable(path)} is left as it is: ${error.message}`);
    }
    throw error;
  }
}

/** Where the value of a member comes from. */
const OPTIONS: Readonly<Record<string, string>> = {
  url: "the URL",
  command: "the server's command",
  args: "the server's command",
  env: "--env",
  headers: "--header",
  server: "--server",
  catalogue: "--catalogue",
  bundle: "--bundle",
  signature: "--signature",
  keys: "--public-key",
  githubActions: "--github-ref",
  trustRoot: "--trusted-root",
};

/** Nothing is written yet: what is wrong with the new server is wrong on the command line, and in no line of the file. */
function inOptions<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof InkanError) || error.code !== "ERR_POLICY_FILE") throw error;
    const { subject = "", expected, found, hint } = error;
    const begin = [`: servers.${name}.`, `: servers[${JSON.stringify(name)}].`].find((text) => subject.includes(text));
    const [, member = "", rest = ""] = /^(\w+)(?:\.(.*))?/s.exec(subject.split(begin ?? subject)[1] ?? "") ?? [];
    const option = Object.hasOwn(OPTIONS, member) ? OPTIONS[member] : undefined;
    if (option === undefined) throw error;
    const where = member === "env" || member === "headers" ? `${option} ${rest}`.trimEnd() : option;
    const facts = `${expected === undefined ? "" : `: expected ${expected}`}${found === undefined ? "" : `, found ${found}`}`;
    const next = /^Correct the line/.test(hint) ? "" : `. ${hint.replace(/\.$/, "")}`;
    throw new Stop(ExitCode.Misuse, `${where} cannot be used${facts}${next}; nothing was written`);
  }
}

/** The server's members as they stand in the file; undefined where it has none of this name. */
export function serverIn({ path, text = "" }: Seen, name: string): ServerEntry | undefined {
  if (text.trim() === "") return undefined;
  readPolicyFile(path, text, process.env);
  return memberIn(text, SERVERS, name, DIALECT) as ServerEntry | undefined;
}
