/** Tarballs of npm packages: what is read out of them, and what is refused. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, expect, test } from "vitest";
import { readTarball } from "../../ts/cli/packages/tarball.js";
import { packed, paxRecord, type TarEntry, tar } from "../support/npm_registry.js";

const folder = mkdtempSync(join(tmpdir(), "inkan-tarball-"));
afterAll(() => rmSync(folder, { recursive: true }));

const CATALOGUE = "mcp-catalogue.json";
const content = '{"tools":[]}';
const LONGEST = 1_000;

const entriesOf = (root = "package"): TarEntry[] => [{ path: `${root}/${CATALOGUE}`, content }];
const ENTRY: TarEntry = { path: `package/${CATALOGUE}`, content };
const record = (...parts: [string, string]): TarEntry => ({ path: "x", type: "x", content: paxRecord(...parts) });

const pack = (entries: readonly TarEntry[]): Buffer => packed("files", "1.0.0", entries);

const LARGEST = 2 ** 21;
const bomb = (): Buffer => pack([{ path: "package/large", content: Buffer.alloc(LARGEST) }, ...entriesOf()]);

/** Tarballs, and what becomes of them: the catalogue, nothing, or the reason. */
const TARBALLS: readonly (readonly [what: string, tarball: () => Uint8Array, becomes: "read" | "missing" | RegExp])[] =
  [
    ["another root folder", () => gzipSync(tar(entriesOf("files"))), "read"],
    ["no catalogue", () => pack([]), "missing"],
    ["a catalogue in a folder", () => pack(entriesOf("package/dist")), "missing"],
    [
      "a symbolic link",
      () => pack([{ path: `package/${CATALOGUE}`, type: "2", target: "/etc/hostname" }]),
      /is a link, and no regular file/,
    ],
    [
      "a hard link",
      () => pack([{ path: `package/${CATALOGUE}`, type: "1", target: "package/package.json" }]),
      /is a link, and no regular file/,
    ],
    [
      "paths that lead elsewhere",
      () =>
        pack([
          { path: `package/../${CATALOGUE}`, content: "{}" },
          { path: `../../${CATALOGUE}`, content: "{}" },
          { path: `/package/${CATALOGUE}`, content: "{}" },
          ...entriesOf(),
        ]),
      "read",
    ],
    ["the file twice", () => pack([...entriesOf(), ...entriesOf()]), /stands in the tarball twice/],
    [
      "a catalogue above the limit",
      () => pack([{ path: `package/${CATALOGUE}`, content: " ".repeat(LONGEST + 1) }]),
      /has more than 1000 bytes/,
    ],
    ["more than the whole may have", bomb, /more than 2097152 bytes after decompression/],
    ["a long name by pax", () => pack([record("path", `package/${CATALOGUE}`), { path: "x", content }]), "read"],
    ["a name that pax takes away", () => pack([record("path", "package/other"), ENTRY]), "missing"],
    [
      "a name for all entries",
      () => pack([{ ...record("path", "package/x"), type: "g" }, ...entriesOf()]),
      /one path for all its entries/,
    ],
    ["a size by pax", () => pack([record("size", String(content.length)), { ...ENTRY, size: 0 }]), "read"],
    [
      "pax records that do not end",
      () => pack([{ path: "x", type: "x", content: "99 path=x\n" }, ...entriesOf()]),
      /a pax header that cannot be read/,
    ],
    [
      "a long name by GNU tar",
      () =>
        pack([
          { path: "x", type: "L", content: `package/${CATALOGUE}\0` },
          { path: "x", content },
        ]),
      "read",
    ],
    [
      "an endless name",
      () => pack([{ path: "x", type: "L", content: "x".repeat(70_000) }, ...entriesOf()]),
      /a name of more than 65536 bytes/,
    ],
    ["half an archive", () => gzipSync(tar(entriesOf()).subarray(0, 700)), /ends within an entry/],
    ["half of its gzip", () => pack(entriesOf()).subarray(0, 60), /./],
    ["a header that was changed", () => gzipSync(tar(entriesOf()).fill("z", 0, 3)), /a wrong checksum/],
    ["no archive", () => Buffer.from("<!doctype html>"), /./],
  ];

test.each(TARBALLS.map(([what, ...rest]) => ({ what, rest })))("a tarball with $what", async ({ rest }) => {
  const [tarball, becomes] = rest;
  const path = join(folder, "package.tgz");
  writeFileSync(path, tarball());
  const reading = readTarball(path, new Map([[CATALOGUE, LONGEST]]), LARGEST);
  if (becomes instanceof RegExp) await expect(reading).rejects.toThrow(becomes);
  else {
    const found = (await reading).get(CATALOGUE);
    expect(found && Buffer.from(found).toString()).toBe(becomes === "read" ? content : undefined);
  }
});

test("a tarball that is not there", async () => {
  await expect(readTarball(join(folder, "none.tgz"), new Map())).rejects.toThrow("ENOENT");
});
