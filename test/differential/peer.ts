/** Another verifier, which is asked for what this library is asked for. */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { type Case, thresholdsOf } from "./seeds.js";
import { sigstoreJsVerdict } from "./sigstore_js.js";
import type { Verdict } from "./verdict.js";

export interface Peer {
  readonly name: string;
  verdict(given: Case): Verdict | Promise<Verdict>;
  close(): void;
}

export const sigstoreJs: Peer = { name: "sigstore-js", verdict: sigstoreJsVerdict, close: () => {} };

/**
 * A verifier in a program of its own. It reads a line of JSON, `{"bundle", "trustRoot"?, "policy", "thresholds",
 * "artifact" (base64) or "digest"}`, and answers with a line, `{"accepted": true}` or `{"accepted": false, "code",
 * "message"}`.
 */
export function peerProgram(path: string): Peer {
  const child: ChildProcess = spawn(path, [], { stdio: ["pipe", "pipe", "inherit"] });
  const { stdin, stdout } = child;
  if (stdin === null || stdout === null) throw new Error(`${path} has no input or output`);
  const lines = createInterface(stdout)[Symbol.asyncIterator]();
  return {
    name: path.slice(path.lastIndexOf("/") + 1),
    async verdict(given) {
      stdin.write(`${requestLine(given)}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error(`${path} ended`);
      return JSON.parse(value);
    },
    close: () => stdin.end(),
  };
}

function requestLine(given: Case): string {
  const { bundle, trustRoot, policy, artifact } = given;
  const about = artifact instanceof Uint8Array ? { artifact: Buffer.from(artifact).toString("base64") } : artifact;
  return JSON.stringify({ bundle, trustRoot, policy, thresholds: thresholdsOf(given), ...about });
}
