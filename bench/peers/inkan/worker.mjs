/** The benchmark's worker for inkan, as it is published: dist/ and pkg/. */
import { readFileSync } from "node:fs";
import { IdentityPolicy, InMemoryStateStore, inspect, KeylessVerifier, TrustRoot } from "../../../dist/entry/node.js";
import { runtime, work } from "../protocol.mjs";

const manifest = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8"));

/** @type {Map<string, TrustRoot>} */
const roots = new Map();

await work(`${manifest.version}, ${runtime()}`, ({ bundle, artifact, root, identity, issuer }) => {
  const bytes = readFileSync(root);
  const trustRoot = roots.get(root) ?? TrustRoot.fromJson(bytes);
  roots.set(root, trustRoot);
  const identityPolicy = new IdentityPolicy({ san: identity, issuer });
  const verifier = new KeylessVerifier({ trustRoot, identityPolicy, stateStore: new InMemoryStateStore() });
  return {
    verify: () => verifier.verifyArtifact({ artifact, bundle }),
    parse: () => inspect(bundle),
    root: () => TrustRoot.fromJson(bytes),
  };
});
