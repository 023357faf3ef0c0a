import { keyedVerifier } from "../core/verifier.js";
import { jsonText } from "../input/json.js";
import { readList } from "../input/members.js";
import { missingOption, readOptions, readString } from "../input/options.js";
import type { StateStore } from "../state/store.js";
import { coreTrustRoot, type TrustRoot } from "../trust/trust_root.js";
import { POLICY_NAMES, type PolicyOptions, readPolicy, readStore } from "./policy.js";
import type { WithBundle, WithSignature } from "./request.js";
import { Verifier } from "./verifier.js";

export interface KeyedVerifierOptions extends PolicyOptions {
  /** The pinned public keys as PEM, any one of which may sign. */
  readonly keys: string | readonly string[];
  /** With a trust root, one log entry is required by default. Without, only the signature is claimed. */
  readonly trustRoot?: TrustRoot;
  /** Keeps the records of what was seen. Without a store, old catalogues can be replayed. */
  readonly stateStore?: StateStore;
}

/** Verifies what one of a set of pinned keys signed: a detached signature, or a bundle that names a managed key. */
export class KeyedVerifier extends Verifier<WithBundle | WithSignature> {
  constructor(options: KeyedVerifierOptions) {
    const what = "KeyedVerifier";
    const read = readOptions(what, options, ["keys", "trustRoot", "stateStore", ...POLICY_NAMES]);
    if (read.keys === undefined) {
      throw missingOption(`${what}.keys`, "a public key as PEM, or a list of them", "Pin the publisher's keys.");
    }
    for (const name of ["freshness", "firstUse", "consistency"] as const) {
      if (read.stateStore === undefined && read[name] !== undefined) {
        const hint = `${name} is a rule about what was recorded: give a stateStore, or leave it out.`;
        throw missingOption(`${what}.stateStore`, `a StateStore, for ${name}`, hint);
      }
    }
    const keys = Array.isArray(read.keys) ? readList(`${what}.keys`, read.keys) : [read.keys];
    const policy = readPolicy(what, read);
    const memory = read.stateStore === undefined ? { store: "none" } : {};
    const core = {
      keys: keys.map((key, index) => readString(`${what}.keys[${index}]`, key)),
      ...policy.core,
      ...memory,
    };
    const trustRoot = read.trustRoot === undefined ? undefined : coreTrustRoot(`${what}.trustRoot`, read.trustRoot);
    super({
      core: keyedVerifier(jsonText(core), trustRoot),
      store: read.stateStore === undefined ? undefined : readStore(`${what}.stateStore`, read.stateStore),
      source: policy.source,
      evidence: ["bundle", "signature"],
    });
  }
}
