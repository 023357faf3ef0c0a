/** The exit codes: the table for all commands, and that nothing unsigned ever ends with 0. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { log } from "../../ts/cli/commands/log.js";
import { state } from "../../ts/cli/commands/state.js";
import { verify } from "../../ts/cli/commands/verify.js";
import { ExitCode, exitCodeOf } from "../../ts/cli/exit.js";
import type { Verb } from "../../ts/cli/verb.js";
import { type ErrorCode, errorOf } from "../../ts/errors.js";
import { ERROR_CLASSES } from "../../ts/generated/error_codes.js";
import { realCase } from "../support/cases.js";
import { inkan } from "../support/command.js";
import { inRoot } from "../support/repository.js";

const folder = mkdtempSync(join(tmpdir(), "inkan-cli-exit-"));
afterAll(() => rmSync(folder, { recursive: true }));
for (const name of ["x", "-h", "--help"]) writeFileSync(join(folder, name), "unsigned");
mkdirSync(join(folder, "folder"));
writeFileSync(join(folder, "huge"), "");
truncateSync(join(folder, "huge"), 100 * 2 ** 20);

const keyed = realCase("key-ecdsa-p256-bare").files;
const keyless = realCase("keyless-uri-gha");
const KEY = ["--key", keyed.key];
const BUNDLE = ["--bundle", keyed.bundle];
const ROOT = ["--trusted-root", keyless.files.trustRoot];
/** A command line that would verify. */
const KEYLESS = [
  ...["verify", keyless.files.catalogue, "--bundle", keyless.files.bundle, ...ROOT],
  ...["--certificate-identity", keyless.expected.identity, "--certificate-oidc-issuer", keyless.expected.issuer],
];

describe("a command line", () => {
  test.each<[exit: number | number[], args: string[], says?: RegExp]>([
    [0, ["verify", keyed.catalogue, ...BUNDLE, ...KEY], /^Verified/m],
    [1, ["verify", "x", "--artifact", ...BUNDLE, ...KEY]],
    [1, ["verify", "--artifact", ...BUNDLE, ...KEY, "--", "-h"]],
    [1, ["verify", "--artifact", ...BUNDLE, ...KEY, "--", "--help"]],
    [
      [1, 2],
      ["verify", "x", ...BUNDLE, ...KEY, "--server", "-h"],
    ],
    [
      [1, 2],
      ["verify", "x", ...BUNDLE, ...KEY, "--server=--help"],
    ],
    [2, ["verify", "--artifact", ...BUNDLE, ...KEY, "--help"], /--help stands alone/],
    [
      [1, 2],
      ["log", "check-fork", "--key", "nokey", "--", "-h"],
    ],
    [0, ["verify", "--help"], /^inkan verify/],
    [0, ["log", "check-fork", "-h"], /^inkan log/],
    [0, ["state", "--help"], /^inkan state/],
    [0, ["--help"], /inkan verify/],
    [0, ["help", "verify"], /^inkan verify/],
    [2, ["help", "constructor"], /no command "constructor"/],
    [2, ["help", "__proto__"]],
    [2, ["help", "toString"]],
    [2, ["toString"]],
    [2, ["help", "verfy"], /did you mean verify/],
    [2, ["verify-blob", "x"], /inkan verify --artifact/],
    [2, ["--version", "x"]],
    [2, ["--", "--help"]],
    [2, ["verify", keyed.catalogue, ...BUNDLE, ...KEY, "--state", "/dev/null"], /ERR_STATE_/],
    [2, ["verify", keyed.catalogue, ...BUNDLE, ...KEY, "--state", "/dev/null", "--json"], /"not-judged"/],
    [2, ["verify", keyed.catalogue, ...BUNDLE, ...KEY, "--state", "/dev/null", "--quiet"], /^Not judged: /],
    [2, ["state", "show", "--state", "/dev/null"], /ERR_STATE_/],
    [2, ["state", "show", "--state", "/dev/null", "--json"], /ERR_STATE_/],
    [2, ["verify", keyed.catalogue, ...KEY, "--bundle", "nofile"], /no such file/],
    [2, ["verify", keyed.catalogue, ...KEY, "--bundle", "folder"], /a folder/],
    [2, ["verify", keyed.catalogue, ...KEY, "--bundle", "huge"], /ERR_INPUT_TOO_LARGE|too large|larger/i],
    [2, ["inspect", "huge"], /ERR_INPUT_TOO_LARGE|too large|larger/i],
    [2, ["trust-root", "show", "huge"], /ERR_INPUT_TOO_LARGE|too large|larger/i],
    [2, ["log", "check-fork", "huge", ...KEY], /ERR_INPUT_TOO_LARGE|too large|larger/i],
    [1, ["inspect", "x"], /ERR_/],
    [2, ["trust-root", "show", "x"], /ERR_/],
    [1, ["verify", keyed.catalogue, ...KEY, "--bundle", "x"], /^Refused: /m],
    [
      2,
      ["verify", "x", ...BUNDLE, ...ROOT, "--certificate-identity-regexp", ".*", "--certificate-oidc-issuer", "i"],
      /--certificate-identity-pattern/,
    ],
    [2, ["verify", "x", ...BUNDLE, ...KEY, "--rekor-url", "https://rekor.example"], /--trusted-root/],
    ...["__proto__", "constructor", "toString", "a"].map((name): [number, string[], RegExp] => [
      2,
      [...KEYLESS, "--certificate-extension", `${name}=a`],
      /ERR_OPTION_UNKNOWN|ERR_OPTION_INVALID/,
    ]),
    [2, [...KEYLESS, "--certificate-extension", "runnerEnvironment"], /NAME=VALUE/],
    [2, ["verify", "x", ...BUNDLE, ...KEY, "--log-origin", "a=b"], /--log-origin is for --trusted-root/],
    [2, ["verify", "x", ...BUNDLE, ...ROOT, ...KEY, "--log-origin", "a"], /BASEURL=ORIGIN/],
    [2, ["verify", "x", ...BUNDLE, ...ROOT, "--github-repository", "a/b"], /needed together/],
  ])("%j: %j", (exit, args, says = /./) => {
    const { status, stdout, stderr } = inkan(args, { cwd: folder });
    expect([exit].flat()).toContain(status);
    expect(stdout + stderr).toMatch(says);
    if (status !== 0) expect(stdout + stderr).not.toMatch(/^Verified|^Forked|^Consistent/m);
  });

  test("with a store that is out of reach: 2, however it is printed", () => {
    for (const more of [[], ["--json"], ["--quiet"]]) {
      const args = ["verify", keyed.catalogue, ...BUNDLE, ...KEY, "--state", "redis://127.0.0.1:1"];
      const { status, stdout } = inkan([...args, ...more], { cwd: folder });
      expect([status, stdout]).toEqual([2, expect.stringContaining("ERR_STATE_UNAVAILABLE")]);
    }
    expect(inkan(["state", "show", "--state", "redis://127.0.0.1:1"]).status).toBe(2);
  });

  test("of GitHub's options", () => {
    const who = ["--github-repository", "acme/mcp-tools", "--github-workflow", "release.yml"];
    const args = ["verify", keyless.files.catalogue, "--bundle", keyless.files.bundle, ...ROOT, ...who];
    const issuer = ["--certificate-oidc-issuer", keyless.expected.issuer];
    expect(inkan([...args, "--github-ref", "refs/tags/v*", ...issuer]).status).toBe(0);
    expect(inkan([...args, "--github-ref", "refs/heads/main", ...issuer]).status).toBe(1);
    expect(inkan([...args, "--github-ref", "refs/tags/v*"]).stdout).toContain("ERR_IDENTITY_ISSUER");
    const pinned = ["--certificate-extension", "runnerEnvironment=self-hosted"];
    expect(inkan([...args, "--github-ref", "refs/tags/v*", ...issuer, ...pinned]).status).toBe(1);
  });
});

test("a log's origin may be stated", () => {
  const [base, origin] = ["https://rekor.stack.test", "pod - 1"];
  const args = [...KEYLESS, "--log-origin"];
  const { status, stdout } = inkan([...args, `${base}=${origin}`]);
  expect([status, stdout]).toEqual([1, expect.stringContaining("ERR_CHECKPOINT_ORIGIN")]);
  expect(inkan([...args, `${base}=${origin}`, "--log-origin", `${base}=rekor.stack.test`]).status).toBe(0);
  expect(inkan([...args, "https://no.such.log=a"]).status).toBe(2);
});

describe("the table", () => {
  const codes = Object.keys(ERROR_CLASSES) as ErrorCode[];
  const of = (code: ErrorCode, about: "evidence" | "setup") =>
    exitCodeOf(errorOf({ code, message: "", hint: "" }), about);

  test("has no error that ends with 0", () => {
    const zero = codes.filter((code) => of(code, "evidence") === 0 || of(code, "setup") === 0);
    expect(zero).toEqual([]);
  });

  test("tells what was judged from what was not", () => {
    const judged = codes.filter((code) => of(code, "evidence") === ExitCode.Refused);
    expect(judged).toEqual(expect.arrayContaining(["ERR_SIGNATURE_INVALID", "ERR_LOG_FORK", "ERR_BUNDLE_MALFORMED"]));
    const other = codes.filter((code) => !judged.includes(code));
    expect(other).toContain("ERR_INPUT_TOO_LARGE");
    const never = /^ERR_(OPTION_|STATE_(?!FIRST_USE)|CONSISTENCY_UNAVAILABLE|TRUST_ROOT_)/;
    expect(other).toEqual(expect.arrayContaining(codes.filter((code) => never.test(code))));
    expect(of("ERR_INTERNAL", "evidence")).toBe(ExitCode.Internal);
    expect(of("ERR_PEM_MALFORMED", "setup")).toBe(ExitCode.Misuse);
  });
});

describe("unsigned bytes", () => {
  /** A generator of numbers that begins anew with each run, so that a failure can be found again. */
  let seed = 20261129;
  const below = (count: number): number => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 2 ** 32) * count);
  };
  const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;

  const FILES = ["x", "-h", "--help", "folder", "nofile", keyed.bundle, keyed.key, keyless.files.trustRoot];
  const HELP_WORDS = ["-h", "--help", "--", "help", "-?", "--help=", "--help=x", "-hv", "--version", "-V"];
  const VALUES = [
    ...FILES,
    ...HELP_WORDS,
    "0",
    "1",
    "",
    "-",
    "a@b.test",
    "https://issuer.example",
    "record",
    "deny",
    "scope",
    "log",
    "refuse",
    "report",
    "require",
    "sha256:00",
    "sourceRepositoryURI=x",
    "2026-12-01T00:00:00Z",
    "/dev/null",
  ];

  const optionsOf = ({ help }: Verb) => help.groups.flatMap(({ options }) => Object.entries(options));

  /** Options of the command with values that are right more often than by chance, and help words in all places. */
  function line(name: string, verb: Verb, first: readonly string[], files: readonly string[]): string[] {
    const words = [...first];
    const likely = below(4) > 0 ? [...BUNDLE, ...(below(2) > 0 ? KEY : ROOT)] : [];
    if (name === "verify") words.push(...likely, ...(below(2) > 0 ? ["--artifact"] : []));
    for (let count = below(3); count > 0; count -= 1) {
      const [option, { type }] = pick(optionsOf(verb));
      // A state may be kept only where it is thrown away, and the network is left alone.
      if (option === "log-url" || option === "url" || option === "consistency" || option === "evidence") continue;
      const value = option === "state" ? pick(["/dev/null", "folder", "x", "--help", "-h"]) : pick(VALUES);
      if (type === "boolean") words.push(`--${option}`);
      else words.push(...(below(2) > 0 ? [`--${option}=${value}`] : [`--${option}`, value]));
    }
    for (let count = below(3) - 1; count > 0; count -= 1) words.splice(below(words.length + 1), 0, pick(HELP_WORDS));
    if (below(2) > 0) words.push("--");
    if (below(4) > 0) words.push(pick(files));
    return [name, ...words];
  }

  const UNSIGNED = ["x", "-h", "--help"];
  const made = Array.from({ length: 4000 }, () => {
    const kind = below(5);
    if (kind < 3) return line("verify", verify, [], UNSIGNED);
    if (kind === 3) return line("log", log, [pick(["check-fork", "verify-consistency"])], UNSIGNED);
    return line("state", state, ["seed"], UNSIGNED);
  });
  const short = ["verify", "log", "inspect", "trust-root", "state", "constructor", "--", "-x", ""].flatMap((name) =>
    HELP_WORDS.flatMap((word) => [
      [name, word, "x"],
      [name, "x", word],
      [name, "show", word, "x"],
      [name, "--", word],
    ]),
  );

  test("never end with 0, whatever stands beside them", () => {
    // Help alone is no verdict.
    const lines = [...made, ...short].filter(
      (words) => !/^(\w+|log [\w-]+|state seed) (-h|--help)$/.test(words.join(" ")),
    );
    const [given, results] = [join(folder, "lines.json"), join(folder, "results.json")];
    writeFileSync(given, JSON.stringify(lines));
    const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
    const script = inRoot("test/support/command_lines.ts");
    const { status, stderr } = spawnSync(process.execPath, ["--import", tsx, script, given, results], {
      cwd: folder,
      encoding: "utf8",
      stdio: ["ignore", "ignore", "ignore"],
    });
    expect([status, stderr]).toEqual([0, null]);
    const codes: number[] = JSON.parse(readFileSync(results, "utf8"));
    const wrong = lines.filter((_, index) => codes[index] !== 1 && codes[index] !== 2);
    expect(wrong).toEqual([]);
    // Many of them do get as far as a verdict.
    expect(codes.filter((code) => code === 1).length).toBeGreaterThan(100);
  });
});
