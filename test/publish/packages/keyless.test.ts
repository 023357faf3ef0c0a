/** `inkan sign` without a key, spawned, against a Sigstore instance on this machine. */
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
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

  test.each([
    ["is missing", { env: { SIGSTORE_ID_TOKEN: "" } }, "no identity token was found"],
    ["is no token", { env: { SIGSTORE_ID_TOKEN: "hunter2-hunter2" } }, "no JSON Web Token"],
    ["is over", { claims: { ...WORKFLOW, exp: 1_000 } }, "expired at 1970-01-01T00:16:40.000Z"],
    ["names nobody", { claims: { iss: ISSUER } }, "names nobody"],
    ["has no issuer", { claims: { sub: "x" } }, "no issuer"],
    ["has an e-mail address that nobody verified", { claims: { iss: ISSUER, email: "a@example.com" } }, "not verified"],
  ])("that %s asks no service", async (_, how: How, reason) => {
    const { status, stdout, stderr } = await sign(undefined, how);
    expect([status, stdout, written(), counts()]).toEqual([2, "", false, [0, 0, 0, 0]]);
    expect(stderr).toContain(reason);
    expect(stderr).not.toContain("hunter2");
  });
});

/** What a service answers in place of the truth. */
const answering =
  (statusCode: number, response = "", contentType = "application/json"): Handler =>
  async () => ({ statusCode, response, contentType });

describe("a service that fails leaves no file, and is named", () => {
  test.each([
    [
      "fulcio",
      answering(401, '{"code":16,"message":"There was an error processing the identity token"}'),
      "Fulcio",
      "the HTTP status 401: There was an error processing the identity token (the token is refused",
    ],
    ["fulcio", answering(500), "Fulcio", "the HTTP status 500"],
    ["fulcio", answering(201, "{}"), "Fulcio", "gave an answer that cannot be read"],
    ["fulcio", answering(201, "<html>"), "Fulcio", "gave an answer that cannot be read"],
    ["rekor", answering(500, '{"message":"the tree is full"}'), "Rekor v1", "the HTTP status 500: the tree is full"],
    ["rekor", answering(201, "{}"), "Rekor v1", "gave an answer that cannot be read"],
    ["rekor", answering(400, "no\u001b[2Jtext", "text/plain"), "Rekor v1", "the HTTP status 400"],
    ["timestamps", answering(503), "the timestamp authority", "the HTTP status 503"],
    ["rekor", async () => undefined, "Rekor v1", "did not answer within 1 seconds"],
  ] as ["fulcio" | "rekor" | "timestamps", Handler, string, string][])(
    "%s (%#)",
    async (name, handler, service, reason) => {
      const failing = instance[name];
      failing.handler = handler;
      const { status, stdout, stderr } = await sign(["--signing-config", "config1.json", "--timeout", "1s"]);
      expect([status, stdout, written()]).toEqual([2, "", false]);
      expect(stderr).toContain(`not signed: ${service} at ${failing.url}`);
      expect(stderr).toContain(reason);
      expect(stderr).not.toContain("\u001b");
    },
  );

  test("Fulcio is down, and a service echoes the token", async () => {
    const down = await sign(["--fulcio-url", "http://127.0.0.1:9", "--rekor-url", instance.rekor.url]);
    expect([down.status, written()]).toEqual([2, false]);
    expect(down.stderr).toContain("Fulcio at http://127.0.0.1:9 cannot be reached: ECONNREFUSED");
    instance.fulcio.handler = async (body) => {
      const { oidcIdentityToken } = JSON.parse(body).credentials;
      return { statusCode: 400, response: JSON.stringify({ message: `bad token ${oidcIdentityToken}` }) };
    };
    const echoed = await sign();
    expect(echoed.status).toBe(2);
    expect(echoed.stderr).toContain("bad token (the token)");
    expect(echoed.stderr).not.toContain("eyJ");
  });

  test("is asked again a few times", async () => {
    let left = 2;
    instance.rekor.handler = async (body) => {
      left -= 1;
      return left >= 0 ? { statusCode: 503, response: "" } : instance.rekor.honest(body);
    };
    expect((await sign()).status).toBe(0);
    expect(instance.rekor.requests.length).toBe(3);
  });
});

describe("evidence that does not hold leaves no file, and its code is told", () => {
  const refused = async (code: RegExp, config = "config1.json"): Promise<void> => {
    const { status, stdout, stderr } = await sign(["--signing-config", config]);
    expect([status, stdout, written()]).toEqual([1, "", false]);
    expect(stderr).toMatch(code);
  };

  test("the log answers with an entry of another signature", async () => {
    let first: string | undefined;
    instance.rekor.handler = (body) => {
      first ??= body;
      return instance.rekor.honest(first);
    };
    expect((await sign()).status).toBe(0);
    rmSync(at("tools.sigstore.json"));
    await refused(/ERR_ENTRY_/);
  });

  test("the log is none that the trust root has", async () => {
    const foreign = rekorHandler(await initializeTLog(instance.rekor.url, newKey())).fn;
    instance.rekor.handler = foreign;
    await refused(/ERR_(LOG|TLOG|ENTRY|THRESHOLD)\w*/);
  });

  test("Rekor v2: the request in place of an entry, as the mock's own handler gives it", async () => {
    const tlog = await initializeTLog(instance.rekorV2.url, instance.keys.rekorV2);
    instance.rekorV2.handler = rekorV2Handler(tlog).fn;
    await refused(/ERR_/, "config2.json");
  });

  test("Rekor v2: the checkpoint of another origin, unless that is stated", async () => {
    const host = new URL(instance.rekorV2.url).host;
    instance.rekorV2.handler = rekorV2(instance.keys.rekorV2, `${host} - 4711`);
    await refused(/ERR_CHECKPOINT_ORIGIN/, "config2.json");
    const stated = ["--log-origin", `${instance.rekorV2.url}=${host} - 4711`];
    expect((await sign(["--signing-config", "config2.json", ...stated])).status).toBe(0);
  });

  test.each([1, 2])("a timestamp of another digest (Rekor v%i)", async (version) => {
    instance.timestamps.handler = (body) => {
      const artifactHash = createHash("sha256").update("another").digest("base64");
      return instance.timestamps.honest(JSON.stringify({ ...JSON.parse(body), artifactHash }));
    };
    await refused(/ERR_TIMESTAMP_/, `config${version}.json`);
  });

  test.each([1, 2])("a timestamp of an authority that the trust root has not (Rekor v%i)", async (version) => {
    instance.timestamps.handler = tsaHandler(await initializeTSA(newKey())).fn;
    await refused(/ERR_TIMESTAMP/, `config${version}.json`);
  });

  test("a certificate of another authority", async () => {
    const ca = await initializeCA(newKey(), await initializeCTLog(instance.keys.ct));
    instance.fulcio.handler = fulcioHandler(ca, { subjectClaim: "san" }).fn;
    await refused(/ERR_CERTIFICATE|ERR_CHAIN/);
  });

  test("a certificate that no CT log has", async () => {
    const ca = await initializeCA(instance.keys.ca);
    instance.fulcio.handler = fulcioHandler(ca, { subjectClaim: "san" }).fn;
    await refused(/ERR_SCT/);
  });
});

describe("nothing is asked where there is nothing to sign", () => {
  test.each([
    ["no JSON", "{", 1, "ERR_JSON_MALFORMED"],
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

  test.each([
    [["--signature", "s"], "--signature"],
    [["--passphrase-file", "p"], "--passphrase-file"],
    [["--fulcio-url", "http://fulcio.example"], "https URL"],
    [["--fulcio-url", "https://a:b@fulcio.example"], "https URL"],
    [["--signing-config", "config1.json", "--rekor-url", "https://x.example"], "excludes"],
    [["--certificate-identity", "x"], "together"],
    [["--timeout", "soon"], "span of time"],
    [["--trusted-root", "nowhere.json"], "nowhere.json"],
    [["--signing-config", "root.json"], "mediaType"],
  ])("misuse: %j", async (options, reason) => {
    const { status, stderr } = await sign(options);
    expect([status, counts(), written()]).toEqual([2, [0, 0, 0, 0], false]);
    expect(stderr).toContain(reason);
  });

  test("without a key a trust root is needed, and with a key no service", async () => {
    const around = { cwd: folder, env: NO_CI };
    const bare = await inkanMeanwhile(["sign", "tools.json"], around);
    expect([bare.status, bare.stderr]).toEqual([2, expect.stringContaining("--key KEY")]);
    const both = await inkanMeanwhile(["sign", "tools.json", "--key", "k", "--rekor-url", "https://x.example"], around);
    expect([both.status, both.stderr]).toEqual([2, expect.stringContaining("--rekor-url")]);
  });
});
