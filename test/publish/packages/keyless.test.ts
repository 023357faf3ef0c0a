/** `inkan sign` without a key, spawned, against a Sigstore instance on this machine. */
import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import {
  fulcioHandler,
  initializeCA,
  initializeCTLog,
  initializeTLog,
  initializeTSA,
  rekorHandler,
  rekorV2Handler,
  tsaHandler,
} from "@sigstore/mock";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { identityOf, servicesOf, timeoutOf } from "../../../ts/cli/input/keyless.js";
import { claimedIn } from "../../../ts/cli/input/signer.js";
import { IdentityPolicy, InMemoryStateStore, KeylessVerifier, TrustRoot } from "../../../ts/cli/library.js";
import { SigstoreClient } from "../../../ts/publish/keyless/client.js";
import { SigningFailure } from "../../../ts/publish/keyless/failure.js";
import { checkServices } from "../../../ts/publish/keyless/services.js";
import { signKeyless } from "../../../ts/publish/keyless/sign.js";
import { servicesFrom } from "../../../ts/publish/keyless/signing_config.js";
import { readToken } from "../../../ts/publish/keyless/token.js";
import { sigstoreJsVerdict } from "../../differential/sigstore_js.js";
import { inkanMeanwhile } from "../../support/command.js";
import { type Handler, type Instance, newKey, rekorV2, startInstance } from "./instance.js";

const folder = mkdtempSync(join(tmpdir(), "inkan-keyless-"));
const at = (name: string): string => join(folder, name);
const text = (name: string): string => readFileSync(at(name), "utf8");
let instance: Instance;

const CATALOGUE = JSON.stringify({ server: "npm:@acme/files", version: 1, tools: [{ name: "a", inputSchema: {} }] });
const ISSUER = "https://token.actions.githubusercontent.com";
const SAN = "https://github.com/acme/tools/.github/workflows/release.yml@refs/tags/v1";

const WORKFLOW = {
  iss: ISSUER,
  sub: "repo:acme/tools:ref:refs/tags/v1",
  job_workflow_ref: "acme/tools/.github/workflows/release.yml@refs/tags/v1",
  repository: "acme/tools",
  ref: "refs/tags/v1",
  // What Fulcio makes of the claims, told to the mock.
  san: SAN,
};

function token(claims: object = WORKFLOW): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const exp = Math.floor(Date.now() / 1000) + 300;
  return `${part({ alg: "RS256" })}.${part({ aud: "sigstore", exp, ...claims })}.c2lnbmF0dXJl`;
}

beforeAll(async () => {
  instance = await startInstance();
  writeFileSync(at("tools.json"), CATALOGUE);
  writeFileSync(at("root.json"), JSON.stringify(instance.trustedRoot));
  for (const version of [1, 2] as const) {
    writeFileSync(at(`config${version}.json`), JSON.stringify(instance.signingConfig(version)));
  }
});
afterEach(() => {
  instance.reset();
  for (const name of ["tools.sigstore.json", "bad.json"]) rmSync(at(name), { force: true });
  expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
});
afterAll(() => {
  instance.stop();
  rmSync(folder, { recursive: true });
});

const NO_CI = { SIGSTORE_ID_TOKEN: "", ACTIONS_ID_TOKEN_REQUEST_URL: "", ACTIONS_ID_TOKEN_REQUEST_TOKEN: "" };

interface How {
  readonly claims?: object;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: Uint8Array;
}

/** Signs tools.json, with whatever more options; the token comes from the environment. */
function sign(more: readonly string[] = ["--signing-config", "config1.json"], { claims, env, input }: How = {}) {
  const around = { cwd: folder, env: { ...NO_CI, SIGSTORE_ID_TOKEN: token(claims), ...env } };
  const args = ["sign", "tools.json", "--trusted-root", "root.json", ...more];
  return inkanMeanwhile(args, input === undefined ? around : { ...around, input });
}

const verify = (...more: string[]) =>
  inkanMeanwhile(["verify", "tools.json", "--bundle", "tools.sigstore.json", "--trusted-root", "root.json", ...more], {
    cwd: folder,
  });

const urls = (): string[] => ["--fulcio-url", instance.fulcio.url, "--rekor-url", instance.rekor.url];
const written = (): boolean => existsSync(at("tools.sigstore.json"));
const counts = (): number[] =>
  [instance.fulcio, instance.rekor, instance.rekorV2, instance.timestamps].map(({ requests }) => requests.length);

describe("signs what inkan and sigstore-js verify", () => {
  test.each([
    ["Rekor v1, by options", () => urls(), 0],
    ["Rekor v1 and a timestamp, by options", () => [...urls(), "--timestamp-url", instance.timestamps.url], 1],
    ["Rekor v1, by a signing config", () => ["--signing-config", "config1.json"], 1],
    ["Rekor v2, by a signing config", () => ["--signing-config", "config2.json"], 1],
  ])("%s", async (_, options, timestamps) => {
    const signed = await sign(options());
    expect([signed.status, signed.stderr]).toEqual([0, ""]);
    expect(signed.stdout).toContain(`signed by ${SAN}`);
    expect(signed.stdout).toContain(`as vouched for by ${ISSUER}`);
    const bundle = text("tools.sigstore.json");
    const { mediaType, verificationMaterial, messageSignature } = JSON.parse(bundle);
    expect(mediaType).toBe("application/vnd.dev.sigstore.bundle.v0.3+json");
    expect(signed.stdout).toContain(`with the index ${verificationMaterial.tlogEntries[0].logIndex} by`);
    expect(messageSignature.messageDigest.digest).toBe(createHash("sha256").update(CATALOGUE).digest("base64"));

    const who = ["--certificate-identity", SAN, "--certificate-oidc-issuer", ISSUER];
    const evidence = ["--timestamp-threshold", String(timestamps)];
    const verified = await verify(...who, ...evidence, "--server", "npm:@acme/files");
    expect([verified.status, verified.stderr]).toEqual([0, ""]);
    const other = await verify("--certificate-identity", `${SAN}0`, "--certificate-oidc-issuer", ISSUER);
    expect(other.status).toBe(1);

    const peer = sigstoreJsVerdict({
      bundle,
      trustRoot: text("root.json"),
      policy: { identity: { san: SAN, issuer: ISSUER } },
      artifact: Buffer.from(CATALOGUE),
    });
    expect(peer).toEqual({ accepted: true });
  });

  test("and names the members of a policy file that accept it", async () => {
    const { stdout } = await sign();
    const [, members] = stdout.split("inkan.config.json:");
    const pins = JSON.parse(`{${members}}`);
    expect(pins).toEqual({
      server: "npm:@acme/files",
      githubActions: { repository: "acme/tools", workflow: "release.yml", ref: "refs/tags/v1" },
    });
    const check = (given: object) => {
      const evidence = { catalogue: "tools.json", bundle: "tools.sigstore.json", trustRoot: "root.json" };
      const files = { command: "node", state: "state.json", ...evidence, ...given };
      writeFileSync(at("inkan.config.json"), JSON.stringify({ servers: { files } }));
      return inkanMeanwhile(["check", "--config", "inkan.config.json"], { cwd: folder });
    };
    expect((await check(pins)).status).toBe(0);
    expect((await check({ ...pins, githubActions: { ...pins.githubActions, ref: "refs/tags/v2" } })).status).toBe(1);
  });

  test.each([
    ["an e-mail address", { iss: "https://accounts.example", sub: "1", email: "a@example.com", email_verified: true }],
    [
      "a person behind a federated issuer",
      {
        iss: "https://dex.example",
        sub: "2",
        san: "spiffe://example/2",
        federated_claims: { connector_id: "https://accounts.example" },
      },
    ],
  ])("refuses a certificate of somebody else than %s", async (_, claims) => {
    // The mock writes the claim san, and the issuer iss, whatever else the token says.
    const { status, stderr } = await sign(undefined, { claims: { san: "https://else.example/", ...claims } });
    expect([status, written()]).toEqual([1, false]);
    expect(stderr).toMatch(/ERR_IDENTITY_(SAN|ISSUER)/);
  });

  test("GitLab's and a plain subject's names follow from the claims, and others can be stated", async () => {
    const gitlab = {
      iss: "https://gitlab.com",
      sub: "project_path:a/b",
      ci_config_ref_uri: "gitlab.com/a/b//.gitlab-ci.yml@refs/heads/main",
    };
    const named = await sign(undefined, { claims: { ...gitlab, san: `https://${gitlab.ci_config_ref_uri}` } });
    expect([named.status, named.stderr]).toEqual([0, ""]);
    expect(named.stdout).toContain('"san": "https://gitlab.com/a/b//.gitlab-ci.yml@refs/heads/main"');
    const spiffe = { iss: "https://spire.example", sub: "spiffe://example/signer", san: "spiffe://example/signer" };
    expect((await sign(undefined, { claims: spiffe })).status).toBe(0);
    const odd = { claims: { ...spiffe, san: "https://ci.example/job" } };
    expect((await sign(undefined, odd)).status).toBe(1);
    const stated = ["--certificate-identity", odd.claims.san, "--certificate-oidc-issuer", spiffe.iss];
    expect((await sign(["--signing-config", "config1.json", ...stated], odd)).status).toBe(0);
  });
});

describe("the token", () => {
  test("is read from a file, from standard input, and as an argument with a warning", async () => {
    writeFileSync(at("token"), `${token()}\n`);
    const options = (given: string): string[] => ["--signing-config", "config1.json", "--identity-token", given];
    const bare = { env: { SIGSTORE_ID_TOKEN: "" } };
    const file = await sign(options("token"), bare);
    expect([file.status, file.stderr]).toEqual([0, ""]);
    const piped = await sign(options("-"), { ...bare, input: Buffer.from(token()) });
    expect([piped.status, piped.stderr]).toEqual([0, ""]);
    const argument = await sign(options(token()), bare);
    expect([argument.status, argument.stderr]).toEqual([0, expect.stringContaining("others on this machine")]);
  });

  test("is asked for in GitHub Actions", async () => {
    const asked: (string | undefined)[] = [];
    const github = createServer((request, response) => {
      asked.push(request.url, request.headers.authorization);
      response.end(JSON.stringify({ value: token() }));
    });
    await new Promise<void>((resolve) => github.listen(0, "127.0.0.1", resolve));
    const { port } = github.address() as AddressInfo;
    const env = {
      SIGSTORE_ID_TOKEN: "",
      ACTIONS_ID_TOKEN_REQUEST_URL: `http://127.0.0.1:${port}/token?v=1`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: "request-secret",
    };
    const { status, stderr } = await sign(undefined, { env });
    github.close();
    expect([status, stderr]).toEqual([0, ""]);
    expect(asked).toEqual(["/token?v=1&audience=sigstore", "Bearer request-secret"]);
  });

  test("is missing, or is none: no service is asked", async () => {
    for (const [text, reason] of [
      ["", "no identity token was found"],
      ["hunter2-hunter2", "no JSON Web Token"],
    ] as const) {
      const { status, stdout, stderr } = await sign(undefined, { env: { SIGSTORE_ID_TOKEN: text } });
      expect([status, stdout, written(), counts()]).toEqual([2, "", false, [0, 0, 0, 0]]);
      expect(stderr).toContain(reason);
      expect(stderr).not.toContain("hunter2");
    }
  });

  test.each([
    ["is over", { ...WORKFLOW, exp: 1_000 }, "expired at 1970-01-01T00:16:40.000Z"],
    ["was over long ago", { ...WORKFLOW, exp: -1e300 }, "expired at a time long past"],
    ["names nobody", { iss: ISSUER }, "names nobody"],
    ["has no issuer", { sub: "x" }, "no issuer"],
    ["has an e-mail address that nobody verified", { iss: ISSUER, email: "a@example.com" }, "not verified"],
    ["has no object of claims", [1], "no issuer"],
  ])("that %s is refused", (_, claims, reason) => {
    expect(() => readToken(token(claims), Date.now())).toThrow(reason);
  });

  test.each(["", "a.b.c", "eyJ.x", "eyJh.bnVsbA.", `eyJh.${"x".repeat(70_000)}.`, "eyJh.W10.", "eyJh.__.x"])(
    "that is none is refused without its text: %#",
    (text) => {
      const read = (): unknown => readToken(text, Date.now());
      expect(read).toThrow(SigningFailure);
      expect(read).not.toThrow(/eyJ/);
    },
  );
});

/** Signs as the command does, in this process, and gives the error that comes of it. */
async function refusalOf(
  version: 1 | 2 = 1,
  origins: Record<string, string[]> = {},
  timeout = 30_000,
): Promise<Error | undefined> {
  const job = {
    bytes: Buffer.from(CATALOGUE),
    kind: "catalogue",
    client: await SigstoreClient.load(timeout, 10),
    services: servicesFrom(JSON.stringify(instance.signingConfig(version)), Date.now()),
    token: readToken(token(), Date.now()),
    namesIn: claimedIn,
    verifierOf: (expected: ConstructorParameters<typeof IdentityPolicy>[0], thresholds: object) =>
      new KeylessVerifier({
        trustRoot: TrustRoot.fromJson(text("root.json"), { origins }),
        identityPolicy: new IdentityPolicy(expected),
        stateStore: new InMemoryStateStore(),
        thresholds,
      }),
  } as const;
  return signKeyless(job).then(
    () => undefined,
    (error: Error) => error,
  );
}

/** What a service answers in place of the truth. */
const answering =
  (statusCode: number, response = "", contentType = "application/json"): Handler =>
  async () => ({ statusCode, response, contentType });

/** An answer that is packed, and longer than such a one may be. */
const LONG_PACKED = gzipSync(randomBytes(400_000));
const packed =
  (encoding = "gzip"): Handler =>
  async () => ({ statusCode: 201, response: LONG_PACKED, encoding });

const TOKEN_REFUSED = '{"code":16,"message":"There was an error processing the identity token"}';

describe("a service that fails is named", () => {
  test.each([
    [
      "fulcio",
      answering(401, TOKEN_REFUSED),
      "Fulcio",
      "the HTTP status 401: There was an error processing the identity",
    ],
    ["fulcio", answering(500), "Fulcio", "the HTTP status 500"],
    ["fulcio", answering(201, "{}"), "Fulcio", "gave an answer that cannot be read"],
    ["fulcio", answering(201, "<html>"), "Fulcio", "gave an answer that cannot be read"],
    ["rekor", answering(500, '{"message":"the tree is full"}'), "Rekor v1", "the HTTP status 500: the tree is full"],
    ["rekor", answering(201, "{}"), "Rekor v1", "gave an answer that cannot be read"],
    ["rekor", answering(400, "no text", "text/plain"), "Rekor v1", "the HTTP status 400: Bad Request"],
    ["timestamps", answering(503), "the timestamp authority", "the HTTP status 503"],
    ["fulcio", answering(201, " ".repeat(2 ** 22)), "Fulcio", "gave an answer of more than 1048576 bytes"],
    ["fulcio", answering(400, " ".repeat(2 ** 22)), "Fulcio", "gave an answer of more than 1048576 bytes"],
    ["rekor", packed(), "Rekor v1", "gave an answer of more than 65536 bytes"],
    ["timestamps", packed("br"), "the timestamp authority", "gave an answer that is packed as nobody asked"],
    ["rekor", async () => undefined, "Rekor v1", "did not answer within 1 seconds"],
  ] as ["fulcio" | "rekor" | "timestamps", Handler, string, string][])(
    "%s (%#)",
    async (name, handler, service, why) => {
      const failing = instance[name];
      failing.handler = handler;
      const error = await refusalOf(1, {}, why.includes("within 1 seconds") ? 1_000 : undefined);
      expect(error).toBeInstanceOf(SigningFailure);
      expect(error?.message).toContain(`${service} at ${failing.url}`);
      expect(error?.message).toContain(why);
    },
  );

  test("also where it is down, or a service echoes the token", async () => {
    instance.fulcio.handler = async (body) => {
      const { oidcIdentityToken } = JSON.parse(body).credentials;
      return { statusCode: 400, response: JSON.stringify({ message: `bad token ${oidcIdentityToken}` }) };
    };
    const echoed = await sign();
    expect([echoed.status, echoed.stdout, written()]).toEqual([2, "", false]);
    expect(echoed.stderr).toContain("bad token (a token)");
    expect(echoed.stderr).not.toContain("eyJ");
    const down = await sign(["--fulcio-url", "http://127.0.0.1:9", "--rekor-url", instance.rekor.url]);
    expect([down.status, written()]).toEqual([2, false]);
    expect(down.stderr).toContain("not signed: Fulcio at http://127.0.0.1:9 cannot be reached: ECONNREFUSED");
  });

  test("and what it wrote cannot steer a terminal", async () => {
    instance.rekor.handler = answering(400, JSON.stringify({ message: "no\u001b[2J" }));
    const { status, stderr } = await sign();
    expect([status, written()]).toEqual([2, false]);
    expect(stderr).not.toContain("\u001b");
  });

  test("only after it was asked again", async () => {
    const last = (): Promise<Error | undefined> => {
      instance.rekor.requests.length = 0;
      return refusalOf();
    };
    let left = 2;
    instance.rekor.handler = async (body) => {
      left -= 1;
      return left >= 0 ? { statusCode: 503, response: "" } : instance.rekor.honest(body);
    };
    expect([await last(), instance.rekor.requests.length]).toEqual([undefined, 3]);
    left = 3;
    expect([await last(), instance.rekor.requests.length]).toEqual([expect.any(SigningFailure), 3]);
  });
});

describe("evidence that does not hold is refused", () => {
  const code = async (version?: 1 | 2, origins?: Record<string, string[]>): Promise<string | undefined> =>
    ((await refusalOf(version, origins)) as { code?: string } | undefined)?.code;

  test("the log answers with an entry of another signature: nothing is written", async () => {
    let first: string | undefined;
    instance.rekor.handler = (body) => {
      first ??= body;
      return instance.rekor.honest(first);
    };
    expect(await code()).toBeUndefined();
    const { status, stdout, stderr } = await sign();
    expect([status, stdout, written()]).toEqual([1, "", false]);
    expect(stderr).toContain("ERR_ENTRY_");
  });

  test("the log is none that the trust root has", async () => {
    const tlog = await initializeTLog(instance.rekor.url, newKey());
    instance.rekor.handler = rekorHandler(tlog).fn;
    expect(await code()).toBe("ERR_LOG_UNTRUSTED");
  });

  test("Rekor v2: the request in place of an entry, as the mock's own handler gives it", async () => {
    const tlog = await initializeTLog(instance.rekorV2.url, instance.keys.rekorV2);
    instance.rekorV2.handler = rekorV2Handler(tlog).fn;
    expect(await code(2)).toMatch(/^ERR_/);
  });

  test("Rekor v2: the checkpoint of another origin, unless that is stated", async () => {
    const origin = "rekor-pod.example";
    instance.rekorV2.handler = rekorV2(instance.keys.rekorV2, origin);
    expect(await code(2)).toBe("ERR_CHECKPOINT_ORIGIN");
    expect(await code(2, { [instance.rekorV2.url]: [origin] })).toBeUndefined();
    const stated = ["--log-origin", `${instance.rekorV2.url}=${origin}`];
    expect((await sign(["--signing-config", "config2.json", ...stated])).status).toBe(0);
  });

  test.each([1, 2] as const)("a timestamp of another digest (Rekor v%i)", async (version) => {
    instance.timestamps.handler = (body) => {
      const artifactHash = createHash("sha256").update("another").digest("base64");
      return instance.timestamps.honest(JSON.stringify({ ...JSON.parse(body), artifactHash }));
    };
    expect(await code(version)).toMatch(/^ERR_TIMESTAMP_/);
  });

  test.each([1, 2] as const)("a timestamp of an authority that the root lacks (Rekor v%i)", async (version) => {
    instance.timestamps.handler = tsaHandler(await initializeTSA(newKey())).fn;
    expect(await code(version)).toMatch(/^ERR_TIMESTAMP_/);
  });

  test("a certificate of another authority, and one that no CT log has", async () => {
    const other = await initializeCA(newKey(), await initializeCTLog(instance.keys.ct));
    instance.fulcio.handler = fulcioHandler(other, { subjectClaim: "san" }).fn;
    expect(await code()).toMatch(/^ERR_CHAIN_/);
    const unlogged = await initializeCA(instance.keys.ca);
    instance.fulcio.handler = fulcioHandler(unlogged, { subjectClaim: "san" }).fn;
    expect(await code()).toMatch(/^ERR_(SCT|CHAIN)_/);
  });
});

describe("nothing is asked where there is nothing to sign", () => {
  test.each([
    ["no catalogue", '{"servers":[]}', 1, "ERR_CATALOGUE_MALFORMED"],
    ["expired", '{"tools":[],"expires":"2020-01-01T00:00:00Z"}', 1, "ERR_CATALOGUE_EXPIRED"],
  ])("%s", async (_, content, expected, code) => {
    writeFileSync(at("bad.json"), content);
    const args = ["sign", "bad.json", "--trusted-root", "root.json", "--signing-config", "config1.json"];
    const { status, stderr } = await inkanMeanwhile(args, {
      cwd: folder,
      env: { ...NO_CI, SIGSTORE_ID_TOKEN: token() },
    });
    expect([status, counts(), existsSync(at("bad.sigstore.json"))]).toEqual([expected, [0, 0, 0, 0], false]);
    expect(stderr).toContain(code);
  });

  test("options that do not go together", async () => {
    const { status, stderr } = await sign(["--signing-config", "config1.json", "--signature", "s"]);
    expect([status, counts(), written()]).toEqual([2, [0, 0, 0, 0], false]);
    expect(stderr).toContain("--signature");
    const config = at("config1.json");
    expect(() => servicesOf({ "signing-config": config, "rekor-url": "https://x.example" })).toThrow("excludes");
    expect(() => identityOf({ "certificate-identity": "x" })).toThrow("together");
    expect(() => timeoutOf({ timeout: "soon" })).toThrow("span of time");
    expect(() => servicesOf({ "signing-config": at("root.json") })).toThrow("mediaType");
  });

  test("services that a token must not be sent to, and services without a proven time", () => {
    const services = (fulcio: string, version: 1 | 2 = 1) => {
      const logs = [{ url: "https://rekor.example", version }];
      return (): void => checkServices({ fulcio, logs, timestamps: [] });
    };
    for (const url of [
      "http://fulcio.example",
      "https://a:b@fulcio.example",
      "ftp://x",
      "http://127.0.0.1.example",
      "",
    ]) {
      expect(services(url)).toThrow("https URL");
    }
    for (const url of ["https://fulcio.example", "http://127.0.0.1:1", "http://[::1]", "http://localhost:2"]) {
      expect(services(url)).not.toThrow();
    }
    expect(services("https://fulcio.example", 2)).toThrow("timestamp authority");
  });

  test("other services need their trust root, and a key needs no service", async () => {
    const around = { cwd: folder, env: NO_CI };
    const bare = await inkanMeanwhile(["sign", "tools.json", "--rekor-url", "https://x.example"], around);
    expect([bare.status, bare.stderr]).toEqual([2, expect.stringContaining("--rekor-url needs --trusted-root")]);
    // With nothing stated the services and the root are the public-good ones; no token, so that none is asked.
    const nothing = await inkanMeanwhile(["sign", "tools.json"], around);
    expect([nothing.status, nothing.stderr]).toEqual([2, expect.stringContaining("no identity token was found")]);
    const both = await inkanMeanwhile(["sign", "tools.json", "--key", "k", "--rekor-url", "https://x.example"], around);
    expect([both.status, both.stderr]).toEqual([2, expect.stringContaining("--rekor-url")]);
  });
});
