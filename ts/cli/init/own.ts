/** Nobody signs the server yet: its definitions as they are now are shown, signed by the operator's own key, and pinned. */
import { createHash, createPublicKey } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { InkanError } from "../../errors.js";
import { LIMITS } from "../../generated/limits.js";
import { printable, shellWord } from "../../input/printable.js";
import type { ServerShape } from "../../policy_file/shape.js";
import { type CatalogueFile, readCatalogue } from "../../publish/catalogue.js";
import { readByCore } from "../../publish/core_reading.js";
import { definitionOf } from "../../publish/definition.js";
import type { Json } from "../../publish/json.js";
import { lint } from "../../publish/lint/index.js";
import { reasonIn } from "../../publish/reason.js";
import { signWithKey } from "../../publish/sign.js";
import { boundsFrom } from "../../publish/snapshot/bounds.js";
import { SnapshotFailure } from "../../publish/snapshot/failure.js";
import { packageOf } from "../../publish/snapshot/package.js";
import { takeSnapshot } from "../../publish/snapshot/snapshot.js";
import { metaIn, millisecondsIn, nextVersion } from "../../publish/snapshot/stated.js";
import { wireTo } from "../check/reach.js";
import { ExitCode, judging, Stop, stated } from "../exit.js";
import { readUtf8 } from "../files.js";
import { KeyedVerifier, ready } from "../library.js";
import { diffLines } from "../print/diff.js";
import { EMPTY, type Line, line, strong } from "../print/line.js";
import { print, printError, terminalWidth } from "../print/output.js";
import type { Changes } from "./changes.js";
import { consent } from "./consent.js";
import { type Decision, NOTHING_TO_DO, standsAlready, standsOtherwise } from "./decision.js";
import { isOpenToOthers, keepKey, operatorKey } from "./key.js";
import type { Job } from "./options.js";
import { differenceOf, pinnedNow } from "./pinned.js";
import { type ServerEntry, withServer } from "./policy_text.js";
import { reachEntry } from "./reach.js";
import { readForEdit } from "./seen.js";
import { catalogueLines, findingLines } from "./show.js";

/** Pins a server for the first time, or anew with `--replace`. */
export async function pinServer(job: Job, existing: ServerEntry | undefined): Promise<Decision | typeof NOTHING_TO_DO> {
  const { name, values, target, folder, seen } = job;
  const reach = reachEntry(target, folder);
  const server = values.server ?? target.url ?? packageOf(target.command ?? []) ?? `local:${name}`;
  const files = { catalogue: `${name}.catalogue.json`, bundle: `${name}.catalogue.sigstore.json` };
  const entry = { ...reach, server, ...files };
  const { shape } = withServer(seen, name, { ...entry, keys: "unknown.pub" });
  if (existing !== undefined && values.replace !== true) {
    if (!standsAlready(existing, entry)) throw standsOtherwise(job);
    return unchanged(job);
  }
  const place = { catalogue: join(folder, files.catalogue), bundle: join(folder, files.bundle) };
  const leftover = [place.catalogue, place.bundle].find((path) => existing === undefined && existsSync(path));
  if (leftover !== undefined && values.replace !== true) {
    throw new Stop(ExitCode.Misuse, `${printable(leftover)} is there already; --replace puts the new one in its place`);
  }
  const version = existsSync(place.catalogue) ? stated(() => nextVersion(readUtf8(place.catalogue))) : 1;
  const taken = await snapshotOf(job, shape, { server, version, meta: undefined });
  print([...headLines(taken, server), EMPTY, ...taken.lines]);
  await consent({
    digest: taken.digest,
    accepted: job.accepted,
    warnings: job.warnings,
    question: 'Pin these definitions, so that nothing changes unseen? Type "yes": ',
  });
  return signed(job, taken, { entry, place });
}

/** Shows what differs from what is pinned, and signs it. */
export async function updateServer(
  job: Job,
  existing: ServerEntry | undefined,
): Promise<Decision | typeof NOTHING_TO_DO> {
  const pinned = await pinnedNow(job);
  const { server, version, shape, file, text } = pinned;
  const taken = await snapshotOf(job, shape, { server, version: version + 1, meta: metaIn(text) });
  const diff = differenceOf(file, taken.file);
  if (diff.changes.length === 0) return NOTHING_TO_DO;
  print([...headLines(taken, server), EMPTY, ...diffLines(diff, terminalWidth()), EMPTY, ...taken.findings, EMPTY]);
  await consent({
    digest: taken.digest,
    accepted: job.accepted,
    warnings: job.warnings,
    question: 'Accept these changes? Type "yes" to sign them: ',
  });
  return signed(job, taken, {
    entry: existing ?? {},
    place: { catalogue: pinned.catalogue, bundle: pinned.bundle },
    keys: pinned.keys,
  });
}

/** A server that is pinned already: nothing is to be done unless it lists something else now. */
async function unchanged(job: Job): Promise<typeof NOTHING_TO_DO> {
  const { shape, server, version, file } = await pinnedNow(job);
  const taken = await snapshotOf(job, shape, { server, version, meta: undefined });
  if (differenceOf(file, taken.file).changes.length === 0) return NOTHING_TO_DO;
  throw new Stop(
    ExitCode.Misuse,
    `${printable(job.name)} lists other definitions now than those that are pinned; inkan init --update ${job.name} shows the difference`,
  );
}

interface Taken {
  readonly text: string;
  readonly bytes: Uint8Array;
  readonly file: CatalogueFile;
  readonly digest: string;
  readonly version: number;
  /** The definitions, and what the linter finds. */
  readonly lines: readonly Line[];
  readonly findings: readonly Line[];
}

interface Statement {
  readonly server: string;
  readonly version: number;
  readonly meta: Json | undefined;
}

/** Starts or reaches the server as the proxy will, and reads all that it lists. */
async function snapshotOf({ values, folder }: Job, { reach }: ServerShape, statement: Statement): Promise<Taken> {
  const { timeout } = values;
  const bounds = boundsFrom(timeout === undefined ? undefined : stated(() => millisecondsIn(timeout)));
  await ready();
  try {
    const { text, counts, unstable } = await takeSnapshot({ open: wireTo(reach, folder, bounds), bounds }, statement);
    const { alternatives: _, ...lists } = counts;
    if (Object.values(lists).every((count) => count === 0)) {
      throw new SnapshotFailure("the server lists no tool, prompt or resource, so that there is nothing to pin");
    }
    const bytes = new TextEncoder().encode(text);
    await readByCore(bytes);
    const file = readCatalogue(bytes, definitionOf);
    const findings = [
      ...findingLines(lint(bytes, Date.now(), file)),
      ...unstable.map((what) =>
        line(`unstable: ${printable(what, 300)}; what is pinned now may be refused in the next session`, 4),
      ),
    ];
    return {
      text,
      bytes,
      file,
      digest: `sha256:${createHash("sha256").update(bytes).digest("hex")}`,
      version: statement.version,
      lines: [...catalogueLines(file), ...findings, EMPTY],
      findings,
    };
  } catch (error) {
    if (error instanceof InkanError && error.code !== "ERR_INTERNAL") {
      throw new Stop(
        ExitCode.Misuse,
        `nothing was written: what the server lists makes no catalogue: ${error.code}: ${reasonIn(error)}`,
      );
    }
    if (!(error instanceof SnapshotFailure)) throw error;
    throw new Stop(ExitCode.Misuse, `nothing was written: ${printable(error.message, 1_000)}`);
  }
}

const headLines = ({ digest, version }: Taken, server: string): Line[] => [
  line([strong(printable(server, 500)), ` as it is now, to be signed by you as version ${version}`], 2),
  line(`  ${digest}`, 4),
];

interface Place {
  readonly entry: ServerEntry;
  readonly place: { readonly catalogue: string; readonly bundle: string };
  /** The paths of the keys that are pinned already; without them the operator's is. */
  readonly keys?: readonly string[];
}

async function signed(job: Job, taken: Taken, { entry, place, keys }: Place): Promise<Decision> {
  const { values, folder } = job;
  const own = await operatorKey(values);
  const { publicKey } = own.key;
  if (keys !== undefined && !keys.some((path) => isKey(path, publicKey))) {
    throw new Stop(
      ExitCode.Misuse,
      `${printable(own.path)} is not the key that is pinned for ${job.name}: give that one with --key FILE; nothing was written`,
    );
  }
  if (own.made === undefined && isOpenToOthers(own.path)) {
    printError([
      line(
        `warning: ${printable(own.path)} can be read by others. To keep it to you, run: chmod 600 ${shellWord(own.path)}`,
        2,
      ),
    ]);
  }
  const { bundle } = await judging(() =>
    signWithKey({
      bytes: taken.bytes,
      key: own.key,
      kind: "catalogue",
      verifierOf: (pem) => new KeyedVerifier({ keys: pem }),
    }),
  );
  const pub = `operator-${createHash("sha256").update(spkiOf(publicKey)).digest("hex").slice(0, 12)}.pub`;
  return {
    entry: keys === undefined ? { ...entry, keys: pub } : entry,
    write: (changes: Changes) => {
      keepKey(own, changes);
      if (keys === undefined) changes.replace(readForEdit(join(folder, pub)), publicKey);
      changes.replace(readForEdit(place.catalogue), taken.text);
      changes.replace(readForEdit(place.bundle), bundle);
    },
    told: [
      ...(own.made === undefined
        ? []
        : [line(`  made your key ${printable(own.path)}: only init reads it, keep it to yourself`, 4)]),
      line(`  signed ${printable(place.catalogue)}, version ${taken.version}`, 4),
    ],
  };
}

const spkiOf = (pem: string): Buffer => createPublicKey(pem).export({ type: "spki", format: "der" });

/** Whether a file holds this public key. */
function isKey(path: string, publicKey: string): boolean {
  try {
    return spkiOf(readUtf8(path, LIMITS.key)).equals(spkiOf(publicKey));
  } catch {
    return false;
  }
}
