/** Stands between host and server: verifies the server's catalogue, makes the gate, and runs the session to its end. */
import type { VerifiedCatalogue } from "../../catalogue/catalogue.js";
import type { SignedDefinition } from "../../catalogue/definition.js";
import { refusal } from "../../errors.js";
import { printable } from "../../input/printable.js";
import { createGate, type Gate, gateInside } from "../../mcp/gate/gate.js";
import type { AddressedMessage, GateDecision } from "../../mcp/index.js";
import type { PolicyServer } from "../../policy_file/load.js";
import { ExitCode, Stop } from "../exit.js";
import { InkanError } from "../library.js";
import { ageWarning } from "../print/trust_root_age.js";
import { decisionNotes } from "./decision_text.js";
import type { Started } from "./proxy.js";
import type { RemoteOptions } from "./server/http.js";
import type { Upstream } from "./server/upstream.js";
import { Session } from "./session.js";

/** Gives the exit code. `config` is the policy file. Nothing that host or server write is read before the verification. */
export async function serve({ server, child, stopped, notes, audit }: Started, config: string): Promise<number> {
  const warning = server.trustRoot && ageWarning(server.trustRoot.path, server.trustRoot.record);
  if (warning !== undefined) notes.say(warning);
  // A store or the network may take its time.
  const verified = await Promise.race([verify(server), stopped]);
  if (verified === "stopped") return child === undefined ? 0 : child.end("soon");
  if (verified instanceof InkanError) {
    notes.say(`no tool passes, the catalogue was refused: ${verified.code}: ${printable(verified.message, 1_000)}`);
  }
  let session: Session | undefined;
  let broken = false;
  const note = decisionNotes((text) => notes.say(text), config, server.name);
  const gate = makeGate(server, verified, {
    onDecision: (decision) => {
      const unwritten = audit?.write(decision);
      note(decision);
      if (unwritten === undefined) return;
      broken = true;
      notes.say(`the audit file cannot be written any more (${printable(unwritten.message)}): the proxy ends`);
      session?.halt();
    },
    emit: (message) => session?.emit(message),
  });
  session = new Session({ gate, notes, input: process.stdin, output: process.stdout, server: server.server });
  const upstream =
    child ?? (await remoteServer(server.reach, { notes, signed: (tool) => signedTool(gate, tool) }, session));
  child?.readTo(session);
  const ended = session.run(upstream);
  void stopped.then(() => session?.stop());
  setImmediate(rehearse, verified);
  const code = await ended;
  audit?.close();
  notes.close();
  return broken ? ExitCode.Misuse : code;
}

/** Uses what the first list needs, while the server starts: Node loads its clock, and V8 compiles the core's hash, on first use. */
function rehearse(catalogue: VerifiedCatalogue | InkanError): void {
  performance.now();
  if (!(catalogue instanceof InkanError)) void catalogue.tools[0]?.digest;
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

/** Loads Streamable HTTP, which no other server needs. */
async function remoteServer(
  reach: PolicyServer["reach"],
  options: Pick<RemoteOptions, "notes" | "signed">,
  session: Session,
): Promise<Upstream> {
  if (reach.kind !== "url") throw new Stop(ExitCode.Internal, "a server is reached by a command or a URL");
  const { RemoteServer } = await import("./server/http.js");
  return new RemoteServer({ ...options, ...reach }, session);
}

function signedTool(gate: Gate, name: string): SignedDefinition | undefined {
  return gateInside("proxy.gate", gate).parts.verdicts.definition("tool", name);
}
