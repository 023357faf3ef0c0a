import { toolDigest } from "../core/hasher.js";
import {
  type CatalogueContent,
  deepFreeze,
  type LogPosition,
  type Proof,
  type SignedTool,
  type Signer,
  type Statement,
  type ToolDefinition,
} from "../core/release.js";
import { type InkanError, refusal } from "../errors.js";
import { withoutPrototype } from "../input/json.js";
import { invalidOption, kindOf } from "../input/options.js";
import { printable } from "../input/printable.js";
import { stringify } from "../verify/bundle.js";
import { describeDifferences } from "./difference.js";

const verified = Symbol();

// Set by the class, which alone sees its private field. No property leads here, so nobody can replace it.
let hasVerifiedTools: (value: object) => value is VerifiedCatalogue;

/**
 * A catalogue whose signature was verified. Only a verifier makes one; it holds what the core read from its own copy
 * of the signed bytes, and nothing in it can be changed.
 */
class VerifiedCatalogue implements Proof {
  readonly #tools: ReadonlyMap<string, SignedTool>;
  readonly tools: readonly SignedTool[];
  /** The server that the catalogue is signed for, if it names one. */
  readonly server: string | undefined;
  /** The publisher's version, which never goes back, if stated. */
  readonly version: number | undefined;
  readonly issuedAt: string | undefined;
  readonly expires: string | undefined;
  readonly instructions: string | undefined;
  readonly signer: Signer;
  readonly signedAt: readonly string[];
  readonly digest: string;
  readonly log: readonly LogPosition[];
  /** The statement that vouches for the catalogue, if it was not signed directly. */
  readonly attestation: Statement | undefined;

  constructor(token: symbol, proof: Proof, given: CatalogueContent, attestation: Statement | undefined) {
    if (token !== verified) throw invalidOption("VerifiedCatalogue", "a verifier's verify()", "new");
    const content = withoutPrototype(given);
    this.tools = content.tools;
    this.#tools = new Map(content.tools.map((tool) => [tool.name, tool]));
    this.server = content.server;
    this.version = content.version;
    this.issuedAt = content.issuedAt;
    this.expires = content.expires;
    this.instructions = content.instructions;
    this.signer = proof.signer;
    this.signedAt = proof.signedAt;
    this.digest = proof.digest;
    this.log = proof.log;
    this.attestation = attestation;
    Object.freeze(this);
  }

  static {
    hasVerifiedTools = (value): value is VerifiedCatalogue => #tools in value;
  }

  /**
   * The signed definition that equals `tool` in every field. Use what is returned, not what was passed in.
   * Throws `ERR_TOOL_UNSIGNED` if no tool of this name is signed, `ERR_TOOL_CHANGED` if its definition is another.
   */
  require(tool: object): ToolDefinition {
    const offered = offeredTool(tool);
    const signed = this.#tools.get(offered.name);
    if (signed === undefined) throw unsigned(offered.name, this.tools.length);
    if (signed.digest !== offered.digest) throw changed(signed, offered.text);
    return signed.definition;
  }

  /** Whether `require` would return. Throws for what is no tool definition at all. */
  has(tool: object): boolean {
    const offered = offeredTool(tool);
    return this.#tools.get(offered.name)?.digest === offered.digest;
  }
}

// Only the type of the class leaves this file. Who reaches the class through a catalogue can neither call nor change it.
Object.freeze(VerifiedCatalogue.prototype);
Object.freeze(VerifiedCatalogue);

export type { VerifiedCatalogue };

/** For the verifiers alone. */
export function verifiedCatalogue(
  proof: Proof,
  content: CatalogueContent,
  attestation: Statement | undefined,
): VerifiedCatalogue {
  return new VerifiedCatalogue(verified, deepFreeze(proof), deepFreeze(content), deepFreeze(attestation));
}

/** Whether `value` came from a verifier. */
export function isVerifiedCatalogue(value: unknown): value is VerifiedCatalogue {
  return typeof value === "object" && value !== null && hasVerifiedTools(value);
}

/** What the caller offers, as text taken once: later changes to the object change nothing. */
function offeredTool(tool: unknown): { readonly name: string; readonly digest: string; readonly text: string } {
  if (typeof tool !== "object" || tool === null || Array.isArray(tool)) {
    throw invalidOption(
      "tool",
      "a whole tool definition",
      kindOf(tool),
      "Pass the tool object as the server lists it.",
    );
  }
  const text = stringify("tool", tool);
  return { ...toolDigest(text), text };
}

function unsigned(name: string, signed: number): InkanError {
  return refusal("ERR_TOOL_UNSIGNED", {
    subject: `tool ${JSON.stringify(printable(name))}`,
    expected: `one of the ${signed} signed tools`,
    found: printable(name),
  });
}

function changed(signed: SignedTool, offered: string): InkanError {
  return refusal("ERR_TOOL_CHANGED", {
    subject: `tool ${JSON.stringify(printable(signed.name))}`,
    ...describeDifferences(signed.definition, JSON.parse(offered)),
  });
}
