/**
 * The conformance client over every real bundle: the public suite's cases with the file and with its digest, the
 * catalogues with and without their thresholds. In this process; once through the executable itself.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { promisify } from "node:util";
import { afterEach, describe, expect, it, vi } from "vitest";
import { inRoot } from "../../scripts/build/paths.js";
import * as inkan from "../../ts/entry/node.js";
// @ts-expect-error: plain JavaScript, since the client must run without a build.
import { run } from "./verify_bundle.mjs";

const SUITE = inRoot("test/vectors/real/conformance/bundle-verify");
const CATALOGUES = inRoot("test/vectors/real/catalogues/cases");
const IDENTITY =
  "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main";
const ISSUER = "https://token.actions.githubusercontent.com";

const folders = (path: string): string[] =>
  readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();

/** The words of the suite's protocol for one of its cases. */
function suiteArguments(name: string, mode: "file" | "digest"): string[] {
  const at = (file: string): string => `${SUITE}/${name}/${file}`;
  const text = (file: string, otherwise: string): string =>
    existsSync(at(file)) ? readFileSync(at(file), "utf8").trim() : otherwise;
  const production = inRoot("test/vectors/real/conformance/roots/production.trusted_root.json");
  const root = existsSync(at("trusted_root.json")) ? at("trusted_root.json") : production;
  const artifact = existsSync(at("artifact")) ? at("artifact") : `${SUITE}/a.txt`;
  const signer = existsSync(at("key.pub"))
    ? ["--key", at("key.pub")]
    : ["--certificate-identity", text("identity", IDENTITY), "--certificate-oidc-issuer", text("issuer", ISSUER)];
  const digest = (): string => `sha256:${createHash("sha256").update(readFileSync(artifact)).digest("hex")}`;
  const subject = mode === "file" ? artifact : digest();
  return ["verify-bundle", "--bundle", at("bundle.sigstore.json"), ...signer, "--trusted-root", root, subject];
}

interface Expected {
  readonly accept: boolean;
  readonly signer: "keyless" | "key";
  readonly identity: string;
  readonly issuer: string;
  readonly policy: { readonly tlog: number; readonly signedTimestamp: number; readonly sct: number };
}

const expectedOf = (name: string): Expected =>
  JSON.parse(readFileSync(`${CATALOGUES}/${name}/expected.json`, "utf8")) as Expected;

function catalogueArguments(name: string, thresholds: boolean): string[] {
  const at = (file: string): string => `${CATALOGUES}/${name}/${file}`;
  const { signer, identity, issuer, policy } = expectedOf(name);
  const who =
    signer === "keyless"
      ? ["--certificate-identity", identity, "--certificate-oidc-issuer", issuer]
      : ["--key", at("public_key.pem")];
  const counts = Object.entries({ tlog: policy.tlog, timestamp: policy.signedTimestamp, sct: policy.sct });
  const limits = thresholds ? counts.flatMap(([what, count]) => [`--${what}-threshold`, String(count)]) : [];
  const files = ["--bundle", at("bundle.sigstore.json"), ...who, "--trusted-root", at("trusted_root.json")];
  return ["verify-bundle", ...files, ...limits, at("catalogue.json")];
}

/** Whether the policy of a case is what the client asks for without thresholds. */
const isUsual = ({ policy, signer }: Expected): boolean => policy.tlog === 1 && (policy.sct === 1 || signer === "key");

async function accepts(args: string[]): Promise<boolean> {
  vi.spyOn(console, "error").mockImplementation(() => {});
  const status = (await run(inkan, args)) as number;
  expect([0, 1]).toContain(status);
  return status === 0;
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe("the public suite", () => {
  for (const mode of ["file", "digest"] as const) {
    it.each(folders(SUITE))(`%s, by its ${mode}`, async (name) => {
      expect(await accepts(suiteArguments(name, mode))).toBe(!name.endsWith("_fail"));
    });
  }
});

describe("catalogues signed by real clients", () => {
  it.each(folders(CATALOGUES))("%s, with its thresholds", async (name) => {
    expect(await accepts(catalogueArguments(name, true))).toBe(expectedOf(name).accept);
  });

  it.each(folders(CATALOGUES).filter((name) => isUsual(expectedOf(name))))("%s, by default", async (name) => {
    expect(await accepts(catalogueArguments(name, false))).toBe(expectedOf(name).accept);
  });
});

it("the client is a program that says so by its exit code", async () => {
  const client = (args: string[]): Promise<unknown> =>
    promisify(execFile)(process.execPath, [inRoot("test/conformance/client"), ...args]);
  await client(suiteArguments("happy-path-v0.3", "file"));
  await expect(client(suiteArguments("wrong-material_fail", "file"))).rejects.toMatchObject({ code: 1 });
});
