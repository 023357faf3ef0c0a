/** What the file states about itself. */
import type { Members } from "../../json.js";
import type { Problem } from "../finding.js";

export function* noServer(members: Members): Iterable<Problem> {
  if (!members.has("server")) yield { text: "The file does not name its server: it can be shown for any server." };
}

export function* noVersion(members: Members): Iterable<Problem> {
  if (!members.has("version"))
    yield { text: "The file has no version: verifiers cannot tell an older file from a newer one." };
}

export function* noExpiry(members: Members): Iterable<Problem> {
  if (!members.has("expires")) yield { text: "The file has no expiry: an old one can be shown for ever." };
}

export function* expired(members: Members, now: number): Iterable<Problem> {
  const expires = members.get("expires");
  if (typeof expires !== "string" || !(Date.parse(expires) < now)) return;
  yield { text: `The file expired at ${expires.slice(0, 60)}: verifiers refuse it.`, pointer: "/expires" };
}
