/** Claims that overtake each other: the floor is the furthest that stood, or is about to. */
import { expect, test } from "vitest";
import { Floor } from "../../ts/state/floors.js";

test("a claim holds until it is withdrawn, and for good once it stands", () => {
  const floor = new Floor();
  expect(floor.text).toBeUndefined();
  floor.withdraw(floor.claim("1"));
  expect(floor.text).toBeUndefined();
  const claim = floor.claim("2");
  expect(floor.text).toBe("2");
  floor.stands(claim);
  floor.withdraw(claim);
  expect(floor.text).toBe("2");
});

test("an earlier claim that stands later does not lower the floor", () => {
  const floor = new Floor();
  const [first, second] = [floor.claim("1"), floor.claim("2")];
  floor.stands(second);
  floor.stands(first);
  expect(floor.text).toBe("2");
});

test("what failed leaves what stood before it", () => {
  const floor = new Floor();
  const [first, second, third] = [floor.claim("1"), floor.claim("2"), floor.claim("3")];
  floor.stands(first);
  expect(floor.text).toBe("3");
  floor.withdraw(third);
  floor.withdraw(second);
  expect(floor.text).toBe("1");
});
