import { InkanError, refusal } from "../errors.js";
import { hasMethods, memberOf } from "../input/members.js";
import { invalidOption, kindOf, missingOption, readOptions, readText, readTimeout } from "../input/options.js";
import { printable } from "../input/printable.js";
import type { ManagedStateStore } from "./store.js";
import { inTime } from "./waiting.js";

/** The members by which a client is recognised: a `Redis` or `Cluster` of ioredis. */
export interface RedisClient {
  eval(script: string, keyCount: number, ...args: string[]): Promise<unknown>;
  evalsha(sha: string, keyCount: number, ...args: string[]): Promise<unknown>;
}

/** The call that its types lack. It gives replies as bytes, because a text would hide bytes that are not UTF-8. */
interface ByteClient extends Scanned {
  evalBuffer: RedisClient["eval"];
  evalshaBuffer: RedisClient["evalsha"];
  readonly options?: ClientOptions;
  /** A cluster's. */
  nodes?(role: "master"): readonly Scanned[];
}

interface ClientOptions {
  readonly keyPrefix?: string | undefined;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly path?: string | undefined;
}

interface Scanned {
  scan(cursor: string, match: "MATCH", pattern: string, count: "COUNT", size: number): Promise<[string, string[]]>;
}

interface CommonOptions {
  /** Precedes the name of every record. `inkan:` by default. Stores with different prefixes share no records. */
  readonly prefix?: string;
  /** How long one answer may take before the call is refused, in milliseconds. 5,000 by default. */
  readonly timeoutMs?: number;
}

export type RedisStateStoreOptions = CommonOptions &
  (
    | {
        /** Your own client, with the TLS, users, cluster and retries that you set. You close it. */
        readonly client: RedisClient;
      }
    | {
        /** `redis://` or, with TLS, `rediss://`, in the form that ioredis reads. The client is made on first use. */
        readonly url: string;
      }
  );

/**
 * Loads where writes are done: a replica refuses PERSIST, so that a late one never passes for the store. It also undoes
 * an expiry that somebody set.
 */
const LOAD = `
redis.call('PERSIST', KEYS[1])
return redis.call('GET', KEYS[1])
`;

/**
 * ARGV: whether a text is expected, that text, the next text. Refuses a smaller tree of the same log, whatever is
 * expected. Sizes are compared as decimal digits, never as numbers.
 */
const SWAP = `
local stored, expected, following = redis.call('GET', KEYS[1]), ARGV[1] == '1' and ARGV[2], ARGV[3]
if stored ~= expected then return 'differs' end
local function log(text) return string.match(text, '("origin":".-","logKey":"%x+")') end
local function size(text) return string.match(text, '"treeSize":"0*(%d+)"') end
if stored and size(stored) and log(stored) == log(following) then
  local before, now = size(stored), size(following)
  if not now or #now < #before or (#now == #before and now < before) then return 'smaller' end
end
redis.call('SET', KEYS[1], following)
return 'swapped'
`;

const REMOVE = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 'differs' end
redis.call('DEL', KEYS[1])
return 'removed'
`;

/**
 * Keeps each record under its own key in Redis, for every process that uses the server or cluster. One script compares
 * and swaps, so no other client can write in between.
 *
 * Records survive what the server is configured to survive. With `appendfsync always`, a crash loses nothing. A
 * failover may lose what was not yet replicated. Redis must not evict records to free memory (`maxmemory-policy
 * noeviction`).
 */
export class RedisStateStore implements ManagedStateStore {
  readonly #prefix: string;
  readonly #timeoutMs: number;
  readonly #connect: () => Promise<ByteClient>;
  #client: Promise<ByteClient> | undefined;
  /** The client that this object made. */
  #own: { disconnect(): void } | undefined;
  #closed = false;
  /** The server as messages name it, once a client is known. */
  #address = "";
  /** Why that client has no connection. */
  #lost: string | undefined;

  constructor(options: RedisStateStoreOptions) {
    const known = ["client", "url", "prefix", "timeoutMs"] as const;
    const { client, url, prefix, timeoutMs } = readOptions("RedisStateStore", options, known);
    this.#prefix = prefix === undefined ? "inkan:" : readPrefix(prefix);
    this.#timeoutMs = readTimeout("RedisStateStore.timeoutMs", timeoutMs, 5_000);
    if ((client === undefined) === (url === undefined)) {
      throw missingOption("RedisStateStore", "either client or url", "Give the one or the other.");
    }
    if (client !== undefined) {
      const given = readClient(client);
      this.#address = addressOf(given);
      this.#connect = async () => given;
    } else {
      const given = readUrl(url);
      this.#connect = () => this.#make(given);
    }
  }

  async load(key: string): Promise<string | undefined> {
    const reply = await this.#run(await scripts.load, key);
    if (reply === null) return undefined;
    const text = textOf(reply);
    if (text === undefined) throw corrupt(key, "bytes that are no UTF-8");
    return text;
  }

  async compareAndSwap(key: string, expected: string | undefined, next: string): Promise<boolean> {
    const reply = await this.#run(await scripts.swap, key, expected === undefined ? "0" : "1", expected ?? "", next);
    switch (textOf(reply)) {
      case "swapped":
        return true;
      case "differs":
        return false;
      case "smaller":
        throw refusal("ERR_LOG_ROLLBACK", {
          subject: key,
          expected: "a tree of at least the stored size",
          found: "a smaller one",
          hint: "Nothing was stored. inkan itself never tries this: find out who writes to the store.",
        });
      default:
        throw unavailable(key, this.#address, `a reply that the script does not give: ${kindOf(reply)}`);
    }
  }

  /** Scans every master for keys with the prefix. If one store's prefix is the beginning of another's, it lists the other's keys, too. */
  async records(): Promise<ReadonlyMap<string, string>> {
    const keys = await this.#inTime(`${this.#prefix}*`, async (client) => [...(await scan(client, this.#prefix))]);
    const records = new Map<string, string>();
    for (const key of keys.sort()) {
      const text = await this.load(key);
      if (text !== undefined) records.set(key, text);
    }
    return records;
  }

  async remove(key: string, expected: string): Promise<boolean> {
    const reply = textOf(await this.#run(await scripts.remove, key, expected));
    if (reply === "removed" || reply === "differs") return reply === "removed";
    throw unavailable(key, this.#address, "a reply that the script does not give");
  }

  /** Closes the client that was made from `url`; one that was given stays open. Calls after this are refused. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#client?.catch(() => {});
    this.#own?.disconnect();
  }

  #run(script: Script, key: string, ...args: string[]): Promise<unknown> {
    return this.#inTime(key, (client) => evaluate(client, script, `${this.#prefix}${key}`, args));
  }

  async #inTime<T>(key: string, call: (client: ByteClient) => Promise<T>): Promise<T> {
    if (this.#closed) throw unavailable(key, this.#address, "a store that was closed");
    const late = (): InkanError => {
      const found = `no answer within ${this.#timeoutMs} ms`;
      return unavailable(key, this.#address, this.#lost === undefined ? found : `${this.#lost} (${found})`);
    };
    try {
      this.#client ??= this.#connect();
      return await inTime(this.#timeoutMs, this.#client.then(call), late);
    } catch (cause) {
      throw this.#refusalOf(key, cause);
    }
  }

  /** The error for the caller, from an error of the server or of the connection. */
  #refusalOf(key: string, cause: unknown): InkanError {
    if (cause instanceof InkanError) return cause;
    const message = messageOf(cause);
    if (/\bWRONGTYPE\b/.test(message)) return corrupt(key, "a key of another type than string", cause);
    // A client without a connection states how often it tried. An earlier event had the reason.
    const found = this.#lost !== undefined && !isReply(cause) ? this.#lost : message;
    return unavailable(key, this.#address, printable(found), cause);
  }

  async #make(url: string): Promise<ByteClient> {
    const { Redis } = await import("ioredis").catch((cause: unknown) => {
      this.#client = undefined;
      throw unavailable("url", "", "no ioredis; install it beside inkan: npm install ioredis", cause);
    });
    // A call that cannot be sent is refused soon, and not kept until the server is back.
    const client = new Redis(url, { connectTimeout: this.#timeoutMs, maxRetriesPerRequest: 1 });
    this.#address = addressOf(client);
    // Each call gives its own error, and this one as the reason; without a listener ioredis prints it.
    client.on("error", (error: unknown) => {
      this.#lost = printable(messageOf(error));
    });
    client.on("ready", () => {
      this.#lost = undefined;
    });
    this.#own = client;
    return readClient(client);
  }
}

interface Script {
  readonly source: string;
  /** The name that the server gives it. */
  readonly sha: string;
}

const scripts = { load: nameScript(LOAD), swap: nameScript(SWAP), remove: nameScript(REMOVE) };

async function evaluate(client: ByteClient, { source, sha }: Script, key: string, args: string[]): Promise<unknown> {
  try {
    return await client.evalshaBuffer(sha, 1, key, ...args);
  } catch (error) {
    if (!/^NOSCRIPT\b/.test(messageOf(error))) throw error;
    return client.evalBuffer(source, 1, key, ...args);
  }
}

/** The names after `prefix` of all keys that have it. */
async function scan(client: ByteClient, prefix: string): Promise<Set<string>> {
  const nodes = memberOf(client, "nodes") === undefined ? [client] : (client.nodes?.("master") ?? [client]);
  // The client puts its own prefix before a key, but not before a pattern.
  const own = memberOf(memberOf(client, "options"), "keyPrefix");
  const whole = `${typeof own === "string" ? own : ""}${prefix}`;
  const pattern = `${whole.replace(/[\\*?[\]]/g, "\\$&")}*`;
  const keys = new Set<string>();
  for (const node of nodes) {
    let cursor = "0";
    do {
      const [next, found] = await node.scan(cursor, "MATCH", pattern, "COUNT", 1000);
      for (const key of found) keys.add(key.slice(whole.length));
      cursor = next;
    } while (cursor !== "0");
  }
  return keys;
}

async function nameScript(source: string): Promise<Script> {
  const digest = await crypto.subtle.digest("SHA-1", new TextEncoder().encode(source));
  const sha = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return { source, sha };
}

/** The text of a reply, if it is one in UTF-8. */
function textOf(reply: unknown): string | undefined {
  if (!(reply instanceof Uint8Array)) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(reply);
  } catch {
    return undefined;
  }
}

function readPrefix(value: unknown): string {
  const prefix = readText("RedisStateStore.prefix", value);
  if (/^[\x21-\x7e]{1,200}$/.test(prefix)) return prefix;
  throw invalidOption("RedisStateStore.prefix", "1 to 200 printable ASCII characters without blanks", prefix);
}

function readUrl(value: unknown): string {
  const url = readText("RedisStateStore.url", value);
  // Not shown: it may hold a password.
  if (/^rediss?:\/\/./.test(url) && URL.canParse(url)) return url;
  throw invalidOption("RedisStateStore.url", "a URL that starts with redis:// or rediss://", "another text");
}

function readClient(value: unknown): ByteClient {
  if (hasMethods(value, "evalBuffer", "evalshaBuffer")) return value as ByteClient;
  throw invalidOption("RedisStateStore.client", "a Redis or Cluster of ioredis", kindOf(value));
}

/** The host and port of a client's server. A cluster has several, and has them elsewhere. */
function addressOf({ options }: { readonly options?: ClientOptions }): string {
  if (options?.path !== undefined) return printable(options.path);
  return options?.host === undefined ? "" : printable(`${options.host}:${options.port ?? 6379}`);
}

/** The text of an error. The error of several connection attempts has no text, but the errors of the attempts have. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === "") return error.errors.map(messageOf).join("; ");
  return error instanceof Error ? error.message : String(error);
}

/** Whether the server itself gave this error, over a working connection. */
const isReply = (error: unknown): boolean => error instanceof Error && error.name === "ReplyError";

function unavailable(key: string, address: string, found: string, cause?: unknown): InkanError {
  const expected = address === "" ? undefined : `an answer of Redis at ${address}`;
  const place = address === "" ? "" : ` at ${address}`;
  const hint = `Nothing was released. Check that Redis runs${place} and can be reached and written from here, then try again.`;
  return refusal("ERR_STATE_UNAVAILABLE", { subject: printable(key), expected, found, hint }, cause);
}

function corrupt(key: string, found: string, cause?: unknown): InkanError {
  const expected = "a text that inkan wrote into Redis";
  const hint = "Find out who wrote it; restore the record, or delete the key on purpose. Nothing was released.";
  return refusal("ERR_STATE_CORRUPT", { subject: printable(key), expected, found, hint }, cause);
}
