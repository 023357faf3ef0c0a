/** This library's verdict on a case. */
import {
  IdentityPolicy,
  InkanError,
  InMemoryStateStore,
  KeyedVerifier,
  KeylessVerifier,
  TrustRoot,
} from "../../ts/entry/node.js";
import type { Case } from "./seeds.js";
import type { Verdict } from "./verdict.js";

const roots = new Map<string, TrustRoot>();

function trustRoot(text: string): TrustRoot {
  const known = roots.get(text);
  if (known !== undefined) return known;
  if (roots.size > 20) roots.clear();
  const made = TrustRoot.fromJson(text);
  roots.set(text, made);
  return made;
}

/** Throws what is no refusal: that is a bug, whatever the other verifier says. */
export async function inkanVerdict({ bundle, trustRoot: root, policy, artifact }: Case): Promise<Verdict> {
  try {
    const thresholds = policy.thresholds === undefined ? {} : { thresholds: policy.thresholds };
    const verifier =
      policy.keys === undefined
        ? new KeylessVerifier({
            trustRoot: trustRoot(root as string),
            identityPolicy: new IdentityPolicy(policy.identity as { san: string; issuer: string }),
            stateStore: new InMemoryStateStore(),
            ...thresholds,
          })
        : new KeyedVerifier({
            keys: policy.keys,
            ...(root === undefined ? {} : { trustRoot: trustRoot(root) }),
            ...thresholds,
          });
    await verifier.verifyArtifact({ bundle, ...(artifact instanceof Uint8Array ? { artifact } : artifact) });
    return { accepted: true };
  } catch (error) {
    if (!(error instanceof InkanError) || error.code === "ERR_INTERNAL") throw error;
    return { accepted: false, code: error.code, message: error.message };
  }
}
