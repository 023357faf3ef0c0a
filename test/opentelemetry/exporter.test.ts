/** The decisions of gates as spans and metrics, through OpenTelemetry's own SDK and its in-memory exporters. */
import {
  type Context,
  type ContextManager,
  context,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { expect, onTestFinished, test } from "vitest";
import { capture } from "../../scripts/build/process.js";
import type { GateDecision } from "../../ts/mcp/index.js";
import { type DecisionExporterOptions, decisionExporter } from "../../ts/opentelemetry/index.js";
import { SERVER, signedCatalogue, tool } from "../mcp/support/catalogue.js";
import { Play } from "../mcp/support/play.js";
import { refusalOf } from "../support/refusal.js";
import { inRoot } from "../support/repository.js";

type Labels = Readonly<Record<string, unknown>>;

/** OpenTelemetry's SDK, and what it has collected. */
function collector() {
  const memory = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(memory)] });
  const written = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter: written, exportIntervalMillis: 3_600_000 });
  const meters = new MeterProvider({ readers: [reader] });
  onTestFinished(() => meters.shutdown());
  const points = async (name: string): Promise<{ labels: Labels; value: unknown }[]> => {
    written.reset();
    await reader.forceFlush();
    return written
      .getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics))
      .filter(({ descriptor }) => descriptor.name === name)
      .flatMap(({ dataPoints }) => dataPoints.map(({ attributes, value }) => ({ labels: attributes, value })));
  };
  return {
    spans: (): ReadableSpan[] => memory.getFinishedSpans(),
    points,
    exporter: (options: DecisionExporterOptions = {}) =>
      decisionExporter({ tracer: provider.getTracer("t"), meter: meters.getMeter("t"), ...options }),
  };
}

/** A decision as a gate gives it. */
const decision = (more: Partial<GateDecision>): GateDecision => ({
  time: "2026-01-02T03:04:05.678Z",
  server: SERVER,
  direction: "inbound",
  method: "tools/list",
  kind: "tool",
  name: "index",
  decision: "hidden",
  ...more,
});

test("a session: what was allowed, hidden and refused, as spans with the conventions' names", async () => {
  const { spans, points, exporter } = collector();
  const catalogue = await signedCatalogue({ version: 7, tools: [tool("index"), tool("search")] });
  const play = new Play(catalogue, { onDecision: exporter({ transport: "stdio", sessionId: "s1" }) });
  await play.initialize();
  await play.list(1, [tool("index"), tool("search", "POISON"), tool("evil", "POISON")]);
  await play.ask(
    2,
    "tools/call",
    { name: "index", arguments: { text: "SECRET-IN" } },
    { content: [{ text: "SECRET-OUT" }] },
  );
  await play.call(3, "evil");
  await play.call(4, "search");

  const found = spans().map(({ name, attributes, status, kind }) => [
    name,
    attributes["gen_ai.tool.name"],
    attributes["inkan.decision"],
    attributes["error.type"],
    status.code,
    kind,
  ]);
  const { INTERNAL } = SpanKind;
  const { UNSET, ERROR } = SpanStatusCode;
  expect(found.sort()).toEqual(
    [
      ["tools/list index", "index", "allowed", undefined, UNSET, INTERNAL],
      ["tools/list search", "search", "hidden", undefined, UNSET, INTERNAL],
      ["tools/list", "evil", "hidden", undefined, UNSET, INTERNAL],
      ["tools/call index", "index", "allowed", undefined, UNSET, INTERNAL],
      ["tools/call", "evil", "refused", "ERR_TOOL_UNSIGNED", ERROR, INTERNAL],
      ["tools/call search", "search", "refused", "ERR_TOOL_CHANGED", ERROR, INTERNAL],
    ].sort(),
  );
  const [call] = spans().filter(({ name }) => name === "tools/call index");
  expect(call?.attributes).toEqual({
    "network.transport": "pipe",
    "mcp.session.id": "s1",
    "mcp.method.name": "tools/call",
    "gen_ai.tool.name": "index",
    "inkan.server": SERVER,
    "inkan.direction": "outbound",
    "inkan.kind": "tool",
    "inkan.decision": "allowed",
    "inkan.signed_digest": expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    "inkan.signer.type": "key",
    "inkan.signer.fingerprint": expect.stringMatching(/^sha256:/),
    "inkan.catalogue.version": 7,
    "inkan.catalogue.digest": catalogue.digest,
  });
  const everything = JSON.stringify([
    spans().map((span) => [span.name, span.attributes, span.events, span.status]),
    await points("inkan.decisions"),
  ]);
  expect(everything).not.toMatch(/SECRET|POISON/);
});

test("counters have the same decisions, and a gauge the version of the catalogue", async () => {
  const { points, exporter } = collector();
  const play = new Play(await signedCatalogue({ version: 7, tools: [tool("index")] }), { onDecision: exporter() });
  await play.initialize();
  await play.list(1, [tool("index"), tool("evil"), tool("worse")]);
  await play.call(2, "index");
  await play.call(3, "evil");
  const counted = (await points("inkan.decisions")).map(({ labels, value }) => [
    labels["mcp.method.name"],
    labels["gen_ai.tool.name"],
    labels["inkan.decision"],
    labels["inkan.code"],
    value,
  ]);
  expect(counted.sort()).toEqual([
    ["tools/call", "_OTHER", "refused", "ERR_TOOL_UNSIGNED", 1],
    ["tools/call", "index", "allowed", undefined, 1],
    ["tools/list", "_OTHER", "hidden", "ERR_TOOL_UNSIGNED", 2],
    ["tools/list", "index", "allowed", undefined, 1],
  ]);
  expect(await points("inkan.catalogue.version")).toEqual([{ labels: { "inkan.server": SERVER }, value: 7 }]);
});

test("a server that offers many names and methods makes few series and a bounded number of spans", async () => {
  const { spans, points, exporter } = collector();
  const tell = exporter({ spansPerSecond: 3 });
  const started = performance.now();
  for (let index = 0; index < 20_000; index += 1) {
    tell(decision({ name: `evil-${index}`, code: "ERR_TOOL_UNSIGNED" }));
    tell(decision({ method: `x/${index}`, kind: "message", decision: "allowed" }));
  }
  const seconds = Math.floor((performance.now() - started) / 1000) + 2;
  expect(spans().length).toBeGreaterThan(0);
  expect(spans().length).toBeLessThanOrEqual(3 * seconds);
  const counted = await points("inkan.decisions");
  expect(counted.map(({ value }) => value)).toEqual([20_000, 20_000]);
  expect(counted.map(({ labels }) => labels["mcp.method.name"])).toEqual(["tools/list", "_OTHER"]);
});

test("a catalogue that signs many names makes a bounded number of series", async () => {
  const { points, exporter } = collector();
  const tell = exporter({ spans: "none" });
  for (let index = 0; index < 1_500; index += 1) {
    tell(decision({ name: `tool-${index}`, decision: "allowed", signedDigest: `sha256:${index}` }));
  }
  const counted = await points("inkan.decisions");
  expect(counted.length).toBe(501);
  const others = counted.find(({ labels }) => labels["gen_ai.tool.name"] === "_OTHER");
  expect(others?.value).toBe(1_000);
});

test("names, methods and session ids are bounded and printable", () => {
  const { spans, exporter } = collector();
  exporter({ sessionId: `\u202e${"s".repeat(5_000)}` })(
    decision({
      name: `\u001b[2J${"n".repeat(5_000)}`,
      method: `\u200b${"m".repeat(5_000)}`,
      server: `\u0007${"v".repeat(5_000)}`,
      signedDigest: "sha256:00",
    }),
  );
  const [span] = spans();
  const texts = [span?.name, ...Object.values(span?.attributes ?? {})].map(String);
  for (const text of texts) {
    expect(text.length).toBeLessThan(300);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the characters that must not be there
    expect(text).not.toMatch(/[\u0000-\u001f\u200b\u202e]/);
  }
  expect(span?.name).toMatch(/^_OTHER /);
});

test("a resource's URI and the difference of definitions are not exported", () => {
  const { spans, exporter } = collector();
  const tell = exporter();
  for (const kind of ["resource", "resourceTemplate"] as const) {
    tell(
      decision({ kind, name: "file:///SECRET", method: "resources/read", difference: "SECRET", decision: "refused" }),
    );
  }
  expect(spans().length).toBe(2);
  expect(JSON.stringify(spans().map(({ name, attributes, status }) => [name, attributes, status]))).not.toContain(
    "SECRET",
  );
});

test("the time of a span is that of the decision, and it has no duration", () => {
  const { spans, exporter } = collector();
  exporter()(decision({}));
  const [span] = spans();
  expect(span?.startTime).toEqual([1767323045, 678_000_000]);
  expect(span?.duration).toEqual([0, 0]);
});

test("a keyless signer is stated with its log index", () => {
  const { spans, exporter } = collector();
  exporter()(
    decision({
      logIndex: "123456789012345678901",
      signer: {
        type: "keyless",
        san: { type: "uri", value: `https://github.com/acme/${"x".repeat(500)}` },
        issuer: "https://token.actions.githubusercontent.com",
        certificate: "sha256:aa",
        extensions: { secret: "EXTENSION" },
      },
    }),
  );
  const attributes = spans()[0]?.attributes ?? {};
  expect(attributes["inkan.log_index"]).toBe("123456789012345678901");
  expect(attributes["inkan.signer.issuer"]).toBe("https://token.actions.githubusercontent.com");
  expect(String(attributes["inkan.signer.san"])).toMatch(/^https:\/\/github\.com\/acme\/x{100,}…$/);
  expect(JSON.stringify(attributes)).not.toContain("EXTENSION");
});

test.each([
  ["all", 2],
  ["refused", 1],
  ["none", 0],
] as const)("spans: %s", async (spansOption, count) => {
  const { spans, points, exporter } = collector();
  const tell = exporter({ spans: spansOption });
  tell(decision({ decision: "allowed" }));
  tell(decision({ decision: "refused", code: "ERR_TOOL_UNSIGNED" }));
  expect(spans().length).toBe(count);
  expect((await points("inkan.decisions")).length).toBe(2);
});

test("an exporter that fails changes no verdict, and one signal does not stop the other", async () => {
  const { spans, points, exporter } = collector();
  const fails = (): never => {
    throw new Error("the collector is down");
  };
  const tracer = { startSpan: fails } as unknown as NonNullable<DecisionExporterOptions["tracer"]>;
  const meter = {
    createCounter: () => ({ add: fails }),
    createGauge: () => ({ record: fails }),
  } as unknown as NonNullable<DecisionExporterOptions["meter"]>;
  const catalogue = await signedCatalogue({ tools: [tool("index")] });
  const verdicts = async (onDecision: (given: GateDecision) => void): Promise<string> => {
    const play = new Play(catalogue, { onDecision });
    await play.initialize();
    await play.list(1, [tool("index"), tool("evil")]);
    await play.call(2, "index");
    await play.call(3, "evil");
    return JSON.stringify([play.client, play.server]);
  };
  const quiet = await verdicts(() => {});
  expect(quiet).toContain("ERR_TOOL_UNSIGNED");
  expect(await verdicts(exporter({ tracer }))).toBe(quiet);
  expect(spans()).toEqual([]);
  expect((await points("inkan.decisions")).length).toBe(4);
  expect(await verdicts(exporter({ meter }))).toBe(quiet);
  expect(spans().length).toBe(4);
  // It does not throw for others either, for whatever it is called with.
  for (const odd of [undefined, {}, { time: 1 }])
    expect(() => exporter()(odd as unknown as GateDecision)).not.toThrow();
});

test("a span is in the trace that is active when the message is judged", async () => {
  let active: Context = ROOT_CONTEXT;
  const manager: ContextManager = {
    active: () => active,
    with: (next, run, self, ...args) => {
      const before = active;
      active = next;
      try {
        return run.call(self as never, ...args);
      } finally {
        active = before;
      }
    },
    bind: (_, target) => target,
    enable: () => manager,
    disable: () => manager,
  };
  context.setGlobalContextManager(manager);
  onTestFinished(() => context.disable());
  const { spans, exporter } = collector();
  const parent = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", traceFlags: 1 };
  const play = new Play(await signedCatalogue({ tools: [tool("index")] }), { onDecision: exporter() });
  await play.initialize();
  await context.with(trace.setSpanContext(ROOT_CONTEXT, parent), () => play.call(1, "index"));
  const [span] = spans();
  expect([span?.spanContext().traceId, span?.parentSpanContext?.spanId]).toEqual([parent.traceId, parent.spanId]);
});

test("without an SDK nothing happens, and nothing fails", () => {
  expect(() => decisionExporter()(decision({}))).not.toThrow();
});

test.each([
  ["tracer", {}],
  ["meter", () => {}],
  ["spans", "some"],
  ["spansPerSecond", -1],
  ["transport", "tcp"],
  ["sessionId", 5],
  ["span", "all"],
])("%s: %s is refused", async (name, value) => {
  const { code, message } = await refusalOf(() => decisionExporter({ [name]: value }));
  expect(code).toMatch(/^ERR_OPTION_/);
  expect(message).toContain(name);
});

test("the entry needs no module of Node", () => {
  const out = inRoot(`target/opentelemetry-test-${process.pid}.js`);
  const script = `const { buildSync } = require("esbuild");
    const { metafile } = buildSync({ entryPoints: ["ts/opentelemetry/index.ts"], bundle: true, write: false, outfile: ${JSON.stringify(out)},
      platform: "neutral", format: "esm", external: ["@opentelemetry/api"], metafile: true, logLevel: "silent" });
    console.log(JSON.stringify(Object.values(metafile.inputs).flatMap(({ imports }) => imports.filter((one) => one.external).map((one) => one.path))));`;
  const external = JSON.parse(capture(process.execPath, ["-e", script], { cwd: inRoot() })) as string[];
  expect([...new Set(external)]).toEqual(["@opentelemetry/api"]);
});
