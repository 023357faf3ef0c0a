import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["**/node_modules/**", "test/runtimes/**", "test/packaging/**"],
    // Two slow cores are the smallest machine the suite must pass on.
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
