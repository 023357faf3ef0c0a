/** The canonical form of a tool's numbers is what ECMAScript itself writes (RFC 8785, section 3.2.2.3). */
import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { definitionDigest } from "../ts/core/hasher.js";
import { readyNow } from "../ts/core/instance.js";
import "../ts/entry/node.js";

readyNow();

/** The digest of a tool that holds these numbers, spelt so. */
const digest = (spelt: string[]): string =>
  definitionDigest("tool", Buffer.from(`{"name":"n","values":[${spelt.join()}],"inputSchema":{}}`)).digest;
const expected = (values: number[]): string =>
  `sha256:${createHash("sha256")
    .update(JSON.stringify({ inputSchema: {}, name: "n", values }))
    .digest("hex")}`;

/** Finite doubles of every size, half of them short decimals or with few bits, and so near to ties. */
function doubles(count: number): number[] {
  let state = 7n;
  const next = (): bigint => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
    return state >> 11n;
  };
  const view = new DataView(new ArrayBuffer(8));
  const any = (): number => {
    view.setBigUint64(0, (next() << 32n) ^ next());
    return view.getFloat64(0);
  };
  const made = Array.from({ length: count }, () => {
    switch (next() % 4n) {
      case 0n:
        return Number(next() >> (next() % 40n)) / 2 ** Number(next() % 60n);
      case 1n:
        return Number(next() % 100000n) / 10 ** Number(next() % 12n);
      default:
        return any();
    }
  });
  return made.filter(Number.isFinite);
}

test("every double, however it is spelt", () => {
  const values = doubles(20_000);
  const spellings: ((value: number) => string)[] = [
    (value) => value.toExponential(),
    (value) => value.toExponential(20),
    (value) => value.toExponential(16),
  ];
  for (const spell of spellings) {
    const spelt = values.map(spell);
    expect(digest(spelt)).toBe(expected(spelt.map(Number)));
  }
});

test("numbers at the edges", () => {
  const spelt = [
    ...["0", "-0", "-0.0", "0e5", "1e-400", "-1e-400", "4.9e-324", "2.47e-324", "2.48e-324", "5e-324"],
    ...["1.7976931348623157e308", "1.79769313486231580e308", "2.2250738585072011e-308", "2.2250738585072014e-308"],
    ...[
      "9007199254740992",
      "-9007199254740992",
      "9007199254740993",
      "9223372036854775807",
      "18446744073709551615",
      "-9007199254740995",
      "9007199254740993.0",
      "1e21",
      "999999999999999999999.0",
      "1e-7",
    ],
    ...["1125899906842624.25", "1125899906842624.75", "5e22", "123456789012345680000.0", "0.000001", "0.0000012"],
  ];
  expect(digest(spelt)).toBe(expected(spelt.map(Number)));
});
