/** A worker in workerd, asked once over HTTP. */
import { spawn } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { Outcome } from "./outcome.js";

/** Starts workerd on a free port with the bundle in `folder`, and returns what the worker answers. */
export async function fetchFromWorker(workerd: string, folder: string): Promise<Outcome> {
  const files = readdirSync(folder);
  const module = (name: string): string =>
    `(name = "${name}", ${name.endsWith(".wasm") ? "wasm" : "esModule"} = embed "${name}")`;
  // The first module is the main one.
  const names = ["worker.js", ...files.filter((name) => name !== "worker.js" && /\.(js|wasm)$/.test(name))];
  writeFileSync(
    join(folder, "config.capnp"),
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = (modules = [${names.map(module).join(", ")}], compatibilityDate = "2026-01-01"))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
`,
  );
  const child = spawn(workerd, ["serve", "--control-fd=3", "config.capnp"], {
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
    const response = await fetch(`http://127.0.0.1:${port}/`);
    if (!response.ok) throw new Error(`the worker failed: ${complaints}`);
    return (await response.json()) as Outcome;
  } finally {
    child.kill();
  }
}

/** workerd reports the port that it was given as a line of JSON. */
async function listeningPort(control: Readable): Promise<number> {
  for await (const line of createInterface(control)) {
    const event = JSON.parse(line) as { event: string; port: number };
    if (event.event === "listen") return event.port;
  }
  throw new Error("workerd never listened");
}
