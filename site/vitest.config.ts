/** The built site in Chromium: `npm run check` runs these tests after it has built the site. */
import { defineConfig } from "vitest/config";

// Several hundred pages on two slow cores.
export default defineConfig({
  test: { include: ["site/*.test.ts"], root: `${import.meta.dirname}/..`, testTimeout: 900_000, hookTimeout: 120_000 },
});
