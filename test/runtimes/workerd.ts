/** Workers in workerd, asked over HTTP. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { Outcome } from "./outcome.js";

/** The Durable Objects of a worker. */
export interface Objects {
  /** A folder beside the bundle, for their storage. It stays there, and only one workerd may use it at a time. */
  readonly storage: string;
  /** Each binding, and the class that it names. */
  readonly bindings: Readonly<Record<string, string>>;
  /** Whether their storage is SQLite's; the older one otherwise. */
  readonly sqlite: boolean;
}

/** Starts workerd on a free port with the bundle in `folder`, and returns what the worker answers. */
export async function fetchFromWorker(workerd: string, folder: string, main = "worker.js"): Promise<Outcome> {
  const worker = await Worker.start(workerd, folder, main);
  try {
    return (await worker.ask()) as Outcome;
  } finally {
    await worker.stop();
  }
}

export class Worker {
  readonly #child: ChildProcess;
  readonly url: string;
  readonly #complaints: () => string;

  private constructor(child: ChildProcess, url: string, complaints: () => string) {
    this.#child = child;
    this.url = url;
    this.#complaints = complaints;
  }

  /** Starts workerd on a free port with the bundle in `folder`. */
  static async start(workerd: string, folder: string, main: string, objects?: Objects): Promise<Worker> {
    writeFileSync(join(folder, "config.capnp"), configuration(folder, main, objects));
    if (objects !== undefined) mkdirSync(join(folder, objects.storage), { recursive: true });
    return Worker.serve(workerd, folder, ["--experimental", "config.capnp"]);
  }

  /** Starts workerd with the arguments of its `serve`, in `folder`. */
  static async serve(workerd: string, folder: string, args: readonly string[]): Promise<Worker> {
    const child = spawn(workerd, ["serve", "--control-fd=3", ...args], {
      cwd: folder,
      stdio: ["ignore", "ignore", "pipe", "pipe"],
    });
    let complaints = "";
    child.stderr?.on("data", (text) => {
      complaints += text;
    });
    try {
      const port = await Promise.race([
        listeningPort(child.stdio[3] as Readable),
        new Promise<never>((_, reject) => child.once("exit", () => reject(new Error(`workerd ended: ${complaints}`)))),
      ]);
      return new Worker(child, `http://127.0.0.1:${port}/`, () => complaints);
    } catch (error) {
      child.kill();
      throw error;
    }
  }

  /** What the worker answers, as JSON. */
  async ask(body?: object): Promise<unknown> {
    const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
    const response = await fetch(this.url, init);
    if (!response.ok) throw new Error(`the worker failed: ${this.#complaints()}`);
    return response.json();
  }

  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, "exit");
    this.#child.kill(signal);
    await ended;
  }
}

function configuration(folder: string, main: string, objects?: Objects): string {
  const files = readdirSync(folder);
  const module = (name: string): string =>
    `(name = "${name}", ${name.endsWith(".wasm") ? "wasm" : "esModule"} = embed "${name}")`;
  // The first module is the main one.
  const names = [main, ...files.filter((name) => name !== main && /\.(js|wasm)$/.test(name))];
  const parts = [
    `modules = [${names.map(module).join(", ")}]`,
    'compatibilityDate = "2026-01-01"',
    ...(objects === undefined ? [] : objectParts(objects)),
  ];
  const disk =
    objects === undefined ? "" : `(name = "objects", disk = (path = "${objects.storage}", writable = true)),`;
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (${parts.join(", ")})),
    ${disk}
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
`;
}

function objectParts({ bindings, sqlite }: Objects): string[] {
  const classes = [...new Set(Object.values(bindings))].map(
    (name) => `(className = "${name}", uniqueKey = "${name}", enableSql = ${sqlite})`,
  );
  const named = Object.entries(bindings).map(([name, of]) => `(name = "${name}", durableObjectNamespace = "${of}")`);
  return [
    `durableObjectNamespaces = [${classes.join(", ")}]`,
    'durableObjectStorage = (localDisk = "objects")',
    `bindings = [${named.join(", ")}]`,
  ];
}

/** workerd reports the port that it was given as a line of JSON. */
async function listeningPort(control: Readable): Promise<number> {
  for await (const line of createInterface(control)) {
    const event = JSON.parse(line) as { event: string; port: number };
    if (event.event === "listen") return event.port;
  }
  throw new Error("workerd never listened");
}
