/** The sides of a path through the Merkle tree, against the recursion of RFC 9162, section 2.1.3.1. */
import { expect, test } from "vitest";
import { sides } from "../../demo/browser/tree.js";

/** From the leaf up: on which side the other subtree stands. */
function byRecursion(index: number, size: number): ("left" | "right")[] {
  if (size <= 1) return [];
  let split = 1;
  while (split * 2 < size) split *= 2;
  return index < split
    ? [...byRecursion(index, split), "right"]
    : [...byRecursion(index - split, size - split), "left"];
}

const path = (index: number, size: number, length: number) => ({
  index: BigInt(index),
  size: BigInt(size),
  hashes: Array.from({ length }, () => new Uint8Array(32)),
  root: new Uint8Array(32),
  body: new Uint8Array(),
});

test("every place in every small tree", () => {
  for (let size = 1; size <= 70; size += 1) {
    for (let index = 0; index < size; index += 1) {
      const expected = byRecursion(index, size);
      expect([index, size, sides(path(index, size, expected.length))]).toEqual([index, size, expected]);
      expect(sides(path(index, size, expected.length + 1))).toBeUndefined();
    }
  }
});

test("a place outside of the tree has no path", () => {
  expect(sides(path(3, 3, 2))).toBeUndefined();
  expect(sides(path(0, 0, 0))).toBeUndefined();
});
