/**
 * Whether an offered value equals a signed definition, for the common case of plain objects, as `JSON.parse` makes
 * them.
 *
 * True means that the core would find the same canonical form. False leaves the decision to the core.
 * `test/catalogue_equality.test.ts` compares the two.
 */
import type { FrozenJson } from "../core/release.js";

type Members = { readonly [member: string]: FrozenJson };

/** Reads each member of `offered` at most once, and no deeper than `signed` goes. */
export function equalsSigned(signed: FrozenJson, offered: unknown): boolean {
  if (typeof signed !== "object" || signed === null) return signed === offered;
  if (typeof offered !== "object" || offered === null) return false;
  // An object with its own `toJSON` is left to the core.
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
  // The members of boxed primitives and of raw JSON texts are not what JSON makes of them.
  if (Object.getPrototypeOf(offered) !== Object.prototype) return false;
  const names = Object.keys(offered);
  if (names.length !== Object.keys(signed).length) return false;
  return names.every((name) => {
    if (!Object.hasOwn(signed, name)) return false;
    const [one, other] = [signed[name] as FrozenJson, (offered as Record<string, unknown>)[name]];
    return name === "required" && Array.isArray(one) ? equalRequired(one, other) : equalsSigned(one, other);
  });
}

/** Arrays under `required`. Two arrays of distinct strings are compared as sets. */
function equalRequired(signed: readonly FrozenJson[], offered: unknown): boolean {
  const left = new Set(signed);
  if (left.size !== signed.length || !signed.every((item) => typeof item === "string")) {
    return equalsSigned(signed, offered);
  }
  if (!Array.isArray(offered) || offered.length !== signed.length) return false;
  if (typeof (offered as { toJSON?: unknown }).toJSON === "function") return false;
  // Each string is taken out once, so a string that is offered twice is not found the second time.
  for (let index = 0; index < signed.length; index += 1) {
    if (!left.delete(offered[index])) return false;
  }
  return true;
}
