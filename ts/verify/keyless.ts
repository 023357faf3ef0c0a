import { keylessVerifier } from "../core/verifier.js";
import { type IdentityPolicy, identityOf } from "../identity/policy.js";
import { jsonText } from "../input/json.js";
import { missingOption, readOptions } from "../input/options.js";
import type { StateStore } from "../state/store.js";
import { coreTrustRoot, type TrustRoot } from "../trust/trust_root.js";
import { POLICY_NAMES, type PolicyOptions, readPolicy, readStore } from "./policy.js";
import type { WithBundle } from "./request.js";
import { Verifier } from "./verifier.js";

export interface KeylessVerifierOptions extends PolicyOptions {
  /** Whose certificates and logs count. */
  readonly trustRoot: TrustRoot;
  /** Who may sign. */
  readonly identityPolicy: IdentityPolicy;
  /** Keeps the records of what was seen. */
  readonly stateStore: StateStore;
}

/** Verifies what an identity signed with a short-lived certificate: `cosign sign-blob` without a key. */
export class KeylessVerifier extends Verifier<WithBundle> {
  constructor(options: KeylessVerifierOptions) {
    const what = "KeylessVerifier";
    const read = readOptions(what, options, ["trustRoot", "identityPolicy", "stateStore", ...POLICY_NAMES]);
    if (read.trustRoot === undefined) {
      throw missingOption(`${what}.trustRoot`, "a TrustRoot", "Without one, anybody could be the authority.");
    }
    if (read.identityPolicy === undefined) {
      throw missingOption(`${what}.identityPolicy`, "an IdentityPolicy", "Without one, anybody could be the signer.");
    }
    if (read.stateStore === undefined) {
      throw missingOption(`${what}.stateStore`, "a StateStore", "Without one, old catalogues could be replayed.");
    }
    const trustRoot = coreTrustRoot(`${what}.trustRoot`, read.trustRoot);
    const identity = identityOf(`${what}.identityPolicy`, read.identityPolicy);
    const policy = readPolicy(what, read);
    super({
      core: keylessVerifier(trustRoot, jsonText({ identity, ...policy.core })),
      store: readStore(`${what}.stateStore`, read.stateStore),
      source: policy.source,
      evidence: ["bundle"],
    });
  }
}
