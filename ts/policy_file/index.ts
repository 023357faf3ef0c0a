/** `inkan/policy`: `inkan.config.json` to verifiers and gates. */
export type { RepositoryVersions, TrustRootRecord } from "../trust/record.js";
export {
  type LoadPolicyOptions,
  loadPolicy,
  type Policy,
  type PolicyGateOptions,
  type PolicyServer,
  type TrustRootSource,
} from "./load.js";
export type { Environment, Reach } from "./shape.js";
export type { FileKind, SourceReaders } from "./sources.js";
