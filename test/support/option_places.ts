/** Every place of the public API that reads options, with a value of each option that is known there. */
import { metrics, trace } from "@opentelemetry/api";
import {
  ConsistencyByOrigin,
  IdentityPolicy,
  InkanError,
  InMemoryStateStore,
  KeyedVerifier,
  KeylessVerifier,
  RekorV1Consistency,
  seedLog,
  TileConsistency,
  TrustRoot,
} from "../../ts/entry/node.js";
import { decisionExporter } from "../../ts/opentelemetry/index.js";
import { JsonStateStore } from "../../ts/state/json.js";
import { DenoKvStateStore } from "../../ts/state/platform/deno_kv.js";
import { DurableObjectStateStore } from "../../ts/state/platform/durable_object.js";
import { IndexedDbStateStore } from "../../ts/state/platform/indexeddb.js";
import { RedisStateStore } from "../../ts/state/redis.js";
import { fetchTrustRoot } from "../../ts/tuf/index.js";
import { realCase } from "./cases.js";

export type Options = { readonly [name: string]: unknown };

/** One place that reads options. */
export interface Place {
  readonly name: string;
  readonly call: (options: never) => unknown;
  /** Options that are accepted, or refused for what was signed. */
  readonly good: Options;
  /** A value of each option that is known there. Absent: the names are data. */
  readonly values?: Options;
}

export const real = realCase("series-01");
const root = real.trustRoot();
const identityPolicy = real.identityPolicy();
const pem = realCase("dsse-key-ed25519").key();
export const source = { prove: () => Promise.reject(new Error("there is none")) };
const store = () => new InMemoryStateStore();
const witnesses = {
  policy: "witness w example.com/w+a8bd27f9+BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\nquorum w\n",
  mode: "report",
};
const shared = {
  thresholds: { logEntries: 0, timestamps: 0, scts: 0 },
  freshness: "log",
  firstUse: "deny",
  maxAgeSeconds: 1,
  consistency: { source, unreachable: "offline" },
  witnesses,
};
const keylessOptions = { trustRoot: root, identityPolicy, stateStore: store() };
export const keyless = (change: object) => new KeylessVerifier({ ...keylessOptions, stateStore: store(), ...change });
const request = {
  digest: `sha256:${"0".repeat(64)}`,
  server: "https://evil.example",
  anyServer: true,
  scope: "x",
  now: "2025-06-01T00:00:00Z",
};
const evidence = { bundle: real.bundle };
const http = {
  url: "https://log.test",
  fetch: () => Promise.reject(new Error("offline")),
  timeoutMs: 1,
  signal: AbortSignal.abort(),
};
const redis = { eval: () => null, evalsha: () => null, evalBuffer: async () => null, evalshaBuffer: async () => null };
const kv = { get: () => null, list: () => null, atomic: () => null };
const namespace = { idFromName: () => null, get: () => null };
const identity = {
  san: "a@b.test",
  sanPattern: "*@b.test",
  issuer: "https://issuer.test",
  sanType: "email",
  extensions: { buildTrigger: "push" },
  extensionPatterns: { sourceRepositoryRef: "refs/tags/*" },
};
const { san, issuer } = identity;
const github = { repository: "acme/tools", workflow: "release.yml", ref: "refs/heads/main" };

export const places: readonly Place[] = [
  {
    name: "KeylessVerifier",
    call: (options) => new KeylessVerifier(options),
    good: keylessOptions,
    values: { ...keylessOptions, ...shared },
  },
  {
    name: "KeyedVerifier",
    call: (options) => new KeyedVerifier(options),
    good: { keys: pem },
    values: { keys: pem, trustRoot: root, stateStore: store(), ...shared },
  },
  ...[KeylessVerifier, KeyedVerifier].flatMap((Class): Place[] => {
    const make = (change: object) =>
      new Class({
        ...(Class === KeyedVerifier ? { keys: pem, trustRoot: root, stateStore: store() } : keylessOptions),
        ...change,
      } as never);
    return [
      {
        name: `${Class.name}.thresholds`,
        call: (thresholds) => make({ thresholds }),
        good: { logEntries: 1 },
        values: shared.thresholds,
      },
      {
        name: `${Class.name}.consistency`,
        call: (consistency) => make({ consistency }),
        good: { source },
        values: shared.consistency,
      },
      {
        name: `${Class.name}.witnesses`,
        call: (given) => make({ witnesses: given }),
        good: witnesses,
        values: witnesses,
      },
    ];
  }),
  ...(["verify", "report"] as const).map((name) => ({
    name,
    call: (options: never) => keyless({})[name](options),
    good: { catalogue: real.catalogue, ...evidence, anyServer: true },
    values: { catalogue: real.catalogue, ...evidence, ...request },
  })),
  ...(["verifyArtifact", "reportArtifact", "verifyAttestation", "reportAttestation"] as const).map((name) => ({
    name,
    call: (options: never) => keyless({})[name](options),
    good: { artifact: real.catalogue, ...evidence },
    values: { artifact: real.catalogue, ...evidence, ...request },
  })),
  {
    name: "KeyedVerifier.verify",
    call: (options) => new KeyedVerifier({ keys: pem }).verify(options),
    good: { catalogue: real.catalogue, signature: new Uint8Array(70) },
    values: { catalogue: real.catalogue, signature: new Uint8Array(70), ...evidence, ...request },
  },
  {
    name: "IdentityPolicy",
    call: (options) => new IdentityPolicy(options),
    good: { san, issuer, extensions: identity.extensions },
    values: identity,
  },
  {
    name: "IdentityPolicy.pattern",
    call: (options) => IdentityPolicy.pattern(options),
    good: { sanPattern: identity.sanPattern, issuer },
    values: identity,
  },
  {
    name: "IdentityPolicy.extensions",
    call: (extensions) => keyless({ identityPolicy: new IdentityPolicy({ san, issuer, extensions }) }),
    good: identity.extensions,
  },
  {
    name: "IdentityPolicy.extensionPatterns",
    call: (extensionPatterns) => keyless({ identityPolicy: new IdentityPolicy({ san, issuer, extensionPatterns }) }),
    good: identity.extensionPatterns,
  },
  {
    name: "IdentityPolicy.githubActions",
    call: (options) => IdentityPolicy.githubActions(options),
    good: github,
    values: {
      ...github,
      workflowRepository: "evil/tools",
      workflowRef: "refs/heads/evil",
      extensions: identity.extensions,
      extensionPatterns: identity.extensionPatterns,
      runnerEnvironment: "self-hosted",
      trigger: "push",
      server: "https://evil.example",
      issuer: "https://evil.example",
    },
  },
  {
    name: "IdentityPolicy.githubRelease",
    call: (options) => IdentityPolicy.githubRelease(options),
    good: { repository: "acme/tools" },
    values: { repository: "evil/tools", tag: "v*", repositoryId: "1", ownerId: "2" },
  },
  {
    name: "TrustRoot.fromPem",
    call: (options) => TrustRoot.fromPem(options),
    good: { rekor: [{ pem, origin: "log.test" }] },
    values: { fulcio: pem, rekor: [{ pem, origin: "log.test" }], ctfe: [pem], tsa: pem },
  },
  {
    name: "TrustRoot.fromPem.rekor",
    call: (log) => TrustRoot.fromPem({ rekor: [log] }),
    good: { pem, origin: "log.test" },
    values: { pem, origin: "log.test" },
  },
  { name: "ConsistencyByOrigin", call: (sources) => new ConsistencyByOrigin(sources), good: { "log.test": source } },
  ...[TileConsistency, RekorV1Consistency].map((Class) => ({
    name: Class.name,
    call: (options: never) => new Class(options),
    good: { url: http.url },
    values: http,
  })),
  {
    name: "seedLog",
    call: (options) => seedLog(options),
    good: { stateStore: store(), trustRoot: root, checkpoint: "no checkpoint" },
    values: { stateStore: store(), trustRoot: root, checkpoint: "no checkpoint" },
  },
  {
    name: "fetchTrustRoot",
    call: (options) => fetchTrustRoot(options),
    good: { stateStore: store(), mirror: "https://tuf.test", fetch: http.fetch },
    values: {
      stateStore: store(),
      mirror: "https://tuf.test",
      root: '{"signed":{"version":1}}',
      timeoutMs: 1,
      fetch: http.fetch,
    },
  },
  {
    name: "decisionExporter",
    call: (options) => decisionExporter(options),
    good: { transport: "stdio" },
    values: {
      tracer: trace.getTracer("x"),
      meter: metrics.getMeter("x"),
      spans: "none",
      spansPerSecond: 0,
      transport: "http",
      sessionId: "x",
    },
  },
  {
    name: "JsonStateStore",
    call: (options) => new JsonStateStore("state.json", options),
    good: { timeoutMs: 10 },
    values: { timeoutMs: 10 },
  },
  {
    name: "RedisStateStore",
    call: (options) => new RedisStateStore(options),
    good: { client: redis },
    values: { client: redis, url: "redis://127.0.0.1", prefix: "x:", timeoutMs: 1 },
  },
  {
    name: "IndexedDbStateStore",
    call: (options) => new IndexedDbStateStore(options),
    good: { timeoutMs: 1 },
    values: { name: "x", timeoutMs: 1 },
  },
  {
    name: "DurableObjectStateStore",
    call: (options) => new DurableObjectStateStore(options),
    good: { namespace },
    values: { namespace, name: "x", timeoutMs: 1 },
  },
  {
    name: "DenoKvStateStore",
    call: (options) => new DenoKvStateStore(options),
    good: { kv },
    values: { kv, path: "state.kv", prefix: "x", timeoutMs: 1 },
  },
];

/** `accepted`, or the refusal's code and place. */
export async function outcomeOf(call: () => unknown): Promise<string> {
  try {
    const value = await call();
    const error =
      typeof value === "object" && value !== null && Object.hasOwn(value, "error")
        ? (value as Options).error
        : undefined;
    return error instanceof InkanError ? `refused: ${error.code}` : "accepted";
  } catch (error) {
    if (error instanceof InkanError) return `${error.code} at ${error.subject}`;
    throw error;
  }
}
