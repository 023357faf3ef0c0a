/**
 * `npm run site`: the docs site, in site/dist. Needs no network once the packages of site/ are installed.
 *
 * Writes site/pages: the pages of the repository with their links moved, and the API reference that TypeDoc makes out of
 * the types of every entry in package.json. VitePress then builds them, and fails on a dead link. The page of demo/browser
 * is added under a path of its own. At last every link of the built files is looked up.
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildHosted } from "../demo/browser/build.js";
import { inRoot } from "../scripts/build/paths.js";
import { BuildError, run } from "../scripts/build/process.js";
import { installPackages } from "../scripts/install.js";
import { brokenLinks } from "./links.js";
import { moveLinks, PAGE, sitePages } from "./pages.js";

const PAGES = inRoot("site/pages");
const DIST = inRoot("site/dist");
const BASE = process.env.SITE_BASE ?? "/";
const modules = inRoot("site/node_modules");

/** The entries of the package that have types: their names, and their sources. */
function entries(): { name: string; source: string }[] {
  const { exports } = JSON.parse(readFileSync(inRoot("package.json"), "utf8")) as {
    exports: Record<string, string | { types?: string }>;
  };
  return Object.entries(exports).flatMap(([path, entry]) =>
    typeof entry === "string" || entry.types === undefined
      ? []
      : [
          {
            name: path.replace(/^\./, "inkan"),
            source: entry.types.replace(/^\.\/dist\/(.*)\.d\.ts$/, "ts/$1.ts"),
          },
        ],
  );
}

function writePages(): void {
  rmSync(PAGES, { recursive: true, force: true });
  mkdirSync(join(PAGES, "public"), { recursive: true });
  for (const [page, path] of sitePages()) {
    const text = moveLinks(page, readFileSync(inRoot(page), "utf8"));
    writeFileSync(join(PAGES, path), page === "README.md" ? withPage(text) : text);
  }
  // Files that pages link to, under the names that the links have.
  for (const name of readdirSync(inRoot("docs")).filter((file) => file.endsWith(".json"))) {
    cpSync(inRoot("docs", name), join(PAGES, "public", name));
  }
}

/** The front page, with a way to the page that verifies. Only the site has it, so the README has no such link. */
function withPage(text: string): string {
  const [before = "", ...after] = text.split(/^(?=## )/m);
  const link = `<a href="./${PAGE}" target="_self">Verify a file in this browser</a>`;
  return [before, `${link}: nothing to install, and your files stay on your machine.\n\n`, ...after].join("");
}

function writeReference(): void {
  const options = {
    entryPoints: entries().map(({ source }) => inRoot(source)),
    tsconfig: inRoot("site/tsconfig.typedoc.json"),
    plugin: ["typedoc-plugin-markdown", inRoot("site/typedoc.mjs")],
    out: join(PAGES, "api"),
    readme: "none",
    name: "API",
    sort: ["kind", "alphabetical"],
    sortEntryPoints: false,
    excludeInternal: true,
    excludePrivate: true,
    disableSources: true,
    router: "member",
    entryFileName: "index",
    hidePageHeader: true,
    useCodeBlocks: true,
    // Types that a signature names and no entry exports have no page.
    validation: { notExported: false, invalidLink: true },
    treatWarningsAsErrors: true,
    logLevel: "Warn",
    parametersFormat: "table",
    interfacePropertiesFormat: "table",
    classPropertiesFormat: "table",
    propertyMembersFormat: "table",
    typeDeclarationFormat: "table",
    enumMembersFormat: "table",
    tableColumnSettings: { hideModifiers: true },
  };
  const file = join(PAGES, "typedoc.json");
  writeFileSync(file, JSON.stringify(options));
  run(process.execPath, [join(modules, "typedoc/bin/typedoc"), "--options", file]);
  rmSync(file);
}

installPackages(["site"]);
writePages();
writeReference();
run(process.execPath, [join(modules, "vitepress/bin/vitepress.js"), "build", inRoot("site")]);
await buildHosted(join(DIST, PAGE), { href: "../", text: "Documentation" });
const broken = brokenLinks(DIST, BASE);
if (broken.length > 0) throw new BuildError(`links of the site that lead nowhere:\n  ${broken.join("\n  ")}`);
