/** What happens when the core itself fails: the error, and the calls after it. */
import { beforeEach, describe, expect, test, vi } from "vitest";
import { realCase, SERVER } from "./support/cases.js";
import { refusalOf } from "./support/refusal.js";

/** Set to make the next call into the core fail with this. */
let trap: unknown;
const renewed = vi.fn();

vi.mock("../pkg/inkan.js", async (original) => {
  const glue = await original<typeof import("../pkg/inkan.js")>();
  return {
    ...glue,
    __wbg_reset_state: () => {
      renewed();
      glue.__wbg_reset_state();
    },
    inspectBundle: (bytes: Uint8Array) => {
      if (trap === undefined) return glue.inspectBundle(bytes);
      const thrown = trap;
      trap = undefined;
      throw thrown;
    },
  };
});

const { inspect, InMemoryStateStore, KeylessVerifier } = await import("../ts/entry/node.js");
const real = realCase("series-01");
const verifier = new KeylessVerifier({
  trustRoot: real.trustRoot(),
  identityPolicy: real.identityPolicy(),
  stateStore: new InMemoryStateStore(),
});
const input = { catalogue: real.catalogue, server: SERVER, bundle: real.bundle };

beforeEach(() => {
  trap = undefined;
  renewed.mockClear();
});

describe("a trap", () => {
  const traps: [what: string, thrown: unknown][] = [
    ["unreachable", new WebAssembly.RuntimeError("unreachable executed")],
    ["a stack overflow", new RangeError("Maximum call stack size exceeded")],
    ["an error that is no refusal", new Error("{ not JSON")],
    ["a refusal with an unknown code", new Error('{"code":"ERR_BOGUS"}')],
    ["a text", "panicked"],
    ["nothing", undefined],
  ];
  test.each(traps)("%s becomes ERR_INTERNAL, and the next call has a new instance", async (_, thrown) => {
    await verifier.verify(input);
    trap = thrown ?? null;
    const refusal = await refusalOf(() => inspect(real.bundle));
    expect([refusal.code, refusal.name]).toEqual(["ERR_INTERNAL", "InternalError"]);
    // At once: what trapped may have taken much memory.
    expect(renewed).toHaveBeenCalledTimes(1);
    const catalogue = await verifier.verify(input);
    expect(catalogue.require(catalogue.tools[0]?.definition ?? {})).toBe(catalogue.tools[0]?.definition);
    expect(renewed).toHaveBeenCalledTimes(1);
  });

  test("a refusal is no trap", async () => {
    expect((await refusalOf(() => inspect("{"))).code).toBe("ERR_JSON_MALFORMED");
    await verifier.verify(input);
    expect(renewed).not.toHaveBeenCalled();
  });

  test("a verification that was under way releases nothing", async () => {
    let proceed = (): void => {};
    const waiting = new Promise<void>((resolve) => {
      proceed = resolve;
    });
    const memory = new InMemoryStateStore();
    const stateStore = {
      load: (key: string) => waiting.then(() => memory.load(key)),
      compareAndSwap: memory.compareAndSwap.bind(memory),
    };
    const options = { trustRoot: real.trustRoot(), identityPolicy: real.identityPolicy(), stateStore };
    const underWay = refusalOf(() => new KeylessVerifier(options).verify(input));
    trap = new WebAssembly.RuntimeError("unreachable executed");
    await refusalOf(() => inspect(real.bundle));
    await verifier.verify(input);
    proceed();
    expect((await underWay).code).toBe("ERR_INTERNAL");
    await verifier.verify(input);
    expect(renewed).toHaveBeenCalledTimes(1);
  });
});
