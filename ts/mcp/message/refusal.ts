/** The form of a refusal: a JSON-RPC error that says what was refused, why, and what to do. */
import type { VerifiedCatalogue } from "../../catalogue/catalogue.js";
import type { DefinitionKind } from "../../catalogue/definition.js";
import type { ErrorCode } from "../../errors.js";
import { printable } from "../../input/printable.js";
import { signerText } from "../../verify/signer_text.js";
import { errorAnswer, INVALID_PARAMS, type JsonObject, type JsonRpcMessage, type MessageId } from "./message.js";
import { SURFACES } from "./surfaces.js";

export interface Refusal {
  readonly code: ErrorCode;
  /** One sentence. */
  readonly reason: string;
  /** What to do. */
  readonly hint: string;
  readonly kind?: DefinitionKind;
  readonly name?: string;
  readonly signedDigest?: string;
  readonly offeredDigest?: string;
  readonly difference?: string;
}

/** The JSON-RPC error of a refusal, without the envelope. */
export function refusalError(
  refusal: Refusal,
  server: string,
  catalogue: VerifiedCatalogue | undefined,
): { readonly code: number; readonly message: string; readonly data: JsonObject } {
  const { code, reason, hint, kind, name, difference } = refusal;
  const subject = name === undefined ? "" : ` ${kind === undefined ? "" : SURFACES[kind].noun} "${printable(name)}"`;
  const who = difference === undefined || catalogue === undefined ? "" : ` ${signature(catalogue)}`;
  const message = `${code}: inkan refused${subject}. ${reason}${who} ${hint}`;
  return {
    code: INVALID_PARAMS,
    message,
    data: {
      code,
      ...(name !== undefined && kind !== undefined && { [kind]: printable(name) }),
      server,
      hint,
      ...(difference !== undefined && { difference }),
    },
  };
}

export function refusalAnswer(
  id: MessageId,
  refusal: Refusal,
  server: string,
  catalogue: VerifiedCatalogue | undefined,
): JsonRpcMessage {
  const { code, message, data } = refusalError(refusal, server, catalogue);
  return errorAnswer(id, code, message, data);
}

/** Who signed what, and when. */
function signature({ signer, signedAt, log, version }: VerifiedCatalogue): string {
  const who = signer.type === "keyless" ? signer.san.value : signerText(signer);
  const when = signedAt[0] === undefined ? "" : ` at ${signedAt[0]}`;
  const where = log[0] === undefined ? "" : `, log index ${log[0].logIndex}`;
  const what = version === undefined ? "" : `, catalogue version ${version}`;
  return `The definition was signed by ${printable(who)}${when}${where}${what}.`;
}
