/** What a verdict's line in the table has no room for. */
import type { DefinitionKind } from "../../catalogue/definition.js";
import { printable } from "../../input/printable.js";
import { ALL_SURFACES, SURFACES } from "../../mcp/message/surfaces.js";
import { bad, type Line, line } from "../print/line.js";
import type { Live } from "./live.js";
import type { KindOffers, Offers, RefusedOffer } from "./offers.js";
import type { Verdict } from "./verdicts.js";

/** So many refused offers of a kind, and names that are not offered, are shown; `--json` has more. */
const MOST_SHOWN = 20;
const LONGEST = 1_000;

export function detailLines(one: Verdict): Line[] {
  const name = printable(one.name);
  if (one.verdict === "verified") return one.live === undefined ? [] : liveLines(name, one.live);
  const { code, summary, subject, expected, found, hint } = one.error;
  const facts = { where: subject, expected, found };
  return [
    line([`${name}: `, bad(code), `: ${summary}`], 2),
    ...Object.entries(facts).flatMap(([label, text]) =>
      text === undefined ? [] : [line(`  ${`${label}:`.padEnd(10)}${printable(text, LONGEST)}`, 12)],
    ),
    line(`  ${hint}`, 2),
  ];
}

function liveLines(name: string, live: Live): Line[] {
  if (live.verdict === "unjudged") {
    return [
      line([`${name}: `, bad("not compared"), ", the server cannot be listed"], 2),
      line(`  ${printable(live.reason, LONGEST)}`, 4),
    ];
  }
  const { offers, protocols } = live;
  const title = live.verdict === "verified" ? " offers what is signed" : " offers what is not signed";
  const said = offers.instructions;
  return [
    line(
      [live.verdict === "verified" ? `${name}:` : bad(`${name}:`), `${title} (protocol ${protocols.join(", ")})`],
      2,
    ),
    ...ALL_SURFACES.flatMap(({ kind, member }) => kindLines(kind, offers[member])),
    ...(said.verdict === "none" ? [] : instructionLines(said)),
  ];
}

function kindLines(kind: DefinitionKind, { offered, signed, refused, refusals, notOffered }: KindOffers): Line[] {
  if (offered === 0 && refused === 0 && notOffered.length === 0) return [];
  const count = `${offered} ${SURFACES[kind].noun}${offered === 1 ? "" : "s"} offered`;
  const facts = [
    count,
    ...(signed === undefined ? ["the policy lets all pass"] : [`${signed} as signed`]),
    ...(refused === 0 ? [] : [`${refused} refused`]),
  ];
  const told = refusals.slice(0, MOST_SHOWN);
  const missing = notOffered.slice(0, MOST_SHOWN).map((name) => printable(name));
  if (missing.length < notOffered.length) missing.push(`and ${notOffered.length - missing.length} more`);
  return [
    line(`  ${facts.join(", ")}`, 4),
    ...told.flatMap(refusalLines),
    ...(told.length === refused ? [] : [line(`    and ${refused - told.length} more`, 6)]),
    ...(missing.length === 0 ? [] : [line(`    signed and not offered: ${missing.join(", ")}`, 6)]),
  ];
}

function refusalLines({ kind, name, verdict, code, difference }: RefusedOffer): Line[] {
  const words = { changed: "changed", unsigned: "not signed", malformed: "no definition" }[verdict];
  const what = name === undefined ? SURFACES[kind].noun : `${SURFACES[kind].noun} ${JSON.stringify(name)}`;
  return [
    line([`    ${what}: `, bad(words), ` (${code})`], 6),
    ...(difference === undefined ? [] : [line(`      ${printable(difference, LONGEST)}`, 8)]),
  ];
}

function instructionLines({ verdict, difference }: Offers["instructions"]): Line[] {
  if (verdict === "signed") return [line("  instructions as signed", 4)];
  return [
    line(["  instructions: ", bad("not signed"), " (ERR_INSTRUCTIONS_UNSIGNED)"], 4),
    ...(difference === undefined ? [] : [line(`      ${printable(difference, LONGEST)}`, 8)]),
  ];
}
