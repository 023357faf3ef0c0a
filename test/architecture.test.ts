/** The rules of the layers, read from the imports. A rule that a file must break is changed here, with the reason. */
import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { inRoot } from "../scripts/build/paths.js";
import { capture } from "../scripts/build/process.js";

/** Lines at which a file is asked whether it does two jobs. */
const MAX_LINES = 500;

/** Files that may be longer, and why. An entry that is no longer needed fails. */
const LONG_FILES: Record<string, string> = {};

const tracked = capture("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
  .split("\0")
  .filter((name) => name !== "" && existsSync(inRoot(name)));
const under = (folder: string, ending: string): string[] =>
  tracked.filter((name) => name.startsWith(folder) && name.endsWith(ending));
const read = (name: string): string => readFileSync(inRoot(name), "utf8");

/** A module of unit tests: in the file itself, or declared for a file of its own. */
const TESTS_HERE = /^#\[cfg\(test\)\]\n(?:#\[.*\]\n)*(?:pub.*)?mod \w+ \{/m;
const TESTS_BESIDE = /^#\[cfg\(test\)\]\n(?:#\[.*\]\n)*(?:pub.*)?mod (\w+);\n/gm;

/** Code without comments, and in Rust without the unit tests at the end of a file. */
function code(name: string): string {
  const [source = ""] = name.endsWith(".rs") ? read(name).replace(TESTS_BESIDE, "").split(TESTS_HERE) : [read(name)];
  return source.replace(/^\s*(\/\/|\*|\/\*).*$/gm, "");
}

/** The paths, without their ending, of the modules of unit tests that a Rust file declares. */
function testModules(name: string): string[] {
  const folder = name.replace(/(mod|lib|main)\.rs$/, "").replace(/\.rs$/, "/");
  return [...read(name).matchAll(TESTS_BESIDE)].map(([, module]) => `${folder}${module}`);
}

/** What a TypeScript file imports, types included. */
function imports(name: string): string[] {
  const specifiers = code(name).matchAll(/(?:\bfrom|\bimport)\s*\(?\s*["']([^"']+)["']/g);
  return [...specifiers].map(([, specifier = ""]) => specifier);
}

/** The files of `names`, outside `allowed`, for which `breaks` holds. */
const offenders = (names: string[], allowed: RegExp, breaks: (name: string) => boolean): string[] =>
  names.filter((name) => !allowed.test(name) && breaks(name));

const rust = under("crates/", ".rs");
const unitTests = rust.flatMap(testModules);
const isUnitTest = (name: string): boolean =>
  unitTests.some((path) => name === `${path}.rs` || name.startsWith(`${path}/`));
const core = under("crates/core/src/", ".rs").filter((name) => !isUnitTest(name));
const typescript = under("ts/", ".ts");

const crateRules: [crate: string, where: RegExp, scope: string[]][] = [
  ["ring", /^crates\/core\/src\/crypto(\/|\.rs$)/, core],
  ["inkan_ecdsa", /^crates\/core\/src\/crypto(\/|\.rs$)/, core],
  ["inkan_p521_ed25519_rsa", /^crates\/core\/src\/crypto(\/|\.rs$)/, core],
  ["prost", /^crates\/core\/src\/bundle\//, core],
  ["x509_parser", /^crates\/core\/src\/x509\//, core],
  ["wasm_bindgen", /^crates\/wasm\//, rust],
];

test.each(crateRules)("%s is used only where it belongs", (crate, where, scope) => {
  const used = new RegExp(`\\b${crate}::|\\buse ${crate}\\b`);
  expect(offenders(scope, where, (name) => used.test(code(name)))).toEqual([]);
});

test("the core reads no clock, no randomness, no environment, and does no I/O", () => {
  const ambient =
    /\bstd::(time|env|fs|net|io|process|thread)\b|\b(SystemTime|Instant|SystemRandom|getrandom|OsRng)\b|\bring::rand\b|\bnow\(\)|\be?println!|\boption_env!/;
  const found = core.flatMap((name) => {
    const use = ambient.exec(code(name))?.[0];
    return use === undefined ? [] : [`${name}: ${use}`];
  });
  expect(found).toEqual([]);
});

test("a module of the core imports only from those before it in lib.rs", () => {
  const order = [...code("crates/core/src/lib.rs").matchAll(/^(?:pub(?:\(crate\))? )?mod (\w+);/gm)].map(
    ([, module = ""]) => module,
  );
  const layer = (module: string): number => order.indexOf(module);
  const upward = core.flatMap((name) => {
    const own = name.replace("crates/core/src/", "").replace(/(\/.*|\.rs)$/, "");
    if (own === "lib") return [];
    const used = [...code(name).matchAll(/\bcrate::(?:\{([^}]*)\}|(\w+))/g)].flatMap(([, list, one]) =>
      list === undefined ? [one ?? ""] : list.split(",").map((item) => item.trim().replace(/\W.*$/s, "")),
    );
    const modules = [...new Set(used)].filter((module) => order.includes(module));
    return modules.filter((module) => layer(module) > layer(own)).map((module) => `${own} (${name}) imports ${module}`);
  });
  expect(order).not.toEqual([]);
  expect(upward).toEqual([]);
});

/** The module of the core that a file is: `x509/path.rs` is x509/path, `x509/mod.rs` is x509. */
const moduleOf = (name: string): string => name.replace("crates/core/src/", "").replace(/(\/mod)?\.rs$/, "");

/** The paths in one `use`, its braces expanded: `a::{b, c::{d, e}}` is a::b, a::c::d and a::c::e. */
function usePaths(tree: string): string[] {
  const [, head = "", list] = /^([\w:]*)\{(.*)\}$/.exec(tree) ?? [];
  if (list === undefined) return [tree];
  const items = [""];
  let depth = 0;
  for (const character of list) {
    if (character === "," && depth === 0) items.push("");
    else items.push((items.pop() ?? "") + character);
    if (character === "{") depth += 1;
    if (character === "}") depth -= 1;
  }
  return items.filter((item) => item !== "").flatMap((item) => usePaths(head + item));
}

/** The file that a path leads to, seen from `own`: the longest part of it that is a module. */
function resolve(own: string, path: string, modules: Set<string>): string | undefined {
  const steps = path.split("::");
  const at = own.split("/");
  if (steps[0] === "crate") at.length = 0;
  while (["crate", "self", "super"].includes(steps[0] ?? "")) if (steps.shift() === "super") at.pop();
  let found: string | undefined = modules.has(at.join("/")) ? at.join("/") : undefined;
  for (const step of steps) {
    at.push(step);
    if (!modules.has(at.join("/"))) break;
    found = at.join("/");
  }
  return found;
}

/** What each module of the core imports from others of the core, and what it names by a whole path. */
function coreImports(): Map<string, Set<string>> {
  const modules = new Set(core.map(moduleOf));
  const graph = new Map<string, Set<string>>();
  for (const name of core) {
    const own = moduleOf(name);
    const source = code(name);
    const uses = [...source.matchAll(/^\s*(?:pub(?:\([^)]*\))? )?use ([^;]+);/gm)].flatMap(([, tree = ""]) =>
      usePaths(tree.replace(/ as \w+/g, "").replace(/\s/g, "")),
    );
    const whole = [...source.matchAll(/\b(?:crate|super|self)(?:::\w+)+/g)].map(([path]) => path);
    const local = [...source.matchAll(/(?<![\w:])(\w+)::/g)].map(([, module]) => `self::${module}`);
    const used = [
      ...uses.map((path) => (/^(crate|self|super)\b/.test(path) ? path : `self::${path}`)),
      ...whole,
      ...local,
    ];
    const found = used.map((path) => resolve(own, path, modules)).filter((module) => module !== undefined);
    graph.set(own, new Set(found.filter((module) => module !== own)));
  }
  return graph;
}

test("no files of the core import each other in a circle", () => {
  const graph = coreImports();
  // A folder's mod.rs holds the types that its files share, and calls these files: the two are one thing, the folder.
  const isOwnHead = (from: string, to: string): boolean => from.startsWith(`${to}/`);
  const reaches = (from: string, goal: string): boolean => {
    const seen = new Set<string>();
    const open = [from];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      for (const next of graph.get(at) ?? []) {
        if (isOwnHead(at, next) || seen.has(next)) continue;
        if (next === goal) return true;
        seen.add(next);
        open.push(next);
      }
    }
    return false;
  };
  const circles = [...graph.keys()].filter((own) => reaches(own, own));
  expect(graph.get("x509/path")).toContain("x509/path_rules");
  expect(circles).toEqual([]);
});

/** Ways of writing that only make the WASM smaller (CONTRIBUTING.md, "Size"), and the files of the core that use them. */
const SIZE_TRICKS: [trick: string, form: RegExp, files: string[]][] = [
  [
    "a function that is never inlined",
    /#\[(inline\((never|always)\)|cold)\]/,
    [
      "encoding/base64.rs",
      "encoding/der.rs",
      "encoding/json.rs",
      "encoding/json_writer.rs",
      "error.rs",
      "foreign.rs",
      "options.rs",
      "signer/near_miss.rs",
      "signer/regular_expression.rs",
      "trust/json.rs",
      "verify/report.rs",
      "x509/certificate.rs",
    ],
  ],
  ["a loop over ranks in place of a sort", /\bfor (rank|wanted) in\b/, ["x509/path.rs"]],
];

test.each(SIZE_TRICKS)("%s is only where the size is known to gain by it", (_, form, files) => {
  const found = core.filter((name) => form.test(code(name))).map((name) => name.replace("crates/core/src/", ""));
  expect(found.sort()).toEqual(files);
});

test("the core sorts by its own algorithm, and makes the texts of refusals in one place (CONTRIBUTING.md, Size)", () => {
  const heavy =
    /\.sort(_unstable)?(_by(_key)?|_by_cached_key)?\(|\b(Hash|BTree)(Map|Set)\b|\.(expected|found|on)\(format!/;
  expect(offenders(core, /\/order\.rs$/, (name) => heavy.test(code(name)))).toEqual([]);
});

test("pkg/ is imported only by core/ and the entries", () => {
  const allowed = /^ts\/(core|entry)\//;
  expect(offenders(typescript, allowed, (name) => imports(name).some((from) => /(^|\/)pkg\//.test(from)))).toEqual([]);
});

test("Node modules are imported only by the Node entry, the JSON store, TUF, what publishers run, Streamable HTTP and the command", () => {
  const allowed = /^ts\/(entry\/node\.ts$|state\/json(_file)?\.ts$|publish\/|tuf\/|streamable_http\/|cli\/)/;
  expect(offenders(typescript, allowed, (name) => imports(name).some((from) => from.startsWith("node:")))).toEqual([]);
});

/** Where a package may be imported. */
const FOREIGN: Readonly<Record<string, string>> = {
  ioredis: "ts/state/redis.ts",
  "tuf-js": "ts/tuf/client.ts",
  "@sigstore/sign": "ts/publish/keyless/client.ts",
  "@opentelemetry/api": "ts/opentelemetry/exporter.ts",
  // Knows the line of each value, for messages about a file that people write.
  "@humanwhocodes/momoa": "ts/policy_file/document.ts",
  // Knows where each table of a TOML file stands, so that one is edited and the others stay as they are.
  "toml-eslint-parser": "ts/cli/hosts/toml.ts",
  "@cfworker/json-schema": "ts/mcp/schema/json_schema.ts",
};

test("ts/ imports no package but Node's own and a few more, each in one file", () => {
  const foreign = typescript.flatMap((name) =>
    imports(name)
      .filter((from) => !/^(\.|node:)/.test(from))
      .filter((from) => FOREIGN[from] !== name)
      .map((from) => `${name} imports ${from}`),
  );
  expect(foreign).toEqual([]);
});

test("a folder of ts/ has about twelve files at one level, and the root little but index.ts", () => {
  const folders = typescript.map((name) => name.replace(/\/[^/]*$/, ""));
  const full = [...new Set(folders)].filter((folder) => folders.filter((other) => other === folder).length > 14);
  expect(full).toEqual([]);
  expect(typescript.filter((name) => /^ts\/[^/]*$/.test(name))).toEqual(["ts/errors.ts", "ts/index.ts"]);
});

test("an entry is a few lines", () => {
  const long = under("ts/entry/", ".ts").filter((name) => read(name).trimEnd().split("\n").length > 15);
  expect(long).toEqual([]);
});

test("index.ts only re-exports", () => {
  const statements = code("ts/index.ts")
    .split(/;\s*/)
    .map((statement) => statement.trim());
  expect(statements.filter((statement) => statement !== "" && !/^export\b.*\bfrom "\.\//s.test(statement))).toEqual([]);
});

test("a file does one job: few are long", () => {
  const files = tracked.filter(
    (name) => /^(crates|ts|scripts|test)\b.*\.(rs|ts)$/.test(name) && !/generated\/|\/vectors\//.test(name),
  );
  const long = files.filter((name) => code(name).split("\n").length > MAX_LINES);
  expect(long.filter((name) => !(name in LONG_FILES))).toEqual([]);
  expect(Object.keys(LONG_FILES).filter((name) => !long.includes(name))).toEqual([]);
});

test("no file is named for nothing in particular", () => {
  const vague = /(^|\/)(helpers?|utils?|common|misc|manager)(\.|\/)/;
  expect(tracked.filter((name) => vague.test(name))).toEqual([]);
});

test("no file names a registry's host or a folder of one machine", () => {
  const local =
    /\/(root|home|Users)\/\w|registry\.npmjs|crates\.io|artifactory|\bdeb\.debian\.org|["'` ]\/work\/|\/usr\/bin\/(?!env\b)/;
  const exempt =
    /^((bench\/peers\/[\w-]+\/)?Cargo\.lock|fuzz\/Cargo\.lock|pkg\/|test\/vectors\/|test\/mcp\/field\/|ts\/generated\/public_good_tuf\.ts$|test\/architecture\.test\.ts$)|\.wasm$/;
  expect(offenders(tracked, exempt, (name) => local.test(read(name)))).toEqual([]);
});
