export { type BundleSource, KeylessBundle } from "./bundle.js";
export type { Bytes } from "./bytes.js";
export { isVerifiedCatalogue, type VerifiedCatalogue } from "./catalogue.js";
export { ConsistencyByOrigin } from "./consistency/by_origin.js";
export type { HttpOptions } from "./consistency/http.js";
export { RekorV1Consistency } from "./consistency/rekor_api.js";
export type { ConsistencyPair, ConsistencySource, SignedTree } from "./consistency/source.js";
export { TileConsistency } from "./consistency/tiles.js";
export { ensureReady as ready } from "./core.js";
export { type DigestAlgorithm, digestOf, type Pieces } from "./digest.js";
export {
  type ErrorClass,
  type ErrorCode,
  FreshnessError,
  InkanError,
  InputError,
  InternalError,
  StateError,
  VerificationError,
} from "./errors.js";
export type { GithubActionsOptions } from "./github_actions.js";
export {
  type ExactIdentity,
  type FulcioExtension,
  IdentityPolicy,
  type PatternIdentity,
  type SanType,
} from "./identity.js";
export { inspect } from "./inspect.js";
export { KeyedVerifier, type KeyedVerifierOptions } from "./keyed.js";
export { KeylessVerifier, type KeylessVerifierOptions } from "./keyless.js";
export type {
  ArtifactReport,
  AttestationReport,
  CatalogueReport,
  VerifiedArtifact,
  VerifiedAttestation,
} from "./outcome.js";
export type { ConsistencyPolicy, PolicyOptions, StatePolicy, Thresholds, WitnessOptions } from "./policy.js";
export type {
  Cosigner,
  FrozenJson,
  LogPosition,
  Proof,
  SignedTool,
  Signer,
  Statement,
  ToolDefinition,
} from "./release.js";
export type { ReportStep, StepId, StepStatus, VerificationReport } from "./report.js";
export type { ArtifactInput, CatalogueInput, WithBundle, WithSignature } from "./request.js";
export { InMemoryStateStore } from "./state/memory.js";
export { type SeedOptions, seedLog } from "./state/seed.js";
export type { ManagedStateStore, StateStore } from "./state/store.js";
export { type PemLog, type PemTrustRoot, TrustRoot, type TrustRootDescription } from "./trust_root.js";
