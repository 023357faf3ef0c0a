/** The pages of the docs site, and its sidebar: both from the files in docs/ and the tables of docs/README.md. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { inRoot } from "../scripts/build/paths.js";

/** Where the page of demo/browser is on the site. */
export const PAGE = "page/";

/** The pages by their paths in the repository, each with its path on the site. */
export function sitePages(): Map<string, string> {
  const docs = readdirSync(inRoot("docs")).filter((name) => name.endsWith(".md") && name !== "README.md");
  const examples = readdirSync(inRoot("examples")).filter((name) => existsSync(inRoot("examples", name, "README.md")));
  return new Map([
    ["README.md", "index.md"],
    ["docs/README.md", "contents.md"],
    ...docs.map((name): [string, string] => [`docs/${name}`, name]),
    ...examples.map((name): [string, string] => [`examples/${name}/README.md`, `example-${name}.md`]),
    ["CONTRIBUTING.md", "contributing.md"],
    ["SECURITY.md", "security.md"],
    ["CHANGELOG.md", "changelog.md"],
  ]);
}

export interface Group {
  readonly text: string;
  /** Pages by their paths in the repository. */
  readonly pages: readonly string[];
}

/** The groups of docs/README.md, in its order. A page that it does not name yet is in the last group. */
export function groups(): Group[] {
  const listed = readFileSync(inRoot("docs/README.md"), "utf8")
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const pages = [...section.matchAll(/\]\(([^)#]+\.md)\)/g)].map(([, to = ""]) => posix.join("docs", to));
      return { text: section.slice(0, section.indexOf("\n")), pages };
    });
  listed[0]?.pages.splice(1, 0, "docs/README.md");
  const named = new Set(listed.flatMap(({ pages }) => pages));
  const others = [...sitePages().keys()].filter((name) => !named.has(name));
  return others.length === 0 ? listed : [...listed, { text: "More", pages: others }];
}

/** A page's heading, without the explanation after a colon or comma. */
export const titleOf = (page: string): string =>
  page === "README.md" ? "What inkan is" : (/^# ([^\n:,]+)/m.exec(readFileSync(inRoot(page), "utf8"))?.[1] ?? page);

/** Links of a page, for another place of it and of the pages that it names. Other links stay as they are. */
export function moveLinks(page: string, text: string): string {
  const pages = sitePages();
  return text.replace(/\]\((?!https?:|#)([^)#\s]+)/g, (whole, to: string) => {
    const moved = pages.get(posix.join(posix.dirname(page), to));
    return moved === undefined ? whole : `](./${moved}`;
  });
}
