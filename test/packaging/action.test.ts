/** `action.yml`, step by step as a runner does it, with the packed inkan and a server of this repository; and the workflows. */
import { spawnSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, inject, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import { inRoot } from "../../scripts/build/paths.js";

const { app, tarball } = inject("packed");
const INSTALLED = join(app, "node_modules/.bin/inkan");

interface Step {
  readonly id: string;
  readonly if?: string;
  readonly env: Readonly<Record<string, string>>;
  readonly run: string;
}
interface Action {
  readonly inputs: Readonly<Record<string, { readonly default?: string; readonly description: string }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly steps: readonly Step[] };
}
const action: Action = parse(readFileSync(inRoot("action.yml"), "utf8"));

type Texts = Readonly<Record<string, string>>;

interface Ran {
  readonly status: number | null;
  readonly log: string;
  readonly summary: string;
  readonly outputs: Texts;
}

/** A workspace with the server of the demo, and a runner on it. */
function workspace() {
  const folder = mkdtempSync(join(app, "action-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const runnerTemp = join(folder, "runner temp");
  const home = join(folder, "work");
  for (const made of [runnerTemp, home]) mkdirSync(made);
  copyFileSync(inRoot("demo/server.mjs"), join(home, "server.mjs"));

  /** Runs the steps with these inputs until one fails. Without `package` the inkan that is installed in `app` is taken. */
  const run = (given: Texts): Ran => {
    for (const name of Object.keys(given)) expect(Object.keys(action.inputs)).toContain(name);
    const inputs = Object.fromEntries(
      Object.entries(action.inputs).map(([name, input]) => [name, given[name] ?? input.default ?? ""]),
    );
    const isInstalled = given.package === undefined;
    const steps: Record<string, Record<string, string>> = isInstalled ? { install: { inkan: INSTALLED } } : {};
    const summary = join(folder, "summary");
    writeFileSync(summary, "");
    const evaluate = (text: string): string =>
      text.replace(/\$\{\{ (inputs|steps)\.([\w-]+)(?:\.outputs\.([\w-]+))? \}\}/g, (_, from, name, output) =>
        from === "inputs" ? (inputs[name] ?? expect.fail(name)) : (steps[name]?.[output] ?? ""),
      );
    let log = "";
    let status: number | null = 0;
    for (const step of action.runs.steps) {
      const [, name = "", unwanted = ""] = /^inputs\.([\w-]+) != '(.*)'$/.exec(step.if ?? "") ?? [];
      if (step.if !== undefined && inputs[name] === unwanted) continue;
      if (step.id === "install" && isInstalled) continue;
      const output = join(folder, `output-${step.id}`);
      writeFileSync(output, "");
      const script = join(folder, "step.sh");
      writeFileSync(script, step.run);
      const variables = Object.fromEntries(Object.entries(step.env).map(([key, value]) => [key, evaluate(value)]));
      const ended = spawnSync("bash", ["--noprofile", "--norc", "-eo", "pipefail", script], {
        cwd: home,
        encoding: "utf8",
        env: {
          ...process.env,
          ...{ RUNNER_TEMP: runnerTemp, GITHUB_ACTION_PATH: inRoot(".") },
          ...{ GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: summary, ...variables },
        },
      });
      log += ended.stdout + ended.stderr;
      status = ended.status;
      if (status !== 0) break;
      const lines = readFileSync(output, "utf8")
        .split("\n")
        .filter((line) => line !== "");
      steps[step.id] = Object.fromEntries(lines.map((line) => /^([^=]+)=(.*)$/.exec(line)?.slice(1) ?? []));
    }
    const outputs = Object.fromEntries(
      Object.entries(action.outputs).map(([name, { value }]) => [name, evaluate(value)]),
    );
    return { status, log, summary: readFileSync(summary, "utf8"), outputs };
  };
  return { home, runnerTemp, run };
}

const SERVER = { command: "node server.mjs", server: "npm:@acme/notes" };

test("a pull request: the first catalogue, then a change, then none", () => {
  const { home, run } = workspace();
  const first = run({ ...SERVER, compare: "before.json", lint: "off" });
  expect([first.status, first.log]).toEqual([0, expect.stringContaining("for npm:@acme/notes")]);
  expect(first.outputs).toMatchObject({ catalogue: "mcp-catalogue.json", changed: "true", bundle: "", sarif: "" });
  expect(first.summary).toMatch(/^## The server's tool catalogue\n\nThere was no catalogue before\.\n\n\*\*/);
  expect(readFileSync(first.outputs.diff ?? "", "utf8")).toBe(first.summary);

  const catalogue = readFileSync(join(home, "mcp-catalogue.json"), "utf8");
  writeFileSync(join(home, "before.json"), catalogue.replace(/"description": ?"/, "$&Before: "));
  const changed = run({ ...SERVER, compare: "before.json", lint: "off" });
  expect(changed.outputs.changed).toBe("true");
  expect(changed.summary).toContain("```diff\n- ");
  expect(changed.summary).not.toContain("no catalogue before");

  writeFileSync(join(home, "before.json"), catalogue);
  expect(run({ ...SERVER, compare: "before.json", lint: "off" }).outputs.changed).toBe("false");
});

test("a release: version and expiry, and a bundle by a key that verifies; the key is not left", () => {
  const { home, runnerTemp, run } = workspace();
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const key = privateKey
    .export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "a b$c" })
    .toString();
  const signing = { sign: "key", key, passphrase: "a b$c", version: "7", expires: "90d", lint: "off" };
  const { status, outputs, log } = run({ package: tarball, ...SERVER, ...signing, output: "a catalogue.json" });
  expect([status, outputs.catalogue, outputs.bundle]).toEqual([0, "a catalogue.json", "a catalogue.sigstore.json"]);
  writeFileSync(join(home, "me.pub"), publicKey.export({ type: "spki", format: "pem" }));
  const verify = ["verify", "a catalogue.json", "--bundle", "a catalogue.sigstore.json", "--key", "me.pub"];
  const verified = spawnSync(INSTALLED, [...verify, "--server", "npm:@acme/notes"], {
    cwd: home,
    encoding: "utf8",
  });
  expect([verified.status, verified.stdout]).toEqual([0, expect.stringContaining("Verified: ")]);
  expect(JSON.parse(readFileSync(join(home, "a catalogue.json"), "utf8"))).toMatchObject({ version: 7 });
  expect(log).not.toContain("PRIVATE KEY");
  const left = readdirSync(runnerTemp, { recursive: true, encoding: "utf8" });
  expect(left.filter((name) => name.endsWith("key.pem"))).toEqual([]);
});

test("a file that is there is signed without a server", () => {
  const { home, run } = workspace();
  writeFileSync(join(home, "mcp-catalogue.json"), '{"tools":[]}');
  const { privateKey } = generateKeyPairSync("ed25519");
  const key = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const { status, outputs } = run({ sign: "key", key, lint: "off" });
  expect([status, outputs.bundle]).toEqual([0, "mcp-catalogue.sigstore.json"]);
});

test("inputs are no code: what a shell would run in them is an argument, or is refused", () => {
  const { home, run } = workspace();
  const evil = '$(touch owned) `touch owned`; touch owned & "touch" owned\'';
  writeFileSync(
    join(home, "arguments.mjs"),
    `import { writeFileSync } from "node:fs";
writeFileSync("arguments.json", JSON.stringify(process.argv.slice(2)));
await import("./server.mjs");`,
  );
  const command = `node\r\narguments.mjs\n${evil}\n\n--sign=*`;
  const { status, log } = run({ command, server: evil, lint: "off" });
  expect([status, log]).toEqual([0, expect.stringContaining("for $(touch owned)")]);
  expect(JSON.parse(readFileSync(join(home, "arguments.json"), "utf8"))).toEqual([evil, "--sign=*"]);
  expect(JSON.parse(readFileSync(join(home, "mcp-catalogue.json"), "utf8")).server).toBe(evil);
  run({ ...SERVER, command: "node arguments.mjs $(id) * 'a b'", lint: "off" });
  expect(JSON.parse(readFileSync(join(home, "arguments.json"), "utf8"))).toEqual(["$(id)", "*", "'a", "b'"]);
  run({ ...SERVER, compare: evil, expires: evil, version: evil, lint: "off" });
  expect(existsSync(join(home, "owned"))).toBe(false);
});

test.each([
  ["an output with a second line", { output: "a\nbundle=b" }, "output must be a path"],
  ["an output that is an option", { output: "-o" }, "output must be a path"],
  ["a command and a url", { ...SERVER, url: "https://x.example" }, "not both"],
  ["a url that is an option", { url: "--help" }, "url must begin with https://"],
  ["neither, and no file", {}, "and no file mcp-catalogue.json"],
  ["a range of versions", { package: "inkan@^0.1.0" }, "one exact version"],
  ["another package", { package: "inkan@npm:evil@1.0.0" }, "one exact version"],
  ["a server that does not start", { command: "node none.mjs", lint: "off" }, "no snapshot"],
  ["a way to sign that there is not", { ...SERVER, sign: "yes", lint: "off" }, "sign must be keyless or key"],
  ["no key", { ...SERVER, sign: "key", lint: "off" }, "needs the input key"],
  ["an unknown way to lint", { ...SERVER, lint: "yes" }, "lint must be fail, warn or off"],
])("%s ends the action with the reason", (_what, given: Texts, told) => {
  const { status, log } = workspace().run(given);
  expect(status).not.toBe(0);
  expect(log).toContain(told);
});

test("scripts hold no expression, and the version of the package is this one", () => {
  for (const { run } of action.runs.steps) expect(run).not.toContain("${{");
  const { version } = JSON.parse(readFileSync(inRoot("package.json"), "utf8"));
  expect(action.inputs.package?.default).toBe(`inkan@${version}`);
});

interface Workflow {
  readonly permissions: object;
  readonly jobs: Readonly<
    Record<string, { readonly steps?: readonly { uses?: string; with?: Texts; run?: string }[] }>
  >;
}

const workflows = [".github/workflows", "examples/workflows"].flatMap((folder) =>
  readdirSync(inRoot(folder)).map((name): [string, Workflow] => {
    return [`${folder}/${name}`, parse(readFileSync(inRoot(folder, name), "utf8"))];
  }),
);

test.each(workflows)(
  "%s: actions by commit, no permissions but a job's own, no expression in a script",
  (name, workflow) => {
    expect(workflow.permissions).toEqual({});
    expect(readFileSync(inRoot(name), "utf8")).not.toContain("pull_request_target");
    const steps = Object.values(workflow.jobs).flatMap(({ steps = [] }) => steps);
    expect(steps.length).toBeGreaterThan(0);
    for (const { uses, with: given = {}, run = "" } of steps) {
      if (uses !== undefined) expect(uses).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
      if (uses?.includes("/inkan@")) {
        expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(Object.keys(given)));
      }
      expect(run).not.toContain("${{");
    }
  },
);

test.each([
  ["there is none yet", "", ["--method POST", "repos/acme/files/issues/7/comments"]],
  ["there is one", "31\\n42\\n", ["--method PATCH", "repos/acme/files/issues/comments/42"]],
])("the comment of a pull request where %s", (_what, ids, parts) => {
  const folder = mkdtempSync(join(app, "comment-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [, workflow] = workflows.find(([name]) => name.endsWith("/pull-request.yml")) ?? expect.fail();
  const { run = "" } = workflow.jobs.comment?.steps?.at(-1) ?? {};
  writeFileSync(join(folder, "diff.md"), "**1 change**\n");
  writeFileSync(
    join(folder, "gh"),
    `#!/bin/sh\necho "$*" >>calls\ncase "$*" in *--paginate*) printf '${ids}' ;; esac\n`,
    { mode: 0o755 },
  );
  const env = { ...process.env, PATH: `${folder}:${process.env.PATH}`, NUMBER: "7", GITHUB_REPOSITORY: "acme/files" };
  const { status, stderr } = spawnSync("bash", ["-eo", "pipefail", "-c", run], { cwd: folder, encoding: "utf8", env });
  expect([status, stderr]).toEqual([0, ""]);
  const [, written = ""] = readFileSync(join(folder, "calls"), "utf8").trim().split("\n");
  for (const part of [...parts, "--field body=@comment.md"]) expect(written).toContain(part);
  expect(readFileSync(join(folder, "comment.md"), "utf8")).toBe("<!-- inkan: tool catalogue -->\n**1 change**\n");
});
