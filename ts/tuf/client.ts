/** tuf-js at work: verifies a repository's metadata from an initial root on, and downloads one file that it names. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InkanError, refusal } from "../errors.js";
import { LIMITS } from "../generated/limits.js";
import { printable } from "../input/printable.js";
import type { Metadata } from "./metadata.js";
import { Mirror, type MirrorOptions } from "./mirror.js";

const TARGET = "trusted_root.json";

/** A trust root that the repository's metadata names, and that metadata. */
export interface Fetched {
  readonly bytes: Uint8Array;
  readonly metadata: Metadata;
}

type Tuf = typeof import("tuf-js");

/**
 * Fetches by TUF's client workflow. The client works in a folder of its own, which begins with the initial root alone and
 * is removed: what may not go back is in the state store.
 */
export async function fetchByTuf(root: Uint8Array, options: MirrorOptions): Promise<Fetched> {
  const { Updater } = await tufJs();
  const version = initialVersion(root);
  let mirror: Mirror | undefined;
  let folder: string | undefined;
  try {
    return await Mirror.converse(options, async (opened) => {
      mirror = opened;
      const newerRoots = await opened.prefetchRoots(version);
      folder = mkdtempSync(join(tmpdir(), "inkan-tuf-"));
      writeFileSync(join(folder, "root.json"), root);
      return update(updaterIn(Updater, folder, opened, { url: options.url, newerRoots }), folder);
    });
  } catch (error) {
    throw refusalOf(error, mirror, options);
  } finally {
    // Here and not where it is made: after the deadline the command may end before that place is reached.
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }
}

function updaterIn(
  Updater: Tuf["Updater"],
  folder: string,
  mirror: Mirror,
  { url, newerRoots }: { readonly url: string; readonly newerRoots: number },
): InstanceType<Tuf["Updater"]> {
  return new Updater({
    metadataDir: folder,
    metadataBaseUrl: url,
    targetDir: folder,
    targetBaseUrl: `${url}/targets`,
    // So that the client never asks for a root that is not there: it knows an answer of 404 only from its own fetcher.
    config: { maxRootRotations: newerRoots },
    fetcher: {
      downloadBytes: async (from, longest) => Buffer.from(await mirror.file(from, longest)),
      downloadFile: async (from, longest, handle) => {
        const file = join(folder, "download");
        writeFileSync(file, await mirror.file(from, longest));
        return handle(file);
      },
    },
  });
}

async function update(updater: InstanceType<Tuf["Updater"]>, folder: string): Promise<Fetched> {
  const info = await updater.getTargetInfo(TARGET);
  const metadata = Object.fromEntries(
    ["root", "timestamp", "snapshot", "targets"].map((role) => [
      role,
      JSON.parse(readFileSync(join(folder, `${role}.json`), "utf8")),
    ]),
  ) as Metadata;
  // The record holds the version of the top-level role alone, so that no other role may name the file.
  if (info === undefined || !Object.hasOwn(metadata.targets.signed.targets ?? {}, TARGET)) {
    throw invalid(`a file ${TARGET} in targets.json`, "none");
  }
  if (info.length > LIMITS.trustRoot) throw invalid(`at most ${LIMITS.trustRoot} bytes`, `${info.length} bytes`);
  const file = join(folder, "target");
  await updater.downloadTarget(info, file);
  return { bytes: new Uint8Array(readFileSync(file)), metadata };
}

async function tufJs(): Promise<Tuf> {
  try {
    return await import("tuf-js");
  } catch (cause) {
    throw refusal(
      "ERR_TUF_UNAVAILABLE",
      {
        expected: "the package tuf-js beside inkan",
        found: "none",
        hint: "Install it: npm install tuf-js (tuf-js@4 on Node 20).",
      },
      cause,
    );
  }
}

function initialVersion(root: Uint8Array): number {
  let version: unknown;
  try {
    version = JSON.parse(new TextDecoder().decode(root)).signed.version;
  } catch {
    // Told below.
  }
  if (typeof version === "number" && Number.isSafeInteger(version) && version > 0) return version;
  throw refusal("ERR_OPTION_INVALID", {
    subject: "root",
    expected: "the root.json of a TUF repository",
    found: "another file",
    hint: "Give the root.json that the repository's operator published, not a trusted_root.json.",
  });
}

/** The client's errors have no codes, and some only repeat the text of another. */
function refusalOf(error: unknown, mirror: Mirror | undefined, { url }: MirrorOptions): InkanError {
  if (error instanceof InkanError) return error;
  const subject = printable(url);
  const message = error instanceof Error ? error.message : String(error);
  // Without a failed download, an error before the client's own is the deadline.
  const late = /did not answer within/.test(message) ? error : undefined;
  const failure = mirror?.failure ?? late;
  if (failure instanceof Error) {
    return refusal("ERR_TUF_UNAVAILABLE", { subject, found: printable(failure.message, 300) }, error);
  }
  const found = printable(message, 300);
  if (/\bis expired\b/.test(message)) {
    return refusal("ERR_TUF_EXPIRED", { subject, expected: "metadata that is valid now", found }, error);
  }
  return refusal("ERR_TUF_INVALID", { subject, found }, error);
}

const invalid = (expected: string, found: string): InkanError => refusal("ERR_TUF_INVALID", { expected, found });
