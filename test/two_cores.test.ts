/**
 * The first core with the whole one behind it gives the verdicts of the whole core alone. Every page is new, so it begins
 * with its first core.
 */
import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { realCase, SERVER } from "./support/cases.js";
import { leavesOf, mutationsOf, withValue } from "./support/mutations.js";
import { OpenStore } from "./support/open_store.js";
import { FIRST, firstPage, type Page, unloadedPage, WHOLE, wholePage } from "./support/pages.js";
import { inRoot } from "./support/repository.js";
import { allVectors, bytesOf, proofOf, reportOf, trustRootOf, type Vector, vectorNamed } from "./support/vectors.js";

// Where the forged evidence was made.
beforeAll(() => void vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-06-15T00:00:00Z") }));
afterAll(() => void vi.useRealTimers());

const offline = (): never => {
  throw new Error("no network");
};
/** A page with the first core, which cannot load the whole one. It shows what the first core does by itself. */
const firstAlone = await firstPage(offline);
const wholeAlone = await wholePage();

type Told = InstanceType<Page["InkanError"]>;

async function refusalOf(page: Page, call: () => unknown): Promise<Told | undefined> {
  try {
    await call();
    return undefined;
  } catch (error) {
    if (error instanceof page.InkanError) return error;
    throw error;
  }
}

const vectors = allVectors();

interface Outcome {
  readonly report: string;
  readonly records: readonly (readonly [key: string, text: string])[];
}

async function outcomeOf(vector: Vector, page: Page): Promise<Outcome> {
  const store = new OpenStore();
  const report = await reportOf(vector, page, store);
  return { report, records: [...store.records] };
}

const known = new Map<string, Outcome>();

/** By the whole core alone. */
async function expectedOf(vector: Vector): Promise<Outcome> {
  const outcome = known.get(vector.name) ?? (await outcomeOf(vector, wholeAlone));
  known.set(vector.name, outcome);
  return outcome;
}

describe("a vector has one verdict, one report and the same records:", () => {
  test.each(vectors.map((vector) => [vector.name, vector] as const))("%s", async (_, vector) => {
    expect(await outcomeOf(vector, await firstPage())).toEqual(await expectedOf(vector));
  });

  test("and if one page is asked all of them, the last one first", async () => {
    const page = await firstPage();
    for (const vector of vectors.toReversed()) {
      expect(await outcomeOf(vector, page), vector.name).toEqual(await expectedOf(vector));
    }
  });
});

describe("without the whole core", () => {
  const isAccepted = ({ expect }: Vector): boolean => expect === "accept";

  test.each(vectors.filter((vector) => !isAccepted(vector)).map((vector) => [vector.name, vector] as const))(
    "nobody is let through: %s",
    async (_, vector) => {
      const store = new OpenStore();
      const refusal = await refusalOf(firstAlone, () => proofOf(vector, firstAlone, store));
      // What TypeScript refuses by itself has its own code. What the core refuses is told by the whole core alone.
      if (refusal?.code === vector.expect) expect(refusal.summary).not.toBe(refusal.code);
      else expect(refusal).toMatchObject({ code: "ERR_INTERNAL", found: expect.stringContaining("no network") });
      expect(store.records.size).toBe(0);
    },
  );

  test("nothing is written where a step went on without a part, and the whole core refuses", async () => {
    // To the first core, a log whose key it cannot read is unknown, and an entry of an unknown log is passed over.
    const vector = vectorNamed("forged/several/two-logs.json");
    const root = JSON.parse(new TextDecoder().decode(bytesOf(vector.trustRoot ?? {})));
    const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-521" });
    const rawBytes = publicKey.export({ type: "spki", format: "der" }).toString("base64");
    const [v1] = root.tlogs;
    v1.publicKey = { ...v1.publicKey, rawBytes, keyDetails: "PKIX_ECDSA_P521_SHA_512" };
    const policy = { ...vector.policy, thresholds: { logEntries: 1 } };
    const changed = { ...vector, policy, trustRoot: { json: root } };
    const refusal = await refusalOf(wholeAlone, () => proofOf(changed, wholeAlone, new OpenStore()));
    expect(refusal?.code).toBe("ERR_SET_INVALID");
    const store = new OpenStore();
    expect(await refusalOf(firstAlone, () => proofOf(changed, firstAlone, store))).toMatchObject({
      code: "ERR_INTERNAL",
    });
    expect(store.records.size).toBe(0);
  });

  test("most of what is good is accepted, and the rest needs a part that the first core lacks", async () => {
    const [accepted, others]: [Vector[], string[]] = [[], []];
    for (const vector of vectors.filter(isAccepted)) {
      const refusal = await refusalOf(firstAlone, () => proofOf(vector, firstAlone, new OpenStore()));
      if (refusal === undefined) accepted.push(vector);
      else others.push(`${vector.name}: ${refusal.expected}`);
    }
    expect(others.filter((told) => !told.endsWith("(ERR_INTERNAL)"))).toEqual([]);
    expect(accepted.length).toBeGreaterThan(others.length * 4);
  });
});

describe.each(["series-01", "v1-keyless-gha-notsa", "dsse-keyless-email", "key-ecdsa-p256-tlog"])(
  "what the first core accepts of a changed %s, the whole one accepts:",
  (name) => {
    const real = realCase(name);
    const { tlog: logEntries, signedTimestamp: timestamps, sct: scts } = real.expected.policy;
    const json: unknown = JSON.parse(new TextDecoder().decode(real.bundle));

    function verifying(page: Page): (bundle: object) => Promise<unknown> {
      const trustRoot = page.TrustRoot.fromJson(readFileSync(real.files.trustRoot));
      const shared = { trustRoot, stateStore: new page.InMemoryStateStore() };
      const { identity: san, issuer, signer } = real.expected;
      const verifier =
        signer === "key"
          ? new page.KeyedVerifier({ ...shared, keys: real.key(), thresholds: { logEntries, timestamps } })
          : new page.KeylessVerifier({
              ...shared,
              identityPolicy: new page.IdentityPolicy({ san, issuer }),
              thresholds: { logEntries, timestamps, scts },
            });
      return (bundle) => verifier.verifyArtifact({ artifact: real.catalogue, bundle });
    }

    const [first, whole] = [verifying(firstAlone), verifying(wholeAlone)];

    test.each([...leavesOf(json)].map(({ path, value }) => ({ path, value, field: path.join(".") })))(
      "$field",
      async ({ path, value }) => {
        await first(json as object);
        for (const mutation of mutationsOf(value)) {
          const changed = withValue(json, path, mutation);
          if ((await refusalOf(firstAlone, () => first(changed))) === undefined) await whole(changed);
        }
      },
    );
  },
);

const real = realCase("series-01");
const later = realCase("series-02");
const inputOf = ({ catalogue, bundle }: typeof real) => ({ catalogue, bundle, server: SERVER });
const good = inputOf(real);
const bad = { ...good, catalogue: later.catalogue };

function verifierOf(page: Page, stateStore: { load: OpenStore["load"]; compareAndSwap: OpenStore["compareAndSwap"] }) {
  const { identity: san, issuer } = real.expected;
  const trustRoot = page.TrustRoot.fromJson(readFileSync(real.files.trustRoot));
  return new page.KeylessVerifier({ trustRoot, stateStore, identityPolicy: new page.IdentityPolicy({ san, issuer }) });
}

/** A store that answers its first load only when it is told to. */
class SlowStore extends OpenStore {
  answer = (): void => {};
  #waiting: Promise<void> | undefined = new Promise((resolve) => {
    this.answer = resolve;
  });

  override async load(key: string): Promise<string | undefined> {
    await this.#waiting;
    this.#waiting = undefined;
    return super.load(key);
  }
}

/** A module that arrives when it is told to. */
function awaited() {
  let resolve = (_: WebAssembly.Module): void => {};
  const promise = new Promise<WebAssembly.Module>((arrive) => {
    resolve = arrive;
  });
  return { promise, resolve };
}

describe("the change of cores", () => {
  test("happens once, for a refusal alone", async () => {
    const whole = vi.fn(() => WHOLE);
    const page = await firstPage(whole);
    const verifier = verifierOf(page, new OpenStore());
    await verifier.verify(good);
    expect(whole).not.toHaveBeenCalled();
    const refusals = await Promise.all([0, 1, 2].map(() => refusalOf(page, () => verifier.verify(bad))));
    expect(refusals.map((refusal) => refusal?.code)).toEqual(Array(3).fill("ERR_DIGEST_MISMATCH"));
    expect(refusals[0]?.hint).not.toBe("");
    await verifier.verify(good);
    expect(whole).toHaveBeenCalledTimes(1);
  });

  test("does not disturb a verification that is under way", async () => {
    const page = await firstPage();
    const store = new SlowStore();
    const underWay = verifierOf(page, store).verify(good);
    expect((await refusalOf(page, () => verifierOf(page, new OpenStore()).verify(bad)))?.code).toBe(
      "ERR_DIGEST_MISMATCH",
    );
    expect(store.records.size).toBe(0);
    store.answer();
    expect((await underWay).tools.length).toBeGreaterThan(0);
    const expected = new OpenStore();
    await verifierOf(wholeAlone, expected).verify(good);
    expect([...store.records]).toEqual([...expected.records]);
  });

  test("takes the bytes as they were when they were given", async () => {
    const page = await firstPage(async () => WHOLE);
    const [catalogue, bundle] = [good.catalogue.slice(), good.bundle.slice()];
    const store = new SlowStore();
    const verified = verifierOf(page, store).verify({ ...good, catalogue, bundle });
    for (const given of [catalogue, bundle]) given.fill(0x20);
    await page.digestOf([good.catalogue]);
    store.answer();
    expect((await verified).tools.length).toBeGreaterThan(0);
  });

  test("judges the store as it is then, as a second call would", async () => {
    const seen = new OpenStore();
    await verifierOf(wholeAlone, seen).verify(inputOf(later));
    const rolledBack = seen.copy();
    const refusal = await firstPage().then((page) => refusalOf(page, () => verifierOf(page, rolledBack).verify(good)));
    expect(refusal?.code).toBe("ERR_CATALOGUE_ROLLBACK");
    expect([...rolledBack.records]).toEqual([...seen.records]);
    // Between the two runs, an operator resets the state.
    const reset = seen.copy();
    const page = await firstPage(() => {
      reset.records.clear();
      return WHOLE;
    });
    await verifierOf(page, reset).verify(good);
    expect(reset.records.size).toBe(2);
  });

  test("is tried again after a failure, which lets nobody through", async () => {
    let reach: (() => typeof WHOLE) | undefined;
    const page = await firstPage(() => (reach ?? offline)());
    const store = new OpenStore();
    const verifier = verifierOf(page, store);
    const refusal = await refusalOf(page, () => verifier.verify(bad));
    expect(refusal).toMatchObject({ code: "ERR_INTERNAL", found: expect.stringContaining("no network") });
    expect(refusal?.expected).toContain("ERR_DIGEST_MISMATCH");
    expect(store.records.size).toBe(0);
    // What is good is still accepted by the first core.
    await verifier.verify(good);
    reach = () => WHOLE;
    expect((await refusalOf(page, () => verifier.verify(bad)))?.code).toBe("ERR_DIGEST_MISMATCH");
  });

  test("is final: a first core that arrives after the whole one is not used", async () => {
    const page = unloadedPage();
    const [first, whole] = [awaited(), awaited()];
    page.provideWasm(
      () => whole.promise,
      () => first.promise,
    );
    const verifier = verifierOf(page, new OpenStore());
    const verified = verifier.verify(good);
    const digest = page.digestOf([real.catalogue]);
    whole.resolve(WHOLE);
    expect(await digest).toMatch(/^sha256:/);
    first.resolve(FIRST);
    expect((await verified).tools.length).toBeGreaterThan(0);
    expect(await page.digestOf([real.catalogue])).toBe(await digest);
  });

  test("comes before digestOf, which the first core lacks", async () => {
    const whole = vi.fn(() => WHOLE);
    await (await firstPage(whole)).digestOf([real.catalogue]);
    expect(whole).toHaveBeenCalledTimes(1);
  });
});

describe("what is only read, and not verified,", () => {
  async function told(call: () => unknown): Promise<string> {
    try {
      return JSON.stringify(await call());
    } catch (error) {
      return String(error);
    }
  }

  test("is the same by both cores", async () => {
    for (const vector of vectors) {
      const page = await firstPage();
      const rootOf = async (library: Page) => trustRootOf(vector, library).trustRoot?.describe();
      expect(await told(() => rootOf(page)), vector.name).toBe(await told(() => rootOf(wholeAlone)));
      if (vector.bundle.signature !== undefined) continue;
      const bundle = bytesOf(vector.bundle);
      expect(await told(() => page.inspect(bundle)), vector.name).toBe(await told(() => wholeAlone.inspect(bundle)));
    }
  });

  test("needs the whole core only where there is something to explain", async () => {
    expect(await firstAlone.inspect(real.bundle)).toEqual(await wholeAlone.inspect(real.bundle));
    const rootOf = (page: Page) => page.TrustRoot.fromJson(readFileSync(real.files.trustRoot));
    expect(await rootOf(firstAlone).describe()).toEqual(await rootOf(wholeAlone).describe());
  });
});

describe("a policy or a trust root that cannot be used", () => {
  test("is refused by the first verification, in full", async () => {
    const page = await firstPage();
    const trustRoot = page.TrustRoot.fromJson("{}");
    const { identity: san, issuer } = real.expected;
    const identityPolicy = new page.IdentityPolicy({ san, issuer });
    const verifier = new page.KeylessVerifier({ trustRoot, identityPolicy, stateStore: new page.InMemoryStateStore() });
    const refusal = await refusalOf(page, () => verifier.verify(good));
    const expected = await refusalOf(wholeAlone, () => wholeAlone.TrustRoot.fromJson("{}"));
    expect(refusal?.toJSON()).toEqual(expected?.toJSON());
    // From now on the whole core is there, and refuses at once.
    expect(() => page.TrustRoot.fromJson("{}")).toThrow(refusal?.message);
  });
});

test("a malformed definition is refused at once by the first core, and later with its reason", async () => {
  const page = await firstPage();
  const catalogue = await verifierOf(page, new OpenStore()).verify(good);
  const offered = { ...structuredClone(catalogue.tools[0]?.definition), inputSchema: 7 };
  const judge = () => {
    const decision = catalogue.judge("tool", offered);
    return decision.verdict === "signed" ? decision : { ...decision, error: decision.error() };
  };
  expect(judge()).toMatchObject({ verdict: "malformed", code: "ERR_TOOL_MALFORMED" });
  await vi.waitFor(() => expect(() => page.TrustRoot.fromJson("{}")).toThrow());
  const told = judge() as { error: Told };
  expect(told).toMatchObject({ verdict: "malformed", code: "ERR_TOOL_MALFORMED" });
  expect(told.error.found).toBeDefined();
});

test("the first core is not taken for the whole one", async () => {
  const page = unloadedPage();
  const refusal = await refusalOf(page, () => page.init(FIRST));
  expect(refusal).toMatchObject({
    code: "ERR_INTERNAL",
    found: expect.stringContaining("needs the whole one"),
    hint: expect.stringContaining("Give inkan.wasm as the whole core"),
  });
  await expect(firstPage(() => FIRST).then((first) => first.digestOf([real.catalogue]))).rejects.toThrow(
    "needs the whole one",
  );
});

test.each<[what: string, wasm: () => unknown, found: string, hint: string]>([
  ["a page that is not there", () => new Response("", { status: 404 }), "HTTP status 404", "Serve the file there"],
  ["a path", () => "/inkan.wasm", "as a module, as bytes", "the response of fetch()"],
  ["what is no WASM", () => new Uint8Array([60, 33, 100]), "WebAssembly", "the file must be the one of the package"],
])("init refuses %s with a code, and says what to give", async (_, wasm, found, hint) => {
  const page = unloadedPage();
  expect(await refusalOf(page, () => page.init(wasm() as WebAssembly.Module))).toMatchObject({
    code: "ERR_INTERNAL",
    found: expect.stringContaining(found),
    hint: expect.stringContaining(hint),
  });
});

test("the first core exports and imports nothing that the whole one does not", () => {
  const names = (module: WebAssembly.Module, kind: "exports" | "imports"): string[] =>
    WebAssembly.Module[kind](module).map(({ name }) => name);
  for (const kind of ["exports", "imports"] as const) {
    const whole = new Set(names(WHOLE, kind));
    expect(names(FIRST, kind).filter((name) => !whole.has(name))).toEqual([]);
  }
  expect(readFileSync(inRoot("pkg/inkan_first.wasm")).length).toBeLessThan(400_000);
});
