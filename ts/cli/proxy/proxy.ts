/** `inkan proxy`: reads the policy, starts the server, verifies its catalogue, and stands between host and server. */
import { dirname, resolve } from "node:path";
import type { VerifiedCatalogue } from "../../catalogue/catalogue.js";
import type { SignedDefinition } from "../../catalogue/definition.js";
import { refusal } from "../../errors.js";
import { printable } from "../../input/printable.js";
import { gateInside } from "../../mcp/gate/gate.js";
import { type AddressedMessage, createGate, type Gate, type GateDecision } from "../../mcp/index.js";
import { loadPolicy, type PolicyServer } from "../../policy_file/load.js";
import { ENDING_SIGNALS } from "../../publish/process_group.js";
import { didYouMean } from "../arguments/suggestion.js";
import { ExitCode, Stop } from "../exit.js";
import { InkanError } from "../library.js";
import { policyOnDisk } from "../policy.js";
import { ageWarning } from "../print/trust_root_age.js";
import { updateCommand } from "../words/update_command.js";
import { AuditFile } from "./audit.js";
import { decisionText } from "./decision_text.js";
import { Notes } from "./notes.js";
import { ChildServer } from "./server/child.js";
import { RemoteServer } from "./server/http.js";
import { Session } from "./session.js";

export interface ProxyOptions {
  readonly config: string;
  readonly server: string;
  readonly audit: string | undefined;
  readonly log: string | undefined;
}

/** Runs the proxy to its end. Throws `Stop` with exit code 2 if it cannot be started as it is asked to be. */
export async function runProxy({ config, server: name, audit: auditPath, log }: ProxyOptions): Promise<number> {
  const server = await starting(() => policyServer(config, name));
  const { reach } = server;
  const notes = opening("log", log, () => new Notes(name, log));
  // The session is there before the first decision is.
  let fail = (reason: string): void => notes.say(reason);
  const audit =
    auditPath === undefined
      ? undefined
      : opening(
          "audit",
          auditPath,
          () =>
            new AuditFile(auditPath, ({ message }) =>
              fail(`the audit file cannot be written any more (${printable(message)}): the proxy ends`),
            ),
        );

  // The server starts while its catalogue is verified; nothing of either side is read before.
  const folder = dirname(resolve(config));
  const child =
    reach.kind === "command" ? new ChildServer({ ...reach, cwd: resolve(folder, reach.cwd ?? ".") }, notes) : undefined;
  const warning = server.trustRoot && ageWarning(server.trustRoot.path, server.trustRoot.record);
  if (warning !== undefined) notes.say(warning);
  const verified = await verify(server);
  if (verified instanceof InkanError) {
    notes.say(`no tool passes, the catalogue was refused: ${verified.code}: ${printable(verified.message, 1_000)}`);
  }
  let session: Session | undefined;
  let isHinted = false;
  // For people: what was not let through, and once how to accept it.
  const noteDecision = (decision: GateDecision): void => {
    const text = decisionText(decision);
    if (text === undefined) return;
    notes.say(text);
    if (isHinted || !/_(?:CHANGED|UNSIGNED)$/.test(decision.code ?? "")) return;
    isHinted = true;
    const command = updateCommand(config, name);
    if (command === undefined) return;
    notes.say(`you signed this server yourself; to see the change, and to sign it if it is right: ${command}`);
  };
  const gate = makeGate(server, verified, {
    onDecision: (decision) => {
      audit?.write(decision);
      noteDecision(decision);
    },
    emit: (message) => session?.emit(message),
  });
  session = new Session({ gate, notes, input: process.stdin, output: process.stdout, server: server.server });
  let broken = false;
  fail = (reason) => {
    broken = true;
    notes.say(reason);
    session?.halt();
  };
  const upstream =
    child ?? new RemoteServer({ ...remote(reach), notes, signed: (tool) => signedTool(gate, tool) }, session);
  child?.readTo(session);
  for (const signal of ENDING_SIGNALS) process.on(signal, () => session?.stop());
  const code = await session.run(upstream);
  audit?.close();
  notes.close();
  return broken ? ExitCode.Misuse : code;
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

/** The catalogue as it is now, or why there is none. */
async function verify(server: PolicyServer): Promise<VerifiedCatalogue | InkanError> {
  try {
    const report = await server.report();
    return report.verdict === "verified" ? report.catalogue : report.error;
  } catch (error) {
    return error instanceof InkanError ? error : refusal("ERR_INTERNAL", { found: printable(String(error)) }, error);
  }
}

interface Listeners {
  readonly onDecision: (decision: GateDecision) => void;
  readonly emit: (message: AddressedMessage) => void;
}

function makeGate(server: PolicyServer, verified: VerifiedCatalogue | InkanError, listeners: Listeners): Gate {
  const { refresh, ...stated } = server.gateOptions;
  const options = Object.fromEntries(Object.entries(stated).filter(([, value]) => value !== undefined));
  const load = async (): Promise<VerifiedCatalogue> => {
    const newer = await verify(server);
    if (newer instanceof InkanError) throw newer;
    return newer;
  };
  return createGate({
    server: server.server,
    ...(verified instanceof InkanError ? { closedBy: verified } : { catalogue: verified }),
    ...options,
    ...(refresh === undefined ? {} : { refresh: { load, ...refresh } }),
    ...listeners,
  });
}

function remote(reach: PolicyServer["reach"]): { url: string; headers: Readonly<Record<string, string>> } {
  if (reach.kind !== "url") throw new Stop(ExitCode.Internal, "a server is reached by a command or a URL");
  return reach;
}

function signedTool(gate: Gate, name: string): SignedDefinition | undefined {
  return gateInside("proxy.gate", gate).parts.verdicts.definition("tool", name);
}
