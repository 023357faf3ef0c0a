import { byEitherCore, readyNow } from "../core/instance.js";
import { type CoreTrustRoot, trustRootFromJson, trustRootFromPem } from "../core/trust_root.js";
import { type Bytes, copyTextOrBytes } from "../input/bytes.js";
import { jsonText } from "../input/json.js";
import { readList } from "../input/members.js";
import { invalidOption, kindOf, readOptions, readString, readText } from "../input/options.js";
import { readOrigins } from "./origins.js";

/** One transparency log: its public key, and the origin line of its checkpoints. */
export interface PemLog {
  readonly pem: string;
  readonly origin: string;
}

/** A trust root as PEM texts. A verifier throws if the root lacks something that the verifier's policy needs. */
export interface PemTrustRoot {
  /** The certificate authority: root and intermediates. Bundles of v0.3 have no intermediates. Keyless signatures need it. */
  readonly fulcio?: string | readonly string[];
  /** The transparency logs. */
  readonly rekor?: readonly PemLog[];
  /** Public keys of the certificate transparency logs. */
  readonly ctfe?: string | readonly string[];
  /** Timestamp authorities. Each text has the whole certificate chain of one authority. */
  readonly tsa?: string | readonly string[];
}

/** What the operator states beside a `trusted_root.json`. */
export interface TrustedRootOptions {
  /**
   * The origins (first lines) of the checkpoints of a transparency log, by its `baseUrl` in the file. Needed if the origin
   * does not follow from the address, such as for a Rekor v1 that signs under the name of its pod. A log may have several
   * origins; each of its checkpoints must have one of them.
   */
  readonly origins?: { readonly [baseUrl: string]: readonly string[] };
}

/** The content of a trust root, in the names that the core uses. */
export type TrustRootDescription = Readonly<Record<string, unknown>>;

const constructed = Symbol();
const cores = new WeakMap<TrustRoot, CoreTrustRoot>();

/**
 * The authorities and logs that the operator trusts.
 *
 * Where the core can be loaded at once (Node, Deno, Bun, Workers), a malformed root throws here. In a browser it throws
 * at the first verification.
 */
export class TrustRoot {
  /** Use {@link TrustRoot.fromJson} or {@link TrustRoot.fromPem}. */
  private constructor(token: symbol, core: CoreTrustRoot) {
    if (token !== constructed) throw invalidOption("TrustRoot", "TrustRoot.fromJson or TrustRoot.fromPem", "new");
    cores.set(this, core);
    if (readyNow() === "whole") core.get();
    Object.freeze(this);
  }

  /** Reads a `trusted_root.json`, as Sigstore instances distribute it. The bytes are copied. */
  static fromJson(json: Bytes | string, options: TrustedRootOptions = {}): TrustRoot {
    const { origins } = readOptions("TrustRoot.fromJson", options, ["origins"]);
    const stated = origins === undefined ? {} : { origins: readOrigins("TrustRoot.fromJson.origins", origins) };
    const bytes = copyTextOrBytes("trustRoot", "trustRoot", json);
    return new TrustRoot(constructed, trustRootFromJson(bytes, jsonText(stated)));
  }

  /** Builds a trust root for a private deployment from PEM texts. */
  static fromPem(options: PemTrustRoot): TrustRoot {
    const read = readOptions("TrustRoot.fromPem", options, ["fulcio", "rekor", "ctfe", "tsa"]);
    const root = {
      ...(read.fulcio === undefined ? {} : { fulcio: readPems("TrustRoot.fromPem.fulcio", read.fulcio) }),
      ...(read.rekor === undefined ? {} : { rekor: readLogs(read.rekor) }),
      ...(read.ctfe === undefined ? {} : { ctfe: readPems("TrustRoot.fromPem.ctfe", read.ctfe) }),
      ...(read.tsa === undefined ? {} : { tsa: readPems("TrustRoot.fromPem.tsa", read.tsa) }),
    };
    return new TrustRoot(constructed, trustRootFromPem(jsonText(root)));
  }

  /** What the root holds: authorities, logs and their validity windows. */
  async describe(): Promise<TrustRootDescription> {
    const root = coreTrustRoot("trustRoot", this);
    return JSON.parse(await byEitherCore(() => root.use((one) => one.describe())));
  }
}

/**
 * The core's object for a trust root. Refuses any other value.
 * @internal
 */
export function coreTrustRoot(subject: string, value: unknown): CoreTrustRoot {
  const core = value instanceof TrustRoot ? cores.get(value) : undefined;
  if (core === undefined) {
    throw invalidOption(
      subject,
      "a TrustRoot",
      kindOf(value),
      "Make one with TrustRoot.fromJson or TrustRoot.fromPem.",
    );
  }
  return core;
}

function readPems(subject: string, value: unknown): string[] {
  if (!Array.isArray(value)) return [readString(subject, value)];
  return readList(subject, value).map((pem, index) => readString(`${subject}[${index}]`, pem));
}

function readLogs(value: unknown): PemLog[] {
  return readList("TrustRoot.fromPem.rekor", value, "a list of { pem, origin }").map((item, index) => {
    const subject = `TrustRoot.fromPem.rekor[${index}]`;
    const log = readOptions(subject, item, ["pem", "origin"]);
    return { pem: readString(`${subject}.pem`, log.pem), origin: readText(`${subject}.origin`, log.origin) };
  });
}
