/** The store that the command's options name. */
import { resolve } from "node:path";
import type { ManagedStateStore } from "../../state/store.js";
import type { Options, Values } from "../arguments/options.js";
import { misuse } from "../exit.js";

export const STATE_OPTIONS = {
  state: {
    type: "string",
    value: "WHERE",
    help: "a state file, or redis://… (rediss://… with TLS; needs ioredis beside inkan)",
  },
  "state-prefix": {
    type: "string",
    value: "TEXT",
    help: 'what the names of Redis keys begin with; without this option "inkan:"',
  },
} as const satisfies Options;

/** A store, and how to let go of it. */
export interface OpenStore {
  readonly store: ManagedStateStore;
  close(): Promise<void>;
}

const REDIS = /^rediss?:\/\//;

/** The store at a place: the URL of a Redis server, or the path of a file, relative to `folder`. */
export async function openStore(where: string, folder: string, prefix?: string): Promise<OpenStore> {
  if (REDIS.test(where)) {
    const { RedisStateStore } = await import("../../state/redis.js");
    const store = new RedisStateStore({ url: where, ...(prefix === undefined ? {} : { prefix }) });
    return { store, close: () => store.close() };
  }
  const { JsonStateStore } = await import("../../state/json.js");
  return { store: new JsonStateStore(resolve(folder, where)), close: async () => {} };
}

/** The store of `--state`. Undefined when none is named. */
export async function storeFrom(values: Values<typeof STATE_OPTIONS>): Promise<OpenStore | undefined> {
  const { state: where, "state-prefix": prefix } = values;
  const isRedis = where !== undefined && REDIS.test(where);
  if (prefix !== undefined && !isRedis) throw misuse("--state-prefix is for --state redis://…");
  if (where === undefined) return undefined;
  if (!isRedis && /^[a-z][a-z0-9+.-]+:\/\//i.test(where))
    throw misuse("--state takes a file's path, redis://… or rediss://…");
  return openStore(where, ".", prefix);
}
