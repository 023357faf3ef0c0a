import { defineConfig } from "vitest/config";

// The suite must pass on two slow cores that do other things too. Nothing waits this long but what hangs.
const patience = { testTimeout: 120_000, hookTimeout: 120_000 };
const firefox = { INKAN_BROWSER: "firefox" };
const nested = ["**/node_modules/**", "test/runtimes/**", "test/packaging/**"];

export default defineConfig({
  test: {
    // Vitest by itself leaves one core free, and then a machine with two cores uses one of them.
    maxWorkers: "100%",
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
          name: "firefox",
          // What these do depends on the browser. INKAN_BROWSER=firefox runs the other tests of pages there, too.
          include: ["test/page/{page,hosted}.test.ts"],
          env: firefox,
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
      {
        test: {
          ...patience,
          name: "package-firefox",
          include: ["test/packaging/react.test.ts", "test/runtimes/state_indexeddb.test.ts"],
          globalSetup: "test/packaging/packed.ts",
          env: firefox,
        },
      },
    ],
  },
});
