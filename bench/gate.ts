/** The gate in process: messages, lists, memory. */
import { inRoot } from "../scripts/build/paths.js";
import { capture } from "../scripts/build/process.js";
import { spread } from "./statistics.js";
import type { Table } from "./table.js";

/** What peers/inkan/gate.mjs prints: microseconds. */
interface Gate {
  readonly perMessage: Readonly<Record<string, number[]>>;
  /** For one listed tool, by the number of tools in the list. */
  readonly perTool: Readonly<Record<string, number[]>>;
  readonly kibibytesPerGate: number;
}

export function gates(): Table[] {
  const script = inRoot("bench/peers/inkan/gate.mjs");
  const { perMessage, perTool, kibibytesPerGate } = JSON.parse(
    capture(process.execPath, ["--expose-gc", script]),
  ) as Gate;
  const lists = Object.entries(perTool);
  return [
    {
      title: "Through a gate, in process",
      unit: "microseconds",
      columns: [""],
      rows: Object.entries(perMessage).map(([name, times]) => ({ name, cells: [spread(times)] })),
    },
    {
      title: "One tool of a list, judged and handed on",
      unit: "microseconds",
      columns: lists.map(([count]) => `a list of ${Number(count).toLocaleString("en")}`),
      rows: [{ name: "inkan", cells: lists.map(([, times]) => spread(times)) }],
    },
    {
      title: "Memory of a gate that has listed, of 1,000",
      unit: "KiB",
      columns: [""],
      rows: [{ name: "inkan", cells: [{ median: kibibytesPerGate, p95: kibibytesPerGate, count: 1 }] }],
    },
  ];
}
