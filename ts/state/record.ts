/** A record as the core writes it. Numbers are decimal texts: they outgrow a double. */
export type StateRecord = LogRecord | ScopeRecord | RepositoryRecord;

/** The largest checkpoint seen of one log. */
export interface LogRecord {
  readonly kind: "log";
  readonly origin: string;
  /** SHA-256 of the log key's SubjectPublicKeyInfo, hexadecimal. */
  readonly logKey: string;
  readonly treeSize: string;
  /** Base64. */
  readonly rootHash: string;
  /** The whole signed checkpoint. */
  readonly note: string;
}

/** The newest catalogue or file seen of one scope. */
export interface ScopeRecord {
  readonly kind: "scope";
  /**
   * `identity`, the kind of its name, the name and its issuer; or `keys` and their fingerprints: a line each. With a
   * `scope`, the policy under which the record was written, which is no part of its key.
   */
  readonly policy: string;
  readonly server?: string;
  readonly scope?: string;
  /** The catalogue's version. */
  readonly version?: string;
  /** Where there is no version: when the signer's certificate begins. */
  readonly notBefore?: string;
  /** SHA-256, hexadecimal. */
  readonly digest: string;
}

/** The newest metadata seen of one TUF repository, from which a trust root is fetched. */
export interface RepositoryRecord {
  readonly kind: "tuf";
  readonly repository: string;
  /** The versions of the metadata of each top-level role. */
  readonly root: string;
  readonly timestamp: string;
  readonly snapshot: string;
  readonly targets: string;
  /** SHA-256 over the keys of timestamp and snapshot, hexadecimal. After a change of them their versions may start anew. */
  readonly onlineKeys: string;
  /** SHA-256 of the trust root, hexadecimal. */
  readonly digest: string;
}
