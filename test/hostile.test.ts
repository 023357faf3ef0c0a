/** Hostile input costs no more than its size is worth: the core's steps are counted, not the time. */
import { generateKeyPairSync, sign } from "node:crypto";
import { describe, expect, test } from "vitest";
import { definitionDigest } from "../ts/core/hasher.js";
import { describeRecord } from "../ts/core/inspect.js";
import { logVerifierOfKey } from "../ts/core/log_verifier.js";
import { InkanError, init, KeyedVerifier, TrustRoot } from "../ts/entry/slim.js";
import { type Entry, KINDS, ROOM } from "./support/hostile.js";
import { countingWasm, stepsOf } from "./support/steps.js";

await init(countingWasm());

const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const keys = publicKey.export({ type: "spki", format: "pem" }).toString();
const verifier = new KeyedVerifier({ keys });
const logVerifier = logVerifierOfKey(keys, undefined);
const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");
const nothing = Buffer.from("{}");

/** What is done with an input at an entry point. */
const GIVE: Readonly<Record<Entry, (bytes: Uint8Array) => unknown>> = {
  bundle: (bundle) => verifier.verify({ catalogue: nothing, bundle }),
  "trust root": (bytes) => TrustRoot.fromJson(bytes),
  definition: (bytes) => definitionDigest("tool", bytes),
  catalogue: (catalogue) => verifier.verify({ catalogue, signature: sign("sha256", catalogue, privateKey) }),
  key: (bytes) => new KeyedVerifier({ keys: textOf(bytes) }),
  note: (bytes) => logVerifier.use((object) => object.open(textOf(bytes))),
  record: (bytes) => describeRecord(textOf(bytes)),
  witnesses: (bytes) => new KeyedVerifier({ keys, witnesses: { policy: textOf(bytes), mode: "report" } }),
};

/** Accepted or refused, but no bug. */
async function given(entry: Entry, bytes: Uint8Array): Promise<void> {
  try {
    await GIVE[entry](bytes);
  } catch (error) {
    if (!(error instanceof InkanError) || error.code === "ERR_INTERNAL") throw error;
  }
}

/** Steps for each byte, some six times what an ordinary offered tool takes. The most today are 180, of one key again and again. */
const MOST = 200;
/** A catalogue's numbers are judged, and written once more as the publisher spelt them. The most today are 380, of 20 digits. */
const MOST_OF_A_CATALOGUE = 420;
/** What there is to do whatever comes: the arithmetic of a signature or two. */
const FIXED = 400_000;
/** A catalogue's definition of more than 128 KiB is measured in canonical form too, so both sizes are above that. */
const SIZES: Readonly<Partial<Record<Entry, number>>> = { catalogue: 150_000 };
const SIZE = 50_000;

describe.each(Object.keys(GIVE) as Entry[])("as %s", (entry) => {
  const kinds = KINDS.filter(({ entries }) => entries.includes(entry)).map((kind) => [kind.name, kind] as const);
  test.each(kinds)("%s", async (_, { make }) => {
    const size = SIZES[entry] ?? Math.min(SIZE, (ROOM[entry] ?? SIZE * 4) / 4);
    const [one, four] = [make(size), make(size * 4)];
    await given(entry, one);
    const [few, many] = [await stepsOf(() => given(entry, one)), await stepsOf(() => given(entry, four))];
    expect(many).toBeLessThan(FIXED + (entry === "catalogue" ? MOST_OF_A_CATALOGUE : MOST) * four.length);
    // Four times as much takes four times the steps, and some more where memory grows, is in pieces, or there is something
    // to sort. What is compared with all that came before would take sixteen times as many.
    expect(many - FIXED).toBeLessThan(8 * few);
  });
});
