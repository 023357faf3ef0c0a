/** The verdict of sigstore-js on a case, asked for what this library is asked for, as far as its interface goes. */
import { createPublicKey } from "node:crypto";
import { bundleFromJSON } from "@sigstore/bundle";
import { TrustedRoot } from "@sigstore/protobuf-specs";
import { toSignedEntity, toTrustMaterial, Verifier } from "@sigstore/verify";
import { type Case, thresholdsOf } from "./seeds.js";
import type { Verdict } from "./verdict.js";

type TrustMaterial = ReturnType<typeof toTrustMaterial>;

const materials = new Map<string, TrustMaterial>();

function trustMaterial(text: string): TrustMaterial {
  const known = materials.get(text);
  if (known !== undefined) return known;
  if (materials.size > 20) materials.clear();
  const made = toTrustMaterial(TrustedRoot.fromJSON(JSON.parse(text)));
  materials.set(text, made);
  return made;
}

export function sigstoreJsVerdict(given: Case): Verdict {
  const { bundle, trustRoot, policy, artifact } = given;
  try {
    const material = trustMaterial(trustRoot ?? "{}");
    const bytes = artifact instanceof Uint8Array ? Buffer.from(artifact) : undefined;
    const entity = toSignedEntity(bundleFromJSON(JSON.parse(bundle)), bytes);
    const thresholds = thresholdsOf(given);
    const options = {
      tlogThreshold: thresholds.logEntries,
      ctlogThreshold: thresholds.scts,
      // It counts times of log entries as timestamps. A certificate needs a time, from wherever.
      timestampThreshold: Math.max(thresholds.timestamps, policy.keys === undefined ? 1 : 0),
    };
    if (policy.identity !== undefined) {
      const { san, issuer } = policy.identity;
      const wanted = { subjectAlternativeName: san, extensions: { issuer } };
      new Verifier(material, options).verify(entity, wanted);
      return { accepted: true };
    }
    return firstThatAccepts(policy.keys ?? [], (pem) => {
      const publicKey = { publicKey: createPublicKey(pem), validFor: () => true };
      new Verifier({ ...material, publicKey: () => publicKey }, options).verify(entity);
    });
  } catch (error) {
    return refusal(error);
  }
}

/** It takes one key, which the hint names; of a set of keys, each is tried. */
function firstThatAccepts(keys: readonly string[], verify: (pem: string) => void): Verdict {
  let last: Verdict = { accepted: false, code: "none", message: "no key" };
  for (const pem of keys) {
    try {
      verify(pem);
      return { accepted: true };
    } catch (error) {
      last = refusal(error);
    }
  }
  return last;
}

function refusal(error: unknown): Verdict {
  const { code, name, message } = error as Error & { code?: string };
  return { accepted: false, code: code ?? name, message };
}
