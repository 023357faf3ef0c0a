/** VitePress on site/pages, which site/build.ts writes. It fails on dead links. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "vitepress";
import { anchorOf } from "../../scripts/anchor.js";
import { groups, sitePages, titleOf } from "../pages.js";

const pages = sitePages();
const link = (page: string): string => `/${(pages.get(page) ?? "").replace(/(index)?\.md$/, "")}`;

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
  markdown: { anchor: { slugify: anchorOf } },
  themeConfig: {
    search: { provider: "local" },
    outline: { level: [2, 3] },
    nav: [
      { text: "Find your page", link: "/contents" },
      { text: "API", link: "/api/" },
      { text: "Changelog", link: "/changelog" },
    ],
    sidebar: [
      ...groups().map(({ text, pages: listed }) => ({
        text,
        items: listed.map((page) => ({ text: titleOf(page), link: link(page) })),
      })),
      { text: "API", collapsed: false, items: api },
    ],
  },
});
