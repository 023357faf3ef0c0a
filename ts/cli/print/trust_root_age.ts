/** What is said of a trust root that is old: new logs and authorities may be missing from it. */
import { printable, shellWord } from "../../input/printable.js";
import { daysIfOld, PUBLIC_GOOD_NAME, type TrustRootRecord } from "../../trust/record.js";

/** One line, or undefined for a root that is not old or whose age nobody recorded. */
export function ageWarning(path: string, record: TrustRootRecord | undefined, now = new Date()): string | undefined {
  const days = record === undefined ? undefined : daysIfOld(record, now);
  if (record === undefined || days === undefined) return undefined;
  const date = record.givenAt.slice(0, 10);
  const isBuiltIn = path === PUBLIC_GOOD_NAME;
  const what = isBuiltIn ? "the public-good trust root of this build of inkan" : `the trust root ${printable(path)}`;
  if (days < 0) return `${what} says that it was fetched in the future, on ${date}: check this machine's clock`;
  const own =
    record.repository === PUBLIC_GOOD_NAME ? "" : ` --mirror ${shellWord(record.repository)} --root ROOT.json`;
  const file = isBuiltIn ? "trusted_root.json" : shellWord(path);
  const then = isBuiltIn ? ", and name that file in place of public-good; a newer inkan has a newer root, too" : "";
  return `${what} is ${days} days old (${date}): logs that were added later are missing. To refresh it: inkan trust-root fetch${own} --output ${file}${then}`;
}
