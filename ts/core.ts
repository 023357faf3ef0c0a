/**
 * The typed façade over the WASM core, and the only importer of its glue besides the entries.
 *
 * Only bytes and strings cross. The core throws `Error`s whose message is a refusal as JSON; everything else that
 * comes out of it (a trap, a stack overflow) is a bug: it becomes `ERR_INTERNAL`, and the instance is dropped,
 * because its memory may be in any state. Whatever is needed again is made again in the next instance.
 */
import initAsync, * as glue from "../pkg/inkan.js";
import type { ConsistencyPair } from "./consistency/source.js";
import { type ErrorDetail, errorOf, InkanError, InternalError, isErrorCode } from "./errors.js";
import type { Release } from "./release.js";
import type { VerificationReport } from "./report.js";
import type { StateRecord } from "./state/record.js";
import { wasmSource } from "./wasm_source.js";

let loaded = false;
let flight: Promise<void> | undefined;
/** Counts instances: what was made in one must not be used in another. */
let instance = 0;
let broken = false;

/** Loads the core once, however many ask: at once where this runtime can. A failed load may be tried again. */
export async function ensureReady(): Promise<void> {
  if (readyNow()) return;
  flight ??= load(Promise.resolve().then(wasmSource));
  try {
    await flight;
  } catch (cause) {
    throw notLoaded(cause);
  }
}

function load(source: ReturnType<typeof wasmSource>): Promise<void> {
  return Promise.resolve(source)
    .then((source) => initAsync({ module_or_path: source }))
    .then(() => {
      loaded = true;
    })
    .finally(() => {
      flight = undefined;
    });
}

/** Loads the core if this runtime can do that at once, else begins to load it. Says whether it is loaded. */
export function readyNow(): boolean {
  if (loaded || flight !== undefined) return loaded;
  try {
    const source = wasmSource();
    if (source instanceof Promise) {
      flight = load(source);
      flight.catch(() => {});
    } else {
      glue.initSync({ module: source });
      loaded = true;
    }
  } catch {
    // Not provided yet, or too large to compile at once on this thread: the asynchronous way will tell.
  }
  return loaded;
}

function notLoaded(cause: unknown): InternalError {
  const detail: ErrorDetail = {
    code: "ERR_INTERNAL",
    message: "The WebAssembly core could not be loaded.",
    found: cause instanceof Error ? cause.message : String(cause),
    hint: "A page's Content-Security-Policy must allow 'wasm-unsafe-eval'; \"inkan/slim\" needs its init() first.",
  };
  return new InternalError(detail, { cause });
}

/** Runs `call` in a sound instance and gives its errors their types. */
function enter<R>(call: () => R): R {
  try {
    if (broken) renew();
    return call();
  } catch (thrown) {
    throw thrown instanceof InkanError ? thrown : fromCore(thrown);
  }
}

function renew(): void {
  glue.__wbg_reset_state();
  instance += 1;
  broken = false;
}

/** The typed error of what came over the glue. */
function fromCore(thrown: unknown): InkanError {
  const detail = thrown instanceof Error ? parseDetail(thrown.message) : undefined;
  if (detail !== undefined) return errorOf(detail);
  broken = true;
  return internal(thrown);
}

function internal(cause: unknown): InternalError {
  const detail: ErrorDetail = {
    code: "ERR_INTERNAL",
    message: "The verifier itself failed.",
    found: cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause),
    hint: "This is a bug of inkan; please report it. Nothing was released.",
  };
  return new InternalError(detail, { cause });
}

function parseDetail(message: string): ErrorDetail | undefined {
  if (!message.startsWith("{")) return undefined;
  try {
    return readDetail(JSON.parse(message));
  } catch {
    return undefined;
  }
}

/** The texts of a refusal that the core wrote. */
function readDetail(value: unknown): ErrorDetail | undefined {
  const detail = value as ErrorDetail;
  return isErrorCode(detail.code) ? detail : undefined;
}

/**
 * Something that lives in the core and can be made again: a trust root, a verifier. The glue frees it with this.
 * @internal The glue's declarations ask for DOM types: the published ones must not refer to them.
 */
export class CoreObject<T> {
  readonly #make: () => T;
  #object: T | undefined;
  #instance = -1;

  constructor(make: () => T) {
    this.#make = make;
  }

  /** The object in the present instance. The core must be loaded. */
  get(): T {
    return enter(() => {
      if (this.#object === undefined || this.#instance !== instance) {
        this.#object = this.#make();
        this.#instance = instance;
      }
      return this.#object;
    });
  }

  use<R>(call: (object: T) => R): R {
    const object = this.get();
    return enter(() => call(object));
  }
}

/** @internal */
export type CoreTrustRoot = CoreObject<glue.TrustRoot>;
/** @internal */
export type CoreVerifier = CoreObject<glue.Verifier>;

/** @internal */
export const trustRootFromJson = (bytes: Uint8Array): CoreTrustRoot =>
  new CoreObject(() => glue.TrustRoot.fromJson(bytes));

/** @internal */
export const trustRootFromPem = (options: string): CoreTrustRoot =>
  new CoreObject(() => glue.TrustRoot.fromPem(options));

/** @internal */
export const keylessVerifier = (trustRoot: CoreTrustRoot, policy: string): CoreVerifier =>
  new CoreObject(() => glue.Verifier.keyless(trustRoot.get(), policy));

/** @internal */
export const keyedVerifier = (policy: string, trustRoot: CoreTrustRoot | undefined): CoreVerifier =>
  new CoreObject(() =>
    trustRoot === undefined ? glue.Verifier.keyed(policy) : glue.Verifier.keyedWithTrustRoot(policy, trustRoot.get()),
  );

/** @internal */
export type CoreAudit = CoreObject<glue.Audit>;

/** @internal */
export const auditOfTrustRoot = (trustRoot: CoreTrustRoot): CoreAudit =>
  new CoreObject(() => glue.Audit.ofTrustRoot(trustRoot.get()));

/** @internal */
export const auditOfKey = (pem: string, origin: string | undefined): CoreAudit =>
  new CoreObject(() => glue.Audit.ofKey(pem, origin));

/** A record that must stand before the verification is released. */
export interface PendingRecord {
  readonly key: string;
  readonly kind: "log" | "scope";
}

/**
 * One verification in the core, from its verdict to its release. Free it in the end.
 * @internal
 */
export class CoreVerification {
  readonly #object: glue.Verification;
  readonly #instance: number;
  #released = false;

  constructor(verifier: CoreVerifier, request: string, evidence: Uint8Array, artifact: Uint8Array) {
    this.#object = verifier.use((object) => object.verify(request, evidence, artifact));
    this.#instance = instance;
  }

  #use<R>(call: (object: glue.Verification) => R): R {
    return enter(() => {
      if (this.#instance !== instance) throw internal("the core was restarted during this verification");
      return call(this.#object);
    });
  }

  report(): VerificationReport {
    return JSON.parse(this.#use((object) => object.report()));
  }

  /** Why it is refused, if it is so far. */
  refusal(): ErrorDetail | undefined {
    const refusal = this.#use((object) => object.refusal());
    return refusal === undefined ? undefined : JSON.parse(refusal);
  }

  /** None after a refusal. */
  records(): PendingRecord[] {
    return JSON.parse(this.#use((object) => object.records()) ?? "[]");
  }

  unproven(key: string, stored: string | undefined, floor: string | undefined): ConsistencyPair | undefined {
    const pair = this.#use((object) => object.unproven(key, stored, floor));
    return pair === undefined ? undefined : JSON.parse(pair);
  }

  prove(proof: Uint8Array): void {
    this.#use((object) => object.prove(proof));
  }

  unreachable(reason: string): void {
    this.#use((object) => object.unreachable(reason));
  }

  judge(key: string, stored: string | undefined, floor: string | undefined): string | undefined {
    return this.#use((object) => object.judge(key, stored, floor));
  }

  settled(key: string): void {
    this.#use((object) => object.settled(key));
  }

  /** Ends the verification, because the store failed. */
  refuseState(error: InkanError): void {
    this.#use((object) => object.refuseState(error.code, error.found ?? ""));
  }

  /** Once, and the last thing asked. */
  release(): Release {
    this.#released = true;
    return JSON.parse(this.#use((object) => object.release()));
  }

  free(): void {
    if (!this.#released && this.#instance === instance && !broken) this.#use((object) => object.free());
  }
}

/**
 * One hash in the core, piece by piece. Free it in the end, finished or not.
 * @internal
 */
export class CoreHasher {
  #object: glue.Hasher | undefined;
  readonly #instance: number;

  constructor(algorithm: string) {
    this.#object = enter(() => glue.Hasher.by(algorithm));
    this.#instance = instance;
  }

  #use<R>(call: (object: glue.Hasher) => R): R {
    return enter(() => {
      if (this.#object === undefined || this.#instance !== instance) throw internal("the core was restarted");
      return call(this.#object);
    });
  }

  update(piece: Uint8Array): void {
    this.#use((object) => object.update(piece));
  }

  /** The digest, once. */
  finish(): string {
    const digest = this.#use((object) => object.finish());
    this.#object = undefined;
    return digest;
  }

  free(): void {
    if (this.#object !== undefined && this.#instance === instance && !broken) this.#use((object) => object.free());
    this.#object = undefined;
  }
}

/** Name and digest of one tool definition, as JSON text in UTF-8. The core must be loaded. */
export function toolDigest(definition: Uint8Array): { readonly name: string; readonly digest: string } {
  return JSON.parse(enter(() => glue.toolDigest(definition)));
}

/** What is in a bundle, unverified. The core must be loaded. */
export function inspectBundle(bytes: Uint8Array): unknown {
  return JSON.parse(enter(() => glue.inspectBundle(bytes)));
}

/** A stored record and the key that it belongs under. The core must be loaded. */
export function describeRecord(text: string): { readonly key: string; readonly record: StateRecord } {
  return JSON.parse(enter(() => glue.describeRecord(text)));
}

/** A tile of a log (C2SP tlog-tiles): its level, its index in decimal digits, and how many hashes it has. */
export interface Tile {
  readonly level: number;
  readonly index: string;
  readonly width: number;
}

/** The tiles that a consistency proof needs. Sizes are in decimal digits. The core must be loaded. */
export function neededTiles(older: string, newer: string): Tile[] {
  const tiles: [level: number, index: string, width: number][] = JSON.parse(
    enter(() => glue.neededTiles(older, newer)),
  );
  return tiles.map(([level, index, width]) => ({ level, index, width }));
}

/** The proof out of these tiles, one after the other, and whether all of them lead to the newer root (base64). */
export function proofFromTiles(
  older: string,
  newer: string,
  newerRoot: string,
  tiles: Uint8Array,
): { readonly hashes: Uint8Array[]; readonly genuine: boolean } {
  const proof: { hashes: string[]; genuine: boolean } = JSON.parse(
    enter(() => glue.proofFromTiles(older, newer, newerRoot, tiles)),
  );
  const bytes = (hash: string): Uint8Array => Uint8Array.from(atob(hash), (character) => character.charCodeAt(0));
  return { hashes: proof.hashes.map(bytes), genuine: proof.genuine };
}
