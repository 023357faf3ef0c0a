/** The proxy in front of a real MCP server that changes its tool in mid-session. */
import { spawn } from "node:child_process";
import { generateKeyPairSync, sign } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { inRoot } from "../scripts/build/paths.js";

interface Answer {
  readonly id?: number;
  readonly method?: string;
  readonly result?: {
    readonly tools?: readonly { readonly name: string }[];
    readonly content?: readonly { readonly text: string }[];
  };
  readonly error?: { readonly message: string; readonly data: { readonly code: string; readonly difference?: string } };
}

/** What a host saw of the session: the list before, the answer to a call, and what was refused after the change. */
export async function rugPull(): Promise<{ listed: string[]; answer: string; refusal: NonNullable<Answer["error"]> }> {
  const folder = mkdtempSync(join(tmpdir(), "inkan-demo-"));
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const catalogue = JSON.stringify({
    server: "npm:@acme/notes",
    version: 1,
    tools: [
      {
        name: "add_note",
        description: "Adds a note.",
        inputSchema: { type: "object", properties: { text: { type: "string" } }, required: ["text"] },
      },
    ],
  });
  const policy = {
    servers: {
      notes: {
        command: process.execPath,
        args: [fileURLToPath(new URL("server.mjs", import.meta.url))],
        server: "npm:@acme/notes",
        catalogue: "notes.catalogue.json",
        signature: "notes.catalogue.json.sig",
        keys: ["publisher.pem"],
      },
    },
  };
  writeFileSync(join(folder, "notes.catalogue.json"), catalogue);
  writeFileSync(
    join(folder, "notes.catalogue.json.sig"),
    sign("sha256", Buffer.from(catalogue), privateKey).toString("base64"),
  );
  writeFileSync(join(folder, "publisher.pem"), publicKey.export({ type: "spki", format: "pem" }));
  writeFileSync(join(folder, "inkan.config.json"), JSON.stringify(policy));

  const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
  const proxy = ["proxy", "--config", join(folder, "inkan.config.json"), "--server", "notes"];
  const child = spawn(process.execPath, ["--import", tsx, inRoot("ts/cli/main.ts"), ...proxy], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  const waiting = new Map<number, (answer: Answer) => void>();
  createInterface({ input: child.stdout }).on("line", (line) => {
    const answer: Answer = JSON.parse(line);
    if (answer.id !== undefined) waiting.get(answer.id)?.(answer);
  });
  let last = 0;
  const send = (message: object): boolean => child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
  const ask = (method: string, params: object): Promise<Answer> => {
    last += 1;
    const id = last;
    return new Promise((resolve, reject) => {
      waiting.set(id, resolve);
      child.once("exit", () => reject(new Error("the proxy ended")));
      send({ id, method, params });
    });
  };
  const call = (): Promise<Answer> => ask("tools/call", { name: "add_note", arguments: { text: "buy milk" } });

  try {
    const clientInfo = { name: "demo", version: "1.0.0" };
    await ask("initialize", { protocolVersion: "2025-11-25", capabilities: {}, clientInfo });
    send({ method: "notifications/initialized" });
    const listed = (await ask("tools/list", {})).result?.tools?.map(({ name }) => name) ?? [];
    const answer = (await call()).result?.content?.[0]?.text ?? "";
    // The gate lists again by itself when the server says that its list has changed.
    let refusal: Answer["error"];
    for (let tries = 0; refusal === undefined && tries < 50; tries += 1) {
      await pause(100);
      refusal = (await call()).error;
    }
    if (refusal === undefined) throw new Error("the demo expected a refusal");
    return { listed, answer, refusal };
  } finally {
    child.stdin.end();
    await new Promise((resolve) => child.once("close", resolve));
    rmSync(folder, { recursive: true });
  }
}
