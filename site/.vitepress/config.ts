/** VitePress on site/pages, which site/build.ts writes. It fails on dead links. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "vitepress";
import { anchorOf } from "../../scripts/anchor.js";
import { groups, PAGE, sitePages, titleOf } from "../pages.js";
import { tableHeaders } from "./tables.js";

const pages = sitePages();
const link = (page: string): string => `/${(pages.get(page) ?? "").replace(/(index)?\.md$/, "")}`;

/** The seal of the page (demo/browser/index.html), as data: a site has no file beside its pages that could be missing. */
const SEAL = `data:image/svg+xml,${encodeURIComponent(
  "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'><rect x='2' y='2' width='28' height='28' rx='5' fill='#b3261e'/><path d='M9 9h14v14H9zM9 16h14M16 9v14' fill='none' stroke='#fff' stroke-width='2'/></svg>",
)}`;

/** The entries of the package, as TypeDoc lists them. */
const reference = readFileSync(join(import.meta.dirname, "../pages/api/index.md"), "utf8");
const api = [...reference.matchAll(/^- \[(.*)\]\((.*)index\.md\)$/gm)].map(([, text = "", to]) => ({
  text,
  link: `/api/${to}`,
}));

export default defineConfig({
  title: "inkan",
  description: "Verifies the Sigstore signature on an MCP tool catalogue",
  // For a site under a path, such as /inkan/.
  base: process.env.SITE_BASE ?? "/",
  srcDir: "pages",
  outDir: "dist",
  cacheDir: ".vitepress/cache",
  lastUpdated: false,
  head: [["link", { rel: "icon", href: SEAL }]],
  markdown: {
    anchor: { slugify: anchorOf },
    // The usual ones have too little contrast for small text.
    theme: { light: "github-light-high-contrast", dark: "github-dark-high-contrast" },
    config: tableHeaders,
  },
  themeConfig: {
    search: { provider: "local" },
    outline: { level: [2, 3] },
    nav: [
      { text: "Find your page", link: "/contents" },
      // Without a target, VitePress would look for a page of its own.
      { text: "Verify a file", link: `/${PAGE}`, target: "_self" },
      { text: "API", link: "/api/" },
      { text: "Changelog", link: "/changelog" },
    ],
    sidebar: [
      ...groups().map(({ text, pages: listed }) => ({
        text,
        items: listed.map((page) => ({ text: titleOf(page), link: link(page) })),
      })),
      { text: "API", items: api },
    ],
  },
});
