import { defineConfig } from "vitest/config";

// The suite must pass on two slow cores.
const patience = { testTimeout: 60_000, hookTimeout: 120_000 };
const nested = ["**/node_modules/**", "test/runtimes/**", "test/packaging/**"];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...patience,
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: nested,
          globalSetup: "test/support/built_command.ts",
        },
      },
      {
        test: {
          ...patience,
          name: "package",
          include: ["test/{runtimes,packaging}/*.test.ts"],
          globalSetup: "test/packaging/packed.ts",
        },
      },
    ],
  },
});
