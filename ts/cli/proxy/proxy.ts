/**
 * `inkan proxy`: reads the policy and starts the server. What stands between host and server (`serve.ts`) is loaded after
 * that, because a server takes longer to start than all of it.
 */
import { dirname, resolve } from "node:path";
import { printable } from "../../input/printable.js";
import { loadPolicy, type PolicyServer } from "../../policy_file/load.js";
import { ENDING_SIGNALS } from "../../publish/process_group.js";
import { didYouMean } from "../arguments/suggestion.js";
import { ExitCode, Stop } from "../exit.js";
import { InkanError } from "../library.js";
import { policyOnDisk } from "../policy.js";
import { AuditFile } from "./audit.js";
import { Notes } from "./notes.js";
import { ChildServer } from "./server/child.js";

export interface ProxyOptions {
  readonly config: string;
  readonly server: string;
  readonly audit: string | undefined;
  readonly log: string | undefined;
}

/** What is open before anything of either side is read. */
export interface Started {
  readonly server: PolicyServer;
  /** The server's process; undefined for one that is reached by a URL. */
  readonly child: ChildServer | undefined;
  /** When a signal asks the proxy to end. */
  readonly stopped: Promise<"stopped">;
  readonly notes: Notes;
  readonly audit: AuditFile | undefined;
}

/** Runs the proxy to its end. Throws `Stop` with exit code 2 if it cannot be started as it is asked to be. */
export async function runProxy({ config, server: name, audit: auditPath, log }: ProxyOptions): Promise<number> {
  const server = await starting(() => policyServer(config, name));
  const { reach } = server;
  const notes = opening("log", log, () => new Notes(name, log));
  const audit = auditPath === undefined ? undefined : opening("audit", auditPath, () => new AuditFile(auditPath));
  const folder = dirname(resolve(config));
  // Before the server is started: a signal right after that would otherwise leave it behind.
  const stopped = new Promise<"stopped">((resolve) => {
    for (const signal of ENDING_SIGNALS) process.on(signal, () => resolve("stopped"));
  });
  const child =
    reach.kind === "command" ? new ChildServer({ ...reach, cwd: resolve(folder, reach.cwd ?? ".") }, notes) : undefined;
  try {
    const { serve } = await import("./serve.js");
    return await serve({ server, child, stopped, notes, audit }, config);
  } catch (error) {
    await child?.end("soon");
    throw error;
  }
}

async function policyServer(config: string, name: string): Promise<PolicyServer> {
  const policy = await loadPolicy(policyOnDisk(config));
  if (!policy.servers.includes(name)) {
    const known = policy.servers.map((one) => printable(one)).join(", ");
    throw new Stop(
      ExitCode.Misuse,
      `${printable(config)} has no server ${JSON.stringify(printable(name))}${didYouMean(name, policy.servers)}; it has ${known === "" ? "none" : known}`,
    );
  }
  return policy.server(name);
}

/** Whatever is wrong before the start ends the proxy with the exit code for misuse. */
async function starting<T>(start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (error) {
    if (error instanceof InkanError && error.code !== "ERR_INTERNAL") {
      throw new Stop(ExitCode.Misuse, `${error.code}: ${error.message}`);
    }
    throw error;
  }
}

function opening<T>(what: string, path: string | undefined, open: () => T): T {
  try {
    return open();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Stop(
      ExitCode.Misuse,
      `the ${what} file ${printable(path ?? "")} cannot be written: ${printable(code ?? message)}`,
    );
  }
}
