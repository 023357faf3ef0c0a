/** `inkan.config.json` to verifiers. Needs no Node module: who calls passes what reads files. */
import type { VerifiedCatalogue } from "../catalogue/catalogue.js";
import { DEFAULT_TIMEOUT } from "../consistency/http.js";
import { InkanError, refusal } from "../errors.js";
import { LIMITS } from "../generated/limits.js";
import { IdentityPolicy } from "../identity/policy.js";
import { invalidOption, kindOf, missingOption, readOptions, readText, readTimeout } from "../input/options.js";
import { printable } from "../input/printable.js";
import type { Gate } from "../mcp/gate/gate.js";
import type { GateOptions } from "../mcp/gate/options.js";
import { InMemoryStateStore } from "../state/memory.js";
import type { StateStore } from "../state/store.js";
import { LONGEST_RECORD, PUBLIC_GOOD_NAME, recordNameOf, recordOf, type TrustRootRecord } from "../trust/record.js";
import { TrustRoot } from "../trust/trust_root.js";
import { KeyedVerifier } from "../verify/keyed.js";
import { KeylessVerifier } from "../verify/keyless.js";
import type { CatalogueReport } from "../verify/result.js";
import type { Entry } from "./document.js";
import { type Environment, type Reach, readPolicyFile, type ServerShape } from "./shape.js";
import { type KeptFile, type ReadFile, readSource, type SourceReaders } from "./sources.js";
import { inMembers } from "./words.js";

/** The largest policy file, in bytes. The files that it names have the limits of the core. */
const LONGEST_POLICY = 1 << 20;

export interface LoadPolicyOptions extends SourceReaders {
  /** The policy file, as `readFile` takes it. */
  readonly file: string;
  /** What `${env:NAME}` stands for; nothing by default. */
  readonly environment?: Environment;
  /** Opens what `state` names: a path, relative to the policy file's folder, or a `redis://` URL. */
  readonly openStore?: (state: string) => StateStore | Promise<StateStore>;
}

/** A policy file whose every line was read. */
export class Policy {
  readonly #shapes: ReadonlyMap<string, ServerShape>;
  readonly #options: LoadPolicyOptions;
  readonly file: string;
  /** The names of its servers. */
  readonly servers: readonly string[];

  /** @internal */
  constructor(file: string, shapes: ReadonlyMap<string, ServerShape>, options: LoadPolicyOptions) {
    this.file = file;
    this.#shapes = shapes;
    this.#options = options;
    this.servers = Object.freeze([...shapes.keys()]);
    Object.freeze(this);
  }

  /** Reads a server's keys or trust root, and makes its verifier. Throws unless all of it can be honoured. */
  async server(name: string): Promise<PolicyServer> {
    const shape = this.#shapes.get(name);
    if (shape === undefined) {
      const expected = this.servers.length === 0 ? "no server: the file has none" : `one of ${this.servers.join(", ")}`;
      throw refusal("ERR_POLICY_FILE", {
        subject: printable(this.file),
        expected: printable(expected, 500),
        found: printable(name),
        hint: "Name a server of the policy file.",
      });
    }
    const { state } = shape;
    const store = await openStore(shape, this.#options);
    const trustRoot = await trustRootOf(shape, this.#options);
    const verifier = await verifierOf(
      shape,
      store ?? (shape.signer.name === "keys" ? undefined : new InMemoryStateStore()),
      trustRoot?.root,
      this.#options,
    );
    const settled = state.text === "none" ? undefined : store;
    return new PolicyServer(shape, verifier, settled, { readers: this.#options, trustRoot: trustRoot?.source });
  }
}

/** What a gate of a policy file is told beside it. */
export type PolicyGateOptions = Pick<GateOptions, "limits" | "now" | "onDecision" | "emit">;

/** One server of a policy file, ready to be verified. */
export class PolicyServer {
  readonly #shape: ServerShape;
  readonly #verifier: KeyedVerifier | KeylessVerifier;
  readonly #readers: SourceReaders;
  /** The files of the catalogue that verified last, if their server gave them ETags. */
  #kept: { readonly catalogue: KeptFile | undefined; readonly evidence: KeptFile | undefined } | undefined;
  /** Where its records stand; undefined for `"state": "none"`. */
  readonly store: StateStore | undefined;
  /** Where its trust root comes from; undefined if it has none. */
  readonly trustRoot: TrustRootSource | undefined;

  /** @internal */
  constructor(
    shape: ServerShape,
    verifier: KeyedVerifier | KeylessVerifier,
    store: StateStore | undefined,
    { readers, trustRoot }: { readonly readers: SourceReaders; readonly trustRoot: TrustRootSource | undefined },
  ) {
    this.#shape = shape;
    this.#verifier = verifier;
    this.#readers = readers;
    this.store = store;
    this.trustRoot = trustRoot;
    Object.freeze(this);
  }

  get name(): string {
    return this.#shape.name;
  }

  /** The identifier that the catalogue must be signed for. */
  get server(): string {
    return this.#shape.server;
  }

  /** How the server is reached. */
  get reach(): Reach {
    return this.#shape.reach;
  }

  /** What the gate is told: see `createGate`. */
  get gateOptions(): Pick<ServerShape, "unsigned" | "sampling" | "overlapSeconds" | "validate" | "refresh"> {
    const { unsigned, sampling, overlapSeconds, validate, refresh } = this.#shape;
    return { unsigned, sampling, overlapSeconds, validate, refresh };
  }

  /**
   * Reads and verifies the catalogue as it is now. Throws `ERR_POLICY_SOURCE` where a file cannot be read. A server that
   * gives ETags is asked only for what has changed. What has not is verified again all the same.
   */
  async report(at: { readonly now?: Date | string } = {}): Promise<CatalogueReport> {
    const { catalogue, evidence } = this.#shape;
    const [read, proof] = await Promise.all([
      this.#read(catalogue, "catalogue", this.#kept?.catalogue),
      this.#read(evidence, evidence.field, this.#kept?.evidence),
    ]);
    const report = await this.#verify(read.bytes, proof.bytes, at);
    // What was refused is read whole the next time, whatever its ETag.
    if (report.verdict === "refused") return Object.freeze({ ...report, error: inMembers(report.error) });
    this.#kept = { catalogue: read.keep, evidence: proof.keep };
    return report;
  }

  #verify(bytes: Uint8Array, proof: Uint8Array, at: { readonly now?: Date | string }): Promise<CatalogueReport> {
    const { evidence, name, server } = this.#shape;
    const scope = this.store === undefined ? {} : { scope: name };
    const input = { catalogue: bytes, server, ...scope, ...at };
    if (this.#verifier instanceof KeylessVerifier) return this.#verifier.report({ ...input, bundle: proof });
    return this.#verifier.report({
      ...input,
      ...(evidence.field === "bundle" ? { bundle: proof } : { signature: proof }),
    });
  }

  /**
   * A gate in front of this server. It is open if the catalogue verifies now; else it is closed, with what refused it or
   * could not be read as the reason. With `refresh` in the policy file it verifies anew what is published later.
   */
  async gate(options: PolicyGateOptions = {}): Promise<Gate> {
    const { unsigned, sampling, overlapSeconds, validate, refresh } = this.#shape;
    const load = async (): Promise<VerifiedCatalogue> => {
      const report = await this.report();
      if (report.verdict === "refused") throw report.error;
      return report.catalogue;
    };
    const outcome = await load().then(
      (catalogue) => ({ catalogue }),
      (closedBy: Error) => ({ closedBy }),
    );
    // Loaded here, because who only verifies needs no gate.
    const { createGate } = await import("../mcp/gate/gate.js");
    return createGate({
      ...options,
      server: this.server,
      ...outcome,
      ...(unsigned === undefined ? {} : { unsigned }),
      ...(sampling === undefined ? {} : { sampling }),
      ...(overlapSeconds === undefined ? {} : { overlapSeconds }),
      ...(validate === undefined ? {} : { validate }),
      ...(refresh === undefined ? {} : { refresh: { load, ...refresh } }),
    });
  }

  #read(
    { source, entry }: ServerShape["catalogue"],
    field: "catalogue" | "bundle" | "signature",
    kept: KeptFile | undefined,
  ): Promise<ReadFile> {
    const { reach, server } = this.#shape;
    const remote = reach.kind === "url" ? { url: reach.url, server } : undefined;
    return reading(entry, () => readSource({ source, field, remote, kept }, this.#readers));
  }
}

const NAMES = ["file", "readFile", "environment", "openStore", "readPackage", "fetch", "timeoutMs"] as const;

/** Reads a policy file. Every server in it must be well formed; keys and trust roots are read by {@link Policy.server}. */
export async function loadPolicy(options: LoadPolicyOptions): Promise<Policy> {
  const read = readOptions("loadPolicy", options, NAMES);
  if (read.file === undefined) throw missingOption("loadPolicy.file", "the path of a policy file", "Name the file.");
  const file = readText("loadPolicy.file", read.file);
  for (const name of ["readFile", "openStore", "readPackage", "fetch"] as const) {
    const given = read[name];
    if (given === undefined && name === "readFile") {
      throw missingOption("loadPolicy.readFile", "a function that reads a file", "Pass what reads files here.");
    }
    if (given !== undefined && typeof given !== "function") {
      throw invalidOption(`loadPolicy.${name}`, "a function", kindOf(given));
    }
  }
  readTimeout("loadPolicy.timeoutMs", read.timeoutMs, DEFAULT_TIMEOUT);
  const known = read as unknown as LoadPolicyOptions;
  const bytes = await known.readFile(file, LONGEST_POLICY, "policy").catch((cause: unknown) => {
    if (cause instanceof InkanError) throw cause;
    const found = printable(reasonOf(cause), 300);
    const hint = "Check the path of the policy file, and that this user may read it.";
    throw refusal("ERR_POLICY_FILE", { subject: printable(file), expected: "a file to read", found, hint }, cause);
  });
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw refusal(
      "ERR_POLICY_FILE",
      { subject: printable(file), expected: "UTF-8", found: "other bytes", hint: "Save the file as UTF-8." },
      cause,
    );
  }
  const shapes = readPolicyFile(file, text, known.environment ?? {});
  for (const { signer } of shapes.values()) {
    if (signer.name === "keys") keyEntries(signer.entry);
    else identityOf(signer.name, signer.entry);
  }
  return new Policy(file, shapes, known);
}

async function openStore(
  { state }: ServerShape,
  { openStore: open }: LoadPolicyOptions,
): Promise<StateStore | undefined> {
  if (state.text === "none") return undefined;
  if (open === undefined) {
    throw invalidOption(
      "loadPolicy.openStore",
      "a function that opens what the policy file names as state",
      "nothing",
      'Pass one, or write "state": "none".',
    );
  }
  return state.entry.locate(() => Promise.resolve(open(state.text)));
}

async function verifierOf(
  shape: ServerShape,
  stateStore: StateStore | undefined,
  trustRoot: TrustRoot | undefined,
  options: LoadPolicyOptions,
): Promise<KeyedVerifier | KeylessVerifier> {
  const { signer, thresholds, freshness, firstUse } = shape;
  const shared = {
    ...(thresholds === undefined ? {} : { thresholds: thresholds.plain() as object }),
    ...(freshness === undefined ? {} : { freshness: freshness.oneOf(["scope", "log"]) }),
    ...(firstUse === undefined ? {} : { firstUse: firstUse.oneOf(["record", "deny"]) }),
  };
  if (signer.name === "keys") {
    const keys = await Promise.all(
      keyEntries(signer.entry).map(async (entry) => {
        const pem = await reading(entry, () => options.readFile(entry.text(), LIMITS.key, "key"));
        return new TextDecoder().decode(pem);
      }),
    );
    const policy = { keys, ...shared, ...(trustRoot === undefined ? {} : { trustRoot }) };
    return shape.entry.locate(
      () => new KeyedVerifier({ ...policy, ...(stateStore === undefined ? {} : { stateStore }) }),
      { stateStore: shape.state.entry },
    );
  }
  const identityPolicy = identityOf(signer.name, signer.entry);
  if (trustRoot === undefined || stateStore === undefined) throw shape.entry.refuse("the member trustRoot", "none");
  return shape.entry.locate(() => new KeylessVerifier({ trustRoot, identityPolicy, stateStore, ...shared }), {
    identity: signer.entry,
  });
}

function keyEntries(entry: Entry): readonly Entry[] {
  const entries = entry.oneOrMore();
  const expected = "the path of a public key, or a list of them";
  if (entries.length === 0) throw entry.refuse(expected, "an empty list");
  for (const one of entries) {
    if (one.text().includes("-----BEGIN")) throw one.refuse(expected, "the key itself", "Write it into a file.");
  }
  return entries;
}

function identityOf(name: Exclude<ServerShape["signer"]["name"], "keys">, entry: Entry): IdentityPolicy {
  const options = entry.plain();
  return entry.locate(() => {
    switch (name) {
      case "identity":
        return new IdentityPolicy(options as ConstructorParameters<typeof IdentityPolicy>[0]);
      case "identityPattern":
        return IdentityPolicy.pattern(options as Parameters<typeof IdentityPolicy.pattern>[0]);
      case "githubActions":
        return IdentityPolicy.githubActions(options as Parameters<typeof IdentityPolicy.githubActions>[0]);
      case "githubRelease":
        return IdentityPolicy.githubRelease(options as Parameters<typeof IdentityPolicy.githubRelease>[0]);
    }
  });
}

/** Where a server's trust root comes from. */
export interface TrustRootSource {
  /** As the policy file names it: a path, or `public-good`. */
  readonly path: string;
  /** When TUF gave it. A file that `inkan trust-root fetch` did not write has none. */
  readonly record: TrustRootRecord | undefined;
}

interface LoadedTrustRoot {
  readonly root: TrustRoot;
  readonly source: TrustRootSource;
}

async function trustRootOf(shape: ServerShape, options: LoadPolicyOptions): Promise<LoadedTrustRoot | undefined> {
  const { trustRoot, logOrigins } = shape;
  if (trustRoot === undefined) {
    if (logOrigins !== undefined) throw logOrigins.refuse("trustRoot beside it", "none");
    return undefined;
  }
  const { path, entry } = trustRoot;
  const stated = logOrigins === undefined ? {} : { origins: logOrigins.plain() as Record<string, readonly string[]> };
  if (path === PUBLIC_GOOD_NAME) {
    const { PUBLIC_GOOD, publicGood } = await import("../trust/public_good.js");
    return {
      root: entry.locate(() => publicGood(stated), { origins: logOrigins }),
      source: { path, record: PUBLIC_GOOD },
    };
  }
  const bytes = await reading(entry, () => options.readFile(path, LIMITS.trustRoot, "trustRoot"));
  const root = entry.locate(() => TrustRoot.fromJson(bytes, stated), { origins: logOrigins });
  // Most files have no record beside them.
  const record = await options
    .readFile(recordNameOf(path), LONGEST_RECORD, "trustRootRecord")
    .then((text) => recordOf(bytes, text))
    .catch(() => undefined);
  return { root, source: { path, record } };
}

/** Reads a file that an entry names. */
async function reading<T>(entry: Entry, read: () => Promise<T>): Promise<T> {
  try {
    return await entry.locate(read);
  } catch (cause) {
    throw cause instanceof InkanError ? cause : unreadable(entry.place, cause);
  }
}

const unreadable = (subject: string, cause: unknown): InkanError =>
  refusal("ERR_POLICY_SOURCE", { subject, found: printable(reasonOf(cause), 300) }, cause);

/** What went wrong; `fetch` says it in the cause. */
function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  return thrown.cause instanceof Error ? `${thrown.message}: ${thrown.cause.message}` : thrown.message;
}
