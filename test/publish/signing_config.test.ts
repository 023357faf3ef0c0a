/** Which services of a signing config are asked, at which time. */
import { describe, expect, test } from "vitest";
import { servicesFrom } from "../../ts/publish/keyless/signing_config.js";

const NOW = Date.parse("2026-06-01T00:00:00Z");

const service = (url: string, more: object = {}) => ({
  url,
  majorApiVersion: 1,
  operator: "one.example",
  validFor: { start: "2025-01-01T00:00:00Z" },
  ...more,
});

const config = (more: object = {}): Record<string, unknown> => ({
  mediaType: "application/vnd.dev.sigstore.signingconfig.v0.2+json",
  caUrls: [service("https://ca.example")],
  rekorTlogUrls: [service("https://log.example")],
  rekorTlogConfig: { selector: "ANY" },
  tsaUrls: [service("https://tsa.example/timestamp")],
  tsaConfig: { selector: "ANY" },
  ...more,
});

const chosen = (more: object = {}, now = NOW) => servicesFrom(JSON.stringify(config(more)), now);
const logs = (rekorTlogUrls: object[], rekorTlogConfig: object = { selector: "ANY" }, now = NOW): string[] =>
  chosen({ rekorTlogUrls, rekorTlogConfig }, now).logs.map(({ url, version }) => `${url} ${version}`);

test("the services of a config", () => {
  expect(chosen()).toEqual({
    fulcio: "https://ca.example",
    logs: [{ url: "https://log.example", version: 1 }],
    timestamps: ["https://tsa.example/timestamp"],
  });
  const { tsaUrls: _, tsaConfig: __, ...bare } = config();
  expect(servicesFrom(JSON.stringify(bare), NOW).timestamps).toEqual([]);
});

describe("validity", () => {
  const window = (start: string, end?: string) => ({ validFor: end === undefined ? { start } : { start, end } });

  test("what has not begun or is over is not asked; both ends belong to the window", () => {
    const past = service("https://past.example", window("2020-01-01T00:00:00Z", "2026-05-31T23:59:59Z"));
    const coming = service("https://coming.example", window("2026-06-01T00:00:01Z"));
    const now = service("https://now.example", window("2026-06-01T00:00:00Z", "2026-06-01T00:00:00Z"));
    expect(logs([coming, past, now])).toEqual(["https://now.example 1"]);
    expect(() => logs([coming, past])).toThrow(
      "rekorTlogUrls has no service that is valid at 2026-06-01T00:00:00.000Z",
    );
    expect(() => chosen({ caUrls: [past] })).toThrow("caUrls has no service");
    expect(() => chosen({ tsaUrls: [] })).toThrow("tsaUrls has no service");
  });

  test("the newest API comes first, then the newest service; unknown APIs do not count", () => {
    const v2 = service("https://v2.example", { majorApiVersion: 2, ...window("2024-01-01T00:00:00Z") });
    const v3 = service("https://v3.example", { majorApiVersion: 3 });
    const younger = service("https://younger.example", window("2026-01-01T00:00:00Z"));
    expect(logs([v3, service("https://old.example"), younger, v2])).toEqual(["https://v2.example 2"]);
    expect(logs([v3, service("https://old.example"), younger])).toEqual(["https://younger.example 1"]);
    expect(() => logs([v3])).toThrow("of version 2 or 1");
  });
});

describe("selectors", () => {
  const three = ["a", "a", "b"].map((operator, index) => service(`https://${index}.example`, { operator }));

  test("one, as many as are wanted, or all, and never two of one operator", () => {
    expect(logs(three)).toEqual(["https://0.example 1"]);
    expect(logs(three, { selector: "ALL" })).toEqual(["https://0.example 1", "https://2.example 1"]);
    expect(logs(three, { selector: "EXACT", count: 2 })).toEqual(["https://0.example 1", "https://2.example 1"]);
    expect(() => logs(three, { selector: "EXACT", count: 3 })).toThrow("2 valid operators, and 3 are needed");
  });

  test.each([{}, { selector: "SOME" }, { selector: "EXACT" }, { selector: "EXACT", count: 0 }, { selector: 1 }])(
    "an unknown one is refused: %j",
    (rule) => {
      expect(() => logs(three, rule)).toThrow("rekorTlogConfig");
    },
  );
});

test.each([
  ["no JSON", "{", "cannot be used"],
  ["another kind of file", JSON.stringify(config({ mediaType: "x" })), 'its mediaType is "x"'],
  ["a name twice", `{"mediaType":"x","mediaType":"y"}`, "twice"],
  ["a list", "[]", "no JSON object"],
  ["no list of services", JSON.stringify(config({ caUrls: {} })), "caUrls is no list"],
  ["a service without an address", JSON.stringify(config({ caUrls: [{}] })), "caUrls[0] has no url"],
  ["a service without a version", JSON.stringify(config({ caUrls: [{ url: "x" }] })), "majorApiVersion"],
  ["no start", JSON.stringify(config({ caUrls: [service("x", { validFor: {} })] })), "validFor.start"],
  ["no time", JSON.stringify(config({ caUrls: [service("x", { validFor: { start: "soon" } })] })), "no time"],
])("refuses %s", (_, text, reason) => {
  expect(() => servicesFrom(text, NOW)).toThrow(reason);
});
