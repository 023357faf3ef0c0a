/** The path of a log entry to the root of the Merkle tree (RFC 9162, section 2.1.3), as a picture. */
import { h } from "../../ts/element/dom.js";
import type { ProofPath } from "./engine/inspected.js";
import { svg } from "./svg.js";

const WIDTH = 340;
const ROW = 46;
const BOX = { width: 92, height: 22 };
const CENTRE = WIDTH / 2;

export interface Level {
  /** The hash on the way, from the leaf up. */
  readonly own: Uint8Array | undefined;
  readonly sibling: Uint8Array;
  readonly side: "left" | "right";
}

/** On which side each hash of the proof stands, or undefined if their number does not fit the place in the tree. */
export function sides({ index, size, hashes }: ProofPath): ("left" | "right")[] | undefined {
  if (index >= size) return undefined;
  const inner = bitLength(index ^ (size - 1n));
  const border = [...(index >> BigInt(inner)).toString(2)].filter((bit) => bit === "1").length;
  if (hashes.length !== inner + border) return undefined;
  return hashes.map((_, level) => (level >= inner || (index >> BigInt(level)) % 2n === 1n ? "left" : "right"));
}

const bitLength = (value: bigint): number => (value === 0n ? 0 : value.toString(2).length);

/** Hashes from the leaf to the root. Undefined where the browser has no SHA-256: pages without a secure origin. */
async function climb(path: ProofPath, sidesUp: readonly ("left" | "right")[]): Promise<Uint8Array[] | undefined> {
  if (globalThis.crypto?.subtle === undefined) return undefined;
  const hash = async (...parts: Uint8Array<ArrayBuffer>[]): Promise<Uint8Array<ArrayBuffer>> =>
    new Uint8Array(await crypto.subtle.digest("SHA-256", await new Blob(parts).arrayBuffer()));
  let own = await hash(Uint8Array.of(0), path.body);
  const way = [own];
  for (const [level, side] of sidesUp.entries()) {
    const sibling = path.hashes[level] ?? new Uint8Array();
    own = await (side === "left" ? hash(Uint8Array.of(1), sibling, own) : hash(Uint8Array.of(1), own, sibling));
    way.push(own);
  }
  return way;
}

const hex = (bytes: Uint8Array | undefined): string =>
  bytes === undefined
    ? "…"
    : `${Array.from(bytes.slice(0, 4), (byte) => byte.toString(16).padStart(2, "0")).join("")}…`;

const isSame = (one: Uint8Array | undefined, other: Uint8Array): boolean =>
  one !== undefined && one.length === other.length && one.every((byte, index) => byte === other[index]);

/** The picture with its caption. */
export async function treePicture(path: ProofPath): Promise<HTMLElement> {
  const up = sides(path);
  if (up === undefined) {
    return h(
      "p",
      {},
      `${path.hashes.length} hashes do not lead from entry ${path.index} to a root of ${path.size} entries.`,
    );
  }
  const way = await climb(path, up);
  const root = way?.at(-1);
  const reaches =
    way === undefined
      ? ""
      : isSame(root, path.root)
        ? " It reaches the root hash that the bundle states."
        : " It does not reach the root hash that the bundle states.";
  const caption = `Entry ${path.index} of ${path.size}: ${up.length} hashes lead from it to the root.${reaches}`;
  return h(
    "figure",
    {},
    h(
      "div",
      { class: "tree", tabindex: "0", role: "group", "aria-label": "Path through the Merkle tree" },
      draw(up, way, path, caption),
    ),
    h("figcaption", {}, `${caption} The blue boxes are on the way. The others come with the proof.`),
  );
}

function draw(
  up: readonly ("left" | "right")[],
  way: readonly Uint8Array[] | undefined,
  path: ProofPath,
  caption: string,
): SVGElement {
  const height = (up.length + 1) * ROW + 26;
  const y = (level: number): number => height - 40 - level * ROW;
  const picture = svg("svg", { viewBox: `0 0 ${WIDTH} ${height}`, role: "img", "aria-label": caption });
  const boxes: SVGElement[] = [];
  for (const [level, side] of up.entries()) {
    const x = side === "left" ? CENTRE - 118 : CENTRE + 118;
    const end = { x2: CENTRE, y2: y(level + 1) + BOX.height / 2 };
    picture.append(svg("line", { x1: x, y1: y(level) - BOX.height / 2, ...end }));
    picture.append(svg("line", { class: "way", x1: CENTRE, y1: y(level) - BOX.height / 2, ...end }));
    boxes.push(...box(x, y(level), hex(path.hashes[level]), ""));
  }
  for (let level = 0; level <= up.length; level += 1) {
    boxes.push(...box(CENTRE, y(level), hex(level === up.length ? (way?.[level] ?? path.root) : way?.[level]), "way"));
  }
  picture.append(...boxes);
  picture.append(
    svg("text", { x: CENTRE, y: height - 12, "text-anchor": "middle", "font-size": 12 }, `entry ${path.index}`),
  );
  picture.append(svg("text", { x: CENTRE, y: y(up.length) - 17, "text-anchor": "middle", "font-size": 12 }, "root"));
  return picture;
}

const box = (x: number, y: number, text: string, kind: string): SVGElement[] => [
  svg("rect", {
    class: kind,
    x: x - BOX.width / 2,
    y: y - BOX.height / 2,
    width: BOX.width,
    height: BOX.height,
    rx: 3,
  }),
  svg("text", { x, y: y + 4, "text-anchor": "middle", "font-size": 12 }, text),
];
