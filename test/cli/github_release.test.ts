/** The command with releases that GitHub attests: `inkan verify --github-release`, `inkan check`, `inkan diff`, `inkan state`. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { inkan } from "../support/command.js";
import { bytesOf, vectorNamed } from "../support/vectors.js";

const folder = mkdtempSync(join(tmpdir(), "inkan-release-"));
afterAll(() => rmSync(folder, { recursive: true }));

const vector = vectorNamed("forged/releases/catalogue.json");
for (const [name, source] of Object.entries({
  "catalogue.json": vector.artifact,
  "catalogue.sigstore.json": vector.bundle,
  "github_root.json": vector.trustRoot ?? {},
})) {
  writeFileSync(join(folder, name), bytesOf(source));
}
const run = (...args: string[]) => inkan(args, { cwd: folder });
const GOOD = ["verify", "catalogue.json", "--bundle", "catalogue.sigstore.json", "--trusted-root", "github_root.json"];
const WHO = ["--github-release", "acme/mcp-tools"];

describe("inkan verify", () => {
  test("says whose release it is", () => {
    const { status, stdout, stderr } = run(...GOOD, ...WHO, "--tag", "v*", "--repository-id", "987654321");
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("attested by GitHub as an asset of release v1.4.2 of acme/mcp-tools");
    expect(stdout).toContain("asset catalogue.json; repository 987654321, owner 4321");
    expect(JSON.parse(run(...GOOD, ...WHO, "--json").stdout).signer).toMatchObject({
      type: "githubRelease",
      repository: "acme/mcp-tools",
      tag: "v1.4.2",
    });
  });

  test.each<[exit: number, args: string[], says: RegExp]>([
    [1, ["--github-release", "evil/mcp-tools"], /ERR_IDENTITY_RELEASE/],
    [1, [...WHO, "--tag", "v2*"], /ERR_IDENTITY_RELEASE/],
    [1, [...WHO, "--owner-id", "1"], /ERR_IDENTITY_RELEASE/],
    [
      1,
      [
        "--certificate-identity",
        "a",
        "--certificate-oidc-issuer",
        "b",
        "--tlog-threshold",
        "0",
        "--sct-threshold",
        "0",
      ],
      /ERR_IDENTITY_SAN/,
    ],
    [2, ["--github-release", "mcp-tools"], /owner\/name/],
    [2, [...WHO, "--tag", "refs/tags/v1"], /without refs\/tags\//],
    [2, [...WHO, "--owner-id", "acme"], /a text of digits/],
    [2, [...WHO, "--timestamp-threshold", "0"], /ERR_OPTION_INVALID/],
    [2, [...WHO, "--certificate-oidc-issuer", "b"], /not for --github-release/],
    [2, [...WHO, "--certificate-identity", "a"], /name the signer once/],
    [
      2,
      [...WHO, "--github-repository", "a/b", "--github-workflow", "a.yml", "--github-ref", "**"],
      /name the signer once/,
    ],
    [2, ["--tag", "v1"], /for --github-release/],
    [2, ["--owner-id", "1"], /for --github-release/],
  ])("%i: %j", (exit, args, says) => {
    const { status, stdout, stderr } = run(...GOOD, ...args);
    expect(status).toBe(exit);
    expect(stdout + stderr).toMatch(says);
    expect(stdout).not.toMatch(/^Verified/m);
  });

  test("records whose releases a scope is about", () => {
    expect(run(...GOOD, ...WHO, "--state", "state.json").status).toBe(0);
    expect(run("state", "show", "--state", "state.json").stdout).toContain(
      "Scope of GitHub's releases of acme/mcp-tools",
    );
  });

  test("reads an asset by the digest of another subject than the release's", () => {
    const args = GOOD.map((word) => (word === "catalogue.json" ? digest() : word));
    expect(run(...args, ...WHO, "--artifact").status).toBe(0);
  });
});

const digest = (): string => JSON.parse(run(...GOOD, ...WHO, "--json").stdout).digest;

test("inkan check takes githubRelease, and names the line of what is wrong in it", () => {
  const config = (release: object): string => {
    const server = {
      url: "https://tools.example.com/mcp",
      catalogue: "catalogue.json",
      bundle: "catalogue.sigstore.json",
      githubRelease: release,
      trustRoot: "github_root.json",
      state: "none",
    };
    writeFileSync(join(folder, "inkan.config.json"), JSON.stringify({ servers: { tools: server } }, null, 2));
    return "inkan.config.json";
  };
  const check = (release: object) => run("check", "--config", config(release));
  const good = check({ repository: "acme/mcp-tools", tag: "v1.4.2", repositoryId: "987654321", ownerId: "4321" });
  expect([good.status, good.stderr]).toEqual([0, ""]);
  expect(good.stdout.replace(/\s+/g, " ")).toContain("release v1.4.2 of acme/mcp-tools");
  expect(check({ repository: "acme/mcp-tools", tag: "v2" })).toMatchObject({
    status: 1,
    stdout: expect.stringContaining("ERR_IDENTITY_RELEASE"),
  });
  const lines = readFileSync(join(folder, "inkan.config.json"), "utf8").split("\n");
  const line = lines.findIndex((text) => text.includes("githubRelease")) + 1;
  for (const [release, says] of [
    [{ repository: "mcp-tools" }, /owner\/name/],
    [{ repository: "acme/mcp-tools", tags: "v1" }, /Did you mean tag\?/],
    [{ repository: "acme/mcp-tools", repositoryId: 987654321 }, /Write it as a text: "987654321"/],
    [{}, /repository/],
  ] as const) {
    const { status, stdout, stderr } = check(release);
    expect(status).toBe(2);
    expect(stdout + stderr).toMatch(says);
    // The line of githubRelease, or of the member in it.
    const [, named] = /inkan\.config\.json:(\d+): servers\.tools\.githubRelease/.exec(stdout + stderr) ?? [];
    expect([line, line + 1, line + 2]).toContain(Number(named));
  }
});

test("inkan diff says which release a bundle names, and whether it is so", () => {
  const newer = readFileSync(join(folder, "catalogue.json"), "utf8").replace("search", "find");
  writeFileSync(join(folder, "newer.json"), newer);
  const unverified = run("diff", "catalogue.json", "newer.json").stdout;
  expect(unverified).toContain("unverified, GitHub, for release v1.4.2 of acme/mcp-tools");
  const args = ["diff", "catalogue.json", "newer.json", "--trusted-root", "github_root.json"];
  expect(run(...args).stdout).toContain("signed by GitHub, for release v1.4.2 of acme/mcp-tools");
});

describe("inkan inspect", () => {
  test("prints the member of a policy file that pins the release", () => {
    const { status, stdout } = run("inspect", "catalogue.sigstore.json");
    expect(status).toBe(0);
    const [, members = ""] = /"githubRelease": (\{[^}]*\})/.exec(stdout.replace(/\s+/g, " ")) ?? [];
    expect(JSON.parse(members)).toEqual({
      repository: "acme/mcp-tools",
      tag: "v1.4.2",
      repositoryId: "987654321",
      ownerId: "4321",
    });
    expect(stdout).toContain("Nothing of this is verified");
  });

  test.each(["ordinary-attestation", "no-tag", "with-issuer", "name-longer", "option-id-text"])("%s", (name) => {
    const { bundle } = vectorNamed(`forged/releases/${name}.json`);
    writeFileSync(join(folder, "other.json"), bytesOf(bundle));
    const { status, stdout } = run("inspect", "other.json");
    expect(status).toBe(0);
    expect(stdout.includes('"githubRelease"')).toBe(name === "option-id-text");
  });
});
