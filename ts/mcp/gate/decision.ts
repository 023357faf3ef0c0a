/** One decision of a gate, as its listeners get it. It never contains the arguments and results of calls. */
import type { DefinitionKind } from "../../catalogue/definition.js";
import type { Signer } from "../../core/release.js";
import type { ErrorCode } from "../../errors.js";

export type DecisionKind = DefinitionKind | "instructions" | "sampling" | "message";

export interface GateDecision {
  /** RFC 3339. */
  readonly time: string;
  /** The server's identifier. */
  readonly server: string;
  /** `outbound`: about a message of the client. */
  readonly direction: "outbound" | "inbound";
  /** The method of the message, or of the request that it answers. */
  readonly method?: string;
  readonly kind: DecisionKind;
  readonly name?: string;
  readonly decision: "allowed" | "hidden" | "refused" | "revoked" | "dropped";
  readonly code?: ErrorCode;
  readonly signedDigest?: string;
  readonly offeredDigest?: string;
  readonly signer?: Signer;
  readonly logIndex?: string;
  readonly catalogueVersion?: number;
  readonly catalogueDigest?: string;
  /** The first members that differ, signed and offered, printable, at most 2,000 characters. */
  readonly difference?: string;
}
