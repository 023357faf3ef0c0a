/** npm tarballs of every kind, and a registry on this machine that hands them out. */
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { type FileServer, fileServer } from "./file_server.js";

/** An entry of an archive, by default a regular file. */
export interface TarEntry {
  readonly path: string;
  readonly content?: Uint8Array | string;
  /** The type flag of POSIX: `0` a file, `1` a hard link, `2` a symbolic link, `x` a pax header. */
  readonly type?: string;
  readonly target?: string;
  /** A size other than the content's. */
  readonly size?: number;
  readonly prefix?: string;
}

const BLOCK = 512;

function header({ path, content = "", type = "0", target = "", size, prefix = "" }: TarEntry): Buffer {
  const block = Buffer.alloc(BLOCK);
  const stated = size ?? Buffer.from(content).length;
  block.write(path, 0, 100);
  block.write("0000644\0", 100);
  block.write("0000000\0", 108);
  block.write("0000000\0", 116);
  block.write(`${stated.toString(8).padStart(11, "0")}\0`, 124);
  block.write("00000000000\0", 136);
  block.write(type, 156);
  block.write(target, 157, 100);
  block.write("ustar\u000000", 257);
  block.write(prefix, 345, 155);
  block.fill(" ", 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}

/** The entries as an archive. A record of a pax header is `LENGTH NAME=VALUE`. */
export function tar(entries: readonly TarEntry[]): Buffer {
  const blocks = entries.flatMap((entry) => {
    const content = Buffer.from(entry.content ?? "");
    return [header(entry), content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]);
}

/** One record of a pax header, whose length counts its own digits. */
export function paxRecord(name: string, value: string): string {
  const rest = ` ${name}=${value}\n`;
  const bytes = Buffer.byteLength(rest);
  const length = bytes + String(bytes + String(bytes).length).length;
  return `${length}${rest}`;
}

/** An honest package: its manifest, and what else is in it. */
export const packed = (name: string, version: string, entries: readonly TarEntry[], scripts: object = {}): Buffer =>
  gzipSync(tar([{ path: "package/package.json", content: JSON.stringify({ name, version, scripts }) }, ...entries]));

type Tarballs = Readonly<Record<string, Readonly<Record<string, Uint8Array>>>>;

/** A registry with these tarballs by name and version; the last version is the latest. */
export async function npmRegistry(packages: Tarballs): Promise<FileServer> {
  const registry = await fileServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? "", "http://127.0.0.1").pathname).slice(1);
    const [, owner = "", number = ""] = /^tarballs\/(.*)\/([^/]*)\.tgz$/.exec(path) ?? [];
    const tarball = packages[owner]?.[number];
    const versions = packages[path];
    if (tarball !== undefined) response.end(tarball);
    else if (versions === undefined) response.writeHead(404, { "content-type": "application/json" }).end("{}");
    else {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(packument(registry.origin, path, versions)));
    }
  });
  return registry;
}

function packument(origin: string, name: string, tarballs: Readonly<Record<string, Uint8Array>>): object {
  const versions = Object.entries(tarballs).map(([version, bytes]) => {
    const integrity = `sha512-${createHash("sha512").update(bytes).digest("base64")}`;
    const dist = { tarball: `${origin}/tarballs/${name}/${version}.tgz`, integrity };
    return [version, { name, version, dist, hasInstallScript: true }] as const;
  });
  return { name, "dist-tags": { latest: versions.at(-1)?.[0] }, versions: Object.fromEntries(versions) };
}
