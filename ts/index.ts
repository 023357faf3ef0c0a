export { isVerifiedCatalogue, type VerifiedCatalogue } from "./catalogue/catalogue.js";
export type { DefinitionKind, SignedDefinition, SignedTool } from "./catalogue/definition.js";
export type { CatalogueDecision, RefusedDecision, SignedDecision } from "./catalogue/judgement.js";
export { ConsistencyByOrigin, type SourcesByOrigin } from "./consistency/by_origin.js";
export type { HttpOptions } from "./consistency/http.js";
export { RekorV1Consistency } from "./consistency/rekor_api.js";
export type { ConsistencyPair, ConsistencySource, SignedTree } from "./consistency/source.js";
export { TileConsistency } from "./consistency/tiles.js";
export { ensureReady as ready } from "./core/instance.js";
export type {
  Cosigner,
  FrozenJson,
  LogPosition,
  Proof,
  Signer,
  Statement,
  ToolDefinition,
} from "./core/release.js";
export type { ReportStep, StepId, StepStatus, VerificationReport } from "./core/report.js";
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
export type { GithubActionsOptions } from "./identity/github_actions.js";
export type { GithubReleaseOptions } from "./identity/github_release.js";
export {
  type ExactIdentity,
  type ExtensionPins,
  type FulcioExtension,
  IdentityPolicy,
  type PatternIdentity,
  type SanType,
} from "./identity/policy.js";
export type { Bytes } from "./input/bytes.js";
export { InMemoryStateStore } from "./state/memory.js";
export { type SeedOptions, seedLog } from "./state/seed.js";
export type { ManagedStateStore, StateStore } from "./state/store.js";
export {
  type PemLog,
  type PemTrustRoot,
  type TrustedRootOptions,
  TrustRoot,
  type TrustRootDescription,
} from "./trust/trust_root.js";
export { type BundleSource, KeylessBundle } from "./verify/bundle.js";
export { type DigestAlgorithm, digestOf, type Pieces } from "./verify/digest.js";
export { inspect } from "./verify/inspect.js";
export { KeyedVerifier, type KeyedVerifierOptions } from "./verify/keyed.js";
export { KeylessVerifier, type KeylessVerifierOptions } from "./verify/keyless.js";
export type { ConsistencyPolicy, PolicyOptions, StatePolicy, Thresholds, WitnessOptions } from "./verify/policy.js";
export type { ArtifactInput, CatalogueInput, WithBundle, WithSignature } from "./verify/request.js";
export type {
  ArtifactReport,
  AttestationReport,
  CatalogueReport,
  VerifiedArtifact,
  VerifiedAttestation,
} from "./verify/result.js";
