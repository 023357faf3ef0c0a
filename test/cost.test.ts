/** What reading files and reports costs, that may be anybody's: four times as much takes about four times the steps. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import { readTarball } from "../ts/cli/packages/tarball.js";
import { readReport } from "../ts/element/reading.js";
import { readMembers } from "../ts/input/members.js";
import { printable } from "../ts/input/printable.js";
import { parseDocument } from "../ts/policy_file/document.js";
import { recordsFromBytes, recordsToText } from "../ts/state/json_text.js";
import { expectLinear } from "./support/script_steps.js";

const times = <T>(count: number, item: (index: number) => T): T[] => Array.from({ length: count }, (_, at) => item(at));

/** An entry of a tar archive. */
function entry(name: string, type: string, content: string): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write(content.length.toString(8).padStart(11, "0"), 124);
  header.write(" ".repeat(8), 148);
  header.write(type, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0`, 148);
  return Buffer.concat([header, Buffer.from(content), Buffer.alloc((512 - (content.length % 512)) % 512)]);
}

const FILE = entry("package/catalogue.json", "0", "{}");
const TARBALLS: Record<string, (count: number) => Buffer[]> = {
  files: (count) => times(count / 5, (at) => entry(`package/${at}`, "0", "x")),
  "empty files": (count) => times(count / 5, (at) => entry(`package/${at}`, "0", "")),
  "names of the next file": (count) => times(count / 5, () => entry("x", "x", "18 path=package/x\n")),
  "records about one file": (count) => [entry("x", "x", "8 a=bcd\n".repeat(count * 3))],
};

test.each(Object.entries(TARBALLS))("a tarball of many %s", async (_, make) => {
  const folder = mkdtempSync(join(tmpdir(), "inkan-cost-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  await expectLinear((count) => {
    const path = join(folder, `${count}.tgz`);
    writeFileSync(path, gzipSync(Buffer.concat([FILE, ...make(count), Buffer.alloc(1024)])));
    return async () => {
      const found = await readTarball(path, new Map([["catalogue.json", 100]]));
      expect([...found.keys()]).toEqual(["catalogue.json"]);
    };
  });
});

test("a state file of many records", async () => {
  await expectLinear((count) => {
    const text = recordsToText(new Map(times(count, (at) => [`log:${at}`, "x"])));
    return () => expect(recordsFromBytes(Buffer.from(text), "f").size).toBe(count);
  });
});

const POLICIES: Record<string, (count: number) => string> = {
  members: (count) => `{${times(count, (at) => `"m${at}":1`)}}`,
  "members with one long name": (count) => `{"${"n".repeat(count * 10)}":{${times(count, (at) => `"m${at}":1`)}}}`,
  items: (count) => `[${times(count, () => "{}")}]`,
  lines: (count) => `{${"\n".repeat(count * 10)}}`,
  "spaces before a mistake": (count) => `{"a":1,${" ".repeat(count * 10)}x`,
  "lines after a mistake": (count) => `{"a":[${"\n".repeat(count * 10)}`,
  "escapes in a text": (count) => `{"a":"${"\\u0041\\\\".repeat(count)}"}`,
  "digits of a number": (count) => `{"a":${"9".repeat(count * 10)}}`,
  "levels of values": (count) => "[".repeat(count / 5) + "]".repeat(count / 5),
};

test.each(Object.entries(POLICIES))("a policy file of many %s", async (_, make) => {
  await expectLinear((count) => {
    const text = make(count);
    return () => {
      try {
        parseDocument("f", text).plain();
      } catch (error) {
        expect(error).toMatchObject({ code: "ERR_POLICY_FILE" });
      }
    };
  });
});

test.each(["passed", "failed", 7])("a report of many steps: %s", async (status) => {
  await expectLinear((count) => {
    const report = { verdict: "verified", catalogue: {}, steps: times(count, () => ({ status })) };
    return () => expect(readReport(report).verdict).toBe(status === "passed" ? "verified" : "none");
  });
});

test("an object of many members", async () => {
  await expectLinear((count) => {
    const members = Object.fromEntries(times(count, (at) => [`m${at}`, at]));
    return () => expect(Object.keys(readMembers("o", members))).toHaveLength(count);
  });
});

test("a text of many characters that are not printable", async () => {
  await expectLinear((count) => () => printable("\u001b[".repeat(count), Number.POSITIVE_INFINITY));
});
