/** What a command line says: as Node's own parser reads it, stricter where a mistake could pass for something else. */
import { parseArgs } from "node:util";
import { describe, expect, test } from "vitest";
import { splitCommand } from "../../ts/cli/arguments/command.js";
import { answerToCosign } from "../../ts/cli/arguments/cosign.js";
import { HELP, parse } from "../../ts/cli/arguments/parse.js";
import { nearest } from "../../ts/cli/arguments/suggestion.js";
import { check } from "../../ts/cli/commands/check.js";
import { init } from "../../ts/cli/commands/init.js";
import { proxy } from "../../ts/cli/commands/proxy.js";
import { snapshot } from "../../ts/cli/commands/snapshot.js";
import { Misuse } from "../../ts/cli/exit.js";
import type { Verb } from "../../ts/cli/verb.js";

const OPTIONS = {
  bundle: { type: "string", help: "" },
  key: { type: "string", multiple: true, help: "" },
  json: { type: "boolean", help: "" },
} as const;
const WORDS = [
  "a",
  "-",
  "",
  "--",
  "-x",
  "-h",
  "--help",
  "--bundle",
  "--bundle=b",
  "--bundle=--help",
  "--key",
  "--json",
  "--json=x",
  "--no-json",
  "--other",
];

/** Every command line of up to so many of the words. */
const lines = (length: number): string[][] =>
  length === 0 ? [[]] : [[], ...lines(length - 1).flatMap((line) => WORDS.map((word) => [...line, word]))];

/** What Node's parser makes of it, or undefined where it refuses. */
function byNode(args: string[]) {
  try {
    const { values, positionals, tokens } = parseArgs({ args, options: OPTIONS, allowPositionals: true, tokens: true });
    const given = tokens.flatMap((token) => (token.kind === "option" && token.name !== "key" ? [token.name] : []));
    // Node lets the last of two values count.
    return new Set(given).size === given.length ? { values: { ...values }, positionals } : undefined;
  } catch {
    return undefined;
  }
}

function byOurs(args: string[]) {
  try {
    const parsed = parse(args, OPTIONS);
    return parsed === HELP ? HELP : { values: { ...parsed.values }, positionals: parsed.positionals };
  } catch (error) {
    expect(error).toBeInstanceOf(Misuse);
    return undefined;
  }
}

describe("options", () => {
  test("are read as Node reads them", () => {
    const read = lines(4).flatMap((line) => {
      const ours = byOurs(line);
      if (ours === HELP) expect([["-h"], ["--help"]]).toContainEqual(line);
      else expect([line, ours]).toEqual([line, byNode(line)]);
      return typeof ours === "object" ? [line.join(" ")] : [];
    });
    expect(read).toContain("a --bundle a --json");
    expect(read).toContain("--key a --key a");
    expect(read).toContain("-- --help");
    expect(read).toContain("--bundle=--help");
  });

  test.each([
    [["--bundle"], "--bundle needs a value"],
    [["--bundle", "--json"], "--bundle=VALUE if it begins with a dash"],
    [["--bundle", "-h"], "--bundle=VALUE if it begins with a dash"],
    [["--bundle", "a", "--bundle", "b"], "--bundle is given twice"],
    [["--json", "--json"], "--json is given twice"],
    [["--json=x"], "--json takes no value"],
    [["--other"], "there is no option --other"],
    [["--bundel", "x"], "did you mean --bundle?"],
    [["--__proto__"], "there is no option --__proto__"],
    [["--constructor", "a"], "there is no option --constructor"],
    [["a", "--help"], "--help stands alone"],
    [["-h", "a"], "--help stands alone"],
    [["--rekor-url", "https://rekor.example"], "is an option of cosign: leave it out"],
    [["--rekor-url=https://rekor.example"], "--rekor-url is an option of cosign"],
  ])("%j: %s", (args, says) => {
    expect(() => parse(args, OPTIONS)).toThrow(says);
  });
});

describe("a name that is near", () => {
  const KNOWN = ["--certificate-identity", "--certificate-oidc-issuer", "--trusted-root", "--server", "--key"];
  test.each([
    ["--certifcate-identity", "--certificate-identity"],
    ["--trusted_root", "--trusted-root"],
    ["--trust-root", "--trusted-root"],
    ["--identity", "--certificate-identity"],
    ["--issuer", "--certificate-oidc-issuer"],
    ["--Server", "--server"],
    ["--kye", "--key"],
    ["--public-key", "--key"],
    ["--x", undefined],
    ["--", undefined],
    ["--something-else", undefined],
    ["x".repeat(100_000), undefined],
  ])("of %.40s is %s", (given, near) => {
    expect(nearest(given, KNOWN)).toBe(near);
  });
});

describe("cosign's options", () => {
  // The flags of `cosign verify-blob` and `cosign verify-blob-attestation`, but those that inkan spells alike.
  const FLAGS = `ca-intermediates ca-roots certificate certificate-chain certificate-github-workflow-name
    certificate-github-workflow-ref certificate-github-workflow-repository certificate-github-workflow-sha
    certificate-github-workflow-trigger certificate-identity-regexp certificate-oidc-issuer-regexp check-claims digest
    digestAlg experimental-oci11 insecure-ignore-sct insecure-ignore-tlog max-workers new-bundle-format offline output-file
    private-infrastructure rekor-url rfc3161-timestamp sct signature-digest-algorithm sk slot timeout
    timestamp-certificate-chain type use-signed-timestamps verbose`.split(/\s+/);
  test.each(FLAGS)("--%s is answered", (name) => {
    expect(answerToCosign(`--${name}`)).toMatch(/\w/);
  });

  test("with options that exist", async () => {
    const { verify } = await import("../../ts/cli/commands/verify.js");
    const known = verify.help.groups.flatMap(({ options }) => Object.keys(options));
    const named = FLAGS.flatMap((name) => answerToCosign(`--${name}`)?.match(/--[a-z-]+/g) ?? []);
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((name) => !known.includes(name.slice(2)))).toEqual([]);
  });
});

describe("a server's command", () => {
  const before = { verb: "init", options: OPTIONS, names: 1 };

  test("stands behind --, with options of its own", () => {
    expect(splitCommand(["x", "--json", "--", "npx", "-y", "--", "z"], before)).toEqual({
      own: ["x", "--json"],
      command: ["npx", "-y", "--", "z"],
    });
    for (const own of [
      ["x"],
      ["x", "https://a.example/mcp"],
      ["--bundle", "b", "x"],
      ["--bundle=b", "x", "--json"],
      ["-h"],
      [],
    ]) {
      expect(splitCommand(own, before)).toEqual({ own, command: undefined });
    }
  });

  test.each([
    [["x", "npx", "-y", "@acme/files", "my dir"], "inkan init x -- npx -y @acme/files 'my dir'"],
    [["--bundle", "b", "x", "--json", "node", "server.mjs"], "inkan init --bundle b x --json -- node server.mjs"],
  ])("without -- is refused, with the whole line to type: %s", (args, line) => {
    try {
      splitCommand(args, before);
      expect.fail("nothing was refused");
    } catch (error) {
      expect(error).toBeInstanceOf(Misuse);
      expect([(error as Misuse).message, (error as Misuse).example.join(" ")]).toEqual([
        "put -- before the server's command",
        line,
      ]);
    }
  });

  test.each<[Verb, string[], RegExp]>([
    [snapshot, ["--version", "1", "npx", "-y", "x"], /put -- before the server's command/],
    [init, ["x", "npx", "-y", "y"], /put -- before the server's command/],
    [check, ["npx", "-y", "x"], /inkan init NAME -- COMMAND/],
    [check, ["--", "npx", "x"], /inkan init NAME -- COMMAND/],
    [proxy, ["npx", "-y", "x"], /inkan init NAME -- COMMAND/],
    [init, ["x", "http://tools.example.com/mcp"], /not encrypted.*https/],
    [init, ["x", "https://user:secret@tools.example.com/mcp"], /--header "Authorization=/],
    [init, ["x", "ftp://tools.example.com/mcp"], /a URL of http or https/],
  ])("is asked for in words that help: %#", async (verb, args, says) => {
    const error = await Promise.resolve()
      .then(() => verb.run(args))
      .then(
        () => expect.fail("nothing was refused"),
        (thrown) => thrown,
      );
    expect(error).toBeInstanceOf(Misuse);
    expect(error.message).toMatch(says);
    expect(error.message).not.toContain("secret");
  });
});
