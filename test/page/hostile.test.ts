/** The page with large and hostile files, and with links that were made to harm. */
import { readFileSync } from "node:fs";
import { deflateRawSync } from "node:zlib";
import { expect, test, vi } from "vitest";
import { inRoot } from "../../scripts/build/paths.js";
import { generateSigningKey, signBytes } from "../../ts/publish/key.js";
import type { Look } from "../browsers/playwright.js";
import { realCase } from "../support/cases.js";
import type { Visit } from "./driver.js";
import { expectQuiet, singlePage } from "./single.js";

const visit = singlePage();
// Files of many megabytes reach the browser slowly.
vi.setConfig({ testTimeout: 180_000 });
const axeSource = readFileSync(inRoot("test/page/node_modules/axe-core/axe.min.js"), "utf8");
const key = generateSigningKey("ed25519");

const HOSTILE = "<img src=x onerror=document.title='owned'>\u202e\u200b\u2066";
/** As it is shown. */
const WRITTEN = "<img src=x onerror=document.title='owned'>\\u{202e}\\u{200b}\\u{2066}";
const PHONE: Look = { viewport: { width: 360, height: 800 } };

const file = (name: string, buffer: Buffer) => ({ name, mimeType: "", buffer });
const catalogue = (name: string, members: object) => file(name, Buffer.from(JSON.stringify(members)));
const tool = (name: string, description: string) => ({
  name,
  description,
  inputSchema: { type: "object", properties: { [name]: { type: "string", description } } },
});

/** Gives a catalogue with its signature and key. */
async function give(one: Visit, members: object): Promise<void> {
  const signed = catalogue("catalogue.json", members);
  const { bytes } = signBytes(key, signed.buffer);
  await one.page.setInputFiles("#files", [
    signed,
    file("catalogue.json.sig", Buffer.from(Buffer.from(bytes).toString("base64"))),
    file("signer.pem", Buffer.from(key.publicKey)),
  ]);
  await one.until(`document.querySelectorAll("#given li").length === 3`);
}
async function verdictOn(one: Visit, members: object): Promise<string | null> {
  await give(one, members);
  return one.verify();
}

/** Notes what the page says while it works. */
const watchBusy = (one: Visit): Promise<unknown> =>
  one.page.evaluate(`{
    globalThis.busy = [];
    const place = document.querySelector("#busy");
    new MutationObserver(() => busy.push(place.textContent)).observe(place, { childList: true });
  }`);
const inWindow = "document.documentElement.scrollWidth <= innerWidth";
const inReport = `document.querySelector("inkan-report").shadowRoot`;

test("hostile texts of a signed catalogue and of a comparison are texts, in the width of a phone", async (context) => {
  const one = await visit(context, PHONE);
  const long = "x".repeat(100_000);
  const members = {
    server: `https://tools.example.com/${"s".repeat(5000)}`,
    instructions: `${HOSTILE}\n`.repeat(2000),
    tools: [tool(HOSTILE, HOSTILE), tool(long, `${"line\n".repeat(5000)}the end`)],
  };
  expect(await verdictOn(one, members)).toBe("verified");
  await one.page.evaluate(`{ for (const one of ${inReport}.querySelectorAll("details")) one.open = true; }`);
  await one.until(`${inReport}.querySelector("[part=schema]")`);
  expect(await one.report()).toContain(WRITTEN);
  expect(await one.page.evaluate(inWindow)).toBe(true);
  expect(await one.axe(axeSource)).toEqual([]);
  await one.page.setInputFiles("#files", [
    catalogue("older.json", { version: 1, tools: [tool(HOSTILE, "Reads."), tool(long, "Reads.")] }),
    catalogue("newer.json", { version: 2, ...members }),
  ]);
  await one.until(`document.querySelector("#difference")`);
  const difference = await one.page.textContent("#difference");
  expect(difference).toContain(WRITTEN);
  for (const character of "\u202e\u200b\u2066") expect(difference).not.toContain(character);
  expect(await one.page.evaluate(inWindow)).toBe(true);
  expect(await one.page.evaluate("document.title")).toBe("inkan: who signed this?");
  expect(await one.axe(axeSource)).toEqual([]);
  await expectQuiet(one);
});

test("ten thousand tools: the page works on while they are compared and judged, and shows them in parts", async (context) => {
  const one = await visit(context);
  await watchBusy(one);
  const tools = (text: string) => Array.from({ length: 10_000 }, (_, index) => tool(`tool_${index}`, text.repeat(10)));
  await one.page.setInputFiles("#files", [
    catalogue("older.json", { version: 1, tools: tools("Reads. ") }),
    catalogue("newer.json", { version: 2, tools: tools("Writes. ") }),
  ]);
  await one.until(`document.querySelector("#difference")`);
  // Only a page that is not frozen can say that it works.
  expect(await one.page.evaluate("busy")).toContain("Working…");
  expect(await one.page.evaluate(`document.querySelectorAll(".change").length`)).toBe(50);
  await one.page.click("#clear");
  expect(await verdictOn(one, { version: 1, tools: tools("Reads. ") })).toBe("verified");
  expect(await one.page.evaluate(`${inReport}.querySelectorAll("details[part=tool]").length`)).toBe(100);
  await one.page.click("text=Show 100 of 9900 more");
  expect(await one.page.evaluate(`${inReport}.querySelectorAll("details[part=tool]").length`)).toBe(200);
  expect(await one.page.evaluate("document.querySelector('#busy').textContent")).toBe("");
  await expectQuiet(one);
});

test("what is cleared while it is judged brings no verdict", async (context) => {
  const one = await visit(context);
  const tools = Array.from({ length: 10_000 }, (_, index) => tool(`tool_${index}`, "Reads. ".repeat(10)));
  await give(one, { tools });
  await one.page.check("#confirm");
  await watchBusy(one);
  await one.page.click("#verify");
  await one.page.click("#clear");
  await one.until(`busy.at(-1) === ""`);
  expect(await one.page.evaluate(`document.querySelector("#result").childElementCount`)).toBe(0);
  expect(await one.page.textContent("#problem")).toBe("");
  await expectQuiet(one);
});

test("a bundle of 16 MiB is refused with a sentence", async (context) => {
  const one = await visit(context);
  const { files } = realCase("series-02");
  const bundle = JSON.parse(readFileSync(files.bundle, "utf8"));
  bundle.messageSignature.signature = "A".repeat(16 << 20);
  await one.page.setInputFiles("#files", [files.catalogue]);
  await one.page.setInputFiles("#files", [catalogue("bundle.json", bundle)]);
  await one.until(`document.querySelector("#problem").textContent !== ""`);
  expect(await one.page.textContent("#problem")).toMatch(/\(ERR_[A-Z_]+\)$/);
  expect(await one.page.textContent("#given")).toContain("bundle.jsonSigstore bundle");
  await expectQuiet(one);
});

test.for<[what: string, name: string, text: string, code: string]>([
  ["is cut off", "a.sigstore.json", `{"mediaType":`, "ERR_JSON_MALFORMED"],
  ["is of cosign 2", "a.bundle", `{"base64Signature":"","cert":"","rekorBundle":{}}`, "ERR_BUNDLE_LEGACY"],
])("a bundle that %s is taken for a bundle, and refused with its reason", async ([, name, text, code], context) => {
  const one = await visit(context);
  await one.page.setInputFiles("#files", [file("a.txt", Buffer.from("a")), file(name, Buffer.from(text))]);
  await one.until(`document.querySelector("#problem").textContent !== ""`);
  expect(await one.page.textContent("#problem")).toContain(code);
  expect(await one.page.textContent("#given")).toBe(`a.txtsigned fileRemove${name}Sigstore bundleRemove`);
  expect(await one.verify()).toContain(code);
});

test("a catalogue that has expired is refused, with when", async (context) => {
  const one = await visit(context);
  expect(await verdictOn(one, { expires: "2026-02-01T00:00:00Z", tools: [tool("a", "Reads.")] })).toBe("refused");
  expect(await one.report()).toContain("ERR_CATALOGUE_EXPIRED");
  expect(await one.report()).toContain("2026-02-01T00:00:00Z");
});

const link = (value: unknown): string => `#1.${deflateRawSync(JSON.stringify(value)).toString("base64url")}`;
const choices = { root: "public-good", identity: "", match: "exact", issuer: "", server: "" };
test.for<[what: string, fragment: string]>([
  ["is no JSON", `#1.${deflateRawSync("{").toString("base64url")}`],
  ["becomes a large text", `#1.${deflateRawSync(Buffer.alloc(16 << 20)).toString("base64url")}`],
  ["holds no list of files", link([{ length: 1e9 }, choices])],
  ["holds nine files", link([Array(9).fill(["a", ""]), choices])],
  ["holds a file that is no pair", link([[null], choices])],
  ["holds a content that is not base64", link([[["a", "%"]], choices])],
  ["has no choices", link([[]])],
  ["has another trust root", link([[], { ...choices, root: "__proto__" }])],
])("a link that %s is answered with a sentence", async ([, fragment], context) => {
  const one = await visit(context, {}, fragment);
  expect(await one.verdict()).toContain("This link is damaged.");
  await expectQuiet(one);
});

test("a link with hostile names and choices shows them as texts, and decides nothing", async (context) => {
  const one = await visit(
    context,
    PHONE,
    link([
      [[HOSTILE, Buffer.from(`{"tools":[]}`).toString("base64")]],
      { ...choices, identity: HOSTILE, root: "none" },
    ]),
  );
  expect(await one.verdict()).toMatch(/^Whoever made this link chose/);
  expect(await one.page.textContent("#given")).toContain(WRITTEN);
  expect(await one.page.evaluate(`document.querySelector("#confirm").checked`)).toBe(false);
  expect(await one.page.evaluate(inWindow)).toBe(true);
  await expectQuiet(one);
});

test.for<[what: string, look: Look]>([
  ["with colours of the system", { ...PHONE, forcedColors: "active" }],
  ["without motion", { reducedMotion: "reduce" }],
  // A window of 1280 pixels at 200 %.
  ["at twice the size", { viewport: { width: 640, height: 400 } }],
])("the page is whole %s", async ([, look], context) => {
  const one = await visit(context, look);
  const { files } = realCase("series-02");
  await one.page.setInputFiles("#files", [files.catalogue, files.bundle, files.trustRoot]);
  expect(await one.verifyAsClaimed()).toBe("verified");
  expect(await one.page.evaluate(inWindow)).toBe(true);
  expect(await one.axe(axeSource)).toEqual([]);
  await expectQuiet(one);
});
