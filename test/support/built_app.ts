/** Apps that are installed with the packed package, built and started, as their users do. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { inRoot } from "../../scripts/build/paths.js";
import { capture } from "../../scripts/build/process.js";

/** Installs into the folder `app` what the lock file in test/packaging/apps/`locked` says, and the packed package beside it. */
export function installLocked(app: string, locked: string, tarball: string): void {
  for (const file of [".npmrc", "package.json", "package-lock.json"]) {
    copyFileSync(inRoot("test/packaging/apps", locked, file), join(app, file));
  }
  capture("npm", ["ci", "--ignore-scripts"], { cwd: app });
  mkdirSync(join(app, "node_modules/inkan"));
  capture("tar", ["-xzf", tarball, "-C", join(app, "node_modules/inkan"), "--strip-components", "1"]);
}

export interface StartedApp {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts a Node program that serves a site on this machine, and waits until it says "Ready". */
export async function startApp(args: string[], cwd: string, env: Record<string, string>): Promise<StartedApp> {
  const child = spawn(process.execPath, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const url = await new Promise<string>((resolve, reject) => {
    let said = "";
    child.stdout.on("data", (data: Buffer) => {
      said += data;
      const address = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0];
      if (address !== undefined && said.includes("Ready")) resolve(address);
    });
    child.once("exit", () => reject(new Error(`the server ended: ${said}`)));
  });
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill();
    await ended;
  };
  return { url, stop };
}
