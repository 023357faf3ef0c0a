/** Which URIs a signed template matches: those that its variables can be expanded to (RFC 6570). */
import { expect, test } from "vitest";
import { matchesTemplate } from "../../ts/mcp/verdict/uri_template.js";
import { expectLinear } from "../support/script_steps.js";
import { signedCatalogue } from "./support/catalogue.js";
import { Play } from "./support/play.js";

test.each([
  ["t://{x}", ["t://a", "t://a%2Fb", "t://a,b"], ["t://", "t://a/b", "t://a?b", "t://a#b", "T://a", "t://a\n/"]],
  ["t://{+x}", ["t://a/b?c#d"], ["t://"]],
  ["t://a{#x}", ["t://a", "t://a#b/c"], ["t://a/b"]],
  ["t://a{.x,y}", ["t://a", "t://a.b", "t://a.b.c"], ["t://a.b/c", "t://ab"]],
  ["t:{/x}", ["t:", "t:/a", "t:/a%2Fb"], ["t:/a/b", "t:/a/..", "t:a"]],
  ["t:{/x,y}", ["t:/a", "t:/a/b"], ["t:/a/b/c", "t:/a?b"]],
  ["t:{/x*}", ["t:/a/b/c"], ["t:/a?b"]],
  [
    "t:a{?q,r}",
    ["t:a", "t:a?q=1", "t:a?q=1&r=/", "t:a?r=2&q="],
    ["t:a?evil=1", "t:a?q=1&evil=1", "t:a?q", "t:a?", "t:a?q=1&", "t:a?qq=1", "t:a?=1"],
  ],
  ["t:{+a}{?q}", ["t:b?q=?q=1", "t:?q=?q=?q="], []],
  ["t:{+a}{?q}!", ["t:b?q=?q=!", "t:b!"], ["t:b?q=?q"]],
  ["t:a{?q*}", ["t:a?any=1&other=2"], ["t:a#b"]],
  ["t:a?f=1{&q}", ["t:a?f=1", "t:a?f=1&q=2"], ["t:a?f=1&f=2", "t:a?q=2"]],
  ["t:a{;p,q}", ["t:a;p;q=1", "t:a;q="], ["t:a;r", "t:a;p=1/b"]],
  ["t:{x:3}", ["t:ab", "t:abc", "t:%E6%97%A5ab"], ["t:abcd", "t:%E6%97%A5abc"]],
  ["t:{x:1}{y:1}/{z}", ["t:ab/cdef"], ["t:abc/d"]],
])("%s", async (uriTemplate, matched, others) => {
  const play = new Play(await signedCatalogue({ tools: [], resourceTemplates: [{ uriTemplate, name: "t" }] }));
  const passed: string[] = [];
  for (const [id, uri] of [...matched, ...others].entries()) {
    const { result } = await play.ask(id, "resources/read", { uri }, { contents: [] });
    if (result !== undefined) passed.push(uri);
  }
  expect(passed).toEqual(matched);
});

test.each<[string, string, (count: number) => string]>([
  ["ends of a stretch", "t:{+a}/{+b}/{+c}.1{?d,e}", (count) => `t:${"a/".repeat(count)}`],
  ["beginnings of a stretch", "t:{+a}{?d*}!", (count) => `t:${"?".repeat(count)}`],
  ["beginnings of a row", "t:{+a}{?d,e}!", (count) => `t:${"?".repeat(count)}`],
  ["rows in a row", "t:{+a}{?d,e}!", (count) => `t:${"?d=".repeat(count)}`],
  ["members of a row", "t:{+a}{;d,e}!", (count) => `t:${";d;e=1".repeat(count)}`],
  ["long names", "t:{+a}{;d,e}!", (count) => `t:${";d".repeat(count)}${"d".repeat(count)}`],
  ["characters of several bytes", "t:{+a}{b:9}!", (count) => `t:${"%E6%97%A5".repeat(count)}`],
])("a URI of many %s takes linear work", async (_, template, uri) => {
  await expectLinear((count) => () => expect(matchesTemplate(template, uri(count))).toBe(false));
});
