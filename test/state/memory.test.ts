import { describe, test } from "vitest";
import { InMemoryStateStore } from "../../ts/index.js";
import { managedStoreTests, storeTests } from "../../ts/state/suite.js";

describe("InMemoryStateStore", () => {
  const under = { open: async () => new InMemoryStateStore(), reopen: async (store: InMemoryStateStore) => store };
  test.each(storeTests)("$title", ({ run }) => run(under as Parameters<typeof run>[0]));
  test.each(managedStoreTests)("$title", ({ run }) => run(under as Parameters<typeof run>[0]));
});
