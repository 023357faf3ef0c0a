/** A Sigstore instance on this machine: the handlers of `@sigstore/mock` behind HTTP servers, and the trust root for them. */
import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import {
  fulcioHandler,
  initializeCA,
  initializeCTLog,
  initializeTLog,
  initializeTSA,
  rekorHandler,
  tsaHandler,
} from "@sigstore/mock";

interface Answer {
  readonly statusCode: number;
  readonly response: string | ArrayBufferView;
  readonly contentType?: string;
  readonly encoding?: string;
}

/** What a service does with a request; undefined if it never answers. */
export type Handler = (body: string) => Promise<Answer | undefined>;

/** One service: what it was sent, and how it can be made to misbehave. */
export class Service {
  readonly path: string;
  readonly honest: Handler;
  /** Bodies of all requests. */
  readonly requests: string[] = [];
  handler: Handler;
  url = "";
  readonly #server: Server;

  constructor(path: string, honest: Handler) {
    this.path = path;
    this.honest = honest;
    this.handler = honest;
    this.#server = createServer((request, response) => {
      const pieces: Buffer[] = [];
      request.on("data", (piece: Buffer) => pieces.push(piece));
      request.on("end", async () => {
        const body = Buffer.concat(pieces).toString("utf8");
        this.requests.push(body);
        const known = request.method === "POST" && request.url === this.path;
        const answer = known ? await this.handler(body) : { statusCode: 404, response: "" };
        if (answer === undefined) return;
        if (answer.encoding !== undefined) response.setHeader("content-encoding", answer.encoding);
        response.writeHead(answer.statusCode, { "content-type": answer.contentType ?? "application/json" });
        response.end(answer.response);
      });
    });
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

export const newKey = () => generateKeyPairSync("ec", { namedCurve: "P-256" });
type KeyPair = ReturnType<typeof newKey>;

const base64 = (bytes: ArrayBufferView | Buffer): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
const spki = (key: KeyObject): Buffer => key.export({ type: "spki", format: "der" });
const validFor = { start: "2020-01-01T00:00:00Z" };

function logIn(baseUrl: string, { publicKey }: Pick<KeyPair, "publicKey">) {
  const rawBytes = spki(publicKey);
  return {
    baseUrl,
    hashAlgorithm: "SHA2_256",
    publicKey: { rawBytes: base64(rawBytes), keyDetails: "PKIX_ECDSA_P256_SHA_256", validFor },
    logId: { keyId: createHash("sha256").update(rawBytes).digest("base64") },
  };
}

/**
 * The mock's own handler of Rekor v2 logs the request in place of an entry, and writes a root hash that is not its
 * checkpoint's. This one logs what Rekor v2 logs (rekor-tiles, `hashedrekord` 0.0.2), each entry in a tree of its own.
 */
export function rekorV2({ publicKey, privateKey }: KeyPair, origin: string): Handler {
  return async (body) => {
    const { digest, signature } = JSON.parse(body).hashedRekordRequestV002;
    const entry = {
      apiVersion: "0.0.2",
      kind: "hashedrekord",
      spec: { hashedRekordV002: { data: { algorithm: "SHA2_256", digest }, signature: ordered(signature) } },
    };
    const logged = Buffer.from(JSON.stringify(entry));
    const rootHash = createHash("sha256").update(Buffer.of(0)).update(logged).digest("base64");
    const keyId = createHash("sha256").update(spki(publicKey)).digest();
    const note = `${origin}\n1\n${rootHash}\n`;
    const noteSignature = Buffer.concat([keyId.subarray(0, 4), sign("sha256", Buffer.from(note), privateKey)]);
    const response = {
      logIndex: "0",
      logId: { keyId: keyId.toString("base64") },
      kindVersion: { kind: "hashedrekord", version: "0.0.2" },
      integratedTime: "0",
      inclusionProof: {
        logIndex: "0",
        treeSize: "1",
        rootHash,
        hashes: [],
        checkpoint: { envelope: `${note}\n\u2014 ${origin.split(" ")[0]} ${noteSignature.toString("base64")}\n` },
      },
      canonicalizedBody: logged.toString("base64"),
    };
    return { statusCode: 201, response: JSON.stringify(response) };
  };
}

/** Members in the order of JCS. */
function ordered(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(members.map(([name, member]) => [name, ordered(member)]));
}

/** sigstore-js reads fractions of a second only if they have three digits, and the mock leaves out zeros at the end. */
function readable(handler: Handler): Handler {
  return async (body) => {
    for (;;) {
      const answer = await handler(body);
      const { response = "" } = answer ?? {};
      const bytes = typeof response === "string" ? Buffer.from(response) : Buffer.from(base64(response), "base64");
      if (!/\d{14}\.\d{1,2}Z/.test(bytes.toString("latin1"))) return answer;
    }
  };
}

/** Starts all services. The SAN of certificates is the token's claim `san`. */
export async function startInstance() {
  const keys = { ca: newKey(), ct: newKey(), rekor: newKey(), rekorV2: newKey(), tsa: newKey() };
  const ct = await initializeCTLog(keys.ct);
  const ca = await initializeCA(keys.ca, ct);
  const tsa = await initializeTSA(keys.tsa);
  const fulcio = new Service("/api/v2/signingCert", fulcioHandler(ca, { subjectClaim: "san" }).fn);
  const timestamps = new Service("/api/v1/timestamp", readable(tsaHandler(tsa).fn));
  // The logs sign under the name of their host, which is known once they listen.
  const later: Handler = async () => undefined;
  const rekor = new Service("/api/v1/log/entries", (body) => honest.rekor(body));
  const rekorTiles = new Service("/api/v2/log/entries", (body) => honest.rekorV2(body));
  const honest = { rekor: later, rekorV2: later };
  const services = { fulcio, rekor, rekorV2: rekorTiles, timestamps };
  for (const service of Object.values(services)) await service.start();
  honest.rekor = rekorHandler(await initializeTLog(rekor.url, keys.rekor)).fn;
  honest.rekorV2 = rekorV2(keys.rekorV2, new URL(rekorTiles.url).host);
  const subject = { organization: "sigstore.mock", commonName: "sigstore" };
  return {
    ...services,
    keys,
    trustedRoot: {
      mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
      tlogs: [logIn(rekor.url, keys.rekor), logIn(rekorTiles.url, keys.rekorV2)],
      certificateAuthorities: [
        {
          subject,
          uri: fulcio.url,
          certChain: { certificates: [{ rawBytes: base64(ca.rootCertificate) }] },
          validFor,
        },
      ],
      ctlogs: [logIn("http://127.0.0.1/ct", keys.ct)],
      timestampAuthorities: [
        {
          subject,
          uri: timestamps.url,
          certChain: {
            certificates: [{ rawBytes: base64(tsa.intCertificate) }, { rawBytes: base64(tsa.rootCertificate) }],
          },
          validFor,
        },
      ],
    },
    signingConfig: (rekorVersion: 1 | 2) => ({
      mediaType: "application/vnd.dev.sigstore.signingconfig.v0.2+json",
      caUrls: [{ url: fulcio.url, majorApiVersion: 1, operator: "mock", validFor }],
      oidcUrls: [],
      rekorTlogUrls: [
        {
          url: rekorVersion === 1 ? rekor.url : rekorTiles.url,
          majorApiVersion: rekorVersion,
          operator: "mock",
          validFor,
        },
      ],
      rekorTlogConfig: { selector: "ANY" },
      tsaUrls: [{ url: `${timestamps.url}/api/v1/timestamp`, majorApiVersion: 1, operator: "mock", validFor }],
      tsaConfig: { selector: "ANY" },
    }),
    /** Makes every service honest again. */
    reset(): void {
      for (const service of Object.values(services)) {
        service.handler = service.honest;
        service.requests.length = 0;
      }
    },
    stop(): void {
      for (const service of Object.values(services)) service.stop();
    },
  };
}

export type Instance = Awaited<ReturnType<typeof startInstance>>;
