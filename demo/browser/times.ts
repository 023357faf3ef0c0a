/** When the certificate held, when it was signed, and what else has a date: on one line. */
import { h, shown } from "../../ts/element/dom.js";
import type { Inspected } from "./engine/inspected.js";
import { svg } from "./svg.js";

export interface Moment {
  readonly label: string;
  readonly at: string;
  /** Whether the verification proved it, or the file only says so. */
  readonly proven: boolean;
}

interface Placed extends Moment {
  readonly time: number;
  readonly x: number;
  readonly lane: number;
}

const WIDTH = 340;
const WINDOW = { from: 70, to: 270 };
const EDGES = { from: 14, to: 326 };
const GAP = 24;

/** What has a date. `proven` are the signing times of a verified report, `stated` the dates of a catalogue. */
export function momentsOf(
  bundle: Inspected,
  proven: readonly string[],
  stated: readonly (readonly [string, string | undefined])[],
): Moment[] {
  const [leaf] = bundle.certificates ?? [];
  const isProven = (at: string): boolean => proven.some((time) => Date.parse(time) === Date.parse(at));
  const found: [string, string | undefined][] = [
    ["The certificate begins", leaf?.notBefore],
    ["The certificate ends", leaf?.notAfter],
    ...(bundle.logEntries ?? []).map((entry): [string, string | undefined] => [
      "The log took the entry",
      entry.integratedTime,
    ]),
    ...(bundle.timestamps ?? []).map((at): [string, string] => ["A timestamp authority saw the signature", at]),
    ...stated.map(([label, at]): [string, string | undefined] => [label, at]),
  ];
  return found
    .flatMap(([label, at]) =>
      at === undefined || Number.isNaN(Date.parse(at)) ? [] : [{ label, at, proven: isProven(at) }],
    )
    .map((one) => (one.label.startsWith("The certificate") ? { ...one, proven: false } : one))
    .sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
}

export function timesPicture(moments: readonly Moment[], bundle: Inspected): HTMLElement {
  const [leaf] = bundle.certificates ?? [];
  const [first, last] = [moments[0], moments.at(-1)];
  if (first === undefined || last === undefined) return h("p", {}, "The bundle holds no date.");
  const from = Date.parse(leaf?.notBefore ?? first.at);
  const to = Date.parse(leaf?.notAfter ?? last.at);
  const placed = place(moments, from, to);
  const lanes = Math.max(...placed.map(({ lane }) => lane)) + 1;
  const base = lanes * GAP + 8;
  const picture = svg("svg", {
    viewBox: `0 0 ${WIDTH} ${base + 34}`,
    role: "img",
    "aria-label": "Times on a line. The list below has them in words.",
  });
  picture.append(svg("line", { x1: 2, x2: WIDTH - 2, y1: base, y2: base }));
  if (leaf !== undefined) {
    picture.append(
      svg("rect", { class: "window", x: WINDOW.from, y: base - 5, width: WINDOW.to - WINDOW.from, height: 10 }),
    );
    const middle = (WINDOW.from + WINDOW.to) / 2;
    picture.append(
      svg(
        "text",
        { x: middle, y: base + 24, "text-anchor": "middle", "font-size": 12 },
        `the certificate's ${spanText(to - from)}`,
      ),
    );
  }
  const y = (lane: number): number => base - 14 - lane * GAP;
  // Lines first: the circles cover them where moments stand above one another.
  picture.append(...placed.map(({ x, lane }) => svg("line", { x1: x, x2: x, y1: y(lane), y2: base })));
  for (const [index, { x, lane, proven }] of placed.entries()) {
    picture.append(svg("circle", { class: proven ? "proven" : "", cx: x, cy: y(lane), r: 10 }));
    picture.append(svg("text", { x, y: y(lane) + 4, "text-anchor": "middle", "font-size": 12 }, String(index + 1)));
  }
  const items = moments.map(({ label, at, proven }) =>
    h(
      "li",
      {},
      `${label}: `,
      h("time", { datetime: shown(at) }, shown(at)),
      proven ? " (proven)" : "",
      offset(at, from, leaf !== undefined),
    ),
  );
  return h("figure", { class: "times" }, picture, h("figcaption", {}, h("ol", {}, ...items)));
}

/** The certificate's window takes the middle; what lies outside of it stands at the edges, in its order and not to scale. */
function place(moments: readonly Moment[], from: number, to: number): Placed[] {
  const times = moments.map(({ at }) => Date.parse(at));
  const before = times.filter((time) => time < from);
  const after = times.filter((time) => time > to);
  const spread = (rank: number, count: number, start: number, end: number): number =>
    start + ((rank + 1) / (count + 1)) * (end - start);
  const xOf = (time: number): number => {
    if (time < from) return spread(before.indexOf(time), before.length, EDGES.from, WINDOW.from - 12);
    if (time > to) return spread(after.indexOf(time), after.length, WINDOW.to + 12, EDGES.to);
    return WINDOW.from + (to === from ? 0.5 : (time - from) / (to - from)) * (WINDOW.to - WINDOW.from);
  };
  const placed: Placed[] = [];
  for (const moment of moments) {
    const time = Date.parse(moment.at);
    const x = xOf(time);
    const taken = new Set(placed.filter((other) => Math.abs(other.x - x) < GAP).map(({ lane }) => lane));
    let lane = 0;
    while (taken.has(lane)) lane += 1;
    placed.push({ ...moment, time, x, lane });
  }
  return placed;
}

function spanText(milliseconds: number): string {
  const minutes = Math.round(milliseconds / 60_000);
  if (minutes < 120) return minutes === 1 ? "minute" : `${minutes} minutes`;
  const hours = Math.round(minutes / 60);
  return hours < 72 ? `${hours} hours` : `${Math.round(hours / 24)} days`;
}

function offset(at: string, from: number, isKeyless: boolean): string {
  const seconds = Math.round((Date.parse(at) - from) / 1000);
  if (!isKeyless || seconds === 0 || Math.abs(seconds) > 86_400) return "";
  const [minutes, rest] = [Math.floor(Math.abs(seconds) / 60), Math.abs(seconds) % 60];
  const span = [minutes > 0 ? `${minutes} min` : "", rest > 0 ? `${rest} s` : ""]
    .filter((part) => part !== "")
    .join(" ");
  return `, ${span} ${seconds > 0 ? "after" : "before"} the certificate's beginning`;
}
