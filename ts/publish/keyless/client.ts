/** Sigstore's services, by `@sigstore/sign`: an optional peer, which is loaded when the first keyless signature is made. */
import { createHash } from "node:crypto";
import { withoutLastSlashes } from "../../input/url.js";
import { withBoundedAnswers } from "./bounded_answers.js";
import { SigningFailure } from "./failure.js";
import type { Log } from "./services.js";

type Library = typeof import("@sigstore/sign");

/** What Rekor and timestamp authorities gave for a signature. */
export interface Testimony {
  readonly entries: readonly Entry[];
  readonly timestamps: readonly Uint8Array[];
}

/** A log entry as the library gives it. Nothing of it is checked. */
export type Entry = NonNullable<
  Awaited<ReturnType<InstanceType<Library["RekorWitness"]>["testify"]>>["tlogEntries"]
>[number];

export interface Certified {
  readonly signature: Uint8Array;
  /** The leaf as PEM. */
  readonly certificate: string;
}

/** What Sigstore calls its audience in tokens that CI systems make. */
const AUDIENCE = "sigstore";
/** How often a service is asked again after an answer of 5xx, 408 or 429, or none: after a pause, and after twice as long. */
const RETRIES = { retries: 2, factor: 2 };
const SHA2_256 = 1;

export class SigstoreClient {
  readonly #library: Library;
  readonly #timeout: number;
  readonly #pause: number;

  private constructor(library: Library, timeout: number, pause: number) {
    this.#library = library;
    this.#timeout = timeout;
    this.#pause = pause;
  }

  /** `timeout`: milliseconds that each answer may take; `pause`: milliseconds until a service is asked again. */
  static async load(timeout: number, pause = 1_000): Promise<SigstoreClient> {
    try {
      return new SigstoreClient(await import("@sigstore/sign"), timeout, pause);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== "MODULE_NOT_FOUND" && code !== "ERR_MODULE_NOT_FOUND") throw error;
      throw new SigningFailure(
        "keyless signing needs @sigstore/sign beside inkan: npm install @sigstore/sign; with --key KEY.pem you sign without it, and inkan keygen makes such a key",
      );
    }
  }

  /** The token of the CI system that this runs in: `SIGSTORE_ID_TOKEN`, or what GitHub Actions gives. */
  async ambientToken(): Promise<string> {
    const provider = new this.#library.CIContextProvider(AUDIENCE);
    const token: unknown = await this.#within(provider.getToken()).catch(() => undefined);
    if (typeof token === "string" && token !== "") return token;
    throw new SigningFailure(NO_TOKEN);
  }

  /** A certificate for a key that is made here and thrown away, and this key's signature of the bytes. */
  async certify(url: string, token: string, bytes: Uint8Array): Promise<Certified> {
    const signer = new this.#library.FulcioSigner({
      fulcioBaseURL: withoutLastSlashes(url),
      identityProvider: { getToken: async () => token },
      ...this.#patience,
    });
    const { signature, key } = await this.#asking("Fulcio", url, () => signer.sign(Buffer.from(bytes)));
    if (key.$case === "x509Certificate") return { signature, certificate: key.certificate };
    throw new SigningFailure(`Fulcio at ${url} gave no certificate`);
  }

  async logged(log: Log, bytes: Uint8Array, { signature, certificate }: Certified): Promise<readonly Entry[]> {
    const witness = new this.#library.RekorWitness({
      rekorBaseURL: withoutLastSlashes(log.url),
      majorApiVersion: log.version,
      ...this.#patience,
    });
    const ask = () => witness.testify(contentOf(bytes, signature), certificate);
    return (await this.#asking(`Rekor v${log.version}`, log.url, ask)).tlogEntries ?? [];
  }

  async timestamped(url: string, bytes: Uint8Array, { signature }: Certified): Promise<readonly Uint8Array[]> {
    const witness = new this.#library.TSAWitness({ tsaBaseURL: withoutLastSlashes(url), ...this.#patience });
    const ask = () => witness.testify(contentOf(bytes, signature));
    const { rfc3161Timestamps: found = [] } = await this.#asking("the timestamp authority", url, ask);
    return found.map(({ signedTimestamp }) => signedTimestamp);
  }

  get #patience() {
    return { retry: { ...RETRIES, minTimeout: this.#pause }, timeout: this.#timeout };
  }

  /** Says which service failed, and how. */
  async #asking<T>(service: string, url: string, ask: () => Promise<T>): Promise<T> {
    try {
      return await withBoundedAnswers(service, url, ask);
    } catch (error) {
      if (error instanceof SigningFailure) throw error;
      throw new SigningFailure(`${service} at ${url} ${reasonOf(error, this.#timeout)}`);
    }
  }

  async #within<T>(asked: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new SigningFailure("late")), this.#timeout);
    });
    return Promise.race([asked, late]).finally(() => clearTimeout(timer));
  }
}

const NO_TOKEN =
  "no identity token was found: give --identity-token FILE, or set SIGSTORE_ID_TOKEN; in GitHub Actions the job needs permissions: id-token: write, in GitLab id_tokens: SIGSTORE_ID_TOKEN: aud: sigstore; with --key KEY.pem you sign by a key of yours instead";

function contentOf(bytes: Uint8Array, signature: Uint8Array) {
  const digest = createHash("sha256").update(bytes).digest();
  return {
    $case: "messageSignature" as const,
    messageSignature: {
      messageDigest: { algorithm: SHA2_256, digest },
      signature: Buffer.from(signature),
    },
  };
}

/** Errors of the library wrap one of HTTP, one of the connection, or one of reading the answer. */
function reasonOf(error: unknown, timeout: number): string {
  const { cause } = error as { cause?: unknown };
  const { statusCode, code, type, message } = (cause ?? error) as {
    statusCode?: number;
    code?: string;
    type?: string;
    message?: string;
  };
  if (typeof statusCode === "number") {
    const hint = HINTS[statusCode];
    const said = withoutTokens(message ?? "")
      .replace(/^\(\d+\)\s*/, "")
      .slice(0, 300);
    return `answered with the HTTP status ${statusCode}${said === "" ? "" : `: ${said}`}${hint === undefined ? "" : ` (${hint})`}`;
  }
  if (type?.endsWith("-timeout") === true) return `did not answer within ${timeout / 1000} seconds`;
  if (type === "system" || /^E[A-Z_]+$/.test(code ?? "")) return `cannot be reached: ${code ?? message}`;
  return "gave an answer that cannot be read";
}

/** A service may quote what it was sent, whole or in part. */
const withoutTokens = (text: string): string => text.replace(/eyJ[\w.-]+/g, "(a token)");

const HINTS: Readonly<Record<number, string>> = {
  401: "the token is refused: its time may be over, or its audience may not be sigstore",
  403: "the token is refused",
  429: "too many requests: try again later",
};
