import { invalidOption, missingOption, readOneOf, readOptions, readText } from "../input/options.js";
import type { ExactIdentity, FulcioExtension, PatternIdentity } from "./policy.js";

/** A GitHub Actions workflow that signs. `*` in `workflow` and `ref` stays within one path segment, `**` does not. */
export interface GithubActionsOptions {
  /** `owner/name` of the repository that was built. */
  readonly repository: string;
  /** The workflow's file, such as `release.yml`. */
  readonly workflow: string;
  /** The full ref, such as `refs/heads/main` or `refs/tags/v*`. Without one, any branch could sign. */
  readonly ref: string;
  /** `owner/name` of the repository that holds the workflow, if it is a reusable one of another repository. */
  readonly workflowRepository?: string;
  readonly runnerEnvironment?: "github-hosted" | "self-hosted";
  /** The event, such as `push` or `release`. */
  readonly trigger?: string;
  /** The GitHub server, if not `https://github.com`. */
  readonly server?: string;
  /** The OIDC issuer, if not GitHub's public one. */
  readonly issuer?: string;
}

const NAMES = [
  "repository",
  "workflow",
  "ref",
  "workflowRepository",
  "runnerEnvironment",
  "trigger",
  "server",
  "issuer",
] as const;

/** Expands to the name, issuer and extensions that Fulcio writes into such a workflow's certificate. */
export function githubActionsIdentity(options: unknown): ExactIdentity | PatternIdentity {
  const read = readOptions("IdentityPolicy.githubActions", options, NAMES);
  for (const name of ["repository", "workflow", "ref"] as const) {
    if (read[name] === undefined) {
      const hint = 'For example { repository: "acme/tools", workflow: "release.yml", ref: "refs/tags/v*" }.';
      throw missingOption(`IdentityPolicy.githubActions.${name}`, "a text", hint);
    }
  }
  const repository = readRepository("repository", read.repository);
  const home =
    read.workflowRepository === undefined ? repository : readRepository("workflowRepository", read.workflowRepository);
  const workflow = readShape("workflow", read.workflow, /^[^/@\s]+\.ya?ml$|^\*\*?$/, "a file name such as release.yml");
  const ref = readShape(
    "ref",
    read.ref,
    /^refs\/[^@\s]+$|^\*\*$/,
    "a full ref such as refs/heads/main or refs/tags/v*",
  );
  const server = read.server === undefined ? "https://github.com" : readServer(read.server);
  const issuer =
    read.issuer === undefined
      ? "https://token.actions.githubusercontent.com"
      : readText("IdentityPolicy.githubActions.issuer", read.issuer);

  const extensions: { [name in FulcioExtension]?: string } = { sourceRepositoryURI: `${server}/${repository}` };
  if (read.runnerEnvironment !== undefined) {
    const subject = "IdentityPolicy.githubActions.runnerEnvironment";
    extensions.runnerEnvironment = readOneOf(subject, read.runnerEnvironment, ["github-hosted", "self-hosted"]);
  }
  if (read.trigger !== undefined)
    extensions.buildTrigger = readText("IdentityPolicy.githubActions.trigger", read.trigger);

  const name = `${server}/${home}/.github/workflows/${workflow}@${ref}`;
  const conditions = { issuer, sanType: "uri", extensions } as const;
  return name.includes("*") ? { sanPattern: name, ...conditions } : { san: name, ...conditions };
}

function readShape(name: string, value: unknown, shape: RegExp, expected: string): string {
  const subject = `IdentityPolicy.githubActions.${name}`;
  const text = readText(subject, value);
  if (!shape.test(text)) throw invalidOption(subject, expected, text);
  return text;
}

const readRepository = (name: string, value: unknown): string =>
  readShape(name, value, /^[\w.-]+\/[\w.-]+$/, "owner/name");

const readServer = (value: unknown): string =>
  readShape("server", value, /^https:\/\/[^/@*\s]+$/, "an origin such as https://github.example.com");
