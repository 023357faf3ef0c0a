/** Figures as a Markdown table for people, and as data for machines. */
import type { Spread } from "./statistics.js";

/** A measured value, or why there is none. */
export type Cell = Spread | { readonly reason: string };

export interface Row {
  readonly name: string;
  readonly cells: readonly Cell[];
}

export interface Table {
  readonly title: string;
  readonly unit: string;
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  /** The row that the others are compared with, as so many times its median. */
  readonly baseline?: string;
}

export const isMeasured = (cell: Cell | undefined): cell is Spread => cell !== undefined && "median" in cell;

export function render({ title, unit, columns, rows, baseline }: Table): string {
  const base = rows.find(({ name }) => name === baseline)?.cells;
  const reasons: string[] = [];
  const cellOf = (row: Row, cell: Cell, index: number): string => {
    if (!isMeasured(cell)) {
      if (!reasons.includes(cell.reason)) reasons.push(cell.reason);
      return `- (${reasons.indexOf(cell.reason) + 1})`;
    }
    const against = base?.[index];
    const ratio = row.name === baseline || !isMeasured(against) ? "" : ` **×${digits(cell.median / against.median)}**`;
    const spread = cell.count === 1 ? "" : ` (${digits(cell.p95)})`;
    return `${digits(cell.median)}${spread}${ratio}`;
  };
  const lines = rows.map((row) => [row.name, ...row.cells.map((cell, index) => cellOf(row, cell, index))]);
  return [
    `### ${title}, ${unit}${rows.some(({ cells }) => cells.some(isMany)) ? ": median (p95)" : ""}`,
    "",
    line(["", ...columns]),
    line(["", ...columns].map(() => "---")),
    ...lines.map(line),
    ...(reasons.length === 0 ? [] : ["", ...reasons.map((reason, index) => `(${index + 1}) ${reason}`)]),
  ].join("\n");
}

const isMany = (cell: Cell): boolean => isMeasured(cell) && cell.count > 1;
const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
const digits = (value: number): string => (value < 10 ? value.toFixed(1) : Math.round(value).toLocaleString("en"));
