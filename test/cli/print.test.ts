/** What is printed: nothing that steers a terminal or hides, and lines that fit it. */
import { generateKeyPairSync, sign } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { documentOf } from "../../ts/cli/print/document.js";
import { indented } from "../../ts/cli/print/indented.js";
import { layOut, wrap } from "../../ts/cli/print/layout.js";
import { bad, line } from "../../ts/cli/print/line.js";
import { proofLines, refusalLines, stepLines } from "../../ts/cli/print/report.js";
import { styleOf } from "../../ts/cli/print/style.js";
import { verifyToJson } from "../../ts/cli/print/verify_json.js";
import { widthOf } from "../../ts/cli/print/width.js";
import { type AnyReport, proofOf } from "../../ts/cli/verdict.js";
import {
  IdentityPolicy,
  InkanError,
  InMemoryStateStore,
  inspect,
  KeyedVerifier,
  KeylessVerifier,
} from "../../ts/entry/node.js";
import { isPrintable, printable } from "../../ts/input/printable.js";
import { realCase } from "../support/cases.js";
import { inkan } from "../support/command.js";
import { inRoot } from "../support/repository.js";

const plain = styleOf({}, {});

/** What may not be printed, by an independent list: the kinds of characters, and Unicode's own properties. */
const FORBIDDEN: readonly (readonly [first: number, last: number])[] = [
  [0x00, 0x1f],
  [0x7f, 0x9f],
  [0x61c, 0x61c],
  [0x200e, 0x200f],
  [0x202a, 0x202e],
  [0x2066, 0x2069],
  [0x2028, 0x2029],
  [0xad, 0xad],
  [0x34f, 0x34f],
  [0x115f, 0x1160],
  [0x180b, 0x180f],
  [0x200b, 0x200d],
  [0x2060, 0x206f],
  [0x2800, 0x2800],
  [0x3164, 0x3164],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xfff0, 0xfffb],
  [0xfe00, 0xfe0f],
  [0xe0000, 0xe0fff],
  [0xe000, 0xf8ff],
  [0xf0000, 0xf00ff],
  [0xfff00, 0xfffff],
  [0x100000, 0x1000ff],
  [0x10ff00, 0x10ffff],
];
const forbidden = FORBIDDEN.flatMap(([first, last]) =>
  Array.from({ length: last - first + 1 }, (_, index) => String.fromCodePoint(first + index)),
);
const inForbidden = (character: string): boolean => {
  const code = character.codePointAt(0) ?? 0;
  return FORBIDDEN.some(([first, last]) => first <= code && code <= last);
};

/** Nothing of the list stands in the text but the newlines of our own lines. */
function expectSafe(text: string): void {
  const raw = [...text].filter((character) => character !== "\n" && inForbidden(character));
  expect(raw.map((character) => character.codePointAt(0)?.toString(16))).toEqual([]);
}

describe("the list of what is not printed", () => {
  test("holds what Unicode says is a control, invisible or private", () => {
    const kinds = /[\p{Cc}\p{Co}\p{Cs}\p{Noncharacter_Code_Point}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}]/u;
    const wrong: string[] = [];
    for (let code = 0; code <= 0x10ffff; code += 1) {
      if (kinds.test(String.fromCodePoint(code)) && isPrintable(code)) wrong.push(code.toString(16));
    }
    expect(wrong).toEqual([]);
    expect(forbidden.filter((character) => isPrintable(character.codePointAt(0) ?? 0))).toEqual([]);
  });

  test("leaves letters of all languages, their marks, and emoji", () => {
    const written = /^[\p{L}\p{Mn}\p{Mc}\p{N}\p{P}\p{S}\p{Zs}]$/u;
    const wrong: string[] = [];
    for (let code = 0; code <= 0x10ffff; code += 1) {
      const character = String.fromCodePoint(code);
      if (written.test(character) && !isPrintable(code)) wrong.push(code.toString(16));
    }
    // Fillers, blanks, vowels and selectors without a look of their own.
    expect(
      wrong.filter(
        (code) => !/^(34f|115f|1160|17b[45]|180[b-f]|2800|3164|fe0.|ffa0|fffc|13440|1d159|16fe4|e01..)$/.test(code),
      ),
    ).toEqual([]);
    for (const text of ["日本語　の", "हिन्दी", "العَرَبِيَّة", "é", "😀"]) expect(printable(text)).toBe(text);
  });

  test("is the same in the core", () => {
    const source = readFileSync(inRoot("crates/core/src/printable.rs"), "utf8");
    const ranges = [...source.matchAll(/^ {4}\(0x([0-9a-f]+), 0x([0-9a-f]+)\),$/gm)].map(
      ([, first = "", last = ""]) => [Number.parseInt(first, 16), Number.parseInt(last, 16)],
    );
    expect(ranges.length).toBeGreaterThan(20);
    for (let code = 0; code <= 0x10ffff; code += 1) {
      const inCore = ranges.some(([first = 0, last = 0]) => first <= code && code <= last);
      const noncharacter = (code & 0xfffe) === 0xfffe;
      const surrogate = code >= 0xd800 && code <= 0xdfff;
      if (isPrintable(code) === (inCore || noncharacter || surrogate))
        expect(code.toString(16)).toBe("the same in both");
    }
  });

  test("cuts between characters", () => {
    expect(printable("abc", 2)).toBe("ab…");
    expect(printable("😀😀😀", 2)).toBe("😀😀…");
    expect(printable("😀😀", 2)).toBe("😀😀");
  });
});

/** Texts with up to fifty of the characters each: what is found is cut after two hundred. */
const texts: string[] = [];
for (let start = 0; start < forbidden.length; start += 50)
  texts.push(`a${forbidden.slice(start, start + 50).join("")}b`);

const everyWay = (report: AnyReport): string =>
  layOut(
    [
      ...stepLines(report),
      ...(report.verdict === "refused"
        ? refusalLines("x", report.error)
        : proofLines("x", proofOf(report), "catalogue" in report ? [report.catalogue.server ?? ""] : [])),
    ],
    plain,
  ) +
  documentOf(verifyToJson("catalogue", "x", report)) +
  // As the library gives them.
  report.steps.flatMap((step) => [...step.details, step.expected, step.found, step.hint, step.title]).join("\n") +
  (report.verdict === "refused" ? [report.error.message, JSON.stringify(report.error.hint)].join("\n") : "");

describe("every forbidden character is escaped, wherever it stood", () => {
  const real = realCase("keyless-uri-gha");
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const key = pair.publicKey.export({ type: "spki", format: "pem" }).toString();
  const keyed = new KeyedVerifier({ keys: [key], stateStore: new InMemoryStateStore() });
  const identityPolicy = new IdentityPolicy({ san: "a@b.test", issuer: "https://issuer.example" });
  const keyless = new KeylessVerifier({
    trustRoot: real.trustRoot(),
    identityPolicy,
    stateStore: new InMemoryStateStore(),
  });
  const bytes = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));
  const bundle = JSON.parse(Buffer.from(real.bundle).toString());
  type Made = { [name: string]: Made };
  const changed = (change: (bundle: Made) => void): Uint8Array => {
    const copy = structuredClone(bundle);
    change(copy);
    return bytes(copy);
  };
  const checkpointOf = (made: Made): Made => {
    const entries = made.verificationMaterial?.tlogEntries as unknown as Made[];
    return entries[0]?.inclusionProof?.checkpoint as Made;
  };

  test.each<[where: string, make: (text: string) => Uint8Array]>([
    ["media type", (text) => changed((made) => Object.assign(made, { mediaType: text }))],
    ["unknown member", (text) => changed((made) => Object.assign(made, { [text]: 1 }))],
    ["inner member", (text) => changed((made) => Object.assign(made.verificationMaterial ?? {}, { [text]: 1 }))],
    ["value", (text) => changed((made) => Object.assign(made.messageSignature ?? {}, { signature: text }))],
    [
      "checkpoint",
      (text) =>
        changed((made) => Object.assign(checkpointOf(made), { envelope: `${text}\n1\n${text}\n\n— ${text} AAAA\n` })),
    ],
    ["key hint", (text) => bytes({ ...bundle, verificationMaterial: { publicKey: { hint: text }, tlogEntries: [] } })],
  ])("%s", async (_, make) => {
    for (const text of texts) {
      for (const verifier of [keyless, keyed]) {
        const report = await verifier.report({ catalogue: real.catalogue, bundle: make(text) });
        expect(report.verdict).toBe("refused");
        expectSafe(everyWay(report));
      }
      const content = await inspect(make(text)).catch((error: unknown) => error);
      if (content instanceof InkanError) expectSafe(content.message + documentOf(content.toJSON()));
      else expectSafe(layOut(indented(content), plain) + documentOf(content));
    }
  });

  test("server and tool names of what is signed", async () => {
    let verified = 0;
    for (const text of texts) {
      const catalogue = bytes({ server: text, tools: [{ name: text, inputSchema: { type: "object" } }] });
      const signature = sign("sha256", catalogue, pair.privateKey);
      for (const server of [text, "https://other.example"]) {
        const report = await keyed.report({ catalogue, signature, server });
        expectSafe(everyWay(report));
        if (report.verdict !== "verified") continue;
        verified += 1;
        // What is escaped for the eye is whole for a program.
        const document = JSON.parse(documentOf(verifyToJson("catalogue", text, report)));
        expect([document.file, document.catalogue.tools[0].name]).toEqual([text, text]);
        expect(() => report.catalogue.require({ name: `${text}x`, inputSchema: {} })).toThrow(InkanError);
        try {
          report.catalogue.require({ name: text, inputSchema: { type: text } });
        } catch (error) {
          expectSafe((error as InkanError).message);
        }
      }
    }
    expect(verified).toBeGreaterThan(10);
  });

  test("options of the library", async () => {
    for (const text of [...texts, "a\ud800b"]) {
      const calls: (() => unknown)[] = [
        () => new IdentityPolicy({ san: `github-actions://${text}/x`, issuer: "i" }),
        () => new KeyedVerifier({ keys: [key], stateStore: new InMemoryStateStore(), [text]: 1 } as never),
        () => new KeyedVerifier({ keys: [text], stateStore: new InMemoryStateStore() }),
        () => keyed.report({ catalogue: real.catalogue, bundle: real.bundle, now: text }),
        () => IdentityPolicy.githubActions({ repository: text, workflow: text, ref: text }),
      ];
      for (const call of calls) {
        const error = await Promise.resolve()
          .then(call)
          .catch((thrown: unknown) => thrown);
        if (error instanceof InkanError) expectSafe(error.message + [error.subject, error.found, error.hint].join());
      }
    }
  });
});

describe("on the command line", () => {
  const folder = mkdtempSync(join(tmpdir(), "inkan-cli-print-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  // A few of each kind; an argument cannot hold U+0000.
  const sample =
    "\u0001\u001b\n\r\t\u007f\u009b\u00ad\u061c\u180e\u200b\u202e\u2028\u2066\u2800\u3164\ue000\ufe0f\ufeff\u{e0041}\u{f0000}";
  const wild = `a${sample}b`;
  writeFileSync(join(folder, wild), JSON.stringify({ mediaType: wild }));
  const key = realCase("key-ecdsa-p256-bare").files.key;

  test.each<[args: string[]]>([
    [[wild]],
    [["help", wild]],
    [["verify", `--${wild}`]],
    [["verify", `--json=${wild}`]],
    [["verify", wild, "--bundle", wild, "--key", key]],
    [["verify", wild, "--bundle", wild, "--key", key, "--json"]],
    [["verify", wild, "--bundle", wild, "--key", key, "--quiet"]],
    [["verify", wild, "--bundle", wild, "--key", key, "--now", wild]],
    [["verify", wild, "--bundle", wild, "--key", key, "--state", `${wild}/${wild}`]],
    [["verify", wild, "--bundle", wild, "--key", wild]],
    [["verify", "--bundle", `${wild}x`, "--key", key]],
    [["inspect", wild]],
    [["trust-root", "show", wild]],
    [["trust-root", wild]],
    [["log", "check-fork", wild, "--key", key]],
    [["log", "verify-consistency", wild, wild, "--key", key, "--origin", wild, "--json"]],
    [["log", "verify-consistency", wild, "--key", key, "--url", wild]],
    [["state", "show", "--state", wild]],
    [["state", "reset", wild, "--state", "new.json", "--yes"]],
  ])("%#", ([...args]) => {
    const { status, stdout, stderr } = inkan(args, { cwd: folder });
    expect([1, 2]).toContain(status);
    expectSafe(stdout + stderr);
  });
});

describe("lines", () => {
  const wrapped = (text: string, width: number, hang?: number) =>
    layOut([line(text, hang)], plain, width)
      .trimEnd()
      .split("\n");

  test("leave a digest whole, on a line of its own where it has no room", () => {
    const digest = `sha256:${"0123456789abcdef".repeat(4)}`;
    expect(wrapped(`${" ".repeat(17)}pinned ECDSA P-256 key ${digest}`, 80)).toEqual([
      `${" ".repeat(17)}pinned ECDSA P-256 key`,
      `${" ".repeat(8)}${digest}`,
    ]);
    expect(wrapped(`  expected: ${digest}. Found: ${digest}.`, 80, 12)).toEqual([
      "  expected:",
      `${" ".repeat(8)}${digest}.`,
      "            Found:",
      `${" ".repeat(8)}${digest}.`,
    ]);
    expect(wrapped(`${" ".repeat(17)}${digest}`, 80)).toEqual([`${" ".repeat(8)}${digest}`]);
    const record = digest.replace("sha256", "scope");
    expect(wrapped(`  record:      ${record}`, 80, 15)).toEqual(["  record:", `${" ".repeat(10)}${record}`]);
    const bare = digest.slice("sha256:".length);
    expect(wrapped(`the log ${bare} at noon`, 70)).toEqual(["the log", `${bare} at`, "noon"]);
  });

  test("break a digest only where no line has room for it", () => {
    for (let width = 20; width <= 90; width += 1) {
      const digest = `sha256:${"ab".repeat(32)}`;
      const lines = wrapped(`a key ${digest} and more`, width, 10);
      expect(lines.some((text) => text.includes(digest))).toBe(width >= digest.length);
      for (const text of lines) expect(widthOf(text)).toBeLessThanOrEqual(width);
    }
  });

  test("wrap at spaces, under their own indent", () => {
    expect(wrapped("    one two three four", 14)).toEqual(["    one two", "    three four"]);
    expect(wrapped("  found: one two three", 14, 9)).toEqual(["  found: one", "       two", "       three"]);
    expect(wrapped("short", 14)).toEqual(["short"]);
  });

  test("break long names at a joint, else at the edge", () => {
    const san = "https://github.com/acme/mcp-tools/.github/workflows/release.yml@refs/tags/v1.4.2";
    const parts = wrapped(`      ${san}`, 40);
    expect(parts.map((part) => part.trim()).join("")).toBe(san);
    expect(parts.every((part) => part.startsWith("      ") && part.length <= 40)).toBe(true);
    expect(parts[0]).toMatch(/[/.-]$/);
    expect(wrapped("x".repeat(50), 20)).toEqual(["x".repeat(20), "x".repeat(20), "x".repeat(10)]);
  });

  test("count columns, not letters", () => {
    expect(widthOf("日本e\u0301😀")).toBe(7);
    expect(wrapped("日本語日本語", 6)).toEqual(["日本語", "日本語"]);
    expect(wrap("😀".repeat(3), 2, 1)).toHaveLength(3);
  });

  test("keep their colours where they are broken, and take none from a text", () => {
    const style = styleOf({ isTTY: true }, {});
    const text = layOut([line([bad("one two"), " \u001b[31mthree"], 2)], style, 8);
    expect(text).toBe("\u001b[31mone two\u001b[39m\n  \\u{1b}\n  [31mth\n  ree\n");
  });

  test("any text ends, whatever the width", () => {
    for (let width = 1; width < 30; width += 1) {
      for (const text of ["", " ", "a b", "日本 語", "   x y z   ", "/////////", "a".repeat(100)]) {
        expect(wrapped(text, width, 7).join("").replaceAll(" ", "")).toBe(text.replaceAll(" ", ""));
      }
    }
  });
});

describe("width", () => {
  const real = realCase("keyless-uri-gha");
  const args = ["verify", real.files.catalogue, "--bundle", real.files.bundle, "--trusted-root", real.files.trustRoot];
  const who = ["--certificate-oidc-issuer", real.expected.issuer, "--certificate-identity"];
  const longest = (text: string): number => Math.max(...text.split("\n").map(widthOf));

  test("a pipe gets whole lines", () => {
    const { stdout } = inkan([...args, ...who, `${real.expected.identity}x`], { env: { COLUMNS: "" } });
    expect(longest(stdout)).toBeGreaterThan(100);
    expect(stdout).toContain(` ${real.expected.identity}\n`);
  });

  test("COLUMNS says how wide they are", () => {
    for (const [identity, status] of [
      [real.expected.identity, 0],
      [`${real.expected.identity}x`, 1],
    ] as const) {
      const ran = inkan([...args, ...who, identity], { env: { COLUMNS: "80" } });
      expect([ran.status, longest(ran.stdout) <= 80]).toEqual([status, true]);
      // What goes on below a step stands under the step's title; a digest has more room further to the left.
      expect(
        ran.stdout
          .split("\n\n")[0]
          ?.split("\n")
          .filter((text) => !/^([✓✗·-] | {17}\S| {27}\S| {8,16}(sha256:)?[0-9a-f]{64}$)/.test(text)),
      ).toEqual([]);
    }
    expect(longest(inkan(["inspect", real.files.bundle], { env: { COLUMNS: "80" } }).stdout)).toBeLessThanOrEqual(80);
  });

  test.each(["verify", "inspect", "trust-root", "log", "state", ""])("help of %s fits a page", (verb) => {
    const { status, stdout } = inkan(
      ["help", verb].filter((word) => word !== ""),
      { env: { COLUMNS: "" } },
    );
    expect([status, longest(stdout) <= 80]).toEqual([0, true]);
  });
});
