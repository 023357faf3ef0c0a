/** The files of the hosts: what is written into them, what stays as it is, and what is refused. */
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { HOST_NAMES, HOSTS, type HostName } from "../../ts/cli/hosts/known.js";
import { entryText, type HostPlan, planHost } from "../../ts/cli/hosts/plan.js";
import { Changes } from "../../ts/cli/init/changes.js";

const folder = mkdtempSync(join(tmpdir(), "inkan-hosts-"));
afterAll(() => rmSync(folder, { recursive: true }));

const CONFIG = join(folder, "inkan.config.json");
const entry = (node = "node") => ({
  command: node,
  args: ["main.cjs", "proxy", "--config", CONFIG, "--server", "files"],
});

let count = 0;
function fileWith(text: string | undefined): string {
  const file = join(folder, `host${count++}`);
  if (text !== undefined) writeFileSync(file, text);
  return file;
}

interface How {
  readonly replace?: boolean;
  readonly node?: string;
}

const plan = (host: HostName, file: string, { replace = false, node }: How = {}): HostPlan =>
  planHost(HOSTS[host], { file, name: "files", entry: entry(node), replace });

function apply(host: HostName, text: string | undefined, how?: How): string {
  const file = fileWith(text);
  const { seen, after } = plan(host, file, how);
  new Changes().replace(seen, after ?? "");
  return readFileSync(file, "utf8");
}

const JSON_HOSTS = HOST_NAMES.filter((name) => HOSTS[name].format !== "toml");
const parentOf = (host: HostName): string => HOSTS[host].parent;

describe.each(JSON_HOSTS)("%s", (host) => {
  const parent = parentOf(host);

  test.each([
    ["is missing", undefined],
    ["is empty", ""],
    ["is white space", " \n"],
  ])("gets a whole document where the file %s", (_, text) => {
    expect(JSON.parse(apply(host, text))).toEqual({ [parent]: { files: entry() } });
  });

  test("keeps other members and servers byte for byte", () => {
    const before = `{\n    "theme" :"dark",\n    "${parent}": {\n        "other": {"command":"x",  "n": 1.50}\n    },\n    "last": [ 1,2 ]\n}\n`;
    const after = apply(host, before);
    const added = `\n        "files": ${JSON.stringify(entry(), null, "    ").replaceAll("\n", "\n        ")},`;
    expect(after).toBe(before.replace(`"${parent}": {`, `"${parent}": {${added}`));
    expect(JSON.parse(after)[parent].files).toEqual(entry());
  });

  test("gets the object of servers where there is none, and takes one line for one line", () => {
    expect(JSON.parse(apply(host, `{"theme":"dark"}`))).toEqual({ theme: "dark", [parent]: { files: entry() } });
    expect(apply(host, `{"theme":"dark"}`)).toMatch(/,"theme":"dark"\}$/);
    expect(JSON.parse(apply(host, "{}"))).toEqual({ [parent]: { files: entry() } });
    expect(JSON.parse(apply(host, `{"${parent}":{}}`))).toEqual({ [parent]: { files: entry() } });
  });

  test("keeps CRLF and a byte order mark", () => {
    const before = `\ufeff{\r\n\t"${parent}": {\r\n\t\t"other": {}\r\n\t}\r\n}\r\n`;
    const after = apply(host, before);
    expect(after.startsWith('\ufeff{\r\n\t"')).toBe(true);
    expect(after.replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
    expect(Object.keys(JSON.parse(after.slice(1))[parent])).toEqual(["files", "other"]);
    expect(after).toContain(`\r\n\t\t"other": {}\r\n\t}\r\n}\r\n`);
  });

  test.each([
    ["is no JSON", `{ "a": `, /no JSON/],
    ["is a list", "[]", /no JSON object/],
    ["has servers that are no object", `{ "${parent}": [] }`, /no JSON object/],
    ["has the servers twice", `{ "${parent}": {}, "${parent}": {} }`, /twice/],
    ["has the server twice", `{ "${parent}": { "files": {}, "files": {} } }`, /twice/],
    ["has another server of this name", `{ "${parent}": { "files": { "command": "x" } } }`, /--replace/],
    ["is nested without end", `{"a":${"[".repeat(200_000)}`, /JSON|nested/],
  ])("that %s is left as it is", (_, text, why) => {
    const file = fileWith(text);
    expect(() => plan(host, file)).toThrow(why);
    expect(() => plan(host, file)).toThrow(/left as it is/);
    expect(readFileSync(file, "utf8")).toBe(text);
  });

  test("has nothing to do a second time, and takes another Node by itself", () => {
    const file = fileWith(apply(host, undefined));
    expect(plan(host, file).after).toBeUndefined();
    const text = JSON.stringify({ [parent]: { files: { ...entry("old"), env: { A: "b" } }, other: {} } });
    expect(JSON.parse(apply(host, text))).toEqual({ [parent]: { files: { ...entry(), env: { A: "b" } }, other: {} } });
  });

  test("--replace puts the proxy in the place of another server, and of no other", () => {
    const text = `{ "${parent}": { "a": {"x":1}, "files": { "command": "x" }, "b": {"y":2} } }`;
    const after = apply(host, text, { replace: true });
    expect(JSON.parse(after)[parent]).toEqual({ a: { x: 1 }, files: entry(), b: { y: 2 } });
    expect(after.startsWith(`{ "${parent}": { "a": {"x":1}, "files": {`)).toBe(true);
  });
});

const COMMENTED = (parent: string) => `// mine
{
  /* servers */
  "${parent}": { // here
    // the first
    "other": { "command": "x", }, // note
  },
}
`;

test.each(JSON_HOSTS)("comments and trailing commas in the file of %s stay, where the host takes them", (host) => {
  const text = COMMENTED(parentOf(host));
  if (HOSTS[host].format === "json") {
    expect(() => plan(host, fileWith(text))).toThrow(/no JSON/);
    return;
  }
  const after = apply(host, text);
  const rest = after.replace(/\n {4}"files": \{.*?\n {4}\},/s, "");
  expect(rest).toBe(text);
  expect(plan(host, fileWith(after)).after).toBeUndefined();
});

describe("codex", () => {
  const OTHERS = `model = "o4" # mine\r\n\r\n[mcp_servers.other]\r\ncommand = 'x'\r\n\r\n[profiles.a]\r\nb = 1_000\r\n`;
  const TABLE = `[mcp_servers.files]\ncommand = "node"\nargs = ["main.cjs", "proxy", "--config", ${JSON.stringify(CONFIG)}, "--server", "files"]\n`;

  test.each([undefined, "", "\n"])("gets its table where the file is %j", (text) => {
    expect(apply("codex", text)).toBe(`${text ?? ""}${TABLE}`);
  });

  test("gets its table at the end, and all else stays", () => {
    expect(apply("codex", OTHERS)).toBe(`${OTHERS}\r\n${TABLE.replaceAll("\n", "\r\n")}`);
    expect(apply("codex", "a = 1")).toBe(`a = 1\n\n${TABLE}`);
  });

  test("replaces one table, and keeps its sub-tables and its neighbours", () => {
    const text = `[mcp_servers.a]\nurl = "u"\n\n[mcp_servers.files]\ncommand = "x"\nargs = ["y"] # z\n\n[mcp_servers.files.env]\nK = "v"\n\n[mcp_servers.b]\nurl = "w"\n`;
    expect(() => plan("codex", fileWith(text))).toThrow(/--replace/);
    expect(apply("codex", text, { replace: true })).toBe(
      text.replace(`[mcp_servers.files]\ncommand = "x"\nargs = ["y"]`, TABLE.trimEnd()),
    );
  });

  test("has nothing to do a second time", () => {
    expect(plan("codex", fileWith(apply("codex", OTHERS))).after).toBeUndefined();
  });

  test.each([
    ["is no TOML", "a = \n", /no TOML, from line/],
    ["has its servers in one line", `mcp_servers = { a = { command = "x" } }\n`, /one line/],
    ["has servers that are a list", `[[mcp_servers]]\na = 1\n`, /no table/],
    ["has the server in one line", `[mcp_servers]\nfiles = { command = "x" }\n`, /--replace|table of its own/],
  ])("that %s is left as it is", (_, text, why) => {
    const file = fileWith(text);
    expect(() => plan("codex", file)).toThrow(why);
    expect(() => plan("codex", file, { replace: true })).toThrow(/left as it is/);
    expect(readFileSync(file, "utf8")).toBe(text);
  });
});

describe("the file itself", () => {
  const TEXT = `{ "mcpServers": {} }`;

  test("keeps its mode, and a link stays a link", () => {
    const file = fileWith(TEXT);
    chmodSync(file, 0o600);
    const link = fileWith(undefined);
    symlinkSync(file, link);
    const { seen, after } = plan("cursor", link);
    new Changes().replace(seen, after ?? "");
    expect([lstatSync(link).isSymbolicLink(), statSync(file).mode & 0o777]).toEqual([true, 0o600]);
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({ mcpServers: { files: entry() } });
  });

  test("that is read-only, no file, not UTF-8 or a link to nowhere is left as it is", () => {
    const readOnly = fileWith(TEXT);
    chmodSync(readOnly, 0o444);
    expect(() => plan("cursor", readOnly)).toThrow(/left as it is: it is read-only/);
    expect(() => plan("cursor", folder)).toThrow(/left as it is/);
    const bytes = fileWith(undefined);
    writeFileSync(bytes, Buffer.from([0x7b, 0xff, 0x7d]));
    expect(() => plan("cursor", bytes)).toThrow(/not UTF-8/);
    const dangling = fileWith(undefined);
    symlinkSync(join(folder, "nowhere"), dangling);
    expect(() => plan("cursor", dangling)).toThrow(/leads nowhere/);
    expect(existsSync(join(folder, "nowhere"))).toBe(false);
  });

  test("that its host has changed meanwhile is not overwritten", () => {
    const file = fileWith(TEXT);
    const { seen, after } = plan("cursor", file);
    writeFileSync(file, `{ "mcpServers": { "new": {} } }`);
    expect(() => new Changes().replace(seen, after ?? "")).toThrow(/changed meanwhile/);
    expect(readFileSync(file, "utf8")).toContain("new");
  });

  test("whose folder is missing is no file of this machine's host", () => {
    expect(() => plan("cursor", join(folder, "none", "mcp.json"))).toThrow(/no settings here/);
  });

  test("comes back as it was when a later step fails", () => {
    const file = fileWith(TEXT);
    const fresh = fileWith(undefined);
    const changes = new Changes();
    const { seen, after } = plan("cursor", file);
    changes.replace(seen, after ?? "");
    changes.create(fresh, "x", 0o600);
    changes.folder(join(folder, "deep", "er"));
    changes.undo();
    expect([readFileSync(file, "utf8"), existsSync(fresh), existsSync(join(folder, "deep"))]).toEqual([
      TEXT,
      false,
      false,
    ]);
  });
});

describe("where a host keeps it", () => {
  const places = (platform: NodeJS.Platform, home: string, env: Record<string, string> = {}) =>
    Object.fromEntries(HOST_NAMES.map((name) => [name, HOSTS[name].place({ platform, home, env })]));

  test("on Linux", () => {
    expect(places("linux", "/h")).toEqual({
      "claude-desktop": "/h/.config/Claude/claude_desktop_config.json",
      "claude-code": "/h/.claude.json",
      cursor: "/h/.cursor/mcp.json",
      vscode: "/h/.config/Code/User/mcp.json",
      windsurf: "/h/.codeium/windsurf/mcp_config.json",
      gemini: "/h/.gemini/settings.json",
      codex: "/h/.codex/config.toml",
      zed: "/h/.config/zed/settings.json",
    });
    const env = { XDG_CONFIG_HOME: "/x", CODEX_HOME: "/c", CLAUDE_CONFIG_DIR: "/d" };
    expect(places("linux", "/h", env)).toMatchObject({
      "claude-code": "/d/.claude.json",
      vscode: "/x/Code/User/mcp.json",
      codex: "/c/config.toml",
      zed: "/x/zed/settings.json",
    });
    expect(places("linux", "/h", { XDG_CONFIG_HOME: "x" }).zed).toBe("/h/.config/zed/settings.json");
  });

  test("on macOS", () => {
    expect(places("darwin", "/h", { XDG_CONFIG_HOME: "/x" })).toMatchObject({
      "claude-desktop": "/h/Library/Application Support/Claude/claude_desktop_config.json",
      vscode: "/h/Library/Application Support/Code/User/mcp.json",
      zed: "/h/.config/zed/settings.json",
    });
  });

  test("on Windows", () => {
    const home = "C:\\h";
    expect(places("win32", home, { APPDATA: "C:\\r" })).toMatchObject({
      "claude-desktop": "C:\\r\\Claude\\claude_desktop_config.json",
      cursor: "C:\\h\\.cursor\\mcp.json",
      vscode: "C:\\r\\Code\\User\\mcp.json",
      codex: "C:\\h\\.codex\\config.toml",
      zed: "C:\\r\\Zed\\settings.json",
    });
  });
});

test("an entry alone is shown in the host's own form", () => {
  expect(entryText(HOSTS.codex, "files", entry())).toMatch(/^\[mcp_servers\.files\]\n/);
  expect(JSON.parse(entryText(HOSTS.vscode, "files", { type: "stdio", ...entry() }))).toEqual({
    servers: { files: { type: "stdio", ...entry() } },
  });
});
