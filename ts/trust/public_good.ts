/** `inkan/public-good`: the trust root of Sigstore's public-good instance, as it was when this build was made. */
import { GIVEN_AT, TRUSTED_ROOT, TRUSTED_ROOT_SHA256 } from "../generated/public_good.js";
import { PUBLIC_GOOD_NAME, type TrustRootRecord } from "./record.js";
import { type TrustedRootOptions, TrustRoot } from "./trust_root.js";

export type { TrustRootRecord } from "./record.js";

/** Where the root comes from, and when TUF gave it at the latest. */
export const PUBLIC_GOOD: TrustRootRecord = Object.freeze({
  repository: PUBLIC_GOOD_NAME,
  givenAt: GIVEN_AT,
  sha256: TRUSTED_ROOT_SHA256,
});

/**
 * The trust root of Sigstore's public-good instance. It is a part of this build, so that it grows old: logs that were
 * added later are missing from it. `fetchTrustRoot` of `inkan/tuf` fetches the present one.
 *
 * @example
 * const verifier = new KeylessVerifier({ trustRoot: publicGood(), identityPolicy, stateStore });
 */
export const publicGood = (options: TrustedRootOptions = {}): TrustRoot => TrustRoot.fromJson(TRUSTED_ROOT, options);
