/** Real Redis servers on loopback, each with a folder of its own, and a wire to them that a test can cut. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { which } from "../../scripts/build/process.js";
import { until } from "./until.js";

const running = new Set<RedisServer>();

/** Ends every server that this process still has. */
export async function stopServers(): Promise<void> {
  await Promise.all([...running].map((server) => server.remove()));
}

export class RedisServer {
  readonly port: number;
  readonly #options: readonly string[];
  readonly #folder: string;
  #child: ChildProcess | undefined;

  private constructor(port: number, options: readonly string[]) {
    this.port = port;
    this.#options = options;
    this.#folder = mkdtempSync(join(tmpdir(), "inkan-redis-"));
    running.add(this);
  }

  /** A new server that answers. `options` are those of redis-server. */
  static async start(...options: string[]): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), options);
    await server.start();
    return server;
  }

  /** Two servers that are a cluster, each with half of the slots. */
  static async startCluster(): Promise<RedisServer[]> {
    const ports = [await freePort(), await freePort()];
    const options = ["--cluster-enabled", "yes", "--cluster-announce-ip", "127.0.0.1", "--cluster-port"];
    const servers = await Promise.all(ports.map((port) => RedisServer.start(...options, String(port))));
    const admins = servers.map((server) => server.client());
    const meet = (server: RedisServer | undefined) => ["127.0.0.1", String(server?.port), String(ports[1])];
    await admins[0]?.call("CLUSTER", "ADDSLOTSRANGE", "0", "8191");
    await admins[1]?.call("CLUSTER", "ADDSLOTSRANGE", "8192", "16383");
    await admins[0]?.call("CLUSTER", "MEET", ...meet(servers[1]));
    for (const admin of admins) {
      while (!/cluster_state:ok.*cluster_known_nodes:2/s.test(String(await admin.call("CLUSTER", "INFO")))) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      admin.disconnect();
    }
    return servers;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** A client without retries; the test closes it. */
  client(): Redis {
    const client = new Redis(this.port, "127.0.0.1", { maxRetriesPerRequest: 1, retryStrategy: () => 20 });
    client.on("error", () => {});
    return client;
  }

  /** Starts it again, with the data that it left. */
  async start(): Promise<void> {
    const program = which("redis-server");
    if (program === undefined) {
      throw new Error("redis-server is missing; to install (Debian package): apt-get install redis-server");
    }
    const where = ["--bind", "127.0.0.1", "--port", String(this.port), "--dir", this.#folder];
    const quick = ["--save", "", "--repl-diskless-sync-delay", "0"];
    const child = spawn(program, [...where, ...quick, ...this.#options], { stdio: ["ignore", "pipe", "inherit"] });
    this.#child = child;
    let output = "";
    child.stdout.on("data", (data: Buffer) => {
      output += data;
    });
    const started = await until(
      () => (output.includes("Ready to accept connections") ? true : child.exitCode !== null && "ended"),
      () => `redis-server did not start:\n${output}`,
    );
    if (started !== true) throw new Error(`redis-server ended with exit code ${child.exitCode}:\n${output}`);
  }

  /** Kills it as a crash would. */
  async kill(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined) return;
    const ended = new Promise((resolve) => child.once("close", resolve));
    child.kill(signal);
    if (signal === "SIGKILL" || signal === "SIGTERM") await ended;
  }

  /** Stops it from answering, without closing any connection. */
  freeze(): void {
    this.#child?.kill("SIGSTOP");
  }

  thaw(): void {
    this.#child?.kill("SIGCONT");
  }

  async remove(): Promise<void> {
    running.delete(this);
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/**
 * A port that nobody listens at. It is below those that systems give to connections (from 32768 on): while a server is down,
 * one of them could be taken.
 */
async function freePort(): Promise<number> {
  const server = createServer();
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    const isFree = await listen(server, port).then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
}

/** Listens at this port, or at one that is free, and gives it. */
const listen = (server: Server, port = 0): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve((server.address() as { port: number }).port));
  });

/** What a {@link Wire} does with the bytes of one side. */
type Passing = (bytes: Buffer, wire: Wire) => Buffer | undefined;

/** A proxy before a server: its connections can be cut, its target changed, its bytes dropped. */
export class Wire {
  port = 0;
  target: number;
  /** Called for what the client, or the server, sends; undefined drops it. */
  onRequest: Passing = (bytes) => bytes;
  onReply: Passing = (bytes) => bytes;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(target: number) {
    this.target = target;
    this.#server = createServer((near) => {
      const far = connect(this.target, "127.0.0.1");
      const end = (): void => {
        for (const socket of [near, far]) this.#sockets.delete(socket.destroy());
      };
      for (const socket of [near, far]) this.#sockets.add(socket.on("error", end).on("close", end));
      near.on("data", (bytes: Buffer) => {
        const passed = this.onRequest(bytes, this);
        if (passed !== undefined) far.write(passed);
      });
      far.on("data", (bytes: Buffer) => {
        const passed = this.onReply(bytes, this);
        if (passed !== undefined) near.write(passed);
      });
    });
  }

  static async to(target: number): Promise<Wire> {
    const wire = new Wire(target);
    wire.port = await listen(wire.#server);
    return wire;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Cuts every connection. New ones are taken. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
