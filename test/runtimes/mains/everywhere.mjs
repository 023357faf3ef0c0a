// The exports that belong on every runtime. Each loads, and exports something. Their work is tested elsewhere.
import * as inkan from "inkan";
import * as element from "inkan/element";
import * as mcp from "inkan/mcp";
import * as openaiAgents from "inkan/openai-agents";
import * as opentelemetry from "inkan/opentelemetry";
import * as policy from "inkan/policy";
import * as publicGood from "inkan/public-good";
import * as denoKv from "inkan/state-deno-kv";
import * as durableObject from "inkan/state-durable-object";
import * as indexedDb from "inkan/state-indexeddb";
import * as stateSuite from "inkan/state-suite";

const everywhere = {
  inkan,
  element,
  mcp,
  openaiAgents,
  opentelemetry,
  policy,
  publicGood,
  denoKv,
  durableObject,
  indexedDb,
  stateSuite,
};

const isMissing = (value) => value === undefined || value === null;

/** An outcome as of the test body: a result for each module. */
export function outcomeOf(others = {}) {
  const results = Object.entries({ ...everywhere, ...others }).map(([name, module]) => {
    const names = Object.keys(module);
    const missing = names.filter((one) => isMissing(module[one]));
    return { name, failure: names.length > 0 && missing.length === 0 ? null : `without ${missing.join() || "names"}` };
  });
  // The root that the package carries is read by the core, so that this is more than a name.
  const isRoot = publicGood.publicGood() instanceof inkan.TrustRoot;
  results.push({ name: "publicGood()", failure: isRoot ? null : "no trust root" });
  return { exports: Object.keys(everywhere), results };
}
