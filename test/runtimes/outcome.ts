/** What the test body returns, and what of it is good. */
import { expect } from "vitest";

export interface Outcome {
  /** Names that the module under test exports. */
  exports: string[];
  results: { name: string; failure: string | null }[];
}

export function expectGood({ results }: Outcome): void {
  expect(results.filter(({ failure }) => failure !== null)).toEqual([]);
  expect(results.length).toBeGreaterThan(0);
}
