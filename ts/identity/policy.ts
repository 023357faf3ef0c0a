import type { FulcioExtension } from "../generated/names.js";
import { invalidOption, kindOf, missingOption, readOneOf, readOptions, readText } from "../input/options.js";
import { readExtensions } from "./extensions.js";
import { type GithubActionsOptions, githubActionsIdentity } from "./github_actions.js";
import { type GithubReleaseOptions, githubRelease } from "./github_release.js";

/** Types of subject alternative names. */
export type SanType = "uri" | "email" | "dns" | "otherName";

export type { FulcioExtension };

/** Texts by the name of an extension. */
export type ExtensionPins = { readonly [name in FulcioExtension]?: string };

export interface IdentityConditions {
  /** The OIDC issuer, exactly. */
  readonly issuer: string;
  /** The type of the name. By default it follows from the text: `://` is a URI, `@` an e-mail address, else otherName. */
  readonly sanType?: SanType;
  /** Values that the certificate's extensions must have, exactly. */
  readonly extensions?: ExtensionPins;
  /**
   * Globs that the certificate's extensions must match, such as `{ sourceRepositoryRef: "refs/tags/v*" }`: `*` never
   * crosses `/`, `**` does, and `@` is ordinary text. Extensions that hold a URL follow the rules of `sanPattern`.
   */
  readonly extensionPatterns?: ExtensionPins;
}

/** The subject alternative name, exactly. */
export interface ExactIdentity extends IdentityConditions {
  readonly san: string;
}

/**
 * The whole subject alternative name as a glob: `*` never crosses `/`, `**` does, and scheme and host hold no wildcard.
 * Only an `@` matches the first `@`. After it, `@` is ordinary text, and both wildcards match it.
 */
export interface PatternIdentity extends IdentityConditions {
  readonly sanPattern: string;
}

const SAN_TYPES = ["uri", "email", "dns", "otherName"] as const satisfies readonly SanType[];
const NAMES = ["san", "sanPattern", "issuer", "sanType", "extensions", "extensionPatterns"] as const;
const policies = new WeakMap<IdentityPolicy, object>();

/**
 * Who may sign: a subject alternative name (SAN) and the OIDC issuer that confirmed it, exact by default; or GitHub, for the
 * releases of one repository.
 */
export class IdentityPolicy {
  constructor(identity: ExactIdentity | PatternIdentity) {
    policies.set(this, readIdentity(identity));
    Object.freeze(this);
  }

  /** An identity whose name is a whole-string glob. */
  static pattern(identity: PatternIdentity): IdentityPolicy {
    return new IdentityPolicy(identity);
  }

  /** A workflow of GitHub Actions, in one repository, at one ref. */
  static githubActions(options: GithubActionsOptions): IdentityPolicy {
    return new IdentityPolicy(githubActionsIdentity(options));
  }

  /**
   * GitHub itself, for an immutable release of one repository. The catalogue is an asset of the release, and the bundle is
   * GitHub's attestation of it. The trust root must be that of GitHub's own instance. A timestamp is required; log entries
   * and SCTs are not, because GitHub's instance has no logs.
   */
  static githubRelease(options: GithubReleaseOptions): IdentityPolicy {
    const policy: IdentityPolicy = Object.create(IdentityPolicy.prototype);
    policies.set(policy, { githubRelease: githubRelease(options) });
    return Object.freeze(policy);
  }
}

/** The policy's identity, as the core reads it. Refuses any other value. */
export function identityOf(subject: string, value: unknown): object {
  const identity = value instanceof IdentityPolicy ? policies.get(value) : undefined;
  if (identity === undefined) {
    const hint =
      "Make one with new IdentityPolicy({ san, issuer }), IdentityPolicy.githubActions({ … }) or IdentityPolicy.githubRelease({ … }).";
    throw invalidOption(subject, "an IdentityPolicy", kindOf(value), hint);
  }
  return identity;
}

function readIdentity(identity: unknown): object {
  const read = readOptions("identityPolicy", identity, NAMES);
  if ((read.san === undefined) === (read.sanPattern === undefined)) {
    const found = read.san === undefined ? "neither" : "both";
    throw invalidOption("identityPolicy", "either san or sanPattern", found, "State who may sign.");
  }
  const field = read.san === undefined ? "sanPattern" : "san";
  if (read.issuer === undefined) {
    throw missingOption(
      "identityPolicy.issuer",
      "the OIDC issuer",
      "A name proves nothing without the issuer that confirmed it.",
    );
  }
  return {
    [field]: readSan(`identityPolicy.${field}`, read[field]),
    issuer: readText("identityPolicy.issuer", read.issuer),
    ...(read.sanType === undefined ? {} : { sanType: readOneOf("identityPolicy.sanType", read.sanType, SAN_TYPES) }),
    ...(read.extensions === undefined
      ? {}
      : { extensions: readExtensions("identityPolicy.extensions", read.extensions) }),
    ...(read.extensionPatterns === undefined
      ? {}
      : { extensionPatterns: readExtensions("identityPolicy.extensionPatterns", read.extensionPatterns) }),
  };
}

function readSan(subject: string, value: unknown): string {
  const san = readText(subject, value);
  const shorthand = /^github-actions:\/\/([^/]+\/[^/@]+)/.exec(san);
  if (shorthand !== null) {
    const spelling = `IdentityPolicy.githubActions({ repository: "${shorthand[1]}", workflow: "release.yml", ref: "refs/tags/v*" })`;
    throw invalidOption(subject, "a subject alternative name as Fulcio writes it", san, `Write ${spelling}.`);
  }
  return san;
}
