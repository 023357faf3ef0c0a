/** `inkan/opentelemetry`: the decisions of gates as spans and metrics. Needs `@opentelemetry/api` beside inkan. */
export { type DecisionExporterOptions, decisionExporter } from "./exporter.js";
