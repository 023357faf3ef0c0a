/**
 * Whether an offered value equals a signed definition, for the common case: plain objects, as `JSON.parse` makes them.
 *
 * True means that the core would find the same canonical form. False means nothing: the core decides.
 * `test/catalogue_equality.test.ts` holds the two against each other.
 */
import type { FrozenJson } from "../core/release.js";

type Members = { readonly [member: string]: FrozenJson };

/** Reads each member of `offered` at most once, and no deeper than `signed` goes. */
export function equalsSigned(signed: FrozenJson, offered: unknown): boolean {
  if (typeof signed !== "object" || signed === null) return signed === offered;
  if (typeof offered !== "object" || offered === null) return false;
  // What has a form of its own in JSON is not compared here.
  if (typeof (offered as { toJSON?: unknown }).toJSON === "function") return false;
  return Array.isArray(signed) ? equalItems(signed, offered) : equalMembers(signed as Members, offered);
}

function equalItems(signed: readonly FrozenJson[], offered: object): boolean {
  return (
    Array.isArray(offered) &&
    signed.length === offered.length &&
    signed.every((item, index) => equalsSigned(item, offered[index]))
  );
}

function equalMembers(signed: Members, offered: object): boolean {
  // Boxed primitives and raw JSON texts are not what their members say.
  if (Object.getPrototypeOf(offered) !== Object.prototype) return false;
  const names = Object.keys(offered);
  if (names.length !== Object.keys(signed).length) return false;
  return names.every((name) => {
    if (!Object.hasOwn(signed, name)) return false;
    const [one, other] = [signed[name] as FrozenJson, (offered as Record<string, unknown>)[name]];
    return name === "required" && Array.isArray(one) ? equalRequired(one, other) : equalsSigned(one, other);
  });
}

/** Arrays of distinct strings are sets there. */
function equalRequired(signed: readonly FrozenJson[], offered: unknown): boolean {
  const left = new Set(signed);
  if (left.size !== signed.length || !signed.every((item) => typeof item === "string")) {
    return equalsSigned(signed, offered);
  }
  if (!Array.isArray(offered) || offered.length !== signed.length) return false;
  if (typeof (offered as { toJSON?: unknown }).toJSON === "function") return false;
  // Each is taken out once: what is offered twice is missing the second time.
  for (let index = 0; index < signed.length; index += 1) {
    if (!left.delete(offered[index])) return false;
  }
  return true;
}
