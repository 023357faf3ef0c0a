/** Signs a file without a key of one's own, and verifies the bundle before it gives it away. */
import type { IdentityConditions } from "../../identity/policy.js";
import type { KeylessVerifier } from "../../verify/keyless.js";
import type { Thresholds } from "../../verify/policy.js";
import { type Checked, checkSigned, type SignedKind } from "../check.js";
import { bundleText } from "./bundle.js";
import type { SigstoreClient } from "./client.js";
import { checkServices, type Log, type Services } from "./services.js";
import { type Identity, type IdentityToken, identitiesOf } from "./token.js";

export interface KeylessSigned {
  readonly bundle: string;
  readonly proof: Checked;
  /** The index in its log of each entry, as people look it up. */
  readonly positions: readonly { readonly log: Log; readonly index: string }[];
}

export interface KeylessOptions {
  readonly bytes: Uint8Array;
  readonly kind: SignedKind;
  readonly client: SigstoreClient;
  readonly services: Services;
  readonly token: IdentityToken;
  /** Who the certificate must name; else one of those that the token may become. */
  readonly identity?: Identity | undefined;
  /** The name and issuer in the leaf of a bundle, as it states them. */
  readonly namesIn: (bundle: Uint8Array) => Promise<Partial<Identity>>;
  /** Makes the verifier that requires this identity and so much evidence. */
  readonly verifierOf: (
    identity: { readonly san: string } & IdentityConditions,
    thresholds: Thresholds,
  ) => KeylessVerifier;
}

/**
 * Signs. Throws `SigningFailure` where a service does not give what it should, and the verifier's refusal if what they gave
 * does not hold. Check the file before: what is signed here stands in a public log for good.
 */
export async function signKeyless(options: KeylessOptions): Promise<KeylessSigned> {
  const { bytes, kind, client, services, token } = options;
  checkServices(services);
  const certified = await client.certify(services.fulcio, token.text, bytes);
  const [entries, timestamps] = await Promise.all([
    Promise.all(services.logs.map((log) => client.logged(log, bytes, certified))),
    Promise.all(services.timestamps.map((url) => client.timestamped(url, bytes, certified))),
  ]);
  const bundle = bundleText(bytes, certified, { entries: entries.flat(), timestamps: timestamps.flat() });
  const encoded = new TextEncoder().encode(bundle);
  const stated = await options.namesIn(encoded);
  const thresholds = { logEntries: services.logs.length, timestamps: services.timestamps.length };
  const verifier = options.verifierOf(expectedOf(options, stated), thresholds);
  const proof = await checkSigned(verifier, kind, bytes, { bundle: encoded });
  const positions = services.logs.flatMap((log, at) =>
    (entries[at] ?? []).map(({ logIndex }) => ({ log, index: logIndex })),
  );
  return { bundle, proof, positions };
}

/** The identity that is asked for: of those that the token may become the one that the leaf states, if it is among them. */
function expectedOf({ identity, token }: KeylessOptions, stated: Partial<Identity>): Identity {
  if (identity !== undefined) return identity;
  const candidates = identitiesOf(token);
  const match = candidates.find(({ san, issuer }) => san === stated.san && issuer === stated.issuer);
  return match ?? candidates[0];
}
