/** Headers of tables. GitHub's Markdown demands a header row; a cell without a text is no header, and says nothing to a screen reader. */
import type { MarkdownRenderer } from "vitepress";

/** Makes empty header cells plain cells. The style sheet hides a row that has no other. */
export function tableHeaders(markdown: MarkdownRenderer): void {
  markdown.core.ruler.push("empty_table_headers", ({ tokens }) => {
    for (const [index, token] of tokens.entries()) {
      if (token.type !== "th_open" || tokens[index + 1]?.content !== "") continue;
      token.tag = "td";
      const close = tokens[index + 2];
      if (close?.type === "th_close") close.tag = "td";
    }
  });
}
