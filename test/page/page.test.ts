/** The page of demo/browser: what a person does with it, in one file from `file:`. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { inRoot } from "../../scripts/build/paths.js";
import { chosenBrowser } from "../browsers/launch.js";
import { realCase, SERVER } from "../support/cases.js";
import { vectorFile } from "../support/repository.js";
import { expectQuiet, singlePage } from "./single.js";

const axeSource = readFileSync(inRoot("test/page/node_modules/axe-core/axe.min.js"), "utf8");
const series = realCase("series-02");
const signed = [series.files.catalogue, series.files.bundle, series.files.trustRoot];

const visit = singlePage();

const changedCatalogue = (): { name: string; mimeType: string; buffer: Buffer } => {
  const buffer = Buffer.from(series.catalogue);
  buffer[300] = (buffer[300] ?? 0) ^ 1;
  return { name: "catalogue.json", mimeType: "application/json", buffer };
};

test("a signed catalogue is verified, with its tools, its path in the log and its times", async (context) => {
  const one = await visit(context);
  await one.page.setInputFiles("#files", signed);
  await one.page.fill("#server", SERVER);
  expect(await one.verifyAsClaimed()).toBe("verified");
  const text = await one.report();
  expect(text).toContain(series.expected.identity);
  expect(text).toContain("calendar_create_event");
  const result = await one.page.textContent("#result");
  expect(result).toContain("It reaches the root hash that the bundle states.");
  expect(result).toMatch(/A timestamp authority saw the signature: .*\(proven\)/);
  await expectQuiet(one);
});

test("a catalogue with one changed byte is refused with its code, and the rest is marked as unproven", async (context) => {
  const one = await visit(context);
  await one.page.setInputFiles("#files", signed.slice(1));
  await one.page.setInputFiles("#files", [changedCatalogue()]);
  expect(await one.verifyAsClaimed()).toBe("refused");
  expect(await one.report()).toMatch(/ERR_[A-Z_]+/);
  expect(await one.page.evaluate(`document.querySelector("inkan-report").report.error.code`)).toBe(
    "ERR_DIGEST_MISMATCH",
  );
  const marked = await one.page.evaluate(
    `[...document.querySelectorAll("#result section")].map((one) => one.textContent.includes("none of it is proven"))`,
  );
  expect(marked).toEqual([true, true, true]);
  await expectQuiet(one);
});

test("files that are dropped with the mouse are taken", async (context) => {
  const one = await visit(context);
  const text = JSON.stringify(readFileSync(series.files.bundle, "utf8"));
  await one.page.evaluate(`{
    const transfer = new DataTransfer();
    transfer.items.add(new File([${text}], "dropped.json"));
    document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
  }`);
  await one.page.waitForSelector("#given button");
  expect(await one.page.textContent("#given")).toContain("dropped.jsonSigstore bundle");
  await expectQuiet(one);
});

test("what the certificate claims is in no field until the person puts it there, and is not trusted until confirmed", async (context) => {
  const one = await visit(context);
  await one.page.setInputFiles("#files", signed);
  await one.page.waitForSelector("#claim button");
  expect(await one.page.textContent("#claim")).toContain("What the certificate claims is not what you trust.");
  expect([await one.page.inputValue("#identity"), await one.page.inputValue("#issuer")]).toEqual(["", ""]);
  await one.page.click("text=Copy the claim");
  await one.page.click("#verify");
  expect(await one.verdict()).toMatch(/^Confirm the signer first/);
  await one.page.fill("#identity", "https://github.com/mallory/mcp-tools/.github/workflows/release.yml@refs/tags/v1");
  expect(await one.verify()).toBe("refused");
  expect(await one.report()).toContain("ERR_IDENTITY_SAN");
  await expectQuiet(one);
});

test("a link gives the same verdict in another tab, and only after a confirmation there", async (context) => {
  const one = await visit(context);
  await one.page.setInputFiles("#files", signed);
  const verdict = await one.verifyAsClaimed();
  const report = await one.report();
  await one.page.click("#share");
  await one.until(`document.querySelector("#link").value !== ""`);
  const link = await one.page.inputValue("#link");
  const other = await (await one.tab()).open(link);
  await other.until(`document.querySelectorAll("#given li").length === 3`);
  expect(await other.verdict()).toMatch(/^Whoever made this link chose/);
  expect(await other.verify()).toBe(verdict);
  expect(await other.report()).toBe(report);
  await expectQuiet(other);
});

test.for([
  ["#1.AAAA", "This link is damaged."],
  [`#1.${"A".repeat(40_000)}`, "This link is damaged."],
] as const)("a damaged link is answered with a sentence", async ([fragment, sentence], context) => {
  const one = await visit(context, {}, fragment);
  expect(await one.verdict()).toContain(sentence);
  await expectQuiet(one);
});

test("two catalogues are compared without a signature", async (context) => {
  const one = await visit(context);
  await one.page.setInputFiles("#files", [
    {
      name: "old.json",
      mimeType: "",
      buffer: Buffer.from(
        `{"version":1,"tools":[{"name":"a","description":"Reads.","inputSchema":{"type":"object"}}]}`,
      ),
    },
    {
      name: "new.json",
      mimeType: "",
      buffer: Buffer.from(
        `{"version":2,"tools":[{"name":"a","description":"Reads and sends.","inputSchema":{"type":"object"}}]}`,
      ),
    },
  ]);
  await one.page.waitForSelector("#difference");
  const text = await one.page.textContent("#difference");
  expect(text).toContain("From old.json to new.json");
  expect(text).toContain("- Reads.");
  expect(text).toContain("+ Reads and sends.");
  await one.page.click("text=Swap the two");
  await one.until(`document.querySelector("#difference")?.textContent.includes("From new.json to old.json")`);
  await expectQuiet(one);
});

test("two catalogues of one name are compared if they come together, and the one that is left can be verified", async (context) => {
  const one = await visit(context);
  await one.page.setInputFiles("#files", [realCase("series-01").files.catalogue, series.files.catalogue]);
  await one.page.waitForSelector("#difference");
  expect(await one.page.textContent("#difference")).toContain("From catalogue.json to catalogue.json");
  await one.page.click("#given li:first-child button");
  await one.until(`document.querySelector("#difference") === null`);
  expect(await one.page.textContent("#given")).toBe("catalogue.jsoncatalogue of MCP toolsRemove");
  await expectQuiet(one);
});

test("a detached signature is verified with its key, and without a key a sentence says what is missing", async (context) => {
  const bare = realCase("key-ecdsa-p256-bare");
  const signature = JSON.parse(readFileSync(bare.files.bundle, "utf8")).messageSignature.signature as string;
  const one = await visit(context);
  await one.page.setInputFiles("#files", [
    { name: "catalogue.json.sig", mimeType: "", buffer: Buffer.from(signature) },
  ]);
  await one.page.setInputFiles("#files", [bare.files.catalogue]);
  await one.page.check("#confirm");
  await one.page.click("#verify");
  expect(await one.verdict()).toContain("needs the public key of its signer");
  await one.page.setInputFiles("#files", [bare.files.key]);
  await one.until(`document.querySelectorAll("#given li").length === 3`);
  expect(await one.verify()).toBe("verified");
  expect(await one.report()).toContain("No time is proven");
  await expectQuiet(one);
});

test("a file of the public-good instance is verified, and a Rekor v2 entry names who cosigned", async (context) => {
  const conformance = (...name: string[]): string => vectorFile("real/conformance/bundle-verify", ...name);
  const one = await visit(context);
  await one.page.setInputFiles("#files", [
    conformance("a.txt"),
    conformance("happy-path-v0.3", "bundle.sigstore.json"),
  ]);
  expect(await one.verifyAsClaimed()).toBe("verified");
  await one.page.setInputFiles("#files", [
    conformance("rekor2-dsse-happy-path", "bundle.sigstore.json"),
    conformance("rekor2-dsse-happy-path", "trusted_root.json"),
  ]);
  await one.until(`document.querySelector("inkan-report") === null`);
  expect(await one.verifyAsClaimed()).toBe("verified");
  expect(await one.page.textContent("#result")).toContain("(a cosignature)");
  expect(await one.page.textContent("#result")).toContain("Nobody has checked the cosignatures");
  const [, policy = ""] =
    /^```text\n(# .*?^quorum .*?)^```$/ms.exec(readFileSync(inRoot("docs/witnesses.md"), "utf8")) ?? [];
  await one.page.setInputFiles("#files", [{ name: "witness.policy", mimeType: "", buffer: Buffer.from(policy) }]);
  await one.until(`document.querySelector("inkan-report") === null`);
  expect(await one.verify()).toBe("verified");
  expect(await one.report()).toContain("Quorumcosigned");
  await expectQuiet(one);
});

test("everything is done with the keyboard", async (context) => {
  const one = await visit(context);
  await one.page.setInputFiles("#files", signed);
  await one.page.waitForSelector("#claim button");
  const press = async (key: string, until: string): Promise<void> => {
    for (let presses = 0; presses < 40; presses += 1) {
      await one.page.keyboard.press("Tab");
      if (await one.page.evaluate<boolean>(until)) return one.page.keyboard.press(key);
    }
    throw new Error(`the keyboard never reached ${until}`);
  };
  const active = "document.activeElement";
  await press("Enter", `${active}.textContent.startsWith("Copy the claim")`);
  await press("Space", `${active}.id === "confirm"`);
  await press("Enter", `${active}.id === "verify"`);
  expect(await one.verdict()).toBe("verified");
  // The result has the focus, so that the next stop is in it.
  const inside = `document.querySelector("inkan-report").shadowRoot.activeElement`;
  await press("Enter", `${inside}?.textContent === "calendar_create_event"`);
  await one.until(`document.querySelector("inkan-report").shadowRoot.querySelector("details[part=tool]").open`);
  await expectQuiet(one);
});

const allLooks = [360, 768, 1280].flatMap((width) =>
  (["light", "dark"] as const).map((colorScheme) => ({ width, colorScheme })),
);
// axe takes twice as long in Firefox, and another scheme needs another Firefox.
const looks = chosenBrowser() === "chromium" ? allLooks : allLooks.slice(0, 1);
test.for(looks)("no barrier at $width pixels, $colorScheme", async ({ width, colorScheme }, context) => {
  const one = await visit(context, { viewport: { width, height: 800 }, colorScheme });
  expect(await one.axe(axeSource)).toEqual([]);
  await one.page.setInputFiles("#files", signed);
  expect(await one.verifyAsClaimed()).toBe("verified");
  // The greatest shift that counts as good: web.dev/articles/cls.
  expect(await one.page.evaluate("shift")).toBeLessThan(0.1);
  await one.page.evaluate(`{
    for (const one of document.querySelector("inkan-report").shadowRoot.querySelectorAll("details")) one.open = true;
  }`);
  expect(await one.axe(axeSource)).toEqual([]);
  await one.page.setInputFiles("#files", [changedCatalogue()]);
  await one.until(`document.querySelector("inkan-report") === null`);
  expect(await one.verifyAsClaimed()).toBe("refused");
  expect(await one.axe(axeSource)).toEqual([]);
  expect(await one.page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
  await expectQuiet(one);
});
