/** `inkan/tuf`: fetches a trust root by TUF. Needs `tuf-js`. */
export type { RepositoryVersions, TrustRootRecord } from "../trust/record.js";
export { type FetchedTrustRoot, type FetchTrustRootOptions, fetchTrustRoot } from "./fetch.js";
export { writeTrustRoot } from "./write.js";
