/** What a server answers over HTTP beside messages: why there is none, for a person, and bodies with a bound. */
import { gatherBody } from "../input/gathered.js";
import { printable } from "../input/printable.js";
import { withoutSecrets } from "../input/secrets.js";
import { own, ownText } from "../mcp/message/message.js";
import { LIMITS } from "./limits.js";

export const EVENTS = "text/event-stream";
export const JSON_TYPE = "application/json";

/** Why something was not answered, for a person. */
export class Unanswered extends Error {}

/** The server answers with a status that is no success. */
export class Refused extends Unanswered {}

/** The server does not know the session any more. */
export class Forgotten extends Refused {
  readonly session: string;

  constructor(message: string, session: string) {
    super(message);
    this.session = session;
  }
}

/** What a person can do, in whole sentences: it differs with where the URL and the headers are written. */
export interface Advice {
  /** How a token is given. */
  readonly token: string;
  /** Where the URL is to be looked at. */
  readonly url: string;
  /** What to do where the server redirects elsewhere. */
  readonly redirect: string;
}

/** The type of a body, without its parameters. */
export const typeOf = ({ headers }: Response): string =>
  (headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";

/**
 * A body that says what is wrong: the text in it, and the message if it is one. Nothing where it is too long, or a page. Of
 * one that does not end in time, what has arrived.
 */
export async function readComplaint(response: Response, arrived: Count): Promise<Complaint> {
  if (typeOf(response) === "text/html") {
    await discard(response);
    return {};
  }
  const late = AbortSignal.timeout(LIMITS.complaintMs);
  const body = await bodyOf(response, LIMITS.complaintBytes, arrived, late).catch(() => undefined);
  if (body === undefined) return {};
  const text = new TextDecoder().decode(body).trim();
  const message = parsed(text);
  const words = ownText(own(message, "error"), "message") ?? text;
  const id = own(message, "id");
  const isAnswer = id !== undefined && id !== null && own(message, "method") === undefined;
  return { ...(words === "" ? {} : { words }), ...(isAnswer ? { answer: body } : {}) };
}

export interface Complaint {
  /** The server's own words: not yet printable, and they may quote what the server was sent. */
  readonly words?: string;
  /** The bytes of a message that answers some request. */
  readonly answer?: Buffer;
}

/** What a status says, and what to do about it. */
export function explain(
  { status, headers }: Response,
  words: string | undefined,
  secrets: readonly string[],
  advice: Advice,
): string {
  const said = words === undefined ? "" : ` It says ${JSON.stringify(shown(withoutSecrets(words, secrets)))}.`;
  if (status === 401) {
    const asks = headers.has("www-authenticate") ? " It asks for a token." : "";
    return `The server answers 401: it does not know who calls.${asks}${said} ${advice.token}`;
  }
  if (status === 403) {
    return `The server answers 403: this caller may not do that.${said} Check the token and its scopes. ${advice.token}`;
  }
  if (status === 404) return `The server answers 404: there is nothing at this URL.${said} ${advice.url}`;
  if (status === 405) return `The server answers 405: it takes no messages at this URL.${said} ${advice.url}`;
  return `The server answers ${status}.${said}`;
}

/** Words of the other side, for a person. */
export const shown = (text: string): string => printable(text, LIMITS.shownCharacters);

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Is told of the bytes of each piece that has arrived; what it throws ends the reading. */
export type Count = (bytes: number) => void;

/** A body of at most `longest` bytes; what of it has arrived when `late` is aborted. */
export async function bodyOf(
  response: Response,
  longest: number,
  arrived?: Count,
  late?: AbortSignal,
): Promise<Buffer> {
  const tooLong = (): Unanswered => new Unanswered(`The server's answer has more than ${longest} bytes.`);
  const { buffer, byteOffset, length } = await gatherBody(response, longest, tooLong, arrived, late);
  return Buffer.from(buffer, byteOffset, length);
}

export async function discard(response: Response): Promise<void> {
  await response.body?.cancel().catch(() => {});
}
