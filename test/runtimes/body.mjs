/**
 * The one test body. Every runtime imports it from the folder into which the packed package was installed, hands it
 * the module under test, and prints what it returns. Plain JavaScript: it must run unbuilt everywhere.
 */
import { fixtures } from "./fixtures.mjs";

const bytes = (name) => Uint8Array.from(atob(fixtures[name]), (character) => character.charCodeAt(0));

/** The code of the refusal; a verdict without a refusal is the failure. */
async function codeOf(promise) {
  try {
    await promise;
  } catch (error) {
    return error.code ?? `no code: ${error}`;
  }
  return "accepted";
}

function equal(found, expected) {
  if (found !== expected) throw new Error(`expected ${expected}, found ${found}`);
}

const checks = {
  "says its version": async (inkan) => equal(await inkan.version(), "0.1.0"),
  "accepts a good signature": async (inkan) =>
    equal(await codeOf(inkan.verifyStub(bytes("point"), bytes("message"), bytes("signature"))), "accepted"),
  "refuses a changed byte": async (inkan) => {
    const message = bytes("message");
    message[0] ^= 1;
    equal(await codeOf(inkan.verifyStub(bytes("point"), message, bytes("signature"))), "ERR_SIGNATURE_INVALID");
  },
};

/** Runs every check, the first three of them at once: initialisation must be a single flight. */
export async function runBody(inkan) {
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => {
      try {
        await check(inkan);
        return { name, failure: null };
      } catch (error) {
        return { name, failure: String(error?.stack ?? error) };
      }
    }),
  );
  return { exports: Object.keys(inkan).sort(), results };
}
