/** Who is compared: how each is built here, or why it cannot be. */
import { existsSync } from "node:fs";
import { inRoot } from "../scripts/build/paths.js";
import { BuildError, capture, which } from "../scripts/build/process.js";
import type { Command } from "./worker.js";

export interface Peer {
  readonly name: string;
  /** Builds what it needs. Throws a {@link BuildError} that says what is missing. */
  prepare(): Command;
}

const folder = (...names: string[]): string => inRoot("bench/peers", ...names);
const node = (name: string): Command => ({ program: process.execPath, args: [folder(name, "worker.mjs")] });

function need(program: string): string {
  const found = which(program);
  if (found === undefined) throw new BuildError(`${program} is not installed`);
  return found;
}

/** A peer with npm packages of its own. */
const nodePeer = (name: string): Peer => ({
  name,
  prepare: () => {
    if (!existsSync(folder(name, "node_modules"))) capture("npm", ["ci", "--ignore-scripts"], { cwd: folder(name) });
    return node(name);
  },
});

export const INKAN: Peer = {
  name: "inkan",
  prepare: () => {
    if (!existsSync(inRoot("dist/entry/node.js"))) throw new BuildError("dist/ is missing: npm run build -- --only ts");
    return node("inkan");
  },
};

export const PEERS: readonly Peer[] = [
  {
    name: "sigstore-verify crate",
    prepare: () => {
      const cwd = folder("sigstore-verify-crate");
      capture(
        need("cargo"),
        ["build", "--release", "--locked", "--target-dir", folder("sigstore-verify-crate/target")],
        {
          cwd,
        },
      );
      return { program: folder("sigstore-verify-crate/target/release/sigstore-verify-worker"), args: [] };
    },
  },
  {
    name: "sigstore-python",
    prepare: () => {
      const cwd = folder("sigstore-python");
      const python = folder("sigstore-python/.venv/bin/python");
      if (!existsSync(python)) capture(need("python3"), ["-m", "venv", ".venv"], { cwd });
      capture(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", "requirements.txt"], {
        cwd,
      });
      return { program: python, args: [folder("sigstore-python/worker.py")] };
    },
  },
  {
    name: "sigstore-go",
    prepare: () => {
      capture(need("go"), ["build", "-o", "worker", "."], { cwd: folder("sigstore-go") });
      return { program: folder("sigstore-go/worker"), args: [] };
    },
  },
  nodePeer("sigstore-js"),
  nodePeer("sigstore-browser"),
];
