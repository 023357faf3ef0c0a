/** The way to a server of a policy file, for listing what it offers. It is started and reached as the proxy does it. */
import { resolve } from "node:path";
import type { Reach } from "../../policy_file/shape.js";
import type { Bounds } from "../../publish/snapshot/bounds.js";
import { httpWire } from "../../publish/snapshot/http.js";
import type { OpenWire } from "../../publish/snapshot/peer.js";
import { stdioWire } from "../../publish/snapshot/stdio.js";
import { POLICY_ADVICE } from "../policy.js";

/** `folder` is the policy file's. */
export function wireTo(reach: Reach, folder: string, bounds: Bounds): OpenWire {
  if (reach.kind === "url")
    return httpWire({ url: reach.url, headers: Object.entries(reach.headers), advice: POLICY_ADVICE }, bounds);
  const { command, args, env, cwd } = reach;
  return stdioWire({ command, args, env, cwd: resolve(folder, cwd ?? "."), mayUseShell: false }, bounds);
}
