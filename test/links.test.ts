/** Every link of the pages leads somewhere, and every page is on the docs site. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, posix } from "node:path";
import { expect, test } from "vitest";
import { anchorOf } from "../scripts/anchor.js";
import { brokenLinks } from "../site/links.js";
import { groups, moveLinks, sitePages, titleOf } from "../site/pages.js";
import { inRoot } from "./support/repository.js";

const pages = [...sitePages().keys()];
const textOf = (page: string): string => readFileSync(inRoot(page), "utf8");
/** Without code, which may hold what looks like a link. */
const prose = (page: string): string =>
  textOf(page)
    .replace(/^ *```.*?^ *```$/gms, "")
    .replace(/`[^`\n]*`/g, "`");

interface Link {
  readonly page: string;
  readonly to: string;
}
const links: Link[] = pages.flatMap((page) =>
  [...prose(page).matchAll(/\]\(([^)\s]*)\)/g)].map(([, to = ""]) => ({ page, to })),
);
const inner = links.filter(({ to }) => !/^\w+:/.test(to));
const outer = links.filter(({ to }) => /^\w+:/.test(to));

/** The anchors of a page, as GitHub makes them: a heading that stands twice gets a number. */
function anchors(page: string): Set<string> {
  const found = new Set<string>();
  for (const [, heading = ""] of textOf(page)
    .replace(/^ *```.*?^ *```$/gms, "")
    .matchAll(/^#{1,6} +(.*)$/gm)) {
    const anchor = anchorOf(heading);
    let unused = anchor;
    for (let count = 1; found.has(unused); count++) unused = `${anchor}-${count}`;
    found.add(unused);
  }
  return found;
}

function deadLinks(some: readonly Link[]): string[] {
  const dead = some.filter(({ page, to }) => {
    const [path = "", anchor] = to.split("#");
    const target = path === "" ? page : posix.join(posix.dirname(page), path);
    if (!existsSync(inRoot(target))) return true;
    return anchor !== undefined && !anchors(target).has(anchor);
  });
  return dead.map(({ page, to }) => `${page}: ${to}`);
}

/** Hosts that pages may link to. A new one is added here by hand, so that a mistyped one shows. */
const HOSTS = ["c2sp.org", "docs.github.com", "github.com", "theupdateframework.io", "www.sigstore.dev"];

test("every link within the repository leads to a file, and to a heading if it names one", () => {
  expect(inner.length).toBeGreaterThan(80);
  expect(deadLinks(inner)).toEqual([]);
});

test("a dead link and a dead anchor are found", () => {
  const page = "docs/identity.md";
  const dead = ["nowhere.md", "#nothing", "state.md#nothing", "../README.md#verify"].map((to) => ({ page, to }));
  expect(deadLinks(dead)).toEqual(dead.map(({ to }) => `${page}: ${to}`));
});

test("every other link is https, to a host that is listed", () => {
  const wrong = outer.filter(({ to }) => !to.startsWith("https://") || !HOSTS.includes(new URL(to).host));
  expect(wrong).toEqual([]);
  expect(HOSTS.filter((host) => !outer.some(({ to }) => new URL(to).host === host))).toEqual([]);
});

test("a heading has the anchor that GitHub gives it", () => {
  expect(["`inkan check`", "OpenAI's agents", "Start, end, exit codes", "A – B", "URL & port_2"].map(anchorOf)).toEqual(
    ["inkan-check", "openais-agents", "start-end-exit-codes", "a--b", "url--port_2"],
  );
});

test("the sidebar has every page of docs/ once, and pages of the repository", () => {
  const inSidebar = groups().flatMap(({ pages: some }) => some);
  const docs = readdirSync(inRoot("docs")).filter((name) => name.endsWith(".md"));
  expect(inSidebar).toEqual(expect.arrayContaining(docs.map((name) => `docs/${name}`)));
  expect([...inSidebar].sort()).toEqual([...pages].sort());
  const titles = inSidebar.map(titleOf);
  expect(new Set(titles).size).toBe(titles.length);
});

test("a moved page's links lead to the moved pages", () => {
  expect(moveLinks("README.md", "[a](docs/state.md#b) [c](#d) [e](https://c2sp.org) [f](CONTRIBUTING.md)")).toBe(
    "[a](./state.md#b) [c](#d) [e](https://c2sp.org) [f](./contributing.md)",
  );
  expect(moveLinks("docs/verify.md", "[a](../README.md#verify-it) [b](catalogue.schema.json)")).toBe(
    "[a](./index.md#verify-it) [b](catalogue.schema.json)",
  );
});

test("in the built site a link to nothing, to outside of its base or to no heading is found, and a script of another host", () => {
  const folder = mkdtempSync(join(tmpdir(), "inkan-links-"));
  try {
    const page = (...parts: string[]): string => `<h1 id="it&#39;s">a</h1>${parts.join("")}`;
    const good = [
      "/docs/",
      "./b/",
      "../docs/b/index.html#c",
      "#it&#39;s",
      "data:text/plain,a",
      "https://elsewhere.example/",
    ];
    const links = (hrefs: readonly string[]): string =>
      hrefs.map((href) => `<a class="x" href="${href}">a</a>`).join("");
    mkdirSync(join(folder, "b"));
    writeFileSync(join(folder, "b/index.html"), '<p id="c">');
    writeFileSync(join(folder, "index.html"), page(links(good)));
    expect(brokenLinks(folder, "/docs/")).toEqual([]);
    const bad = ["/", "c.html", "b", "b/#d", "%2e%2e/x"];
    writeFileSync(
      join(folder, "index.html"),
      page(
        links([...good, ...bad]),
        '<script src="https://cdn.example/a.js"></script>',
        '<link rel="icon" href="//cdn.example/i">',
      ),
    );
    expect(brokenLinks(folder, "/docs/")).toEqual([
      "index.html: / is outside of /docs/",
      "index.html: c.html",
      "index.html: b",
      "index.html: b/#d (no such heading)",
      "index.html: %2e%2e/x is outside of /docs/",
      "index.html: script of another host, https://cdn.example/a.js",
      "index.html: link of another host, //cdn.example/i",
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
