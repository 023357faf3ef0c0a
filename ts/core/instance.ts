/**
 * The instance of the WASM core. It is loaded once, and dropped after a trap or when its memory has grown too large.
 * The files beside this one wrap the objects in it.
 *
 * Only bytes and strings cross the seam. The core throws `Error`s whose message is a refusal as JSON. Anything else
 * that it throws, such as a trap or a stack overflow, is a bug. It becomes `ERR_INTERNAL`, and the instance is dropped,
 * because its memory may be in any state. Objects that are still needed are made again in the next instance.
 *
 * A page may have two cores. The first one is smaller, and is loaded first. It makes the same checks, but it has no texts of
 * refusals, and lacks parts that few pages need. So it may accept, and whoever it refuses must ask the whole core, which
 * takes its place for good: {@link ensureWhole}.
 *
 * The memory of WASM never shrinks. So an instance that a large input has grown beyond {@link MOST_KEPT_PAGES} is
 * dropped as soon as no verification or hash is under way in it, because these cannot continue in another instance.
 */
import * as glue from "../../pkg/inkan.js";
import { type ErrorCode, type ErrorDetail, errorOf, InkanError, isErrorCode, refusal } from "../errors.js";
import { type Core, compiled, hasFirst, UnusableWasm, type WasmSource, wasmSource } from "./source.js";

let loaded: Core | undefined;
const flights = new Map<Core, Promise<void>>();
/** Counts instances: an object of one instance must not be used in another. */
let instance = 0;
let broken = false;
/** How many verifications and hashes are under way. */
let underWay = 0;
/** How many calls are in the core, one inside the other. */
let depth = 0;

/** 48 MiB. An instance with several parsed trust roots and their tables takes a tenth of it. */
const MOST_KEPT_PAGES = 48 * 16;

/**
 * Loads a core once, however many callers there are. Loads it at once if this runtime can. A failed load may be tried
 * again.
 */
export const ensureReady = (): Promise<void> => ensure(nearest());

/**
 * The same for the whole core. Work that is under way in the first core fails from then on, and can be done again.
 * `refused`: what the first core refused with, for the error if the whole core cannot be loaded.
 */
export const ensureWhole = (refused?: ErrorCode): Promise<void> => ensure("whole", refused);

/**
 * Asks the core that is nearest. After a refusal by the first core, whatever its cause, asks the whole one from the start: only
 * its refusals may be told.
 */
export async function byEitherCore<T>(ask: (core: Core) => T | Promise<T>): Promise<T> {
  await ensureReady();
  if (loaded === "first") {
    try {
      return await ask("first");
    } catch (thrown) {
      if (!(thrown instanceof InkanError)) throw thrown;
      await ensureWhole(thrown.code);
    }
  }
  return ask("whole");
}

async function ensure(core: Core, refused?: ErrorCode): Promise<void> {
  if (isReady(core)) return;
  try {
    await (flights.get(core) ?? load(core, Promise.resolve(core).then(wasmSource)));
  } catch (cause) {
    // A first core that met what it lacks accepts nothing any more. A new instance of it may.
    if (loaded === "first" && underWay === 0) broken = true;
    throw notLoaded(cause, refused);
  }
}

/**
 * Loads a core if this runtime can do that at once. Otherwise begins to load it. Returns the core that is loaded: only the
 * refusals of the whole one may be told.
 */
export function readyNow(): Core | undefined {
  isReady(nearest());
  return loaded;
}

/** The core that is loaded, else the first one, if there is one and nobody needs the whole one. */
const nearest = (): Core => loaded ?? (hasFirst() && !flights.has("whole") ? "first" : "whole");
const isLoaded = (core: Core): boolean => loaded === core || loaded === "whole";

function isReady(core: Core): boolean {
  if (isLoaded(core) || flights.has(core)) return isLoaded(core);
  try {
    const source = wasmSource(core);
    if (source instanceof Promise) {
      load(core, source).catch(() => {});
    } else {
      const module = source instanceof WebAssembly.Module ? source : new WebAssembly.Module(source as BufferSource);
      install(core, new WebAssembly.Instance(module, glue.imports()), module);
    }
  } catch {
    // Not provided yet, or too large to compile at once on this thread. The asynchronous way reports an error.
  }
  return isLoaded(core);
}

function load(core: Core, source: Promise<WasmSource>): Promise<void> {
  const flight = source
    .then(compiled)
    .then(async (module) => install(core, await WebAssembly.instantiate(module, glue.imports()), module))
    .finally(() => flights.delete(core));
  flights.set(core, flight);
  return flight;
}

/** From now on this is the instance. The whole core stays, should the first one arrive after it. */
function install(core: Core, made: WebAssembly.Instance, module: WebAssembly.Module): void {
  if (isLoaded(core)) return;
  if (core === "whole" && !Object.hasOwn(made.exports, "describeRecord")) {
    throw new UnusableWasm(
      "this is the first core, which needs the whole one beside it",
      'Give inkan.wasm as the whole core: init(first, () => fetch("/inkan.wasm")), or init(whole) without a first one.',
    );
  }
  glue.install(made, module);
  [loaded, broken] = [core, false];
  instance += 1;
}

/**
 * The codes of runtimes for a file or a package that does not exist, or for a program that does not know its own place.
 */
const ABSENT: ReadonlySet<unknown> = new Set([
  "ENOENT",
  "ENOTDIR",
  "MODULE_NOT_FOUND",
  "ERR_MODULE_NOT_FOUND",
  "ERR_PACKAGE_PATH_NOT_EXPORTED",
  "ERR_INVALID_ARG_VALUE",
  "ERR_INVALID_ARG_TYPE",
  "ERR_INVALID_URL",
  "ERR_INVALID_URL_SCHEME",
]);

/** The refusal for a core that could not be loaded. `refused`: what the first core refused with. */
export function notLoaded(cause: unknown, refused?: ErrorCode): InkanError {
  const isAbsent = ABSENT.has((cause as { readonly code?: unknown } | null | undefined)?.code);
  const isSecond = loaded === "first";
  const why = refused === undefined ? "" : `, because the first one could not accept this (${refused})`;
  const expected = isSecond ? `the whole WebAssembly core${why}` : "the WebAssembly core";
  const reason = cause instanceof Error ? cause.message : String(cause);
  // Firefox ends its messages with a full stop, and the message of a refusal adds one.
  const found = `none that could be loaded: ${reason.replace(/\.$/, "")}`;
  const hint = isAbsent
    ? 'The program was bundled or copied without inkan.wasm: use the entry "inkan/inline", which carries it in its code, or install inkan beside the program.'
    : isSecond
      ? `${cause instanceof UnusableWasm ? cause.hint : "Check the network, and that the server has every file of the page."} Nothing was released; the next call tries again.`
      : cause instanceof UnusableWasm
        ? cause.hint
        : "A page's Content-Security-Policy must allow 'wasm-unsafe-eval', and the file must be the one of the package.";
  return refusal("ERR_INTERNAL", { expected, found, hint }, cause);
}

/** Runs `call` in a working instance, and gives its errors their types. @internal */
export function enter<R>(call: () => R): R {
  depth += 1;
  try {
    if (broken) renew();
    return call();
  } catch (thrown) {
    throw thrown instanceof InkanError ? thrown : fromCore(thrown);
  } finally {
    depth -= 1;
    giveMemoryBack();
  }
}

function renew(): void {
  glue.__wbg_reset_state();
  instance += 1;
  broken = false;
}

/** Drops an instance that has grown too large, if no work in it is under way. */
function giveMemoryBack(): void {
  if (loaded === undefined || depth > 0 || underWay > 0) return;
  try {
    if (broken || glue.memoryPages() > MOST_KEPT_PAGES) renew();
  } catch {
    // The next call tries again, and throws the cause.
    broken = true;
  }
}

/** Pages of 64 KiB that the core's memory has. */
export const memoryPages = (): number => (loaded === undefined ? 0 : enter(() => glue.memoryPages()));

/** The typed error for a value that the glue threw. */
function fromCore(thrown: unknown): InkanError {
  const detail = thrown instanceof Error ? parseDetail(thrown.message) : undefined;
  if (detail !== undefined) return errorOf(detail);
  broken = true;
  return internal(thrown);
}

function internal(cause: unknown): InkanError {
  const found = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  return refusal("ERR_INTERNAL", { found }, cause);
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
  return Object.hasOwn(detail, "code") && isErrorCode(detail.code) ? detail : undefined;
}

/**
 * An object in the core that can be made again: a trust root, a verifier. The glue frees it together with this object.
 * @internal The glue's declarations need DOM types. The published declarations must not refer to them.
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
    // In one call of `enter`, because the instance might be dropped after `get`.
    return enter(() => call(this.get()));
  }
}

/**
 * An object of one instance, for one piece of work: a verification, a hash. It cannot be made again, and must be freed.
 * @internal
 */
export class OwnedObject<T extends { free(): void }> {
  readonly #instance: number;
  #object: T | undefined;

  constructor(make: () => T) {
    underWay += 1;
    try {
      this.#object = enter(make);
    } catch (error) {
      end();
      throw error;
    }
    this.#instance = instance;
  }

  use<R>(call: (object: T) => R): R {
    return enter(() => {
      if (this.#object === undefined || this.#instance !== instance) {
        throw internal("the core was restarted during this work");
      }
      return call(this.#object);
    });
  }

  /** As `use`, for a call that ends the object in the core. */
  consume<R>(call: (object: T) => R): R {
    const result = this.use(call);
    this.#object = undefined;
    end();
    return result;
  }

  free(): void {
    const object = this.#object;
    if (object === undefined) return;
    this.#object = undefined;
    try {
      if (this.#instance === instance && !broken) enter(() => object.free());
    } finally {
      end();
    }
  }
}

/** Ends one piece of work. */
function end(): void {
  underWay -= 1;
  giveMemoryBack();
}
