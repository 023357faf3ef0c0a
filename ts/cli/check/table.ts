/** The verdicts as a table for people: a line for each server where the terminal is wide enough, else two, or a list. */
import { printable } from "../../input/printable.js";
import { shortSignerText } from "../../verify/signer_text.js";
import { bad, EMPTY, faint, good, type Line, line, type Span, strong } from "../print/line.js";
import { widthOf } from "../print/width.js";
import { detailLines } from "./details.js";
import { type Verdict, verdictOf } from "./verdicts.js";

const LONGEST_NAME = 24;
/** No signer makes the table wider. */
const LONGEST_SIGNER = 200;

type Column = "server" | "version" | "signed" | "expires" | "tools" | "state" | "verdict" | "signer";
type Row = Readonly<Record<Column, string>>;

const HEAD: Row = {
  server: "SERVER",
  version: "VERSION",
  signed: "SIGNED",
  expires: "EXPIRES",
  tools: "TOOLS",
  state: "STATE",
  verdict: "VERDICT",
  signer: "SIGNER",
};
const COLUMNS = Object.keys(HEAD) as Column[];
const WORDS = { verified: "verified", refused: "refused", unjudged: "not judged" } as const;

/** The table, then what it has no room for. `width` is the terminal's; without one, lines may be of any length. */
export function verdictLines(verdicts: readonly Verdict[], width = Number.POSITIVE_INFINITY): Line[] {
  const rows = verdicts.map((one) => ({ row: rowOf(one), look: lookOf(one) }));
  const widths = Object.fromEntries(
    COLUMNS.map((column) => [
      column,
      Math.max(...[HEAD, ...rows.map(({ row }) => row)].map((row) => widthOf(row[column]))),
    ]),
  ) as Record<Column, number>;
  const narrow = COLUMNS.filter((column) => column !== "signer");
  const table = fits(COLUMNS, widths, width)
    ? tableLines(rows, widths, COLUMNS)
    : fits(narrow, widths, width)
      ? tableLines(rows, widths, narrow)
      : rows.flatMap(listed);
  const details = verdicts.flatMap((one) => {
    const lines = detailLines(one);
    return lines.length === 0 ? [] : [EMPTY, ...lines];
  });
  return [...table, ...details];
}

interface Shown {
  readonly row: Row;
  readonly look: (text: string) => Span;
}

const fits = (columns: readonly Column[], widths: Record<Column, number>, width: number): boolean =>
  columns.reduce((sum, column) => sum + widths[column] + 2, -2) <= width;

function tableLines(rows: readonly Shown[], widths: Record<Column, number>, columns: readonly Column[]): Line[] {
  const cells = (row: Row, look: (text: string) => Span): (string | Span)[] =>
    columns.flatMap((column) => {
      const room = " ".repeat(widths[column] - widthOf(row[column]));
      if (column === "verdict") return [look(row[column]), `${room}  `];
      return [column === "tools" ? `${room}${row[column]}  ` : `${row[column]}${room}  `];
    });
  return [
    line(
      cells(HEAD, strong).map((cell) => (typeof cell === "string" ? strong(cell) : cell)),
      2,
    ),
    ...rows.flatMap(({ row, look }) => [
      line(cells(row, look), 2),
      ...(columns.includes("signer") || row.signer === "" ? [] : [line(["  ", faint(row.signer)], 4)]),
    ]),
  ];
}

/** For a terminal that is narrower than the table. */
function listed({ row, look }: Shown): Line[] {
  const facts = COLUMNS.filter((column) => column !== "server" && column !== "verdict" && row[column] !== "");
  return [
    line([strong(row.server), ": ", look(row.verdict)], 2),
    ...facts.map((column) => line(`  ${column}: ${row[column]}`, 4)),
  ];
}

function rowOf(one: Verdict): Row {
  const server = cut(printable(one.name), LONGEST_NAME);
  const verdict = WORDS[verdictOf(one)];
  if (one.verdict !== "verified") {
    return { server, version: "", signed: "", expires: "", tools: "", state: "", verdict, signer: "" };
  }
  const { version, signedAt, issuedAt, expires, tools } = one.catalogue;
  return {
    server,
    version: version === undefined ? "-" : String(version),
    // Nothing proves when a key without a log has signed; the publisher may say so.
    signed: day(signedAt[0] ?? issuedAt),
    expires: day(expires),
    tools: String(tools.length),
    state: one.state,
    verdict,
    signer: cut(printable(shortSignerText(one.catalogue.signer), 1_000), LONGEST_SIGNER),
  };
}

const lookOf = (one: Verdict): ((text: string) => Span) => (verdictOf(one) === "verified" ? good : bad);

function cut(text: string, columns: number): string {
  let shorter = text;
  while (widthOf(shorter) > columns) shorter = `${[...shorter].slice(0, shorter.endsWith("…") ? -2 : -1).join("")}…`;
  return shorter;
}

const day = (time: unknown): string => (typeof time === "string" ? printable(time).slice(0, 10) : "-");
