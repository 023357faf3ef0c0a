/** The verdicts as lines to read and as JSON. */
import { printable } from "../../input/printable.js";
import { signerText } from "../../verify/signer_text.js";
import { bad, EMPTY, faint, good, type Line, line, strong } from "../print/line.js";
import { widthOf } from "../print/width.js";
import type { Verdict } from "./verdicts.js";

/** One line a server, within 80 columns, then what the table has no room for. */
export function verdictLines(verdicts: readonly Verdict[]): Line[] {
  const width = Math.min(24, Math.max(6, ...verdicts.map(({ name }) => widthOf(printable(name)))));
  const row = (name: string, version: string, signed: string, expires: string, tools: string): string =>
    `${pad(name, width)}  ${pad(version, 8)}  ${pad(signed, 10)}  ${pad(expires, 10)}  ${tools.padStart(5)}  `;
  return [
    line([strong(`${row("SERVER", "VERSION", "SIGNED", "EXPIRES", "TOOLS")}VERDICT`)]),
    ...verdicts.map((one) => {
      if (one.verdict !== "verified") {
        return line([
          row(printable(one.name), "", "", "", ""),
          bad(one.verdict === "refused" ? "refused" : "not judged"),
        ]);
      }
      const { version, signedAt, expires, tools } = one.catalogue;
      const cells = [
        version === undefined ? "-" : String(version),
        day(signedAt[0]),
        day(expires),
        String(tools.length),
      ];
      const [first = "", second = "", third = "", fourth = ""] = cells;
      return line([row(printable(one.name), printable(first), second, third, fourth), good("verified")]);
    }),
    ...verdicts.flatMap((one) => [EMPTY, ...detailLines(one)]),
  ];
}

function detailLines(one: Verdict): Line[] {
  if (one.verdict === "verified") {
    return [
      line([`${printable(one.name)}: `, faint(`for ${printable(one.server, 500)}`)], 2),
      line(`  signed by ${printable(signerText(one.catalogue.signer), 1000)}`, 4),
    ];
  }
  const { code, summary, subject, expected, found, hint } = one.error;
  const facts = { where: subject, expected, found };
  return [
    line([`${printable(one.name)}: `, bad(code), ` ${summary}`], 2),
    ...Object.entries(facts).flatMap(([name, text]) =>
      text === undefined ? [] : [line(`  ${`${name}:`.padEnd(10)}${printable(text, 1000)}`, 12)],
    ),
    line(`  ${hint}`, 2),
  ];
}

function pad(text: string, columns: number): string {
  let cut = text;
  while (widthOf(cut) > columns) cut = `${[...cut].slice(0, cut.endsWith("…") ? -2 : -1).join("")}…`;
  return cut + " ".repeat(columns - widthOf(cut));
}

const day = (time: unknown): string => (typeof time === "string" ? printable(time).slice(0, 10) : "-");

/** The verdicts for programs. */
export const verdictsToJson = (file: string, verdicts: readonly Verdict[]): object => ({
  config: file,
  servers: verdicts.map((one) => {
    if (one.verdict !== "verified") return { name: one.name, verdict: one.verdict, error: one.error };
    const { signer, version, signedAt, issuedAt, expires, digest, log, tools } = one.catalogue;
    const facts = { signer, version, signedAt, issuedAt, expires, digest, log, tools: tools.length };
    return { name: one.name, verdict: one.verdict, server: one.server, ...facts };
  }),
});
