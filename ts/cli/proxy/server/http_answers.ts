/** What a server answers over HTTP beside messages: why there is none, for a person, and bodies with a bound. */
import { Gathered } from "../../../input/gathered.js";
import { withoutSecrets } from "../../../input/secrets.js";
import { own, ownText } from "../../../mcp/message/message.js";
import { readMessageBytes } from "../message/message_text.js";
import { shown } from "../notes.js";

/** Why something was not answered, for a person. */
export class Unanswered extends Error {}

/** Bytes of an answer that says what is wrong. */
const COMPLAINT = 64 * 1_024;

/** The body of an answer that is no success. */
export const bodyOfComplaint = (response: Response): Promise<Buffer> =>
  bodyOf(response, COMPLAINT).catch(() => Buffer.alloc(0));

/**
 * What a status says, and what to do about it. `body` may hold an error of JSON-RPC with the server's own words,
 * which may quote what it was sent.
 */
export function complaint({ status, headers }: Response, body?: Buffer, secrets: readonly string[] = []): string {
  const words = body === undefined ? undefined : wordsOf(body, secrets);
  const said = words === undefined ? "" : ` It says ${JSON.stringify(words)}.`;
  if (status === 401) {
    const asks = headers.has("www-authenticate") ? " It asks for a token." : "";
    return `The server answers 401: it does not know who calls.${asks} Give a bearer token in the policy file, "headers": { "Authorization": "Bearer \${env:NAME}" }, or use a bridge that signs in, "command": "npx", "args": ["mcp-remote", URL].`;
  }
  if (status === 403) {
    return `The server answers 403: this caller may not do that.${said} Check the token and its scopes.`;
  }
  if (status === 404) {
    return `The server answers 404: there is nothing at this URL.${said} Check the URL in the policy file.`;
  }
  if (status === 405) {
    return `The server answers 405: it takes no messages at this URL.${said} Check the URL in the policy file.`;
  }
  return `The server answers ${status}.${said}`;
}

/** The text of an error of JSON-RPC that answers no request. */
function wordsOf(body: Buffer, secrets: readonly string[]): string | undefined {
  const read = readMessageBytes(body);
  if (!("message" in read)) return undefined;
  const words = ownText(own(read.message, "error"), "message");
  return words === undefined || words === "" ? undefined : shown(withoutSecrets(words, secrets));
}

/** A body of at most `longest` bytes. */
export async function bodyOf(response: Response, longest: number): Promise<Buffer> {
  const body = new Gathered();
  for await (const piece of response.body ?? []) {
    if (body.length + piece.length > longest) {
      throw new Unanswered(`The server's answer has more than ${longest} bytes.`);
    }
    body.add(piece);
  }
  const { buffer, byteOffset, length } = body.take();
  return Buffer.from(buffer, byteOffset, length);
}

export async function discard(response: Response): Promise<void> {
  await response.body?.cancel().catch(() => {});
}
