/** `inkan inspect`, `inkan trust-root show`, help and version, spawned; and colours. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { helpLines } from "../../ts/cli/print/help.js";
import { indented } from "../../ts/cli/print/indented.js";
import { layOut } from "../../ts/cli/print/layout.js";
import { styleOf } from "../../ts/cli/print/style.js";
import { verbList, verbOf } from "../../ts/cli/verbs.js";
import { realCase } from "../support/cases.js";
import { inkan } from "../support/command.js";
import { inRoot } from "../support/repository.js";

const real = realCase("keyless-uri-gha");

describe("inspect", () => {
  test("shows what is in a bundle, and that nothing of it is verified", () => {
    const { status, stdout, stderr } = inkan(["inspect", real.files.bundle]);
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toContain(real.expected.identity);
    expect(stdout).toContain("rekor.stack.test");
    expect(stdout).toContain("Nothing of this is verified");
    expect(stdout).not.toMatch(/[{}[\]]/);
  });

  test("as JSON, from standard input", () => {
    const { stdout } = inkan(["inspect", "--json"], { input: real.bundle });
    expect(typeof JSON.parse(stdout)).toBe("object");
  });

  test("what is no bundle is refused", () => {
    const { status, stdout, stderr } = inkan(["inspect"], { input: Buffer.from("{") });
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toContain("ERR_JSON_MALFORMED");
  });
});

describe("trust-root show", () => {
  test("shows authorities and logs", () => {
    const { status, stdout } = inkan(["trust-root", "show", real.files.trustRoot]);
    expect(status).toBe(0);
    expect(stdout).toContain("rekor.stack.test");
    expect(typeof JSON.parse(inkan(["trust-root", "show", real.files.trustRoot, "--json"]).stdout)).toBe("object");
  });
});

describe("help and version", () => {
  test("on standard output, exit 0", () => {
    const { version }: { version: string } = JSON.parse(readFileSync(inRoot("package.json"), "utf8"));
    expect(inkan(["--version"])).toEqual({ status: 0, stdout: `${version}\n`, stderr: "" });
    expect(inkan(["--help"]).stdout).toContain("inkan verify [FILE]");
    expect(inkan(["verify", "--help"]).stdout).toContain("--certificate-identity NAME");
    expect(inkan(["help", "inspect"]).stdout).toContain("inkan inspect [BUNDLE]");
  });
});

describe("commands", () => {
  test("are a file each, named in one table", () => {
    const files = readdirSync(inRoot("ts/cli/commands")).map((name) => name.replace(/\.ts$/, "").replaceAll("_", "-"));
    const named = verbList().map(([term]) => term.split(" ")[1]);
    expect(named.toSorted()).toEqual(files.toSorted());
  });

  test("have a page of help that names every option", async () => {
    for (const [term] of verbList()) {
      const [, name = ""] = term.split(" ");
      const { help } = await verbOf(name);
      const page = layOut(helpLines(help), styleOf({}, {}), 80);
      for (const { options } of help.groups) {
        for (const option of Object.keys(options)) expect(page).toContain(`--${option}`);
      }
      expect(page).toMatch(new RegExp(`^inkan ${name} `));
    }
  });
});

describe("colours", () => {
  const coloured = (stream: { isTTY?: boolean }, env: NodeJS.ProcessEnv) => styleOf(stream, env).good("x") !== "x";
  test("are for terminals, and not against their user's will", () => {
    expect(coloured({ isTTY: true }, {})).toBe(true);
    expect(coloured({}, {})).toBe(false);
    expect(coloured({ isTTY: true }, { NO_COLOR: "1" })).toBe(false);
    expect(coloured({ isTTY: true }, { NO_COLOR: "" })).toBe(true);
    expect(coloured({ isTTY: true }, { TERM: "dumb" })).toBe(false);
  });
});

describe("indented", () => {
  test("has one fact a line, and escapes what steers a terminal", () => {
    const value = {
      kind: "a",
      buildSignerURI: true,
      logEntries: [{ index: "1" }, {}],
      none: [],
      note: "a\n\nb\n",
      "\u001b[2J": "x\u202ey",
    };
    const plain = styleOf({}, {});
    expect(layOut(indented(value), plain).split("\n")).toEqual([
      "kind: a",
      "build signer URI: yes",
      "log entries:",
      "  1:",
      "    index: 1",
      "  2: none",
      "none: none",
      "note:",
      "  a",
      "",
      "  b",
      "\\u{1b}[2J: x\\u{202e}y",
      "",
    ]);
  });
});
