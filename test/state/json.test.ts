/** What a state file must be, and what is refused in its place. */
import { createHash } from "node:crypto";
import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { capture } from "../../scripts/build/process.js";
import "../../ts/entry/node.js";
import { JsonStateStore } from "../../ts/state/json.js";
import { Claim } from "../../ts/state/json_file.js";
import { managedStoreTests, storeTests } from "../../ts/state/suite.js";
import { codeOf, refusalOf } from "../support/refusal.js";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "inkan-json-"));
  file = join(folder, "state.json");
});
afterEach(() => rmSync(folder, { recursive: true }));

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);
const put = (content: string | Uint8Array): void => writeFileSync(file, content, { mode: 0o600 });

describe("JsonStateStore", () => {
  const reopen = async (): Promise<JsonStateStore> => new JsonStateStore(file);
  test.each(storeTests)("$title", ({ run }) => run({ open: reopen, reopen }));
  test.each(managedStoreTests)("$title", ({ run }) => run({ open: reopen, reopen }));

  test("writes one spelling, mode 600, and leaves nothing else", async () => {
    const store = new JsonStateStore(file);
    await store.compareAndSwap("scope:b", undefined, '{"a":"印"}');
    await store.compareAndSwap("log:a", undefined, "1");
    expect(readFileSync(file, "utf8")).toBe('{"format":1,"records":{"log:a":"1","scope:b":"{\\"a\\":\\"印\\"}"}}');
    expect(modeOf(file)).toBe("600");
    expect(readdirSync(folder)).toEqual(["state.json"]);
  });

  test("keeps the mode whatever the umask", async () => {
    const before = process.umask(0o277);
    try {
      await new JsonStateStore(file).compareAndSwap("a", undefined, "1");
    } finally {
      process.umask(before);
    }
    expect(modeOf(file)).toBe("600");
  });

  test("makes missing folders, for its user alone", async () => {
    const deep = join(folder, "a/b/state.json");
    expect(await new JsonStateStore(deep).load("a")).toBeUndefined();
    expect(existsSync(join(folder, "a"))).toBe(false);
    await new JsonStateStore(deep).compareAndSwap("a", undefined, "1");
    expect([modeOf(join(folder, "a")), modeOf(join(folder, "a/b")), modeOf(deep)]).toEqual(["700", "700", "600"]);
  });

  test("a lost swap and a failed write leave nothing", async () => {
    const store = new JsonStateStore(file);
    await store.compareAndSwap("a", undefined, "1");
    expect(await store.compareAndSwap("a", "2", "3")).toBe(false);
    expect(await codeOf(() => store.compareAndSwap("a", "1", "x".repeat(65 << 20)))).toBe("ERR_STATE_CORRUPT");
    expect(readdirSync(folder)).toEqual(["state.json"]);
    expect(await store.load("a")).toBe("1");
  });
});

describe("content that is refused, for reading and for writing", () => {
  const whole = '{"format":1,"records":{"a":"1"}}';
  test.each<[what: string, content: string | Uint8Array]>([
    ["empty", ""],
    ["blank", "\n"],
    ["torn", whole.slice(0, -9)],
    ["torn by one byte", whole.slice(0, -1)],
    ["zeros, as after a crash of the machine", new Uint8Array(32)],
    ["followed by something", `${whole}\n`],
    ["written twice", whole + whole],
    ["in another spelling", JSON.stringify(JSON.parse(whole), null, 2)],
    ["with escapes that it need not have", whole.replace('"1"', '"\\u0031"')],
    ["with a byte order mark", `\ufeff${whole}`],
    ["no UTF-8", Buffer.from(whole.replace('"1"', '"\xff"'), "latin1")],
    ["of version 2", whole.replace('"format":1', '"format":2')],
    ["of version 1 as a text", whole.replace('"format":1', '"format":"1"')],
    ["without a version", '{"records":{}}'],
    ["without records", '{"format":1}'],
    ["with a list of records", '{"format":1,"records":[]}'],
    ["with an unknown field", whole.replace("{", '{"extra":0,')],
    ["with the records twice", whole.replace('"records"', '"records":{},"records"')],
    ["with a key twice", whole.replace('"a":"1"', '"a":"2","a":"1"')],
    ["with keys out of order", whole.replace('"a":"1"', '"b":"1","a":"1"')],
    ["with a number as a record", whole.replace('"1"', "1")],
    ["with null as a record", whole.replace('"1"', "null")],
    ["null", "null"],
    ["a list", "[]"],
    ["a text", '"a"'],
  ])("%s", async (_, content) => {
    put(content);
    const store = new JsonStateStore(file);
    expect(await codeOf(() => store.load("a"))).toBe("ERR_STATE_CORRUPT");
    expect(await codeOf(() => store.compareAndSwap("b", undefined, "1"))).toBe("ERR_STATE_CORRUPT");
    expect(readFileSync(file)).toEqual(Buffer.from(content));
    expect(readdirSync(folder)).toEqual(["state.json"]);
  });

  test("its twin is taken", async () => {
    put(whole);
    expect(await new JsonStateStore(file).load("a")).toBe("1");
  });

  test("the refusal says where and what", async () => {
    put("");
    const refusal = await refusalOf(() => new JsonStateStore(file).load("a"));
    expect(refusal).toMatchObject({ name: "StateError", subject: file, found: "an empty file" });
  });
});

describe("records under another key than their own", () => {
  const record = `{"kind":"scope","format":1,"policy":"keys\\naa","server":"s","version":"5","digest":"${"ab".repeat(32)}"}`;
  const at = (key: string, text = record): void =>
    put(JSON.stringify({ format: 1, records: Object.fromEntries([[key, text]]) }));
  const own = `scope:${createHash("sha256").update('{"policy":"keys\\naa","server":"s"}').digest("hex")}`;

  test("its twin is taken", async () => {
    at(own);
    expect(await new JsonStateStore(file).load(own)).toBe(record);
    expect(await new JsonStateStore(file).load("log:a")).toBeUndefined();
  });

  test("every change of one character of the key is refused, whatever is loaded", async () => {
    for (let place = 0; place < own.length; place += 1) {
      at(own.slice(0, place) + (own[place] === "0" ? "1" : "0") + own.slice(place + 1));
      const store = new JsonStateStore(file);
      expect(await codeOf(() => store.load(own)), `${place}`).toBe("ERR_STATE_CORRUPT");
      expect(await codeOf(() => store.load("log:a")), `${place}`).toBe("ERR_STATE_CORRUPT");
      expect(await codeOf(() => store.compareAndSwap(own, undefined, record)), `${place}`).toBe("ERR_STATE_CORRUPT");
    }
  });

  test("a text that is no record is refused in a record's place", async () => {
    for (const text of ["1", record.replace('"kind"', '"kinD"'), record.replace('"server"', '"servers"')]) {
      at(own, text);
      expect(await codeOf(() => new JsonStateStore(file).load("log:a"))).toBe("ERR_STATE_CORRUPT");
    }
  });

  test("an operator can find and remove one", async () => {
    const wrong = `scope:${"0".repeat(64)}`;
    at(wrong);
    const store = new JsonStateStore(file);
    expect([...(await store.records())]).toEqual([[wrong, record]]);
    expect(await store.remove(wrong, record)).toBe(true);
    expect(await store.load(own)).toBeUndefined();
  });
});

describe("files that others could change", () => {
  const content = '{"format":1,"records":{}}';
  test.each([0o640, 0o604, 0o620, 0o602, 0o644, 0o666, 0o610])("mode %o", async (mode) => {
    put(content);
    chmodSync(file, mode);
    const store = new JsonStateStore(file);
    expect(await codeOf(() => store.load("a"))).toBe("ERR_STATE_PERMISSIONS");
    expect(await codeOf(() => store.compareAndSwap("a", undefined, "1"))).toBe("ERR_STATE_PERMISSIONS");
    expect([readFileSync(file, "utf8"), modeOf(file)]).toEqual([content, mode.toString(8)]);
  });

  test.each(["a file that is right", "nothing"])("a symbolic link to %s", async (target) => {
    const other = join(folder, "other.json");
    if (target !== "nothing") writeFileSync(other, content, { mode: 0o600 });
    symlinkSync(other, file);
    const store = new JsonStateStore(file);
    expect(await codeOf(() => store.load("a"))).toBe("ERR_STATE_PERMISSIONS");
    expect(await codeOf(() => store.compareAndSwap("a", undefined, "1"))).toBe("ERR_STATE_PERMISSIONS");
    expect(readdirSync(folder).length).toBe(target === "nothing" ? 1 : 2);
  });

  test("a folder and a pipe", async () => {
    mkdirSync(file);
    expect(await codeOf(() => new JsonStateStore(file).load("a"))).toBe("ERR_STATE_PERMISSIONS");
    capture("mkfifo", ["-m", "600", join(folder, "pipe")]);
    expect(await codeOf(() => new JsonStateStore(join(folder, "pipe")).load("a"))).toBe("ERR_STATE_PERMISSIONS");
  });

  test("a folder where everybody may replace it, unless only its owner may remove it", async () => {
    chmodSync(folder, 0o777);
    expect(await codeOf(() => new JsonStateStore(file).load("a"))).toBe("ERR_STATE_PERMISSIONS");
    expect(await codeOf(() => new JsonStateStore(file).compareAndSwap("a", undefined, "1"))).toBe(
      "ERR_STATE_PERMISSIONS",
    );
    expect(readdirSync(folder)).toEqual([]);
    chmodSync(folder, 0o1777);
    expect(await new JsonStateStore(file).compareAndSwap("a", undefined, "1")).toBe(true);
  });

  const swap = (path: string) => new JsonStateStore(path).compareAndSwap("a", undefined, "1");
  const below = join("a", "b", "state.json");

  test.each([0o777, 0o775, 0o757, 0o720])("a folder above with mode %o, which is named", async (mode) => {
    const path = join(folder, below);
    expect(await swap(path)).toBe(true);
    const above = join(folder, "a");
    chmodSync(above, mode);
    for (const call of [() => new JsonStateStore(path).load("a"), () => swap(path)]) {
      const refusal = await refusalOf(call);
      expect([refusal.code, refusal.subject]).toEqual(["ERR_STATE_PERMISSIONS", above]);
    }
    chmodSync(above, 0o1777);
    expect(await new JsonStateStore(path).load("a")).toBe("1");
    chmodSync(above, 0o755);
    expect(await new JsonStateStore(path).load("a")).toBe("1");
  });

  test("a folder that is reached by a link, and what is above the link's target", async () => {
    const path = join(folder, below);
    expect(await swap(path)).toBe(true);
    symlinkSync(join(folder, "a/b"), join(folder, "link"));
    const linked = join(folder, "link/state.json");
    expect(await new JsonStateStore(linked).load("a")).toBe("1");
    chmodSync(join(folder, "a"), 0o777);
    expect(await codeOf(() => new JsonStateStore(linked).load("a"))).toBe("ERR_STATE_PERMISSIONS");
    symlinkSync("loop", join(folder, "loop"));
    expect(await codeOf(() => new JsonStateStore(join(folder, "loop/state.json")).load("a"))).toBe(
      "ERR_STATE_PERMISSIONS",
    );
  });

  // Only root can give a folder away.
  test.runIf(process.geteuid?.() === 0)("a folder or a link of another user on the way", async () => {
    const path = join(folder, below);
    expect(await swap(path)).toBe(true);
    chownSync(join(folder, "a"), 12345, 12345);
    expect((await refusalOf(() => swap(path))).subject).toBe(join(folder, "a"));
    chownSync(join(folder, "a"), 0, 0);
    symlinkSync(join(folder, "a/b"), join(folder, "link"));
    lchownSync(join(folder, "link"), 12345, 12345);
    expect((await refusalOf(() => swap(join(folder, "link/state.json")))).code).toBe("ERR_STATE_PERMISSIONS");
  });

  test.runIf(process.platform === "linux")("a path where nothing can be kept is refused in time", async () => {
    const store = new JsonStateStore("/proc/x/state.json", { timeoutMs: 10_000 });
    expect(await codeOf(() => store.load("a"))).toBe("ERR_STATE_UNAVAILABLE");
    expect(await codeOf(() => store.compareAndSwap("a", undefined, "1"))).toBe("ERR_STATE_UNAVAILABLE");
    expect(await codeOf(() => store.records())).toBe("ERR_STATE_UNAVAILABLE");
  });

  test("what cannot be reached is unavailable, not empty", async () => {
    put(content);
    const below = new JsonStateStore(join(file, "state.json"));
    expect(await codeOf(() => below.load("a"))).toBe("ERR_STATE_UNAVAILABLE");
    expect(await codeOf(() => below.compareAndSwap("a", undefined, "1"))).toBe("ERR_STATE_UNAVAILABLE");
  });
});

describe("claims of others", () => {
  const host = hostname().replace(/[^A-Za-z0-9-]/g, "_");
  const claim = (owner: string): string => {
    const path = `${file}.${owner}.0123456789abcdef.tmp`;
    writeFileSync(path, "", { mode: 0o600 });
    return path;
  };
  const raise = (timeoutMs = 10_000): Promise<boolean> =>
    new JsonStateStore(file, { timeoutMs }).compareAndSwap("a", undefined, "1");

  test("one at work is waited for, for a while", async () => {
    for (const owner of [`${host}.1`, "another-host.1"]) {
      const path = claim(owner);
      const refusal = await refusalOf(() => raise(500));
      expect([refusal.code, refusal.name]).toEqual(["ERR_STATE_CONFLICT", "StateError"]);
      expect(readdirSync(folder)).toEqual([path.slice(folder.length + 1)]);
      rmSync(path);
    }
    const path = claim("another-host.1");
    setTimeout(() => rmSync(path), 100);
    expect(await raise(10_000)).toBe(true);
  });

  test("one at work does not keep anybody from reading", async () => {
    claim("another-host.1");
    expect(await new JsonStateStore(file).load("a")).toBeUndefined();
  });

  test.each(["an ended process", "this process, started anew"])("that of %s is removed at once", async (whose) => {
    const ended = Number(capture(process.execPath, ["-p", "process.pid"]));
    claim(`${host}.${whose === "an ended process" ? ended : process.pid}`);
    expect(await raise()).toBe(true);
    expect(readdirSync(folder)).toEqual(["state.json"]);
  });

  test("one that is old is removed, whoever made it", async () => {
    for (const owner of [`${host}.1`, "another-host.1"]) {
      const path = claim(owner);
      const old = Date.now() / 1000 - 11;
      utimesSync(path, old, old);
    }
    expect(await raise()).toBe(true);
    expect(readdirSync(folder)).toEqual(["state.json"]);
  });

  test("one that was taken for abandoned cannot commit", async () => {
    const paused = await Claim.take(file);
    const [name = ""] = readdirSync(folder);
    const old = Date.now() / 1000 - 11;
    utimesSync(join(folder, name), old, old);
    // Two at once in one process: that of the paused one is old, so it is removed.
    await new JsonStateStore(file).compareAndSwap("a", undefined, "2");
    expect(await paused?.commit('{"format":1,"records":{"a":"1"}}')).toBe(false);
    await paused?.release();
    expect(await new JsonStateStore(file).load("a")).toBe("2");
    expect(readdirSync(folder)).toEqual(["state.json"]);
  });

  // Only root can give a file away.
  test.runIf(process.geteuid?.() === 0)("a file of another user under such a name blocks nobody", async () => {
    for (const owner of [`${host}.1`, "another-host.1"]) chownSync(claim(owner), 12345, 12345);
    mkdirSync(`${file}.another-host.2.0123456789abcdef.tmp`);
    chmodSync(folder, 0o1777);
    expect(await raise()).toBe(true);
    expect(readdirSync(folder).length).toBe(4);
  });

  test("files that only look like claims are left alone", async () => {
    const names = [
      "state.json.tmp",
      "state.json.bak",
      `state.json.${host}.1.xyz.tmp`,
      "other.json.h.1.0123456789abcdef.tmp",
    ];
    for (const name of names) writeFileSync(join(folder, name), "");
    linkSync(join(folder, "state.json.bak"), join(folder, "state.json.old"));
    expect(await raise()).toBe(true);
    expect(readdirSync(folder).sort()).toEqual([...names, "state.json", "state.json.old"].sort());
  });
});

describe("options", () => {
  test.each<[what: string, path: unknown, options: unknown, code: string]>([
    ["no path", undefined, {}, "ERR_OPTION_INVALID"],
    ["an empty path", "", {}, "ERR_OPTION_INVALID"],
    ["a URL", new URL("file:///state.json"), {}, "ERR_OPTION_INVALID"],
    ["a folder's path", "state/", {}, "ERR_OPTION_INVALID"],
    ["a path with a zero byte", "a\0b", {}, "ERR_OPTION_INVALID"],
    ["a timeout below zero", "state.json", { timeoutMs: -1 }, "ERR_OPTION_INVALID"],
    ["no time at all", "state.json", { timeoutMs: 0 }, "ERR_OPTION_INVALID"],
    ["a timeout that is unset", "state.json", { timeoutMs: undefined }, "ERR_OPTION_INVALID"],
    ["an unknown option", "state.json", { timeout: 5 }, "ERR_OPTION_UNKNOWN"],
  ])("%s", async (_, path, options, code) => {
    expect(await codeOf(() => new JsonStateStore(path as string, options as object))).toBe(code);
  });
});
