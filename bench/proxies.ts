/** Who may stand between a host and a server: how each is prepared and started, or why it cannot be. */
import { spawnSync } from "node:child_process";
import { generateKeyPairSync, sign } from "node:crypto";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inRoot } from "../scripts/build/paths.js";
import { BuildError, capture, which } from "../scripts/build/process.js";

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  /** Beside what this process has. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface Proxy {
  readonly name: string;
  /** Prepares it in this folder. Throws a {@link BuildError} that says what is missing. */
  prepare(folder: string): Command;
}

const SERVER = inRoot("bench/proxies/server.cjs");
/** The one definition of `server.cjs`. */
const TOOL = '{"name":"index","description":"Does index.","inputSchema":{"type":"object"}}';

export const ALONE: Proxy = {
  name: "the server alone",
  prepare: () => ({ program: process.execPath, args: [SERVER] }),
};

export const PLAIN: Proxy = {
  name: "a proxy that judges nothing",
  prepare: () => ({ program: process.execPath, args: [inRoot("bench/proxies/plain.cjs"), SERVER] }),
};

export const INKAN: Proxy = { name: "inkan proxy", prepare: inkan };

export const PROXIES: readonly Proxy[] = [
  ALONE,
  PLAIN,
  INKAN,
  { name: "mcp-pin", prepare: mcpPin },
  { name: "mcp-context-protector", prepare: contextProtector },
];

function inkan(folder: string): Command {
  if (!existsSync(inRoot("dist/cli/main.cjs"))) throw new BuildError("dist/ is missing: npm run build -- --only ts");
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const catalogue = `{"server":"npm:@acme/bench","version":1,"tools":[${TOOL}]}`;
  const config = join(folder, "inkan.config.json");
  writeFileSync(join(folder, "proxied.json"), catalogue);
  writeFileSync(join(folder, "proxied.sig"), sign("sha256", Buffer.from(catalogue), privateKey).toString("base64"));
  writeFileSync(join(folder, "proxied.pem"), publicKey.export({ type: "spki", format: "pem" }));
  const files = { catalogue: "proxied.json", signature: "proxied.sig", keys: ["proxied.pem"] };
  const bench = { command: process.execPath, args: [SERVER], server: "npm:@acme/bench", ...files };
  writeFileSync(config, JSON.stringify({ servers: { bench } }));
  const args = [inRoot("dist/cli/main.cjs"), "proxy", "--config", config, "--server", "bench"];
  return { program: process.execPath, args };
}

/** From PyPI. What the server lists is approved by its own command. */
function mcpPin(folder: string): Command {
  const python = environment("mcp-pin");
  const program = join(python, "../mcp-pin");
  const home = join(folder, "mcp-pin");
  mkdirSync(home);
  const bench = { command: process.execPath, args: [SERVER] };
  writeFileSync(join(home, ".mcp.json"), JSON.stringify({ mcpServers: { bench } }));
  capture(program, ["approve", "--no-user-configs", "--probe", "--yes", home], { cwd: home });
  const lock = join(home, ".mcp-pin.lock");
  return {
    program,
    args: ["guard", "--quiet", "--lock", lock, "--name", "bench", "--", process.execPath, SERVER],
  };
}

/** From a checkout of its repository, since no registry has it. Its guardrails, which ask a model, are left out. */
function contextProtector(folder: string): Command {
  const checkout = process.env.CONTEXT_PROTECTOR;
  if (checkout === undefined) throw new BuildError("CONTEXT_PROTECTOR does not name a checkout of its repository");
  const python = environment("mcp-context-protector");
  const args = ["-m", "contextprotector", "--command", `${process.execPath} ${SERVER}`];
  const files = [
    "--server-config-file",
    join(folder, "context-protector.json"),
    "--quarantine-path",
    join(folder, "quarantine.json"),
  ];
  const env = { PYTHONPATH: join(checkout, "src") };
  const { status, stderr } = spawnSync(python, [...args, "--review-server", ...files], {
    input: "y\n".repeat(9),
    encoding: "utf8",
    env: { ...process.env, ...env },
  });
  if (status !== 0) throw new BuildError(stderr.trim().split("\n").at(-1) ?? "its review failed");
  return { program: python, args: [...args, ...files], env };
}

/** The Python of an environment with a proxy's requirements. It is made at the first run. */
function environment(name: string): string {
  const cwd = inRoot("bench/proxies", name);
  const python = join(cwd, ".venv/bin/python");
  const python3 = which("python3");
  if (python3 === undefined) throw new BuildError("python3 is not installed");
  if (!existsSync(python)) {
    capture(python3, ["-m", "venv", ".venv"], { cwd });
    capture(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", "requirements.txt"], {
      cwd,
    });
  }
  return python;
}
