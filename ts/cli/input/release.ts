/** The release that a bundle of GitHub's attester states, as a policy would pin it. Nothing is verified here. */
import { InkanError } from "../../errors.js";
import type { GithubReleaseOptions } from "../../identity/github_release.js";
import { memberOf } from "../../input/members.js";
import { IdentityPolicy } from "../library.js";

/** The name in the certificate by which GitHub attests releases. */
const ATTESTER = "URI https://dotcom.releases.github.com";
const MEMBERS = ["repository", "tag", "repositoryId", "ownerId"] as const;

/**
 * Takes what `inspect` returns. Nothing if another than the attester is named, and if no policy can pin what is stated. No tag
 * of git has a `*`; in a policy it would make a glob.
 */
export function releaseIn(inspected: unknown): (GithubReleaseOptions & { readonly tag: string }) | undefined {
  const leaf = memberOf(memberOf(inspected, "certificates"), "0");
  const names = memberOf(leaf, "names");
  const isAttester = Array.isArray(names) && names.length === 1 && names[0] === ATTESTER;
  if (!isAttester || memberOf(leaf, "oidcIssuer") !== undefined) return undefined;
  const predicate = memberOf(memberOf(memberOf(inspected, "content"), "statement"), "predicate");
  const stated = MEMBERS.map((name) => [name, memberOf(predicate, name)] as const);
  const release = Object.fromEntries(stated.filter(([, value]) => value !== undefined));
  if (typeof release.tag !== "string" || release.tag.includes("*")) return undefined;
  const options = release as unknown as GithubReleaseOptions & { readonly tag: string };
  try {
    IdentityPolicy.githubRelease(options);
    return options;
  } catch (error) {
    if (error instanceof InkanError) return undefined;
    throw error;
  }
}
