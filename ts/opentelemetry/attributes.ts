/**
 * The attributes of a decision. Names outside of `inkan.` are those of the OpenTelemetry semantic conventions for MCP
 * (docs/observe.md states the version). What the other side chose is bounded, and printable since it is in a decision.
 * Resource URIs are left out, because a URI that matches a signed template contains values that the model chose. So is
 * `difference`, which contains the server's text.
 */
import { printable } from "../input/printable.js";
import type { GateDecision } from "../mcp/gate/decision.js";
import { ALL_SURFACES, GUARDED_METHODS, KNOWN_METHODS } from "../mcp/message/surfaces.js";

export type Attributes = Record<string, string | number>;

/** The fixed word for a value that must not be a label. The conventions have it for `error.type`. */
export const OTHER = "_OTHER";

/** Characters of a text that one of the parties chose. */
const LONGEST_NAME = 128;
const LONGEST_SERVER = 256;

const METHODS: ReadonlySet<string> = new Set([
  ...KNOWN_METHODS,
  ...GUARDED_METHODS,
  ...ALL_SURFACES.map(({ notification }) => notification),
]);

/** A method that the specification defines, or the fixed word. Undefined for a decision that is about no method. */
export const knownMethod = ({ method }: GateDecision): string | undefined =>
  method === undefined || METHODS.has(method) ? method : OTHER;

/** The conventions' attribute for the name, if the kind has one. */
function nameAttribute({ kind }: GateDecision): "gen_ai.tool.name" | "gen_ai.prompt.name" | undefined {
  if (kind === "tool") return "gen_ai.tool.name";
  return kind === "prompt" ? "gen_ai.prompt.name" : undefined;
}

/** Whether the operation of the message ended with the decision. A list goes on without what was hidden. */
export const failed = ({ decision }: GateDecision): boolean => decision !== "allowed" && decision !== "hidden";

/** The name of a signed tool or prompt. Only the publisher chooses it. */
export function signedName(decision: GateDecision): string | undefined {
  const isSigned = decision.signedDigest !== undefined && nameAttribute(decision) !== undefined;
  return isSigned && decision.name !== undefined ? printable(decision.name, LONGEST_NAME) : undefined;
}

/** What is stated on both spans and metrics. */
function sharedAttributes(decision: GateDecision): Attributes {
  const { server, direction, kind, code } = decision;
  return {
    "inkan.server": printable(server, LONGEST_SERVER),
    "inkan.direction": direction,
    "inkan.kind": kind,
    "inkan.decision": decision.decision,
    ...(code !== undefined && { "inkan.code": code }),
    ...(failed(decision) && { "error.type": code ?? OTHER }),
  };
}

export function spanAttributes(decision: GateDecision): Attributes {
  const { method, name, signedDigest, offeredDigest, logIndex, catalogueVersion, catalogueDigest } = decision;
  const named = nameAttribute(decision);
  return {
    ...sharedAttributes(decision),
    ...(method !== undefined && { "mcp.method.name": printable(method, LONGEST_NAME) }),
    ...(named !== undefined && name !== undefined && { [named]: printable(name, LONGEST_NAME) }),
    ...(signedDigest !== undefined && { "inkan.signed_digest": signedDigest }),
    ...(offeredDigest !== undefined && { "inkan.offered_digest": offeredDigest }),
    ...signerAttributes(decision),
    ...(logIndex !== undefined && { "inkan.log_index": logIndex }),
    ...(catalogueVersion !== undefined && { "inkan.catalogue.version": catalogueVersion }),
    ...(catalogueDigest !== undefined && { "inkan.catalogue.digest": catalogueDigest }),
  };
}

/** Labels of few values each. `name` is one that may be a label. */
export function metricAttributes(decision: GateDecision, name: string | undefined): Attributes {
  const method = knownMethod(decision);
  const named = nameAttribute(decision);
  return {
    ...sharedAttributes(decision),
    ...(method !== undefined && { "mcp.method.name": method }),
    ...(named !== undefined && { [named]: name ?? OTHER }),
  };
}

function signerAttributes({ signer }: GateDecision): Attributes {
  if (signer === undefined) return {};
  if (signer.type === "key") return { "inkan.signer.type": "key", "inkan.signer.fingerprint": signer.fingerprint };
  if (signer.type === "githubRelease") {
    return {
      "inkan.signer.type": "githubRelease",
      "inkan.signer.repository": printable(signer.repository, LONGEST_SERVER),
      "inkan.signer.tag": printable(signer.tag, LONGEST_SERVER),
      "inkan.signer.certificate": signer.certificate,
    };
  }
  return {
    "inkan.signer.type": "keyless",
    "inkan.signer.san": printable(signer.san.value, LONGEST_SERVER),
    "inkan.signer.issuer": printable(signer.issuer, LONGEST_SERVER),
    "inkan.signer.certificate": signer.certificate,
  };
}
