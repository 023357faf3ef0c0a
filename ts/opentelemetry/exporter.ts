/** A listener for `createGate({ onDecision })` that makes spans and metrics. See docs/observe.md. */
import {
  type Counter,
  type Gauge,
  type Meter,
  metrics,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import { hasMethods } from "../input/members.js";
import { invalidOption, kindOf, readCount, readOneOf, readOptions, readText } from "../input/options.js";
import { printable } from "../input/printable.js";
import type { GateDecision } from "../mcp/gate/decision.js";
import { type Attributes, failed, knownMethod, metricAttributes, signedName, spanAttributes } from "./attributes.js";
import { BoundedSet, Rate } from "./bounds.js";

export interface DecisionExporterOptions {
  /** By default the tracer `inkan` of the provider that the program has registered. */
  readonly tracer?: Tracer;
  /** By default the meter `inkan` of the provider that the program has registered. */
  readonly meter?: Meter;
  /** Which decisions become spans: all of them, those that are not `allowed`, or none. Default "all". */
  readonly spans?: "all" | "refused" | "none";
  /** The most spans in a second. More decisions are only counted. Default 100. */
  readonly spansPerSecond?: number;
  /** How the server is reached: `network.transport` of the spans. */
  readonly transport?: "stdio" | "http";
  /** `mcp.session.id` of the spans, for an exporter of one session. */
  readonly sessionId?: string;
}

/** Names of tools and prompts that become labels. A catalogue may sign many more. */
const MOST_NAMES = 500;
const SCOPE = "inkan";
const WHAT = "decisionExporter";

/**
 * Makes a listener for the decisions of one gate or of many. Each decision is counted, and becomes a span of no duration
 * in the trace that is active when the message is judged. The listener never throws.
 *
 * @example createGate({ server, catalogue, onDecision: decisionExporter({ transport: "stdio" }) });
 */
export function decisionExporter(options: DecisionExporterOptions = {}): (decision: GateDecision) => void {
  const read = readOptions(WHAT, options, ["tracer", "meter", "spans", "spansPerSecond", "transport", "sessionId"]);
  const spans = read.spans === undefined ? "all" : readOneOf(`${WHAT}.spans`, read.spans, ["all", "refused", "none"]);
  const perSecond = read.spansPerSecond === undefined ? 100 : readCount(`${WHAT}.spansPerSecond`, read.spansPerSecond);
  const transport =
    read.transport === undefined ? undefined : readOneOf(`${WHAT}.transport`, read.transport, ["stdio", "http"]);
  const sessionId = read.sessionId === undefined ? undefined : readText(`${WHAT}.sessionId`, read.sessionId);
  const tracer =
    read.tracer === undefined ? trace.getTracer(SCOPE) : readPart<Tracer>("tracer", read.tracer, "startSpan");
  const meter =
    read.meter === undefined ? metrics.getMeter(SCOPE) : readPart<Meter>("meter", read.meter, "createCounter");

  const fixed: Attributes = {
    ...(transport !== undefined && { "network.transport": transport === "stdio" ? "pipe" : "tcp" }),
    ...(sessionId !== undefined && { "mcp.session.id": printable(sessionId, 256) }),
  };
  const rate = new Rate(perSecond);
  const count = counting(meter);
  const wanted = ({ decision }: GateDecision): boolean =>
    spans === "all" || (spans === "refused" && decision !== "allowed");

  return (decision) => {
    ignoringFailure(() => count(decision));
    ignoringFailure(() => {
      if (wanted(decision) && rate.admits()) makeSpan(tracer, decision, fixed);
    });
  };
}

/** The counter of decisions, and the version of each server's catalogue. */
function counting(meter: Meter): (decision: GateDecision) => void {
  const decisions: Counter = meter.createCounter("inkan.decisions", {
    description: "Decisions of gates.",
    unit: "{decision}",
  });
  const versions: Gauge = meter.createGauge("inkan.catalogue.version", {
    description: "The version of the catalogue in force, as of the gate's last decision.",
  });
  const names = new BoundedSet(MOST_NAMES);
  return (decision) => {
    const name = signedName(decision);
    const label = name !== undefined && names.admits(name) ? name : undefined;
    decisions.add(1, metricAttributes(decision, label));
    const { catalogueVersion, server } = decision;
    if (catalogueVersion !== undefined) versions.record(catalogueVersion, { "inkan.server": printable(server, 256) });
  };
}

/** A span of no duration. A gate does not see how long a call takes, so that the span is not the one of the call. */
function makeSpan(tracer: Tracer, decision: GateDecision, fixed: Attributes): void {
  const method = knownMethod(decision);
  const target = signedName(decision);
  const time = new Date(decision.time);
  const name = method === undefined ? `inkan ${decision.kind}` : target === undefined ? method : `${method} ${target}`;
  const attributes = { ...fixed, ...spanAttributes(decision) };
  const span = tracer.startSpan(name, { kind: SpanKind.INTERNAL, startTime: time, attributes });
  if (failed(decision)) {
    span.setStatus({ code: SpanStatusCode.ERROR, ...(decision.code !== undefined && { message: decision.code }) });
  }
  span.end(time);
}

/** Neither the gate nor the other signal depends on what fails here. The SDK reports its own failures. */
function ignoringFailure(work: () => void): void {
  try {
    work();
  } catch {
    // See above.
  }
}

function readPart<T>(name: "tracer" | "meter", value: unknown, method: string): T {
  if (hasMethods(value, method)) return value as T;
  throw invalidOption(`${WHAT}.${name}`, `a ${name} of OpenTelemetry`, kindOf(value));
}
