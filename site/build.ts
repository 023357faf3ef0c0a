/**
 * `npm run site`: the docs site, in site/dist. Needs no network once the packages of site/ are installed.
 *
 * Writes site/pages: the pages of the repository with their links moved, and the API reference that TypeDoc makes out of
 * the types of every entry in package.json. VitePress then builds them, and fails on a dead link.
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inRoot } from "../scripts/build/paths.js";
import { run } from "../scripts/build/process.js";
import { installPackages } from "../scripts/install.js";
import { moveLinks, sitePages } from "./pages.js";

const PAGES = inRoot("site/pages");
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
    writeFileSync(join(PAGES, path), moveLinks(page, readFileSync(inRoot(page), "utf8")));
  }
  // Files that pages link to, under the names that the links have.
  for (const name of readdirSync(inRoot("docs")).filter((file) => file.endsWith(".json"))) {
    cpSync(inRoot("docs", name), join(PAGES, "public", name));
  }
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
