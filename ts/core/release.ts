/** The result of a verification after its records are stored, as the core states it. */

/** Who signed. Every text was in a certificate that chains to the trust root, or is of a pinned key. */
export type Signer =
  | {
      readonly type: "keyless";
      readonly san: { readonly type: string; readonly value: string };
      /** The OIDC issuer that Fulcio asked. */
      readonly issuer: string;
      /** `sha256:<hex>` of the leaf certificate's DER. */
      readonly certificate: string;
      /** Fulcio's extensions by name: repository, ref, workflow, runner environment, … */
      readonly extensions: Readonly<Record<string, string>>;
    }
  | {
      /** GitHub, which attests its releases: all that follows is what GitHub says. */
      readonly type: "githubRelease";
      /** `owner/name`. */
      readonly repository: string;
      readonly tag: string;
      /** GitHub's numbers for the repository and its owner, if the attestation states them. */
      readonly repositoryId?: string;
      readonly ownerId?: string;
      /** The asset of the release that is the verified file. */
      readonly asset: string;
      /** `sha256:<hex>` of the DER of GitHub's certificate. */
      readonly certificate: string;
    }
  | {
      readonly type: "key";
      readonly algorithm: string;
      /** `sha256:<hex>` of the key's SubjectPublicKeyInfo. */
      readonly fingerprint: string;
    };

/** Where a log holds the signature. Numbers are decimal strings: they outgrow a double. */
export interface LogPosition {
  readonly origin: string;
  readonly logIndex: string;
  readonly treeSize: string;
  /** Base64. */
  readonly rootHash: string;
  /** With a witness policy: its witnesses who cosigned this tree, in the order of the policy. */
  readonly witnesses?: readonly Cosigner[];
  /** With a witness policy: whether it is about this log, and its quorum cosigned. */
  readonly witnessQuorum?: boolean;
  /**
   * With `consistency`: whether this tree is proven to be of one history with the recorded one. `unproven`: the source gave
   * no proof, and the policy allows that. `first-use`: no tree was recorded.
   */
  readonly history?: "proven" | "unproven" | "first-use";
}

/** A witness whose cosignature verifies. */
export interface Cosigner {
  /** As the policy names it. */
  readonly name: string;
  /** The name and id of its key, as they stand on the checkpoint. */
  readonly key: string;
  /** When the witness says that it cosigned, RFC 3339. No proof of when the file was signed. */
  readonly cosignedAt: string;
}

/** A JSON value that nobody can change. */
export type FrozenJson =
  | string
  | number
  | boolean
  | null
  | readonly FrozenJson[]
  | { readonly [key: string]: FrozenJson };

/** A whole MCP tool definition. Fields that later versions of MCP add are kept, signed and compared as well. */
export interface ToolDefinition {
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly inputSchema: { readonly [key: string]: FrozenJson };
  readonly outputSchema?: { readonly [key: string]: FrozenJson };
  readonly annotations?: { readonly [key: string]: FrozenJson };
  readonly icons?: readonly FrozenJson[];
  readonly execution?: { readonly [key: string]: FrozenJson };
  readonly _meta?: { readonly [key: string]: FrozenJson };
  readonly [field: string]: FrozenJson | undefined;
}

/** What every kind of verification proves. */
export interface Proof {
  readonly signer: Signer;
  /** Every proven signing time, RFC 3339, earliest first. Empty when only a bare signature was claimed. */
  readonly signedAt: readonly string[];
  /** `sha256:<hex>` of the artifact. */
  readonly digest: string;
  readonly log: readonly LogPosition[];
}

/** The name of each definition of a list, and the length of its text. */
export type DefinitionIndex = readonly (readonly [name: string, length: number])[];

export interface DefinitionLists {
  readonly tools?: DefinitionIndex;
  readonly prompts?: DefinitionIndex;
  readonly resources?: DefinitionIndex;
  readonly resourceTemplates?: DefinitionIndex;
}

/** A catalogue without the texts of its definitions. */
export interface CatalogueContent extends DefinitionLists {
  readonly server?: string;
  readonly version?: number;
  readonly issuedAt?: string;
  readonly expires?: string;
  readonly instructions?: string;
  readonly alternatives: DefinitionLists & { readonly instructions?: readonly string[] };
}

/** A verified in-toto statement: what the signer says about the artifact. */
export interface Statement {
  /** The statement's own type, such as `https://in-toto.io/Statement/v1`. */
  readonly type: string;
  readonly predicateType: string;
  /** All subjects; the verified artifact is one of them. */
  readonly subject: readonly {
    readonly name?: string;
    readonly uri?: string;
    readonly digest: Readonly<Record<string, string>>;
  }[];
  readonly predicate: FrozenJson;
}

/** The core's JSON. */
export interface Release extends Proof {
  readonly kind: "catalogue" | "artifact" | "attestation";
  readonly catalogue?: CatalogueContent;
  readonly attestation?: Statement;
  /** The texts of the catalogue's definitions, one after the other: the main lists, then the alternatives. */
  readonly texts: string;
}

/** Reads what the core released: JSON in one line, and a catalogue's definitions in a second. */
export function readRelease(released: string): Release {
  const end = released.indexOf("\n");
  if (end < 0) return { ...JSON.parse(released), texts: "" };
  return { ...JSON.parse(released.slice(0, end)), texts: released.slice(end + 1) };
}

/** Freezes a parsed JSON value with everything in it. */
export function deepFreeze<T>(root: T): T {
  const open: unknown[] = [root];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value !== "object" || value === null) continue;
    for (const member of Object.values(Object.freeze(value))) {
      if (typeof member === "object") open.push(member);
    }
  }
  return root;
}
