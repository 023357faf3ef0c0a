/** Looks up every link and every resource that the built files of a site name. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** Any base for addresses that begin with the site's own. */
const HERE = "http://site.invalid";

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", quot: '"', lt: "<", gt: ">" };
const unescaped = (text: string): string =>
  text.replace(/&(amp|quot|lt|gt|#39);/g, (_, name: string) => ENTITIES[name] ?? "'");

/** One line for each link to nothing, and for each script, style, font or picture of another host. */
export function brokenLinks(folder: string, base: string): string[] {
  const pages = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".html"));
  const texts = new Map(pages.map((name) => [name, readFileSync(join(folder, name), "utf8")]));
  const anchors = new Map<string, ReadonlySet<string>>();
  const anchorsOf = (name: string): ReadonlySet<string> => {
    const text = texts.get(name) ?? "";
    const found =
      anchors.get(name) ?? new Set([...text.matchAll(/\bid="([^"]*)"/g)].map(([, id = ""]) => unescaped(id)));
    anchors.set(name, found);
    return found;
  };
  return pages.flatMap((page) => {
    const own = new URL(base + page, HERE);
    const tags = (texts.get(page) ?? "").matchAll(/<(\w+)\b[^>]*?\s(?:href|src)="([^"]*)"[^>]*>/g);
    const wrong = [...tags].flatMap(([, tag, written = ""]) => {
      const to = new URL(unescaped(written), own);
      if (to.protocol === "data:") return [];
      if (to.origin !== HERE) return tag === "a" ? [] : [`${page}: ${tag} of another host, ${written}`];
      if (!to.pathname.startsWith(base)) return [`${page}: ${written} is outside of ${base}`];
      const name = fileOf(folder, decodeURIComponent(to.pathname.slice(base.length)));
      if (name === undefined) return [`${page}: ${written}`];
      const anchor = decodeURIComponent(to.hash.slice(1));
      return anchor === "" || anchorsOf(name).has(anchor) ? [] : [`${page}: ${written} (no such heading)`];
    });
    return [...new Set(wrong)];
  });
}

/** The file that a server sends for a path. */
function fileOf(folder: string, path: string): string | undefined {
  const name = path === "" || path.endsWith("/") ? `${path}index.html` : path;
  return existsSync(join(folder, name)) && statSync(join(folder, name)).isFile() ? name : undefined;
}
