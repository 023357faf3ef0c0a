import { invalidOption, kindOf, missingOption, readOptions, readText } from "../input/options.js";
import { isRefPattern, REF_RULES } from "./git_ref.js";
import { readRepository } from "./repository.js";

/** An immutable release on GitHub, which GitHub itself attests. */
export interface GithubReleaseOptions {
  /** `owner/name` of the repository, in the letter case that GitHub shows. */
  readonly repository: string;
  /** The tag of the release, such as `v1.4.2`, or a glob: `*` stays within one path segment, `**` does not. Default: any. */
  readonly tag?: string;
  /** The repository's number, in digits. A later repository of the same name has another one. */
  readonly repositoryId?: string;
  /** The owner's number, in digits. A later owner of the same name has another one. */
  readonly ownerId?: string;
}

const NAMES = ["repository", "tag", "repositoryId", "ownerId"] as const;
const WHAT = "IdentityPolicy.githubRelease";

/** The release as the core reads it. */
export function githubRelease(options: unknown): object {
  const read = readOptions(WHAT, options, NAMES);
  if (read.repository === undefined) {
    const hint = 'For example { repository: "acme/tools", tag: "v*" }.';
    throw missingOption(`${WHAT}.repository`, "a text", hint);
  }
  return {
    repository: readRepository(`${WHAT}.repository`, read.repository),
    ...(read.tag === undefined ? {} : { tag: readTag(read.tag) }),
    ...(read.repositoryId === undefined ? {} : { repositoryId: readId("repositoryId", read.repositoryId) }),
    ...(read.ownerId === undefined ? {} : { ownerId: readId("ownerId", read.ownerId) }),
  };
}

function readTag(value: unknown): string {
  const tag = readText(`${WHAT}.tag`, value);
  const expected = "the name of a tag, such as v1.4.2 or v*";
  const [, name] = /^refs\/(?:tags\/)?(.*)$/s.exec(tag) ?? [];
  if (name !== undefined) {
    throw invalidOption(`${WHAT}.tag`, expected, tag, "Write the tag alone, without refs/tags/ before it.");
  }
  if (!isRefPattern(`refs/tags/${tag}`)) throw invalidOption(`${WHAT}.tag`, expected, tag, REF_RULES);
  return tag;
}

/** A number beyond 2^53 loses digits in JavaScript, so numbers are not taken. */
function readId(name: "repositoryId" | "ownerId", value: unknown): string {
  const subject = `${WHAT}.${name}`;
  const of = name === "ownerId" ? "repos/OWNER/NAME --jq .owner.id" : "repos/OWNER/NAME --jq .id";
  const source = `gh api ${of} prints it.`;
  if (typeof value !== "string") {
    const hint = Number.isSafeInteger(value) ? `Write it as a text: "${value}".` : source;
    throw invalidOption(subject, "a text of digits", kindOf(value), hint);
  }
  if (!/^[1-9]\d{0,19}$/.test(value)) throw invalidOption(subject, "a text of digits", value, source);
  return value;
}
