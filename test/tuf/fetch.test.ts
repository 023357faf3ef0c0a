/** `fetchTrustRoot` against repositories that are honest, and against mirrors that lie. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Targets } from "@tufjs/models";
import { afterEach, describe, expect, onTestFinished, test } from "vitest";
import { InMemoryStateStore } from "../../ts/entry/node.js";
import type { ErrorCode } from "../../ts/generated/error_codes.js";
import { fetchTrustRoot } from "../../ts/tuf/index.js";
import { realCase } from "../support/cases.js";
import { LogServer, type Site, stopLogServers } from "../support/log_server.js";
import { refusalOf } from "../support/refusal.js";
import { LONG_AGO, mirrorOf, TufRepository } from "../support/tuf_repository.js";

afterEach(stopLogServers);

const TRUST_ROOT = readFileSync(realCase("keyless-uri-gha").files.trustRoot);
const OTHER_ROOT = Buffer.from(`${TRUST_ROOT.toString().trimEnd()}\n\n`);

/** One operator: a store, and a mirror that may change. */
class Operator {
  readonly store = new InMemoryStateStore();
  #server: LogServer | undefined;

  constructor(readonly root: Buffer) {}

  async fetch(site: Site, options: object = {}) {
    this.#server ??= await LogServer.start(site);
    this.#server.site = site;
    return fetchTrustRoot({ stateStore: this.store, mirror: this.#server.url, root: this.root, ...options });
  }

  async refused(site: Site, options: object = {}): Promise<[ErrorCode, string]> {
    const before = await this.store.records();
    const { code, message } = await refusalOf(() => this.fetch(site, options));
    expect(await this.store.records()).toEqual(before);
    return [code, message];
  }
}

test("an honest repository gives the trust root, and its versions are recorded", async () => {
  const repository = new TufRepository(TRUST_ROOT);
  const operator = new Operator(repository.initialRoot);
  const before = Date.now();
  const { json, trustRoot, record } = await operator.fetch(mirrorOf(repository.files));
  const after = Date.now();
  expect(Buffer.from(json).equals(TRUST_ROOT)).toBe(true);
  expect(await trustRoot.describe()).toHaveProperty("logs");
  expect(record.versions).toEqual({ root: "1", timestamp: "1", snapshot: "1", targets: "1" });
  // It is told in whole seconds.
  expect(Date.parse(record.givenAt)).toBeGreaterThanOrEqual(before - 1_000);
  expect(Date.parse(record.givenAt)).toBeLessThanOrEqual(after);
  const [[key, text] = []] = [...(await operator.store.records())];
  expect(key).toMatch(/^tuf:[0-9a-f]{64}$/);
  expect(JSON.parse(text ?? "")).toMatchObject({ kind: "tuf", repository: record.repository, digest: record.sha256 });
  // A newer timestamp, then other content, then the same again.
  repository.signTimestamp();
  expect((await operator.fetch(mirrorOf(repository.files))).record.versions.timestamp).toBe("2");
  repository.publish(OTHER_ROOT);
  for (let time = 0; time < 2; time += 1) {
    const next = await operator.fetch(mirrorOf(repository.files));
    expect(Buffer.from(next.json).equals(OTHER_ROOT)).toBe(true);
    expect(next.record.versions).toEqual({ root: "1", timestamp: "3", snapshot: "2", targets: "2" });
  }
});

test("several rotations of the root are followed from the initial one", async () => {
  const repository = new TufRepository(TRUST_ROOT);
  const operator = new Operator(repository.initialRoot);
  repository.rotateKeys("root");
  repository.rotateKeys("root", "targets");
  repository.rotateKeys("root");
  repository.publish(TRUST_ROOT);
  expect((await operator.fetch(mirrorOf(repository.files))).record.versions.root).toBe("4");
  // From the newest root as well: nothing is asked of the versions before.
  const later = new Operator(repository.file("4.root.json"));
  const short = mirrorOf(repository.files, { "2.root.json": undefined, "3.root.json": undefined });
  expect((await later.fetch(short)).record.versions.root).toBe("4");
});

test("after new online keys their versions may start anew, as after a theft", async () => {
  const repository = new TufRepository(TRUST_ROOT);
  const operator = new Operator(repository.initialRoot);
  Object.assign(repository.versions, { timestamp: 1_000_000, snapshot: 1_000_000 });
  repository.publish(TRUST_ROOT);
  await operator.fetch(mirrorOf(repository.files));
  const stolen = repository.state();
  Object.assign(repository.versions, { timestamp: 1, snapshot: 1 });
  repository.rotateKeys("timestamp", "snapshot");
  repository.publish(OTHER_ROOT);
  expect((await operator.fetch(mirrorOf(repository.files))).record.versions.timestamp).toBe("2");
  const [code] = await operator.refused(mirrorOf(stolen));
  expect(code).toBe("ERR_TUF_ROLLBACK");
});

describe("what was seen never goes back", () => {
  test("the whole repository, its root, its timestamp", async () => {
    const repository = new TufRepository(TRUST_ROOT);
    const operator = new Operator(repository.initialRoot);
    const first = repository.state();
    repository.signTimestamp();
    const second = repository.state();
    repository.rotateKeys("root");
    repository.publish(OTHER_ROOT);
    await operator.fetch(mirrorOf(repository.files));
    expect(await operator.refused(mirrorOf(first))).toMatchObject([
      "ERR_TUF_ROLLBACK",
      expect.stringContaining("root.json"),
    ]);
    expect((await operator.refused(mirrorOf(second)))[0]).toBe("ERR_TUF_ROLLBACK");
    // With the newest root, the old timestamp still fails.
    const mixed = mirrorOf(new Map([...second, ["2.root.json", repository.file("2.root.json")]]));
    expect(await operator.refused(mixed)).toMatchObject([
      "ERR_TUF_ROLLBACK",
      expect.stringContaining("timestamp.json"),
    ]);
  });

  test("snapshot and targets under a newer timestamp, by a thief of the online keys", async () => {
    const repository = new TufRepository(TRUST_ROOT);
    const operator = new Operator(repository.initialRoot);
    repository.publish(OTHER_ROOT);
    await operator.fetch(mirrorOf(repository.files));
    const { snapshot, targets } = repository.versions;
    repository.versions.snapshot = 1;
    repository.signTimestamp();
    expect(await operator.refused(mirrorOf(repository.files))).toMatchObject([
      "ERR_TUF_ROLLBACK",
      expect.stringContaining("snapshot.json"),
    ]);
    Object.assign(repository.versions, { snapshot, targets: targets - 2 });
    repository.publish(TRUST_ROOT);
    expect(await operator.refused(mirrorOf(repository.files))).toMatchObject([
      "ERR_TUF_ROLLBACK",
      expect.stringContaining("targets.json"),
    ]);
  });

  test("one version never has two contents", async () => {
    const repository = new TufRepository(TRUST_ROOT);
    const operator = new Operator(repository.initialRoot);
    await operator.fetch(mirrorOf(repository.files));
    Object.assign(repository.versions, { targets: 0 });
    repository.publish(OTHER_ROOT);
    expect((await operator.refused(mirrorOf(repository.files)))[0]).toBe("ERR_TUF_ROLLBACK");
  });

  test("a store that was emptied: the running process remembers", async () => {
    const repository = new TufRepository(TRUST_ROOT);
    const operator = new Operator(repository.initialRoot);
    const first = repository.state();
    repository.signTimestamp();
    await operator.fetch(mirrorOf(repository.files));
    for (const [key, text] of await operator.store.records()) await operator.store.remove(key, text);
    expect((await operator.refused(mirrorOf(first)))[0]).toBe("ERR_TUF_ROLLBACK");
  });
});

test.each(["root", "timestamp", "snapshot", "targets"] as const)(
  "a repository frozen at an expired %s",
  async (role) => {
    const repository = new TufRepository(TRUST_ROOT);
    const operator = new Operator(repository.initialRoot);
    repository.expires[role] = LONG_AGO;
    if (role === "root") repository.rotateRoot();
    repository.publish(TRUST_ROOT);
    expect((await operator.refused(mirrorOf(repository.files)))[0]).toBe("ERR_TUF_EXPIRED");
  },
);

type Lie = readonly [what: string, make: (repository: TufRepository) => Site];

const LIES: readonly Lie[] = [
  [
    "mix-and-match: the snapshot of another time",
    (repository) => {
      const before = repository.file("1.snapshot.json");
      repository.publish(OTHER_ROOT);
      return mirrorOf(repository.files, { "2.snapshot.json": before });
    },
  ],
  [
    "mix-and-match: the targets of another time",
    (repository) => {
      const before = repository.file("1.targets.json");
      repository.publish(OTHER_ROOT);
      return mirrorOf(repository.files, { "2.targets.json": before });
    },
  ],
  [
    "fewer signatures than the threshold",
    (repository) => {
      repository.thresholds.targets = 2;
      repository.rotateRoot();
      const targets = JSON.parse(repository.file("1.targets.json").toString()).signed;
      repository.versions.targets = 2;
      repository.signTargets(Targets.fromJSON({ ...targets, version: 2 }), 1);
      return mirrorOf(repository.files);
    },
  ],
  [
    "a root that the keys before did not sign",
    (repository) => {
      const stranger = new TufRepository(OTHER_ROOT);
      stranger.rotateRoot();
      return mirrorOf(repository.files, { "2.root.json": stranger.file("2.root.json") });
    },
  ],
  [
    "a root that skips a version",
    (repository) => {
      repository.rotateKeys("root");
      repository.rotateKeys("root");
      return mirrorOf(repository.files, { "2.root.json": repository.file("3.root.json") });
    },
  ],
  ["another repository", () => mirrorOf(new TufRepository(OTHER_ROOT).files)],
  [
    "another trust root than targets names",
    (repository) => {
      const [name = ""] = [...repository.files.keys()].filter((path) => path.startsWith("targets/"));
      return mirrorOf(repository.files, { [name]: Buffer.alloc(TRUST_ROOT.length, 32) });
    },
  ],
  ["a page of HTML for everything", () => () => "<!doctype html><title>Sign in</title>"],
  [
    "no trust root among the targets",
    (repository) => {
      repository.target = "other.json";
      repository.publish(TRUST_ROOT);
      return mirrorOf(repository.files);
    },
  ],
];

test.each(LIES)("%s is refused", async (_what, make) => {
  const repository = new TufRepository(TRUST_ROOT);
  const [code] = await new Operator(repository.initialRoot).refused(make(repository));
  expect(code).toBe("ERR_TUF_INVALID");
});

test("a trust root that TUF vouches for, and that is none", async () => {
  const repository = new TufRepository(Buffer.from("{}"));
  const [code] = await new Operator(repository.initialRoot).refused(mirrorOf(repository.files));
  expect(code).toMatch(/^ERR_TRUST_ROOT_/);
});

type Outage = readonly [what: string, site: Site, found: RegExp];

const OUTAGES: readonly Outage[] = [
  ["a mirror without the files", () => undefined, /timestamp\.json does not exist/],
  ["a mirror that fails", () => (response) => response.writeHead(503).end(), /answers 503/],
  ["a mirror that leads elsewhere", () => (response) => response.writeHead(302, { location: "/" }).end(), /redirects/],
  ["a mirror that never answers", () => () => {}, /did not answer within 300 ms/],
  [
    "a mirror that never ends, slowly",
    () => (response) => {
      const timer = setInterval(() => response.write(" "), 20);
      response.on("close", () => clearInterval(timer));
    },
    /did not answer within 300 ms/,
  ],
  [
    "endless data",
    () => (response) => {
      const more = (): void => {
        while (response.write(Buffer.alloc(65_536, 32)));
      };
      response.on("drain", more);
      more();
    },
    /has more than \d+ bytes/,
  ],
];

test.each(OUTAGES)("%s", async (_what, site, found) => {
  const repository = new TufRepository(TRUST_ROOT);
  // Endless data must run into the bound on bytes, however slow this machine is.
  const timeoutMs = found.source.includes("300") ? 300 : 30_000;
  const [code, message] = await new Operator(repository.initialRoot).refused(site, { timeoutMs });
  expect(code).toBe("ERR_TUF_UNAVAILABLE");
  expect(message).toMatch(found);
});

test("a mirror that is down, and roots without end", async () => {
  const repository = new TufRepository(TRUST_ROOT);
  const down = fetchTrustRoot({
    stateStore: new InMemoryStateStore(),
    mirror: "http://127.0.0.1:1",
    root: repository.initialRoot,
  });
  expect((await refusalOf(() => down)).code).toBe("ERR_TUF_UNAVAILABLE");
  const endless: Site = (path) => `{"signed":{"version":${Number.parseInt(path.slice(1), 10)}}}`;
  const [code, message] = await new Operator(repository.initialRoot).refused(endless);
  expect([code, message]).toMatchObject(["ERR_TUF_UNAVAILABLE", expect.stringContaining("64 versions ahead")]);
});

test("options that cannot be honoured throw before anything is asked", async () => {
  const stateStore = new InMemoryStateStore();
  for (const options of [
    { mirror: "http://tuf.example" },
    { mirror: "https://u:p@tuf.example" },
    { timeoutMs: 0 },
    { root: "{}" },
    { root: TRUST_ROOT },
    { fetch: "x" },
    { mirrors: [] },
  ]) {
    const { code } = await refusalOf(() => fetchTrustRoot({ stateStore, ...options } as never));
    expect(code, JSON.stringify(Object.keys(options))).toMatch(/^ERR_OPTION_/);
  }
  expect((await refusalOf(() => fetchTrustRoot({} as never))).code).toMatch(/^ERR_OPTION_/);
});

test("an answer of 403 for the next root says that there is none", async () => {
  const repository = new TufRepository(TRUST_ROOT);
  const honest = mirrorOf(repository.files);
  const bucket: Site = (path) => honest(path) ?? ((response) => response.writeHead(403).end());
  expect((await new Operator(repository.initialRoot).fetch(bucket)).record.versions.root).toBe("1");
});

test("the client's folder is removed, whatever comes of it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "inkan-tuf-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const before = process.env.TMPDIR;
  process.env.TMPDIR = folder;
  try {
    const repository = new TufRepository(TRUST_ROOT);
    const operator = new Operator(repository.initialRoot);
    await operator.fetch(mirrorOf(repository.files));
    await operator.refused(() => "<html>");
    expect(readdirSync(folder)).toEqual([]);
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
});
