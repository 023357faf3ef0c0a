import * as inkan from "inkan";
import { runBody } from "./body.mjs";

test("inkan runs in Jest", async () => {
  const { results } = await runBody(inkan);
  expect(results.filter(({ failure }) => failure !== null)).toEqual([]);
  expect(results.length).toBeGreaterThan(5);
});
