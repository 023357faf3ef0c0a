/** A program that came without its WASM says how it gets it. */
import { expect, test } from "vitest";
import { provideWasm } from "../ts/core/source.js";
import { InkanError, inspect } from "../ts/index.js";

async function hintAfter(cause: unknown): Promise<string | undefined> {
  provideWasm(() => {
    throw cause;
  });
  const refusal: unknown = await inspect(new Uint8Array([1])).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(InkanError);
  expect(refusal).toMatchObject({ code: "ERR_INTERNAL", found: expect.stringContaining((cause as Error).message) });
  return (refusal as InkanError).hint;
}

test.each(["ENOENT", "MODULE_NOT_FOUND", "ERR_INVALID_ARG_VALUE", "ERR_INVALID_URL_SCHEME"])(
  "a file that is not there (%s)",
  async (code) => {
    expect(await hintAfter(Object.assign(new Error("not there"), { code }))).toContain("inkan/inline");
  },
);

test("another failure is not taken for that", async () => {
  expect(await hintAfter(new Error("WebAssembly is blocked"))).not.toContain("inkan/inline");
});
