/** The command's options that make a policy. */
import { existsSync } from "node:fs";
import { LIMITS } from "../../generated/limits.js";
import type { GithubActionsOptions } from "../../identity/github_actions.js";
import type { GithubReleaseOptions } from "../../identity/github_release.js";
import type { FulcioExtension, IdentityConditions } from "../../identity/policy.js";
import { PUBLIC_GOOD, publicGood } from "../../trust/public_good.js";
import { LONGEST_RECORD, PUBLIC_GOOD_NAME, recordNameOf, recordOf, type TrustRootRecord } from "../../trust/record.js";
import type { StatePolicy, Thresholds, WitnessOptions } from "../../verify/policy.js";
import type { Options, Values } from "../arguments/options.js";
import { misuse } from "../exit.js";
import { readBytes, readUtf8 } from "../files.js";
import { IdentityPolicy, TrustRoot } from "../library.js";
import { line } from "../print/line.js";
import { printError } from "../print/output.js";
import { ageWarning } from "../print/trust_root_age.js";
import { anyLog } from "./proofs.js";

export const IDENTITY_OPTIONS = {
  "certificate-identity": {
    type: "string",
    value: "NAME",
    help: "the subject alternative name (SAN) of the certificate, exactly",
  },
  "certificate-identity-pattern": { type: "string", value: "GLOB", help: "or the whole name as a glob" },
  "certificate-oidc-issuer": { type: "string", value: "URL", help: "who vouched for the name, exactly" },
  "certificate-extension": {
    type: "string",
    value: "NAME=VALUE",
    multiple: true,
    help: "a Fulcio extension of the certificate, exactly",
  },
} as const satisfies Options;

export const GITHUB_OPTIONS = {
  "github-repository": { type: "string", value: "OWNER/NAME", help: "the repository that was built" },
  "github-workflow": { type: "string", value: "FILE", help: "the workflow's file, such as release.yml" },
  "github-ref": {
    type: "string",
    value: "REF",
    help: "the ref that was built, such as refs/heads/main or the glob 'refs/tags/v*'",
  },
  "github-workflow-repository": {
    type: "string",
    value: "OWNER/NAME",
    help: "the repository of a reusable workflow, if it is another one",
  },
  "github-workflow-ref": { type: "string", value: "REF", help: "the ref of that reusable workflow" },
} as const satisfies Options;

export const RELEASE_OPTIONS = {
  "github-release": {
    type: "string",
    value: "OWNER/NAME",
    help: "GitHub itself, for an immutable release of this repository; FILE is an asset of it",
  },
  tag: {
    type: "string",
    value: "TAG",
    help: "the tag of the release, or a glob such as 'v*'; any without this option",
  },
  "repository-id": { type: "string", value: "N", help: "GitHub's number for the repository" },
  "owner-id": { type: "string", value: "N", help: "GitHub's number for its owner" },
} as const satisfies Options;

export const THRESHOLD_OPTIONS = {
  "tlog-threshold": { type: "string", value: "N", help: "how many log entries must verify" },
  "timestamp-threshold": { type: "string", value: "N", help: "how many RFC 3161 timestamps must verify" },
  "sct-threshold": {
    type: "string",
    value: "N",
    help: "how many SCTs (proofs that the certificate was logged) must verify",
  },
} as const satisfies Options;

export const STATE_POLICY_OPTIONS = {
  "first-use": {
    type: "string",
    value: "record|deny",
    help: "what to do where nothing is recorded yet: record (without this option), or refuse",
  },
  freshness: {
    type: "string",
    value: "scope|log",
    help: "whether a checkpoint may be older than the log's newest (scope) or not (log)",
  },
} as const satisfies Options;

export const AGE_OPTION = {
  "max-age": {
    type: "string",
    value: "SECONDS",
    help: "how old the signer's certificate, or under a key the catalogue's issuedAt, may be",
  },
} as const satisfies Options;

export const WITNESS_OPTIONS = {
  "witness-policy": {
    type: "string",
    value: "FILE",
    help: "who may witness the log, and how many must: a C2SP tlog-policy",
  },
  witnesses: {
    type: "string",
    value: "report|require",
    help: "say who cosigned the log's tree, or refuse one without the quorum",
  },
} as const satisfies Options;

export const CONSISTENCY_OPTIONS = {
  consistency: {
    type: "string",
    value: "refuse|offline",
    help: "go online: prove that the log's trees are one history; without an answer refuse, or judge by what was seen, and say so",
  },
  "log-url": {
    type: "string",
    value: "URL",
    help: "the log's server for --consistency; without this option https:// and the host of its origin",
  },
} as const satisfies Options;

export const TRUSTED_ROOT_OPTION = {
  type: "string",
  value: "FILE",
  help: "trusted_root.json of the Sigstore instance, or public-good for that of this build",
} as const;

export const LOG_ORIGIN_OPTION = {
  type: "string",
  value: "BASEURL=ORIGIN",
  multiple: true,
  help: "what the checkpoints of the trusted root's log at BASEURL call themselves, if it is not the host of BASEURL",
} as const;

type IdentityValues = Values<typeof IDENTITY_OPTIONS & typeof GITHUB_OPTIONS & typeof RELEASE_OPTIONS>;

/** The pinned identity, or undefined when none of its options is given. */
export function identityFrom(values: IdentityValues): IdentityPolicy | undefined {
  const known = { ...IDENTITY_OPTIONS, ...GITHUB_OPTIONS, ...RELEASE_OPTIONS };
  const names = Object.keys(known) as (keyof IdentityValues)[];
  if (names.every((name) => values[name] === undefined)) return undefined;
  const san = values["certificate-identity"];
  const sanPattern = values["certificate-identity-pattern"];
  const github = githubFrom(values);
  const release = releaseFrom(values);
  if ([san, sanPattern, github, release].filter((form) => form !== undefined).length !== 1) {
    throw misuse(
      "name the signer once: by --certificate-identity, by --certificate-identity-pattern, by --github-repository with --github-workflow and --github-ref, or by --github-release",
    );
  }
  const issuer = values["certificate-oidc-issuer"];
  const pins = values["certificate-extension"];
  const extensions = pins === undefined ? {} : { extensions: extensionsFrom(pins) };
  if (release !== undefined) {
    if ((issuer ?? pins) !== undefined) {
      throw misuse(
        "--certificate-oidc-issuer and --certificate-extension are not for --github-release: GitHub has neither",
      );
    }
    return IdentityPolicy.githubRelease(release);
  }
  if (github !== undefined) {
    const options = { ...github, ...(issuer === undefined ? {} : { issuer }), ...extensions };
    return IdentityPolicy.githubActions(options);
  }
  if (issuer === undefined)
    throw misuse(
      "--certificate-oidc-issuer is missing, such as https://token.actions.githubusercontent.com or https://accounts.google.com",
    );
  const conditions: IdentityConditions = { issuer, ...extensions };
  if (san !== undefined) return new IdentityPolicy({ san, ...conditions });
  return IdentityPolicy.pattern({ sanPattern: sanPattern ?? "", ...conditions });
}

/** A workflow of GitHub Actions, or undefined when none of its options is given. */
function githubFrom(values: Values<typeof GITHUB_OPTIONS>): GithubActionsOptions | undefined {
  const {
    "github-repository": repository,
    "github-workflow": workflow,
    "github-ref": ref,
    "github-workflow-repository": workflowRepository,
    "github-workflow-ref": workflowRef,
  } = values;
  if ([repository, workflow, ref, workflowRepository, workflowRef].every((value) => value === undefined)) {
    return undefined;
  }
  if (repository === undefined || workflow === undefined || ref === undefined) {
    throw misuse(
      "--github-repository, --github-workflow and --github-ref are needed together, such as --github-repository acme/tools --github-workflow release.yml --github-ref 'refs/tags/v*'",
    );
  }
  return {
    repository,
    workflow,
    ref,
    ...(workflowRepository === undefined ? {} : { workflowRepository }),
    ...(workflowRef === undefined ? {} : { workflowRef }),
  };
}

/** A release on GitHub, or undefined when none of its options is given. */
function releaseFrom(values: Values<typeof RELEASE_OPTIONS>): GithubReleaseOptions | undefined {
  const { "github-release": repository, tag, "repository-id": repositoryId, "owner-id": ownerId } = values;
  if (repository === undefined) {
    if ((tag ?? repositoryId ?? ownerId) === undefined) return undefined;
    throw misuse("--tag, --repository-id and --owner-id are for --github-release");
  }
  return {
    repository,
    ...(tag === undefined ? {} : { tag }),
    ...(repositoryId === undefined ? {} : { repositoryId }),
    ...(ownerId === undefined ? {} : { ownerId }),
  };
}

/** The core knows the names, and refuses others. */
function extensionsFrom(pins: readonly string[]): { readonly [name in FulcioExtension]?: string } {
  const extensions = new Map<string, string>();
  for (const pin of pins) {
    const [, name, value] = /^(\w+)=(.+)$/s.exec(pin) ?? [];
    if (name === undefined || value === undefined) throw misuse("--certificate-extension takes NAME=VALUE");
    if (extensions.has(name)) throw misuse(`--certificate-extension ${name} is given twice`);
    extensions.set(name, value);
  }
  return Object.fromEntries(extensions);
}

export function thresholdsFrom(values: Values<typeof THRESHOLD_OPTIONS>): Thresholds {
  const thresholds: { -readonly [name in keyof Thresholds]: Thresholds[name] } = {};
  const logEntries = countFrom("tlog-threshold", values["tlog-threshold"]);
  const timestamps = countFrom("timestamp-threshold", values["timestamp-threshold"]);
  const scts = countFrom("sct-threshold", values["sct-threshold"]);
  if (logEntries !== undefined) thresholds.logEntries = logEntries;
  if (timestamps !== undefined) thresholds.timestamps = timestamps;
  if (scts !== undefined) thresholds.scts = scts;
  return thresholds;
}

/** What is wrong with a word the verifier itself says. */
export function statePolicyFrom(values: Values<typeof STATE_POLICY_OPTIONS & typeof AGE_OPTION>): StatePolicy {
  const { freshness, "first-use": firstUse, "max-age": maxAge } = values;
  const maxAgeSeconds = countFrom("max-age", maxAge, 9);
  return {
    ...(freshness === undefined ? {} : { freshness: freshness as "scope" | "log" }),
    ...(firstUse === undefined ? {} : { firstUse: firstUse as "record" | "deny" }),
    ...(maxAgeSeconds === undefined ? {} : { maxAgeSeconds }),
  };
}

/** What is wrong with the word the verifier itself says. */
export function consistencyFrom(values: Values<typeof CONSISTENCY_OPTIONS>): Pick<StatePolicy, "consistency"> {
  const { consistency: unreachable, "log-url": url } = values;
  if (unreachable === undefined && url !== undefined) throw misuse("--log-url is for --consistency");
  if (unreachable === undefined) return {};
  return { consistency: { source: anyLog(url), unreachable: unreachable as "refuse" | "offline" } };
}

function countFrom(name: string, text: string | undefined, digits = 4): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(text) || text.length > digits) throw misuse(`--${name} takes an integer of 0 or more`);
  return Number(text);
}

/** Whose cosignatures count, if its options are given. */
export function witnessesFrom(values: Values<typeof WITNESS_OPTIONS>): { readonly witnesses?: WitnessOptions } {
  const { "witness-policy": file, witnesses: mode } = values;
  if (file === undefined && mode === undefined) return {};
  if (mode !== "report" && mode !== "require") throw misuse("--witness-policy needs --witnesses report or require");
  if (file === undefined) throw misuse("--witnesses needs --witness-policy FILE");
  return { witnesses: { policy: readUtf8(file, LIMITS.options), mode } };
}

/** A trusted_root.json, or the root of this build by its name, with the origins that `--log-origin` states. */
export function trustRootFrom(file: string, stated?: readonly string[]): TrustRoot {
  const options = stated === undefined ? {} : { origins: originsFrom(stated) };
  return file === PUBLIC_GOOD_NAME
    ? publicGood(options)
    : TrustRoot.fromJson(readBytes(file, LIMITS.trustRoot), options);
}

/** Warns of a trust root that TUF gave long ago. */
export async function warnOfAge(file: string): Promise<void> {
  const warning = ageWarning(file, file === PUBLIC_GOOD_NAME ? PUBLIC_GOOD : await recordBeside(file));
  if (warning !== undefined) printError([line(`warning: ${warning}`)]);
}

async function recordBeside(file: string): Promise<TrustRootRecord | undefined> {
  const name = recordNameOf(file);
  // Most files have none, and a pipe is read once.
  if (!existsSync(name)) return undefined;
  try {
    return await recordOf(readBytes(file, LIMITS.trustRoot), readBytes(name, LONGEST_RECORD));
  } catch {
    return undefined;
  }
}

function originsFrom(stated: readonly string[]): Readonly<Record<string, readonly string[]>> {
  const origins = new Map<string, string[]>();
  for (const text of stated) {
    const [, baseUrl, origin] = /^([^=]+)=(.+)$/s.exec(text) ?? [];
    if (baseUrl === undefined || origin === undefined) throw misuse("--log-origin takes BASEURL=ORIGIN");
    origins.set(baseUrl, [...(origins.get(baseUrl) ?? []), origin]);
  }
  return Object.fromEntries(origins);
}
