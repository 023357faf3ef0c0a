import { invalidOption, missingOption, readOneOf, readOptions, readText } from "../input/options.js";
import { readExtensions } from "./extensions.js";
import { isRefPattern, REF_RULES } from "./git_ref.js";
import type { ExactIdentity, ExtensionPins, PatternIdentity } from "./policy.js";
import { readRepository } from "./repository.js";

/** A GitHub Actions workflow that signs. `*` in `workflow` and refs stays within one path segment, `**` does not. */
export interface GithubActionsOptions {
  /** `owner/name` of the repository that was built. */
  readonly repository: string;
  /** The file of the workflow that signs, such as `release.yml`. */
  readonly workflow: string;
  /**
   * The full ref that was built, such as `refs/heads/main` or `refs/tags/v*`; `**` for any. It is the ref of `repository`,
   * even if the signing workflow is a reusable one of another repository.
   */
  readonly ref: string;
  /** `owner/name` of the repository that holds the workflow, if it is a reusable one of another repository. */
  readonly workflowRepository?: string;
  /**
   * The ref of the workflow itself: a full ref, a glob, or a commit. Required with `workflowRepository`; otherwise `ref` is
   * the default.
   */
  readonly workflowRef?: string;
  readonly runnerEnvironment?: "github-hosted" | "self-hosted";
  /** The event, such as `push` or `release`. */
  readonly trigger?: string;
  /** The GitHub server, if not `https://github.com`. */
  readonly server?: string;
  /** The OIDC issuer, if not GitHub's public one. */
  readonly issuer?: string;
  /** Further extensions with exact values. Those that the options above pin cannot be pinned again. */
  readonly extensions?: ExtensionPins;
  /** Further extensions with globs. */
  readonly extensionPatterns?: ExtensionPins;
}

const NAMES = [
  "repository",
  "workflow",
  "ref",
  "workflowRepository",
  "workflowRef",
  "runnerEnvironment",
  "trigger",
  "server",
  "issuer",
  "extensions",
  "extensionPatterns",
] as const;

const WHAT = "IdentityPolicy.githubActions";

/** Expands to the name, issuer and extensions that Fulcio writes into such a workflow's certificate. */
export function githubActionsIdentity(options: unknown): ExactIdentity | PatternIdentity {
  const read = readOptions(WHAT, options, NAMES);
  for (const name of ["repository", "workflow", "ref"] as const) {
    if (read[name] === undefined) {
      const hint = 'For example { repository: "acme/tools", workflow: "release.yml", ref: "refs/tags/v*" }.';
      throw missingOption(`${WHAT}.${name}`, "a text", hint);
    }
  }
  if (read.workflowRepository !== undefined && read.workflowRef === undefined) {
    const hint =
      "ref is the ref of the repository that was built. State where the reusable workflow stands: a commit, or a full ref such as refs/tags/v1.";
    throw missingOption(`${WHAT}.workflowRef`, "the ref of workflowRepository at which the workflow stands", hint);
  }
  const repository = readRepository(`${WHAT}.repository`, read.repository);
  const home =
    read.workflowRepository === undefined
      ? repository
      : readRepository(`${WHAT}.workflowRepository`, read.workflowRepository);
  const workflow = readShape("workflow", read.workflow, /^[^/@\s]+\.ya?ml$|^\*\*?$/, "a file name such as release.yml");
  const ref = readRef("ref", read.ref, /^refs\//);
  const workflowRef =
    read.workflowRef === undefined
      ? ref
      : readRef("workflowRef", read.workflowRef, /^refs\/|^[0-9a-f]{40}$|^[0-9a-f]{64}$/);
  const server = read.server === undefined ? "https://github.com" : readServer(read.server);
  const issuer =
    read.issuer === undefined ? "https://token.actions.githubusercontent.com" : readText(`${WHAT}.issuer`, read.issuer);

  // Fulcio: .12 and .14 are the repository and the ref of the run; the name is that of the workflow that asked for the token.
  const exact: { -readonly [name in keyof ExtensionPins]: string } = { sourceRepositoryURI: `${server}/${repository}` };
  const globs: { -readonly [name in keyof ExtensionPins]: string } = {};
  (ref.includes("*") ? globs : exact).sourceRepositoryRef = ref;
  if (read.runnerEnvironment !== undefined) {
    const kinds = ["github-hosted", "self-hosted"] as const;
    exact.runnerEnvironment = readOneOf(`${WHAT}.runnerEnvironment`, read.runnerEnvironment, kinds);
  }
  if (read.trigger !== undefined) exact.buildTrigger = readText(`${WHAT}.trigger`, read.trigger);

  const extensions = merge("extensions", read.extensions, exact, globs);
  const extensionPatterns = merge("extensionPatterns", read.extensionPatterns, globs, extensions);
  const name = `${server}/${home}/.github/workflows/${workflow}@${workflowRef}`;
  const conditions = {
    issuer,
    sanType: "uri",
    extensions,
    ...(Object.keys(extensionPatterns).length === 0 ? {} : { extensionPatterns }),
  } as const;
  return name.includes("*") ? { sanPattern: name, ...conditions } : { san: name, ...conditions };
}

/**
 * The caller's pins and our own. Refuses an extension that is pinned twice, because it is unclear which value counts.
 */
function merge(option: "extensions" | "extensionPatterns", value: unknown, ours: ExtensionPins, other: ExtensionPins) {
  if (value === undefined) return ours;
  const pins = readExtensions(`${WHAT}.${option}`, value);
  for (const name of Object.keys(pins)) {
    if (Object.hasOwn(ours, name) || Object.hasOwn(other, name)) {
      const hint = "Leave it out here; repository, ref, runnerEnvironment and trigger pin extensions of their own.";
      throw invalidOption(
        `${WHAT}.${option}.${name}`,
        "an extension that nothing else pins",
        "one that is pinned",
        hint,
      );
    }
  }
  return { ...ours, ...pins };
}

function readRef(name: string, value: unknown, shape: RegExp): string {
  const subject = `${WHAT}.${name}`;
  const text = readText(subject, value);
  if (text === "**") return text;
  const commit = name === "workflowRef" ? ", or a whole commit id in lower case" : "";
  const expected = `a full ref such as refs/heads/main or refs/tags/v*${commit}, or ** for any`;
  if (!shape.test(text)) {
    const isCommit = /^[0-9a-f]{40,64}$/i.test(text);
    const hint =
      isCommit || text.startsWith("refs")
        ? isCommit
          ? "A commit is pinned with extensions: { sourceRepositoryDigest }."
          : REF_RULES
        : `Write the whole ref: refs/heads/${text} for a branch, refs/tags/${text} for a tag.`;
    throw invalidOption(subject, expected, text, hint);
  }
  if (!isRefPattern(text)) throw invalidOption(subject, expected, text, REF_RULES);
  return text;
}

function readShape(name: string, value: unknown, shape: RegExp, expected: string): string {
  const subject = `${WHAT}.${name}`;
  const text = readText(subject, value);
  if (!shape.test(text)) throw invalidOption(subject, expected, text);
  return text;
}

const readServer = (value: unknown): string =>
  readShape("server", value, /^https:\/\/[^/@*\s]+$/, "an origin such as https://github.example.com");
