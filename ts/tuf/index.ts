/** `inkan/tuf`: fetches a trust root by TUF. Needs `tuf-js`, and Node's modules: so it loads the core as Node does. */
import "../entry/node.js";

export type { RepositoryVersions, TrustRootRecord } from "../trust/record.js";
export { type FetchedTrustRoot, type FetchTrustRootOptions, fetchTrustRoot } from "./fetch.js";
export { writeTrustRoot } from "./write.js";
