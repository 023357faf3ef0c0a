/** A folder with a policy file, a signed catalogue and a server, and the proxy on it as a host starts it. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { generateKeyPairSync, sign } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { COMMAND } from "../../support/command.js";
import { inRoot } from "../../support/repository.js";
import { PATIENCE, until } from "../../support/until.js";

// biome-ignore lint/suspicious/noExplicitAny: messages are looked into freely here
export type Message = any;

export const SERVER = "npm:@acme/field";
export const fixture = (name: string): string => inRoot("test/proxy/support", name);

const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const stranger = generateKeyPairSync("ec", { namedCurve: "P-256" });

export const tool = (name: string, description = `Does ${name}.`): { name: string; [member: string]: unknown } => ({
  name,
  description,
  inputSchema: { type: "object", properties: { text: { type: "string" } } },
});

export interface House {
  readonly folder: string;
  readonly config: string;
  path(name: string): string;
  /** Signs a catalogue and puts it where the policy looks for it. */
  publish(catalogue: object | string, by?: "publisher" | "stranger"): void;
}

/** A folder that the test leaves behind empty. `reach` is how the policy reaches its server `field`. */
export function house(
  reach: object,
  catalogue: object | string = { tools: [tool("index")] },
  more: object = {},
): House {
  const folder = mkdtempSync(join(tmpdir(), "inkan-proxy-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = (name: string): string => join(folder, name);
  const publish: House["publish"] = (content, by = "publisher") => {
    const text = typeof content === "string" ? content : JSON.stringify({ server: SERVER, version: 1, ...content });
    const key = by === "publisher" ? privateKey : stranger.privateKey;
    writeFileSync(path("catalogue.json"), text);
    writeFileSync(path("catalogue.sig"), sign("sha256", Buffer.from(text), key).toString("base64"));
  };
  publish(catalogue);
  writeFileSync(path("publisher.pem"), publicKey.export({ type: "spki", format: "pem" }));
  const server = {
    ...reach,
    server: SERVER,
    catalogue: "catalogue.json",
    signature: "catalogue.sig",
    keys: ["publisher.pem"],
    ...more,
  };
  writeFileSync(path("inkan.config.json"), JSON.stringify({ servers: { field: server } }, null, 2));
  return { folder, config: path("inkan.config.json"), path, publish };
}

/** How a host starts commands. */
export interface Way {
  /** What stands before the command. */
  readonly through?: readonly string[];
  /** Whether nothing of this process's environment is passed on. */
  readonly only?: boolean;
  readonly cwd?: string;
  readonly shell?: boolean;
  /** Another file than the built command. */
  readonly main?: string;
}

/** A host that has started the proxy. */
export class Host {
  readonly child: ChildProcessWithoutNullStreams;
  /** The lines on standard output, and the messages in them. */
  readonly lines: string[] = [];
  readonly messages: Message[] = [];
  stderr = "";
  readonly exit: Promise<number | string>;
  #rest = Buffer.alloc(0);
  #id = 0;

  constructor(
    { config }: Pick<House, "config">,
    args: readonly string[] = [],
    env: NodeJS.ProcessEnv = {},
    { through = [], only = false, cwd, shell = false, main = COMMAND }: Way = {},
  ) {
    const command = [process.execPath, main, "proxy", "--config", config, "--server", "field", ...args];
    const quoted = command.map((word) => `'${word}'`);
    const [program = "", ...rest] = [...through, ...(shell ? quoted : command)];
    this.child = spawn(program, rest, { env: only ? env : { ...process.env, ...env }, cwd, shell });
    this.child.stdout.on("data", (piece: Buffer) => this.#take(piece));
    this.child.stderr.on("data", (piece: Buffer) => {
      this.stderr += piece.toString();
    });
    this.child.stdin.on("error", () => {});
    this.exit = new Promise((resolve) => this.child.once("close", (code, signal) => resolve(code ?? signal ?? "?")));
    onTestFinished(async () => {
      this.child.kill("SIGKILL");
      await this.exit;
    });
  }

  write(message: Message): void {
    this.child.stdin.write(
      typeof message === "string" ? message : `${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`,
    );
  }

  /** The first message that `fits`. */
  until(fits: (message: Message) => boolean, patience = PATIENCE): Promise<Message> {
    const missing = () =>
      `nothing came that fits; there are ${this.lines.join("\n").slice(0, 4_000)}\n${this.stderr.slice(0, 4_000)}`;
    return until(() => this.messages.find(fits), missing, { patience });
  }

  /** Waits until standard error says this, from the character `start` on. */
  async says(told: RegExp, start = 0): Promise<void> {
    const said = () => this.stderr.slice(start);
    await until(
      () => told.test(said()),
      () => `standard error does not say ${told}: ${said().slice(0, 4_000)}`,
    );
  }

  async ask(method: string, params?: Message, id: Message = ++this.#id): Promise<Message> {
    this.write({ id, method, ...(params === undefined ? {} : { params }) });
    return this.until((message) => message.id === id && message.method === undefined);
  }

  async initialize(protocolVersion = "2025-11-25", capabilities: object = {}): Promise<Message> {
    const answer = await this.ask(
      "initialize",
      { protocolVersion, capabilities, clientInfo: { name: "t", version: "1" } },
      "init",
    );
    this.write({ method: "notifications/initialized" });
    return answer;
  }

  call(name: string, args: object = {}): Promise<Message> {
    return this.ask("tools/call", { name, arguments: args });
  }

  async close(): Promise<number | string> {
    this.child.stdin.end();
    return this.exit;
  }

  #take(piece: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, piece]);
    for (let end = this.#rest.indexOf(10); end >= 0; end = this.#rest.indexOf(10)) {
      const line = this.#rest.toString("utf8", 0, end);
      this.#rest = this.#rest.subarray(end + 1);
      this.lines.push(line);
      this.messages.push(JSON.parse(line));
    }
  }
}

export const names = (answer: Message): string[] => answer.result.tools.map(({ name }: { name: string }) => name);
