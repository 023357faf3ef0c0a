/** Addresses and headers are told without what may be secret in them. */
import { expect, test } from "vitest";
import { TileConsistency } from "../ts/entry/node.js";
import { secretsIn, shownUrl, withoutSecrets } from "../ts/input/secrets.js";
import { readPolicyFile } from "../ts/policy_file/shape.js";
import { checkServices } from "../ts/publish/keyless/services.js";
import { fetchTrustRoot } from "../ts/tuf/index.js";
import { inkan } from "./support/command.js";

const ADDRESSES = [
  "https://user:open-sesame@host.example/x",
  "https://open-sesame@host.example/x",
  "https://user:open@sesame@host.example/x",
  "ftp://user:open-sesame@host.example/x",
  "https://user:open-sesame@host.example:99999/x",
  "user:open-sesame@host.example",
  "ftp://host.example/x?key=open-sesame",
  "ftp://host.example/x#open-sesame",
];

test.each(ADDRESSES)("a wrong address is refused without its secret: %s", async (address) => {
  const refusals = [
    () => checkServices({ fulcio: address, logs: [], timestamps: [] }),
    () => fetchTrustRoot({ stateStore: {} as never, mirror: address }),
    () => new TileConsistency({ url: address }),
    () => readPolicyFile("f", JSON.stringify({ servers: { s: { url: address, catalogue: "c" } } }), {}),
  ].map(async (act) => {
    try {
      await act();
    } catch (error) {
      return String(error);
    }
    return "";
  });
  const said = [...(await Promise.all(refusals)), inkan(["snapshot", address]).stderr];
  for (const text of said) {
    expect(text).not.toBe("");
    expect(text).not.toMatch(/sesame/);
  }
});

test("what is shown of an address", () => {
  expect(ADDRESSES.map(shownUrl)).toEqual([
    "https://…@host.example/x",
    "https://…@host.example/x",
    "https://…@host.example/x",
    "ftp://…@host.example/x",
    "https://…@host.example:99999/x",
    "…@host.example",
    "ftp://host.example/x",
    "ftp://host.example/x",
  ]);
});

test("what is taken out of the words of a server", () => {
  const secrets = secretsIn("https://host.example/?key=abc%20defghi&v=1", [["Authorization", "Bearer t0ken-of-mine"]]);
  const said = "got t0ken-of-mine, Bearer t0ken-of-mine, defghi, abc defghi; v=1";
  expect(withoutSecrets(said, secrets)).toBe(
    "got (what it was sent), (what it was sent), (what it was sent), (what it was sent); v=1",
  );
});
